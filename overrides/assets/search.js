// The search page. Pagefind is fetched when somebody searches, and not before. Without this script the page shows a list
// of all pages instead, and says why.

const form = document.querySelector(".site-search");
const field = form.elements.q;
const status = document.querySelector(".site-search__status");
const results = document.querySelector(".site-search__results");
const more = document.querySelector(".site-search__more");
const instead = document.querySelector(".site-search__instead");
const root = new URL(form.dataset.root, location.href);

const WORDS_AROUND = 14;
const FIRST_HITS = 5;
const MORE_HITS = 10;
const MOST_PLACES = 3;

let loading;
let latest = 0;
let failures = 0;
let lost = false;

// Pagefind says that there are no hits when a piece of its index did not come, so this notices. The body is read here: a
// line that breaks in the middle of it is no better.
const { fetch } = window;
window.fetch = async (address, ...rest) => {
  try {
    const answer = await fetch(address, ...rest);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    return new Response(await answer.arrayBuffer());
  } catch (error) {
    lost ||= !address.includes("/fragment/");
    throw error;
  }
};

function load() {
  // Another address after a failure: a browser remembers that a module could not be fetched.
  const again = failures ? `?${failures}` : "";
  // Its worker would be 12 kB more to fetch, and gives up after 5 seconds, which a poor line needs.
  loading ??= import(new URL(`pagefind/pagefind.js${again}`, root)).then(
    (pagefind) => pagefind.createInstance({ baseUrl: root.pathname, noWorker: true }),
    (error) => {
      failures += 1;
      throw error;
    },
  );
  return loading;
}

// Pagefind remembers what it could not fetch.
function startAgain() {
  loading = undefined;
  lost = false;
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
  const item = element("li", { className: "site-hit", lang: hit.meta.lang });
  item.append(element("h2", { className: "site-hit__title" }, element("a", { href: hit.url, hreflang: hit.meta.lang }, hit.meta.title)));
  const spoken = places(hit, words, hits);
  if (spoken.length) item.append(element("ul", { className: "site-hit__places" }, ...spoken));
  else item.append(excerpt(words, Math.min(...hit.locations, words.length), hits));
  return item;
}

// A hit as an item of the list. One that cannot be fetched says so, and leaves the others alone.
async function item(result) {
  try {
    return show(await result.data());
  } catch {
    startAgain();
    return element("li", { className: "site-hit", tabIndex: -1 }, element("p", {}, say("hit_failed")));
  }
}

// The next hits in their order, each below the last one as soon as it is here, so that nothing moves that is being read.
// The first one has the line for itself.
async function showNext(found, isLatest) {
  const shown = results.children.length;
  const [first, ...rest] = found.slice(shown, shown + (shown ? MORE_HITS : FIRST_HITS));
  more.onclick = null;
  more.replaceChildren(say("loading_more"));
  const top = await item(first);
  if (!isLatest()) return;
  results.append(top);
  if (shown) (top.querySelector("a") ?? top).focus();
  more.hidden = true;
  for (const coming of rest.map(item)) {
    const next = await coming;
    if (!isLatest()) return;
    results.append(next);
  }
  more.replaceChildren(say("more"));
  more.onclick = () => showNext(found, isLatest);
  more.hidden = results.children.length >= found.length;
}

async function search() {
  const query = field.value.trim();
  const own = ++latest;
  const isLatest = () => own === latest;
  const address = new URL(location.href);
  address.search = query ? new URLSearchParams({ q: query }) : "";
  history.replaceState(null, "", address);
  results.replaceChildren();
  status.replaceChildren();
  more.hidden = true;
  instead.hidden ||= !query;
  if (!query) return;
  status.append(say("loading"));
  try {
    const pagefind = await load();
    if (!isLatest()) return;
    const found = (await pagefind.search(query)).results;
    if (lost) throw new Error("A piece of the index is missing.");
    if (!isLatest()) return;
    const count = found.length;
    instead.hidden = count > 0;
    if (!count) {
      status.replaceChildren(say("none", query));
      return;
    }
    status.replaceChildren(say(count === 1 ? "one" : "other", count));
    await showNext(found, isLatest);
    if (isLatest() && !results.querySelector(".site-hit__title")) throw new Error("No hit came.");
  } catch {
    startAgain();
    if (!isLatest()) return;
    results.replaceChildren();
    more.hidden = true;
    status.replaceChildren(say("failed"));
    instead.hidden = false;
  }
}

instead.hidden = true;
instead.querySelector("p").hidden = true;
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
search();
