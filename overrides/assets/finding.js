// What search.js finds pages with, fetched when somebody searches and not before, as is the index (scripts/okatakten/search)
// in small pieces.

const root = new URL(document.querySelector(".site-search").dataset.root, location.href);

export const WORDS_AROUND = 14;
export const MORE_HITS = 10;
const MOST_PLACES = 3;
// Letters of a word that others are found by as its beginning, its end when no page has it, or its end when it is misspelt.
const SHORTEST_BEGINNING = 4;
const SHORTEST_STEM = 5;
const SHORTEST_OF_ENDED = 3;
const SHORTEST_END = 5;
const SHORTEST_ENDED = 6;
// Letters of a word that may have one mistake, or two.
const ONE_MISTAKE = 4;
const TWO_MISTAKES = 8;
// So many may be fetched for what begins or ends as a misspelt word.
const MOST_PIECES = 6;
const MOST_ENDED = 12;
const MOST_TO_LOOK_INTO = 30;
// For one piece, of about 5 kB.
const MOST_MILLISECONDS = 20_000;

// Words, as scripts/okatakten/search/words.py has them.

const LETTERS = { æ: "a", ø: "o", đ: "d", ŋ: "n", ß: "ss" };
const MAIN_ENDING =
  /(?:heterna|hetens|arnas|ernas|ornas|andes|arens|andet|anden|heter|heten|arna|erna|orna|ande|arne|aste|aren|ades|erns|ade|are|ern|ens|het|ast|ad|en|ar|er|or|as|es|at|et|a|e|s)$/u;
const NO_ET = /(?:fab|h|pak|rak|stak|kom|iet|[cdmnprstux]it|[ai]lit|[ik]vit)$/u;

// A word as those write it who lack its letters: a for å and ä, i for ï.
export function fold(word) {
  return word.replace(/[æøđŋß]/gu, (letter) => LETTERS[letter]).normalize("NFD").replace(/[\u0300-\u036f]/g, "");
}

// Whether «et» is an ending after these letters: in «bordet», not in «planet».
function takesEt(letters) {
  return /.[aeiouyåäö][^aeiouyåäö]$/su.test(letters) && !NO_ET.test(letters);
}

// A Swedish word without its ending: the Snowball algorithm.
export function snowball(word) {
  const vowel = /[aeiouyåäö][^aeiouyåäö]/u.exec(word);
  if (!vowel || word.length < 3) return word;
  const from = Math.max(vowel.index + 2, 3);
  const ends = (ending) => ending.exec(word.slice(from))?.[0] ?? "";
  const main = ends(MAIN_ENDING);
  const rest = word.slice(0, word.length - main.length);
  if (main === "s") {
    if (rest.endsWith("et") && takesEt(rest.slice(0, -2))) word = rest.slice(0, -2);
    else if (/[bcdfghjklmnoprtvy]$/u.test(rest)) word = rest;
  } else if (main !== "et" || takesEt(rest)) word = rest;
  if (ends(/(?:dd|gd|nn|dt|gt|kt|tt)$/u)) word = word.slice(0, -1);
  const other = ends(/(?:fullt|lig|els|öst|ig)$/u);
  if (other === "fullt") return word.slice(0, -1);
  if (other === "öst") return /[iklnprtuv]öst$/u.test(word) ? word.slice(0, -1) : word;
  return word.slice(0, word.length - other.length);
}

// The same as often as there is an ending.
export function stem(word) {
  for (let shorter = snowball(word); shorter !== word; shorter = snowball(word)) word = shorter;
  return word;
}

// The words of a text in small letters; of «e-post», both its parts and «epost».
export function tokens(text) {
  const words = text.normalize("NFC").replaceAll("\u00ad", "").replace(/[\u2010\u2011]/g, "-").toLowerCase().match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [];
  return words.flatMap((word) => (word.includes("-") ? [...word.split("-"), word.replaceAll("-", "")] : [word]));
}

// The words of a text in their order, folded, for comparing phrases.
function sequence(text) {
  return fold(text.normalize("NFC").toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function backwards(word) {
  return [...word].reverse().join("");
}

// How many letters have to be put in, taken out, exchanged or swapped to make one word of the other; more than `most` is
// not told from `most` + 1.
function mistakes(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let place = 1; place <= other.length; place += 1) {
      const isOther = one[row - 1] === other[place - 1] ? 0 : 1;
      next[place] = Math.min(next[place - 1] + 1, last[place] + 1, last[place - 1] + isOther);
      if (one[row - 1] === other[place - 2] && one[row - 2] === other[place - 1]) {
        next[place] = Math.min(next[place], before[place - 2] + 1);
      }
    }
    [before, last] = [last, next];
  }
  return last[other.length];
}

