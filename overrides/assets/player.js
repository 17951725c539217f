// The player: takes the place of the browser's own controls, and lets chapters and transcript start the sound. The page
// holds all its words. An address that ends in #t=72 or #t=1:12 starts there (W3C Media Fragments URI 1.0).
if (Array.prototype.findLast) {
  const BACK = 15;
  const FORWARD = 30;
  const STEPS = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };
  const MOVING_KEYS = ["Tab", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", " "];
  const LATE = 1000; // milliseconds before it is said that the sound is on its way
  const SAVED_EVERY = 5;
  const MEMORY = "okatakten-positions"; // what the listener has asked the browser to keep: seconds by episode

  const player = document.querySelector(".site-player");
  const { dataset } = player;
  const audio = player.querySelector("audio");
  const controls = player.querySelector(".site-player__controls");
  const status = controls.querySelector(".site-player__status");
  const control = (name) => controls.querySelector(`[data-do="${name}"]`);
  const part = (name) => controls.querySelector(`[data-part="${name}"]`);
  const range = control("seek");
  const follow = control("follow");
  const remember = control("remember");
  const chapters = [...document.querySelectorAll(".site-chapters__play")];
  const segments = [...controls.querySelectorAll(".site-player__chapters rect")];
  const turns = [...document.querySelectorAll(".site-turn__play")];
  const said = [...document.querySelectorAll(".site-turn__said")];

  let position = 0; // seconds; also where it is to start, before the browser knows the audio
  let dragged = false;
  let begun = false;
  let above = false; // whether the reader has gone past the player
  let late;
  let pressed; // the link that the sound was started from
  let saved = 0;

  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(dataset.seconds));

  function clock(seconds) {
    const whole = Math.floor(seconds);
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    const two = (value) => String(value).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  // The words of the page, in its language; # is a time.
  function say(name, time) {
    const words = player.querySelector(`template[data-word="${name}"]`).content.cloneNode(true);
    const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace("#", time);
    return words;
  }

  // Say something to everyone; screen readers say it, too.
  function tell(name, time) {
    status.replaceChildren(...(name ? [say(name, time)] : []));
    status.dataset.word = name ?? "";
  }

  // The last of some elements that has begun at a time; they carry it in seconds and stand in order.
  function current(elements, key) {
    return elements.findLast((element) => Number(element.dataset[key]) <= position + 0.05);
  }

  const spoken = (seconds) => `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;

  // Screen readers are told the place when they ask for it, and not four times a second.
  function describe() {
    range.setAttribute("aria-valuetext", `${spoken(position)} (${spoken(length())})`);
  }

  function show() {
    if (!dragged) range.value = position;
    part("now").textContent = clock(dragged ? range.value : position);
    const chapter = current(chapters, "start");
    if (chapter && part("chapter")) part("chapter").textContent = chapter.querySelector(".site-chapters__title").textContent;
    if (!begun) return;
    move("data-current", segments, segments[chapters.indexOf(chapter)]);
    move("aria-current", chapters, chapter);
    const paragraph = current(said, "said");
    if (move("aria-current", said, paragraph) && paragraph && following()) reveal(paragraph);
  }

  // Give an attribute to one of some elements alone; returns whether that is another one than before.
  function move(attribute, elements, chosen) {
    const before = elements.find((element) => element.hasAttribute(attribute));
    if (before === chosen) return false;
    before?.removeAttribute(attribute);
    chosen?.setAttribute(attribute, "true");
    return true;
  }

  // The link that the sound was started from pauses while it plays; all others play from where they stand.
  function press(link) {
    if (link === pressed) return;
    for (const [changed, word] of [[pressed, "listen"], [link, "pause"]]) {
      changed?.toggleAttribute("data-playing", word === "pause");
      changed?.querySelector("[data-part=does]").replaceChildren(say(word));
    }
    pressed = link;
  }

  function seek(seconds) {
    position = Math.min(Math.max(seconds, 0), length());
    if (audio.readyState) audio.currentTime = position;
    describe();
    show();
    tellPhone();
  }

  async function play() {
    // After a failure the browser asks for the audio again only when told to.
    if (audio.error || audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) audio.load();
    tell();
    begun = true;
    dock(above);
    try {
      await audio.play();
    } catch (error) {
      if (error.name !== "AbortError") fail();
    }
  }

  function fail() {
    clearTimeout(late);
    audio.pause();
    tell("failed");
  }

  function jump(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const link = event.currentTarget;
    if (link === pressed) {
      audio.pause();
    } else {
      seek(Number(link.dataset.start));
      play();
      press(link);
    }
  }

  function changeState() {
    if (audio.paused) {
      press(undefined);
      clearTimeout(late);
      if (status.dataset.word === "loading") tell();
    }
    for (const word of controls.querySelectorAll("[data-when]")) {
      word.hidden = (word.dataset.when === "playing") === audio.paused;
    }
    if (navigator.mediaSession) navigator.mediaSession.playbackState = audio.paused ? "paused" : "playing";
    show();
  }

  // The text follows the sound until the reader scrolls.
  const following = () => follow?.getAttribute("aria-pressed") === "true";

  function setFollowing(on) {
    if (!follow || on === following()) return;
    follow.setAttribute("aria-pressed", String(on));
    const paragraph = on && current(said, "said");
    if (paragraph) reveal(paragraph);
  }

  function reveal(paragraph) {
    const { top, bottom } = paragraph.getBoundingClientRect();
    const covered = controls.classList.contains("site-player__controls--docked") ? controls.offsetHeight : 0;
    if (top < 0 || bottom > innerHeight - covered) paragraph.scrollIntoView({ block: "center" });
  }

  // While its place is out of sight the player stands at the foot of the window, without covering what has the focus.
  function dock(on) {
    player.style.minBlockSize = on ? `${player.offsetHeight}px` : "";
    controls.classList.toggle("site-player__controls--docked", on);
    keepClear();
  }

  function keepClear() {
    const covered = getComputedStyle(controls).position === "fixed" ? `${controls.offsetHeight}px` : "";
    document.documentElement.style.scrollPaddingBlockEnd = covered;
    document.body.style.paddingBlockEnd = covered;
  }

  // Null until the listener asks for a memory.
  function read() {
    try {
      return JSON.parse(localStorage.getItem(MEMORY));
    } catch {
      return null;
    }
  }

  // Returns whether the browser keeps it; null forgets all.
  function write(memory) {
    try {
      if (memory) localStorage.setItem(MEMORY, JSON.stringify(memory));
      else localStorage.removeItem(MEMORY);
      return true;
    } catch {
      return false;
    }
  }

  function save() {
    if (!remember) return;
    const memory = read();
    remember.checked = Boolean(memory);
    if (!memory || !begun) return; // another window of the site may have forgotten it all
    memory[dataset.episode] = audio.ended ? undefined : Math.floor(position);
    write(memory);
    saved = position;
  }

  async function share() {
    const address = new URL(dataset.page, location);
    address.hash = `t=${Math.floor(position)}`;
    const copied = await copyText(address.href);
    tell(copied ? "copied" : "link", clock(position));
    if (!copied) {
      const link = Object.assign(document.createElement("a"), { href: address.href, textContent: address.href });
      if (self !== top) link.target = "_blank";
      status.append(" ", link);
    }
  }

  // What a phone shows on its lock screen (W3C Media Session).
  function tellPhone() {
    if (navigator.mediaSession && audio.readyState) {
      navigator.mediaSession.setPositionState({
        duration: length(),
        playbackRate: audio.playbackRate,
        position: Math.min(position, length()),
      });
    }
  }

  function setUpPhone() {
    const artwork = [{ src: new URL(dataset.picture, location).href }];
    const title = document.getElementById("titel").textContent;
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: dataset.owner, album: dataset.show, artwork });
    const starts = chapters.map((chapter) => Number(chapter.dataset.start));
    const actions = {
      play,
      pause: () => audio.pause(),
      seekbackward: (details) => seek(position - (details.seekOffset ?? BACK)),
      seekforward: (details) => seek(position + (details.seekOffset ?? FORWARD)),
      seekto: (details) => seek(details.seekTime),
      previoustrack: chapters.length ? () => seek(starts.findLast((start) => start < position - 2) ?? 0) : null,
      nexttrack: chapters.length ? () => seek(starts.find((start) => start > position) ?? position) : null,
    };
    for (const [action, handler] of Object.entries(actions)) {
      try {
        navigator.mediaSession.setActionHandler(action, handler);
      } catch {
        // A browser that does not know the action.
      }
    }
  }

  // Where the address says that it starts, in seconds: #t=72, #t=1:12, #t=0:01:12. Undefined where it says nothing.
  function addressed() {
    const time = /^#t=(?:npt:)?((?:\d+:){0,2}\d+(?:\.\d+)?)/.exec(location.hash);
    return time?.[1].split(":").reduce((sum, value) => sum * 60 + Number(value), 0);
  }

  audio.addEventListener("loadedmetadata", () => {
    audio.currentTime = position;
    range.max = length();
    part("end").textContent = clock(Math.round(length()));
  });
  audio.addEventListener("timeupdate", () => {
    // Before the first moment of a file is there, its time is zero wherever it is to start.
    if (audio.seeking || !audio.readyState) return;
    position = audio.currentTime;
    show();
    if (Math.abs(position - saved) >= SAVED_EVERY) save();
  });
  audio.addEventListener("waiting", () => {
    clearTimeout(late);
    late = setTimeout(() => tell("loading"), LATE);
  });
  audio.addEventListener("playing", () => {
    clearTimeout(late);
    tell();
    tellPhone();
  });
  audio.addEventListener("error", fail);
  // Where the audio is not there at all, only its source says so.
  audio.querySelector("source").addEventListener("error", fail);
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, changeState);
  for (const name of ["pause", "ended"]) audio.addEventListener(name, save);
  addEventListener("pagehide", save);

  control("play").addEventListener("click", () => (audio.paused ? play() : audio.pause()));
  control("back").addEventListener("click", () => seek(position - BACK));
  control("forward").addEventListener("click", () => seek(position + FORWARD));
  control("share").addEventListener("click", share);
  control("speed").addEventListener("change", (event) => {
    // The default is what audio that is loaded again goes back to.
    audio.defaultPlaybackRate = audio.playbackRate = Number(event.target.value);
    tellPhone();
  });
  range.addEventListener("focus", describe);
  range.addEventListener("input", () => {
    dragged = true;
    show();
  });
  range.addEventListener("change", () => {
    dragged = false;
    seek(Number(range.value));
  });
  range.addEventListener("blur", () => {
    dragged = false;
  });
  range.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    seek(position + step);
  });
  for (const link of [...chapters, ...turns]) {
    link.addEventListener("click", jump);
    // A link that somebody copies leads to the page; without the script it leads to the sound.
    link.href = `#t=${link.dataset.start}`;
  }
  // The other times of the transcript, for those who point at them: with the keyboard there would be hundreds to pass.
  for (const time of document.querySelectorAll(".site-turn__time")) {
    const start = time.closest(".site-turn").querySelector(".site-turn__said").dataset.said;
    const link = Object.assign(document.createElement("a"), { className: "site-turn__play", href: `#t=${start}`, tabIndex: -1 });
    const does = Object.assign(document.createElement("span"), { className: "site-hidden" });
    does.dataset.part = "does";
    does.append(say("listen"));
    link.dataset.start = start;
    time.replaceWith(link);
    link.append(time, " ", does);
    link.addEventListener("click", jump);
  }
  follow?.addEventListener("click", () => setFollowing(!following()));
  for (const name of ["wheel", "touchmove"]) addEventListener(name, () => setFollowing(false), { passive: true });
  addEventListener("keydown", (event) => {
    if (MOVING_KEYS.includes(event.key) && !controls.contains(event.target)) setFollowing(false);
  });

  remember?.addEventListener("change", () => {
    write(remember.checked ? {} : null);
    save();
  });
  addEventListener("storage", save); // another window has asked, or forgotten
  addEventListener("hashchange", () => {
    const time = addressed();
    if (time !== undefined) seek(time);
  });

  audio.controls = false;
  controls.hidden = false;
  player.classList.add("site-player--ready");
  const memory = remember && read();
  if (remember) {
    remember.checked = Boolean(memory);
    remember.parentElement.hidden = !write(memory);
  }
  const start = addressed();
  seek(start ?? memory?.[dataset.episode] ?? 0);
  if (position) tell("starts", clock(position));
  if (start !== undefined) player.scrollIntoView({ block: "center" });
  // A site that embeds the player may forbid new windows: then the links open in its frame.
  if (origin === "null") {
    for (const link of document.querySelectorAll("a[target]")) {
      link.removeAttribute("target");
      link.querySelector(".site-embed__new").remove();
    }
  }
  if (navigator.mediaSession) setUpPhone();
  // All that is below the window counts as seen, so that a leap past the player is told, too.
  new IntersectionObserver((entries) => {
    above = !entries.at(-1).isIntersecting;
    dock(begun && above);
  }, { rootMargin: "0px 0px 1000000px" }).observe(player);
  new ResizeObserver(keepClear).observe(controls);
}
