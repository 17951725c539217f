// The search page. What it finds with (finding.js) is fetched when somebody searches and not before.
// Without this script the page shows a list of all pages instead, and says why.

const form = document.querySelector(".site-search");
const field = form.elements.q;
const status = document.querySelector(".site-search__status");
const results = document.querySelector(".site-search__results");
const missing = document.querySelector(".site-search__missing");
const more = document.querySelector(".site-search__more");
const instead = document.querySelector(".site-search__instead");
const root = new URL(form.dataset.root, location.href);

const FIRST_HITS = 5;

// For what a search is made with, of about 4 kB.
const MOST_MILLISECONDS = 20_000;

let latest;
let finding;
let failures = 0;

// Fetch what to find with; where it did not come, under another address, as some browsers remember that.
async function prepare() {
  if (finding) return;
  const address = new URL(form.dataset.finding, location.href);
  if (failures) address.search = failures;
  const late = new Promise((_, refuse) => {
    setTimeout(refuse, MOST_MILLISECONDS);
  });
  try {
    finding = await Promise.race([import(address), late]);
  } catch (error) {
    failures += 1;
    throw error;
  }
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
  const start = Math.max(at - finding.WORDS_AROUND, from);
  const paragraph = element("p", { className: "site-hit__text" });
  if (start > from) paragraph.append("… ");
  words.slice(start, at + finding.WORDS_AROUND).forEach((word, number) => {
    paragraph.append(...(hits.has(start + number) ? marked(word) : [word]), " ");
  });
  if (at + finding.WORDS_AROUND < words.length) paragraph.append("…");
  // One text between two marks: some screen readers stop at each.
  paragraph.normalize();
  return paragraph;
}

function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// Those turns: the place in the text, and the same place in the sound.
function places(hit, words, hits) {
  return finding.turnsOf(hit, hits).map(({ id, start, best: [place] }) => {
    const seconds = Number.parseInt(id.slice(1), 10);
    // The links of several episodes are told apart by those who hear them one by one. Text that is only hidden would
    // have a space before its comma.
    const link = (mark, word) => {
      const shown = say(word, clock(seconds));
      return element("a", { href: `${addressOf(hit)}#${mark}`, ariaLabel: `${shown.textContent}, ${hit.title}` }, shown);
    };
    return element("li", {}, link(id, "read_from"), " ", link(`t=${seconds}`, "listen_from"), excerpt(words, place, hits, start));
  });
}

function addressOf(hit) {
  return new URL(hit.url, root).pathname;
}

function show(hit, found) {
  const words = hit.text.split(" ");
  const hits = finding.hitsIn(words, found);
  const item = element("li", { className: "site-hit", lang: hit.lang, dir: "auto" });
  item.append(element("h2", { className: "site-hit__title" }, element("a", { href: addressOf(hit), hreflang: hit.lang }, hit.title)));
  const { kind, kind_lang: lang } = hit;
  item.append(element("p", { className: "site-hit__kind", lang }, kind.charAt(0).toUpperCase() + kind.slice(1)));
  const spoken = places(hit, words, hits);
  if (spoken.length) item.append(element("ul", { className: "site-hit__places" }, ...spoken));
  else item.append(excerpt(words, finding.closest(hits)[0], hits));
  return item;
}

// What is put in the status is said by screen readers, also when it stands there already.
function tell(...said) {
  const words = element("span", {}, ...said.flatMap((word, number) => [number ? " " : "", say(...word)]));
  if (words.textContent !== status.textContent) status.replaceChildren(words);
}

// A hit, or nothing when it cannot be fetched.
async function fetchHit(name) {
  try {
    return { name, ...(await finding.record(name)) };
  } catch {
    return null;
  }
}

// The hits in their order, each as soon as it and those before it are here. The first one has the line for itself.
async function* inOrder([first, ...rest]) {
  yield await fetchHit(first);
  for (const hit of rest.map(fetchHit)) yield await hit;
}

// The names of the next hits of a search that are not shown.
async function nextOf(search, count) {
  const names = [];
  for (const page of search.found.pages) {
    if (names.length === count) break;
    const name = await finding.nameOf(page);
    if (!search.shown.has(name)) names.push(name);
  }
  return names;
}

// Show the next hits of a search, or those again that did not come, below the others: nothing moves that is being read.
async function showNext(search) {
  const { query, shown } = search;
  const isMore = shown.size > 0;
  if (search.missed) tell(["loading_more"]);
  search.missed ||= Math.min(isMore ? finding.MORE_HITS : FIRST_HITS, search.count - shown.size);
  more.onclick = null;
  more.replaceChildren(say("loading_more"));
  try {
    await prepare();
    const found = await finding.find(query).catch((error) => {
      // The entry was that of an earlier site, whose pieces are gone.
      if (!error.message.startsWith("404")) throw error;
      return finding.find(query);
    });
    await finding.verify(found, shown.size + search.missed + finding.MORE_HITS);
    if (search !== latest) return;
    instead.hidden = found.pages.length > 0;
    if (!found.pages.length) {
      tell(["none", query]);
      return;
    }
    if (!isMore) tell(["loading_more"]);
    search.found = found;
    search.count = found.pages.length;
    const next = await nextOf(search, search.missed);
    search.missed = next.length;
    for await (const hit of inOrder(next)) {
      if (search !== latest) return;
      if (!hit) continue;
      const item = show(hit, found);
      results.append(item);
      if (isMore && !more.hidden) item.querySelector("a").focus();
      more.hidden = true;
      shown.add(hit.name);
      search.missed -= 1;
      if (!isMore) tell(summary(search));
    }
  } catch {
    if (search !== latest) return;
  }
  if (shown.size) tellWhatIsLeft(search);
  else fail();
}

// The number of hits, or that they are only like what was sought, as the first one of them said.
function summary({ query, count, found }) {
  if (found.isLike) return ["like", query];
  if (found.left.length) return ["at_least", count];
  return [count === 1 ? "one" : "other", count];
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
  latest = { query, shown: new Set(), count: Infinity, missed: 0 };
  for (const part of [results, status, missing]) part.replaceChildren();
  more.hidden = true;
  instead.hidden ||= !query;
  if (!query) return;
  tell(["loading"]);
  showNext(latest);
}

// Whoever clicks twice on the button has a hit under the pointer the second time.
results.addEventListener("click", (event) => {
  if (event.detail > 1) event.preventDefault();
});
instead.hidden = true;
instead.querySelector("p").hidden = true;
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
start();