// The index.

const fetched = new Map();
let loading;
let isAgain = false;

// What a file of the index holds. After a failure the entry is asked for anew: its pieces may be those of an earlier site.
async function load(path, { packed = true } = {}) {
  try {
    const signal = AbortSignal.timeout(MOST_MILLISECONDS);
    const answer = await fetch(new URL(`search/${path}`, root), { signal, ...(isAgain && !packed && { cache: "reload" }) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    const body = packed ? answer.body.pipeThrough(new DecompressionStream("deflate")) : answer.body;
    return await new Response(body).text();
  } catch (error) {
    loading = undefined;
    isAgain = true;
    throw error;
  }
}

function entry() {
  loading ??= load("entry.json", { packed: false }).then(JSON.parse);
  return loading;
}

// What a piece holds, which never changes.
function piece(path, parse) {
  if (!fetched.has(path)) {
    const coming = load(`${path}.piece`).then(parse);
    fetched.set(path, coming);
    coming.catch(() => fetched.delete(path));
  }
  return fetched.get(path);
}

export function record(name) {
  return piece(`pages/${name}`, JSON.parse);
}

// The name of a page's record.
export async function nameOf(page) {
  const { tables, in_table: size } = await entry();
  const table = await piece(`index/${tables[Math.floor(page / size)]}`, JSON.parse);
  return table[page % size];
}

function parseLines(text) {
  return text.split("\n").map((line) => {
    const [term, pages] = line.split(" ");
    return { term, key: fold(term), pages };
  });
}

// The pieces of a list that have words with a beginning.
function piecesOf(list, beginning) {
  const first = list.findLastIndex(([start]) => start <= beginning);
  const last = list.findLastIndex(([start]) => start <= `${beginning}\uffff`);
  return list.slice(first, last + 1);
}

// The lines of a list with a beginning, or with just that key.
async function linesOf(list, beginning, { isWhole = false } = {}) {
  const pieces = piecesOf(list, beginning).slice(0, isWhole ? 1 : undefined);
  const lines = (await Promise.all(pieces.map(([, name]) => piece(`index/${name}`, parseLines)))).flat();
  return lines.filter(({ key }) => (isWhole ? key === beginning : key.startsWith(beginning)));
}

// The lines that have the beginning of a word, as long as it has to be for there to be few of them.
async function linesLike(list, word) {
  let beginning = word.slice(0, 1);
  while (beginning !== word && piecesOf(list, beginning).length > MOST_PIECES) beginning = word.slice(0, beginning.length + 1);
  return linesOf(list, beginning);
}

// Where a term stands: pages with its level from 1 to 16, as pieces.py writes them.
function pagesOf({ pages }) {
  let next = 0;
  return [...pages.matchAll(/(\d*)([A-P])/g)].map(([, left, level]) => {
    const page = next + Number(left);
    next = page + 1;
    return [page, level.charCodeAt(0) - 64];
  });
}

// Finding.

// What was found for a word: the pages with their scores, and the terms that they have, folded.
function gather(weighed, isLike = false) {
  const pages = new Map();
  for (const [line, weight] of weighed) {
    for (const [page, level] of pagesOf(line)) {
      const [score, other] = [pages.get(page) ?? 0, level * weight];
      pages.set(page, Math.max(score, other) + Math.min(score, other) / 10);
    }
  }
  return { pages, terms: new Set([...weighed.keys()].map(({ key }) => key)), isLike };
}

// What a word may stand under in the index, as it is written first.
function formsOf(word) {
  return new Set([word, stem(word), stem(fold(word))]);
}

// The same for a form that Snowball takes for the whole word: «avfall» of «avfallets», «gruv» of «gruvan».
function shorterFormsOf(word) {
  const shorter = word.replace(/(?:en|et|an|n|t)s?$/u, "");
  return shorter === word || shorter.length < SHORTEST_OF_ENDED ? new Set() : new Set([shorter, stem(shorter)]);
}

// The lines of a word: of its own spelling, of another, and of words that begin with it unless they are to be `isWhole`.
async function direct(forms, { isWhole = false } = {}) {
  const { words } = await entry();
  const weighed = new Map();
  const [written] = forms;
  for (const form of forms) {
    const key = fold(form);
    // Without its ending, a short word is the beginning of too many others: «kont» of «kontakt».
    const isShort = key.length < (form === written ? SHORTEST_BEGINNING : SHORTEST_STEM);
    for (const line of await linesOf(words, key, { isWhole: isWhole || isShort })) {
      const weight = line.key === key ? (forms.has(line.term) ? 1 : 0.8) : (0.5 * key.length) / line.key.length;
      weighed.set(line, Math.max(weight, weighed.get(line) ?? 0));
    }
  }
  return weighed;
}

// The lines of words that end in one that no page has by itself.
async function ended(forms) {
  const { words, ends } = await entry();
  const terms = new Set();
  for (const key of new Set([...forms].map(fold))) {
    if (key.length < SHORTEST_END) continue;
    for (const { term } of await linesOf(ends, backwards(key))) terms.add(backwards(term));
  }
  const lines = [...terms].slice(0, MOST_ENDED).map((term) => linesOf(words, fold(term), { isWhole: true }));
  return new Map((await Promise.all(lines)).flat().map((line) => [line, 0.5]));
}

// The pages that have both parts of a compound that no page has.
async function parted(word) {
  for (let place = word.length - 3; place >= 3; place -= 1) {
    const [beginning, end] = [word.slice(0, place), word.slice(place)];
    const first = gather(await direct(new Set([...formsOf(beginning), ...formsOf(beginning.replace(/s$/u, ""))]), { isWhole: true }));
    if (!first.pages.size) continue;
    const last = gather(await direct(formsOf(end), { isWhole: true }));
    const both = [...first.pages].filter(([page]) => last.pages.has(page));
    if (!both.length) continue;
    const pages = new Map(both.map(([page, score]) => [page, score + last.pages.get(page)]));
    return { pages, terms: new Set([...first.terms, ...last.terms]), isLike: true };
  }
  return null;
}

// The terms that are likest a misspelt word.
async function likest(word) {
  const { words, ends } = await entry();
  const mostOf = ({ length }) => (length < ONE_MISTAKE ? 0 : length < TWO_MISTAKES ? 1 : 2);
  const most = mostOf(word);
  // A short stem is like too many others.
  const spellings = [fold(word), fold(stem(word))].filter((spelling, number) => spelling.length >= (number ? SHORTEST_STEM : ONE_MISTAKE));
  if (!spellings.length) return [];
  const terms = (await linesLike(words, spellings[0])).map(({ term }) => term);
  if (word.length >= SHORTEST_ENDED) {
    for (const spelling of spellings) {
      terms.push(...(await linesLike(ends, backwards(spelling))).map(({ term }) => backwards(term)));
    }
  }
  const apart = new Map();
  for (const term of terms) {
    const counts = spellings.map((spelling) => [mistakes(spelling, fold(term), most), mostOf(spelling)]);
    apart.set(term, Math.min(...counts.filter(([count, few]) => count <= few).map(([count]) => count)));
  }
  const least = Math.min(...apart.values());
  return least > most ? [] : terms.filter((term) => apart.get(term) === least);
}

// What is found for one word that was sought.
async function lookUp(word) {
  const forms = formsOf(word);
  let lines = await direct(forms);
  const shorter = shorterFormsOf(word);
  if (shorter.size && (!lines.size || [...shorter][0].length >= SHORTEST_STEM)) {
    for (const [line] of await direct(shorter, { isWhole: true })) if (!lines.has(line)) lines.set(line, 0.6);
  }
  // Whoever writes å, ä and ö means them.
  const own = new Map([...lines].filter(([{ term }]) => term.startsWith(stem(word))));
  if (own.size && fold(word) !== word) lines = own;
  if (lines.size) return gather(lines);
  const longer = await ended(forms);
  if (longer.size) return gather(longer, true);
  const parts = await parted(word);
  if (parts) return parts;
  const terms = await likest(word);
  return gather(terms.length ? await direct(new Set(terms)) : new Map(), true);
}

// The words that were sought, and among them the phrases in quotation marks.
function parse(query) {
  const phrases = [...query.matchAll(/["”“«»]([^"”“«»]+)["”“«»]/gu)].map(([, phrase]) => sequence(phrase));
  // «e-post» is sought as «epost», which stands wherever «e-post» does.
  const words = query.split(/(?<![\p{L}\p{N}])-|-(?![\p{L}\p{N}])|[^\p{L}\p{N}\p{M}\u00ad-]+/gu).flatMap((word) => tokens(word).slice(-1));
  return { words: [...new Set(words)], phrases: phrases.filter((phrase) => phrase.length > 1) };
}

// All pages for a query, best first; `isLike` when they are only like what was sought. `left`: those that may have its
// phrases, which their text tells.
export async function find(query) {
  const { words, phrases } = parse(query);
  const [{ pages: count }, ...found] = await Promise.all([entry(), ...words.map(lookUp)]);
  const scores = new Map();
  for (const { pages } of found) {
    const rare = Math.log(1 + count / pages.size);
    for (const [page, score] of pages) {
      const [had, other] = scores.get(page) ?? [0, 0];
      scores.set(page, [had + 1, other + score * rare]);
    }
  }
  const most = Math.max(0, ...[...scores.values()].map(([had]) => had));
  const isWhole = most === words.length;
  const pages = [...scores].filter(([, [had]]) => had === most && (isWhole || most * 2 > words.length));
  pages.sort(([page, [, score]], [next, [, other]]) => other - score || page - next);
  const best = pages.map(([page]) => page);
  const isLike = !isWhole || found.some((word) => word.isLike);
  if (phrases.length && !isWhole) return { found, phrases, isLike, pages: [], left: [] };
  return { found, phrases, isLike, pages: phrases.length ? [] : best, left: phrases.length ? best : [] };
}

// Look into the pages that are left until so many are known to have the phrases, or into all where they are few.
export async function verify(search, count) {
  const isFew = search.left.length <= MOST_TO_LOOK_INTO;
  while (search.left.length && search.pages.length < count) {
    const next = search.left.splice(0, isFew ? search.left.length : MORE_HITS);
    const records = await Promise.all(next.map(async (page) => record(await nameOf(page))));
    search.pages.push(...next.filter((_, number) => search.phrases.every((phrase) => hasPhrase(records[number].text, phrase))));
  }
}

function hasPhrase(text, phrase) {
  return ` ${sequence(text).join(" ")} `.includes(` ${phrase.join(" ")} `);
}

// The places of a text, as numbers of its words, that have what was sought, each with which of the words it is.
export function hitsIn(words, { found, phrases }) {
  const known = new Map();
  const which = (token) => {
    const keys = [...formsOf(token)].map(fold);
    const isPart = (key, term) => term.length >= SHORTEST_BEGINNING && key.length > term.length + 2 && key.endsWith(term);
    const isOf = ({ terms }) => keys.some((key) => terms.has(key) || [...terms].some((term) => isPart(key, term)));
    if (!known.has(token)) known.set(token, found.findIndex(isOf));
    return known.get(token);
  };
  if (phrases.length) return placesOf(words, phrases);
  const hits = words.map((word, place) => [place, Math.max(-1, ...tokens(word).map(which))]);
  return new Map(hits.filter(([, number]) => number >= 0));
}

// The same for phrases.
function placesOf(words, phrases) {
  const parts = words.flatMap((word, place) => sequence(word).map((letters) => [letters, place]));
  const hits = new Map();
  phrases.forEach((phrase, number) => {
    parts.forEach((_, start) => {
      if (!phrase.every((letters, next) => parts[start + next]?.[0] === letters)) return;
      for (const [, place] of parts.slice(start, start + phrase.length)) hits.set(place, number);
    });
  });
  return hits;
}

// The hit after which most of what was sought stands close together, of those from one place to another, and how much does.
export function closest(hits, from = 0, to = Infinity) {
  const within = [...hits].filter(([place]) => place >= from && place < to);
  const counts = within.map(([place]) => [
    place,
    new Set(within.filter(([other]) => other >= place && other < place + WORDS_AROUND).map(([, which]) => which)).size,
  ]);
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
}

// The turns of a transcript that have the most of what was sought.
export function turnsOf({ turns }, hits) {
  const all = turns.map(([id, start], number) => ({ id, start, best: closest(hits, start, turns[number + 1]?.[1]) }));
  const found = all.filter(({ best: [, count] }) => count).sort((a, b) => b.best[1] - a.best[1] || a.start - b.start);
  return found.slice(0, MOST_PLACES).sort((a, b) => a.start - b.start);
}
