// The search page. Pagefind is fetched when somebody searches, and not before. Without this script the page shows a list
// of all pages instead.

const form = document.querySelector(".site-search");
const field = form.elements.q;
const status = document.querySelector(".site-search__status");
const results = document.querySelector(".site-search__results");
const more = document.querySelector(".site-search__more");
const instead = document.querySelector(".site-search__instead");
const root = new URL(form.dataset.root, location.href);

const WORDS_AROUND = 14;
const MOST_HITS = 20;
const MOST_PLACES = 3;

let loading;
let latest = 0;
let failures = 0;

function load() {
  // Another address after a failure: a browser remembers that a module could not be fetched.
  const again = failures ? `?${failures}` : "";
  loading ??= import(new URL(`pagefind/pagefind.js${again}`, root)).then(async (pagefind) => {
    await pagefind.options({ baseUrl: root.pathname });
    await pagefind.init();
    return pagefind;
  });
  return loading;
}

// The words of the page, in its language, stand in templates: # is the number.
function say(name, number) {
  const words = document.querySelector(`template[data-word="${name}"]`).content.cloneNode(true);
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace("#", number);
  }
  return words;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

// Some words of the text around a hit, with the hits marked.
function excerpt(words, at, hits) {
  const start = Math.max(at - WORDS_AROUND, 0);
  const paragraph = element("p", { className: "site-hit__text" });
  if (start) paragraph.append("… ");
  words.slice(start, at + WORDS_AROUND).forEach((word, number) => {
    paragraph.append(hits.has(start + number) ? element("mark", {}, word) : word, " ");
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
    if (turn && !found.has(turn.id)) found.set(turn.id, location);
  }
  return [...found].slice(0, MOST_PLACES).map(([id, location]) => {
    const seconds = Number.parseInt(id.slice(1), 10);
    // The links of several episodes are told apart by those who hear them one by one.
    const link = (href, word) => {
      const title = element("span", { className: "site-hidden" }, `, ${hit.meta.title}`);
      return element("a", { href }, say(word, clock(seconds)), title);
    };
    const read = link(`${hit.url}#${id}`, "read_from");
    const listen = link(`${hit.url}#t=${seconds}`, "listen_from");
    return element("li", {}, read, " ", listen, excerpt(words, location, hits));
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

async function search() {
  const query = field.value.trim();
  const own = ++latest;
  const address = new URL(location.href);
  address.search = query ? new URLSearchParams({ q: query }) : "";
  history.replaceState(null, "", address);
  results.replaceChildren();
  status.replaceChildren();
  more.hidden = true;
  if (!query) return;
  status.append(say("loading"));
  try {
    const pagefind = await load();
    const found = await pagefind.search(query);
    const count = found.results.length;
    const fetchHits = (from) => Promise.all(found.results.slice(from, from + MOST_HITS).map((result) => result.data()));
    const hits = await fetchHits(0);
    if (own !== latest) return;
    instead.hidden = true;
    more.hidden = count <= MOST_HITS;
    more.onclick = async () => {
      const shown = results.children.length;
      const next = await fetchHits(shown);
      if (own !== latest) return;
      results.append(...next.map(show));
      more.hidden = results.children.length >= count;
      results.children[shown].querySelector("a").focus();
    };
    status.replaceChildren(say(count === 0 ? "none" : count === 1 ? "one" : "other", count));
    results.replaceChildren(...hits.map(show));
  } catch {
    loading = undefined;
    failures += 1;
    if (own !== latest) return;
    status.replaceChildren(say("failed"));
    instead.hidden = false;
  }
}

instead.hidden = true;
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
search();
