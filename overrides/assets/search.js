// The search page. Pagefind is fetched when somebody searches, and not before. Without this script the page shows a list
// of all pages instead, and says why.

const form = document.querySelector(".site-search");
const field = form.elements.q;
const status = document.querySelector(".site-search__status");
const results = document.querySelector(".site-search__results");
const missing = document.querySelector(".site-search__missing");
const more = document.querySelector(".site-search__more");
const instead = document.querySelector(".site-search__instead");
const root = new URL(form.dataset.root, location.href);

const WORDS_AROUND = 14;
const FIRST_HITS = 5;
const MORE_HITS = 10;
const MOST_PLACES = 3;
const LEAST_LETTERS = 4;
const LONGEST_ENDING = 5; // as in upphandlingarnas
const MOST_ALIKE = 10;
// For one piece, the largest of which is 70 kB.
const MOST_MILLISECONDS = 20_000;

let loading;
let latest;
let failures = 0;
let losses = 0;

// Pagefind says that there are no hits when a piece of its index did not come, so this notices, and lets the next search
// begin anew: Pagefind remembers what it could not fetch. The body is read here: a line that breaks in the middle of it is
// no better, and one that hangs is broken, too.
const { fetch } = window;
window.fetch = async (address, options) => {
  try {
    const answer = await fetch(address, { ...options, signal: AbortSignal.timeout(MOST_MILLISECONDS) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    return new Response(await answer.arrayBuffer());
  } catch (error) {
    if (!address.includes("/fragment/")) losses += 1;
    loading = undefined;
    throw error;
  }
};

// Nothing stops the fetching of a module that hangs, so this is waited for beside it.
function tooLate() {
  const signal = AbortSignal.timeout(MOST_MILLISECONDS);
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function load() {
  // Another address after a failure: a browser remembers that a module could not be fetched.
  const again = failures ? `?${failures}` : "";
  // Its worker would be 12 kB more to fetch, and gives up after 5 seconds, which a poor line needs.
  loading ??= Promise.race([import(new URL(`pagefind/pagefind.js${again}`, root)), tooLate()])
    .then((pagefind) => pagefind.createInstance({ baseUrl: root.pathname, noWorker: true }))
    .catch((error) => {
      failures += 1;
      loading = undefined;
      throw error;
    });
  return loading;
}

// The words of the page, in its language, stand in templates: # is the number, or what was sought.
function say(name, value) {
  const words = document.querySelector(`template[data-word="${name}"]`).content.cloneNode(true);
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace("#", () => value);
  }
  return words;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

// The letters of a word without the punctuation around it, as a mark.
function marked(word) {
  const [, before, letters, after] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(word);
  return [before, element("mark", {}, letters), after];
}

// Some words of the text around a hit, but none before `from`, with the hits marked.
function excerpt(words, at, hits, from = 0) {
  const start = Math.max(at - WORDS_AROUND, from);
  const paragraph = element("p", { className: "site-hit__text" });
  if (start > from) paragraph.append("… ");
  words.slice(start, at + WORDS_AROUND).forEach((word, number) => {
    paragraph.append(...(hits.has(start + number) ? marked(word) : [word]), " ");
  });
  if (at + WORDS_AROUND < words.length) paragraph.append("…");
  // One text between two marks: some screen readers stop at each.
  paragraph.normalize();
  return paragraph;
}

function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// The turns of a transcript that have hits: the place in the text, and the same place in the sound.
function places(hit, words, hits) {
  const turns = hit.anchors.filter((anchor) => /^t\d+(-\d+)?$/.test(anchor.id)).sort((a, b) => a.location - b.location);
  const found = new Map();
  for (const location of hits) {
    const turn = turns.filter((anchor) => anchor.location <= location).at(-1);
    if (turn && !found.has(turn)) found.set(turn, location);
  }
  return [...found].slice(0, MOST_PLACES).map(([turn, location]) => {
    const seconds = Number.parseInt(turn.id.slice(1), 10);
    // The links of several episodes are told apart by those who hear them one by one. Text that is only hidden would
    // have a space before its comma.
    const link = (href, word) => {
      const shown = say(word, clock(seconds));
      return element("a", { href, ariaLabel: `${shown.textContent}, ${hit.meta.title}` }, shown);
    };
    const read = link(`${hit.url}#${turn.id}`, "read_from");
    const listen = link(`${hit.url}#t=${seconds}`, "listen_from");
    return element("li", {}, read, " ", listen, excerpt(words, location, hits, turn.location));
  });
}

function show(hit) {
  const words = hit.content.split(" ");
  const hits = new Set(hit.locations);
  const item = element("li", { className: "site-hit", lang: hit.meta.lang, dir: "auto" });
  item.append(element("h2", { className: "site-hit__title" }, element("a", { href: hit.url, hreflang: hit.meta.lang }, hit.meta.title)));
  const { kind, kind_lang: lang } = hit.meta;
  item.append(element("p", { className: "site-hit__kind", lang }, kind.charAt(0).toUpperCase() + kind.slice(1)));
  const spoken = places(hit, words, hits);
  if (spoken.length) item.append(element("ul", { className: "site-hit__places" }, ...spoken));
  else item.append(excerpt(words, Math.min(...hit.locations, words.length), hits));
  return item;
}

// What is put in the status is said by screen readers, also when it stands there already.
function tell(...said) {
  const words = element("span", {}, ...said.flatMap((word, number) => [number ? " " : "", say(...word)]));
  if (words.textContent !== status.textContent) status.replaceChildren(words);
}

// All hits of a search, best first.
async function find(query) {
  const before = losses;
  const pagefind = await load();
  const found = await pagefind.search(query);
  if (losses > before) throw new Error("A piece of the index is missing.");
  return found.results;
}

// A hit, or nothing when it cannot be fetched.
async function fetched(result) {
  try {
    return { id: result.id, ...(await result.data()) };
  } catch {
    return null;
  }
}

// The hits in their order, each as soon as it and those before it are here. The first one has the line for itself.
async function* inOrder([first, ...rest]) {
  yield await fetched(first);
  for (const hit of rest.map(fetched)) yield await hit;
}

// In small letters without accents, as Pagefind compares.
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Whether a hit has every word that was sought, but for the ending. Pagefind takes shorter and shorter beginnings of a word
// that it does not know, and finds «upp» for «upphndling».
function hasWords(hit, query) {
  const words = hit.content.split(" ");
  const found = plain(hit.locations.map((location) => words[location]).join(" "));
  const sought = plain(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  return !found || sought.every((word) => found.includes(word.slice(0, Math.max(LEAST_LETTERS, word.length - LONGEST_ENDING))));
}

// The first letters of each word, for finding others that begin so.
function beginnings(query) {
  const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => word.slice(0, LEAST_LETTERS)).join(" ");
}

// The pairs of letters in a word.
function pairs(word) {
  return Array.from(word).slice(1).map((letter, number) => word[number] + letter);
}

// Whether a hit has half of the pairs of a word that was sought: «upphandling» is like «upphndling», «så» not like «säjroe».
function isAlike(hit, query) {
  const words = hit.content.split(" ");
  const found = hit.locations.map((location) => plain(words[location]));
  const sought = (plain(query).match(/[\p{L}\p{N}]+/gu) ?? []).map(pairs);
  return sought.some((of) => of.length && found.some((word) => of.filter((pair) => word.includes(pair)).length * 2 >= of.length));
}

// Search for what begins as what was sought. Pagefind looks for it only in one piece of its index, and may find nothing.
async function findLike(search) {
  Object.assign(search, { isLike: true, missed: 0, sought: beginnings(search.query) });
  await showNext(search);
}

// Show the next hits of a search, or those again that did not come, below the others: nothing moves that is being read.
async function showNext(search) {
  const { query, shown } = search;
  const isMore = shown.size > 0;
  if (search.missed) tell(["loading_more"]);
  search.missed ||= Math.min(isMore ? MORE_HITS : FIRST_HITS, search.count - shown.size);
  more.onclick = null;
  more.replaceChildren(say("loading_more"));
  try {
    const found = await find(search.sought);
    if (search !== latest) return;
    if (!found.length && search.isLike === undefined) {
      await findLike(search);
      return;
    }
    instead.hidden = found.length > 0;
    if (!found.length) {
      tellNone(query);
      return;
    }
    if (!isMore) tell(["loading_more"]);
    search.count = found.length;
    const next = found.filter((result) => !shown.has(result.id) && !search.unlike.has(result.id)).slice(0, search.missed);
    search.missed = next.length;
    for await (const hit of inOrder(next)) {
      if (search !== latest) return;
      if (!hit) continue;
      if (search.isLike === undefined && !hasWords(hit, query)) {
        // What Pagefind finds now begins with a letter or two of what was sought.
        await findLike(search);
        return;
      }
      search.isLike ??= false;
      if (search.isLike && !isAlike(hit, query)) {
        search.unlike.add(hit.id);
        search.missed -= 1;
        continue;
      }
      const item = show(hit);
      results.append(item);
      if (isMore && !more.hidden) item.querySelector("a").focus();
      more.hidden = true;
      shown.add(hit.id);
      search.missed -= 1;
      if (!isMore) tell(summary(search));
    }
    if (search.isLike) search.count = Math.min(found.length, MOST_ALIKE) - search.unlike.size;
  } catch {
    if (search !== latest) return;
  }
  if (shown.size) tellWhatIsLeft(search);
  else if (!search.isLike || search.missed) fail();
  else if (search.count > 0) showNext(search);
  else tellNone(query);
}

function tellNone(query) {
  tell(["none", query]);
  instead.hidden = false;
}

// The number of hits, or that they are only like what was sought, as the first one of them said.
function summary(search) {
  if (search.isLike) return ["like", search.query];
  return [search.count === 1 ? "one" : "other", search.count];
}

function tellWhatIsLeft(search) {
  const left = search.missed ? [["missed", search.missed]] : [];
  tell(...left, summary(search));
  missing.replaceChildren(...left.map((words) => say(...words)));
  more.replaceChildren(say(search.missed ? "again" : "more"));
  more.onclick = () => showNext(search);
  more.hidden = !search.missed && search.shown.size >= search.count;
}

function fail() {
  tell(["failed"]);
  more.hidden = true;
  instead.hidden = false;
}

function start() {
  const query = field.value.trim();
  const address = new URL(location.href);
  address.search = query ? new URLSearchParams({ q: query }) : "";
  history.replaceState(null, "", address);
  latest = { query, shown: new Set(), unlike: new Set(), sought: query, count: Infinity, missed: 0 };
  for (const part of [results, status, missing]) part.replaceChildren();
  more.hidden = true;
  instead.hidden ||= !query;
  if (!query) return;
  tell(["loading"]);
  showNext(latest);
}

instead.hidden = true;
instead.querySelector("p").hidden = true;
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
start();
