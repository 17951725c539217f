// Text and chapters beside the sound. Without this, the page is forms. Each change is a call with the row as it was
// seen; one at a time, in order. What is shown at once is what was typed; the answer puts the row as the file has it.
(() => {
  const $ = (id) => document.getElementById(id);
  const player = $("spelare");
  const list = $("rader");
  const form = $("radform");
  const audio = $("ljud");
  const place = $("plats");
  const wave = $("vag");
  const base = `/avsnitt/${player.dataset.slug}`;
  const { token, tell, saved, trouble } = window.desk;
  document.documentElement.dataset.script = "";

  const clock = (time, exact = false) => {
    const whole = Math.floor(time + 1e-6);
    const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = (number) => String(number).padStart(2, "0");
    const rest = exact ? Math.round((time - whole) * 1000) : 0;
    const text = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
    return rest > 0 && rest < 1000 ? `${text}.${String(rest).padStart(3, "0")}` : text;
  };
  const seconds = (text) =>
    /^[\d:.,]+$/.test(text) ? text.replace(",", ".").split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : NaN;

  // Calls, one at a time; what could not be sent waits and is sent again.
  const queue = [];
  let busy = false;
  let asking = 0;
  const call = (job) => {
    queue.push(job);
    send();
  };
  const send = async () => {
    if (busy || !queue.length) return;
    busy = true;
    const job = queue[0];
    tell("Sparar …");
    let answer = null;
    let status = 0;
    try {
      const got = await fetch(base + job.to, {
        method: "PATCH",
        redirect: "manual",
        headers: { "content-type": "application/json", "x-csrf": token, "if-match": job.row?.dataset.seen ?? job.seen ?? "" },
        body: JSON.stringify({ ...job.body, ...(job.row && job.to === "/text" ? { row: [...list.children].indexOf(job.row) } : {}), ...(job.next ? { next: job.next.dataset.seen } : {}) }),
      });
      status = got.type === "opaqueredirect" ? 401 : got.status;
      if ([200, 412, 422].includes(status)) answer = { status, ...(await got.json()) };
    } catch {
      // no contact, or a page to sign in at
    }
    if (!answer) {
      await trouble(status);
      busy = false;
      return send();
    }
    queue.shift();
    busy = false;
    if (answer.status === 200 && !queue.length) saved();
    await job.done(answer);
    clearTimeout(asking);
    asking = setTimeout(ask, 1500);
    send();
  };
  addEventListener("beforeunload", (event) => {
    keep();
    if (queue.length) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());

  const ask = async () => {
    try {
      const answer = await fetch(`${base}/text/lage?svar`);
      if (!answer.ok) return;
      const state = await answer.json();
      if (list && $("svar").dataset.html !== state.answers) $("svar").innerHTML = $("svar").dataset.html = state.answers;
      $("andra").hidden = !state.others.length;
      $("andra").textContent = state.others.length ? `${state.others.join(", ")} har också sidan öppen. Det ni skriver på olika rader går ihop.` : "";
      if (list && !queue.length && state.is !== list.dataset.is) await refresh();
    } catch {
      // asked again later
    }
  };
  setInterval(() => document.hidden || ask(), 20000);

  // The sound
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : 0);
  const seek = (time) => {
    audio.currentTime = Math.max(0, Math.min(time, length() || time));
    follow();
  };
  const hear = (time) => {
    seek(time);
    audio.play().catch(() => tell("Ljudet går inte att spela."));
  };
  const toggle = () => (audio.paused ? hear(audio.currentTime) : audio.pause());
  const faster = (step) => {
    const speed = $("fart");
    speed.selectedIndex = Math.max(0, Math.min(speed.selectedIndex + step, speed.length - 1));
    audio.playbackRate = Number(speed.value);
    tell(`Fart ${speed.value.replace(".", ",")}`);
  };
  let playing = null;
  let times = null; // where the rows begin
  const follow = () => {
    place.value = audio.currentTime;
    place.max = Math.floor(length());
    const text = `${clock(audio.currentTime)} av ${clock(length())}`;
    place.setAttribute("aria-valuetext", text);
    $("klocka").textContent = text;
    if (list) {
      times ??= [...list.children].map((row) => Number(row.dataset.start));
      let [low, high] = [0, times.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle] <= audio.currentTime) low = middle + 1;
        else high = middle;
      }
      const row = low && audio.currentTime ? list.children[low - 1] : null;
      if (row !== playing) {
        playing?.removeAttribute("data-playing");
        row?.setAttribute("data-playing", "");
        playing = row;
      }
    }
    requestAnimationFrame(draw);
  };
  for (const name of ["timeupdate", "loadedmetadata", "durationchange", "seeked"]) audio.addEventListener(name, follow);
  for (const name of ["play", "pause"]) {
    audio.addEventListener(name, () => player.querySelector('[data-key="play"]').setAttribute("aria-pressed", String(!audio.paused)));
  }
  place.addEventListener("input", () => seek(Number(place.value)));
  $("fart").addEventListener("change", () => faster(0));

  // The waveform is a picture of what the field beside it and the list of chapters say.
  const SHOWN = 60; // seconds
  let peaks = new Uint8Array();
  let rate = 20;
  let dragged = null;
  const view = () => {
    const span = Math.min(SHOWN, length() || SHOWN);
    return [Math.max(0, Math.min(audio.currentTime - span / 2, (length() || span) - span)), span];
  };
  const chapters = () => [...document.querySelectorAll("[data-chapter]")];
  const draw = () => {
    const box = wave.getBoundingClientRect();
    const [width, height] = [Math.round(box.width * devicePixelRatio), Math.round(box.height * devicePixelRatio)];
    if (!width) return;
    if (wave.width !== width || wave.height !== height) [wave.width, wave.height] = [width, height];
    const paint = wave.getContext("2d");
    const style = getComputedStyle(wave);
    const [from, span] = view();
    const at = (time) => ((time - from) / span) * width;
    paint.clearRect(0, 0, width, height);
    paint.fillStyle = style.color;
    const step = Math.max(1, width / (span * rate));
    for (let index = Math.floor(from * rate); index <= (from + span) * rate && index < peaks.length; index += 1) {
      const tall = Math.max(1, (peaks[index] / 255) * height * 0.9);
      paint.fillRect(at(index / rate), (height - tall) / 2, step * 0.7, tall);
    }
    paint.font = `${13 * devicePixelRatio}px sans-serif`;
    for (const chapter of chapters()) {
      const time = chapter === dragged?.chapter ? dragged.time : seconds(chapter.dataset.start);
      if (!(time >= from && time <= from + span)) continue;
      paint.fillStyle = style.getPropertyValue("--desk-chapter");
      paint.fillRect(at(time), 0, 2 * devicePixelRatio, height);
      const words = chapter.dataset.title;
      paint.fillStyle = style.backgroundColor;
      paint.fillRect(at(time) + 2 * devicePixelRatio, 0, paint.measureText(words).width + 6 * devicePixelRatio, 18 * devicePixelRatio);
      paint.fillStyle = style.getPropertyValue("--desk-place");
      paint.fillText(words, at(time) + 5 * devicePixelRatio, 14 * devicePixelRatio);
    }
    paint.fillStyle = style.getPropertyValue("--desk-place");
    paint.fillRect(at(audio.currentTime), 0, 2 * devicePixelRatio, height);
  };
  const timeAt = (event) => {
    const box = wave.getBoundingClientRect();
    const [from, span] = dragged?.view ?? view();
    return Math.max(0, from + ((event.clientX - box.left) / box.width) * span);
  };
  wave.addEventListener("pointerdown", (event) => {
    const near = (view()[1] / wave.getBoundingClientRect().width) * 8;
    const chapter = chapters().find((each) => Math.abs(seconds(each.dataset.start) - timeAt(event)) < near);
    if (!chapter) return seek(timeAt(event));
    dragged = { chapter, time: timeAt(event), view: view() };
    wave.setPointerCapture(event.pointerId);
  });
  wave.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged.time = timeAt(event);
    requestAnimationFrame(draw);
  });
  wave.addEventListener("pointerup", () => {
    if (dragged) setChapter(dragged.chapter, { start: clock(dragged.time, true) });
    dragged = null;
  });
  new ResizeObserver(draw).observe(wave);
  fetch(`${base}/vagform`)
    .then(async (answer) => {
      if (!answer.ok) return;
      rate = Number(answer.headers.get("x-peaks-per-second")) || rate;
      peaks = new Uint8Array(await answer.arrayBuffer());
      draw();
    })
    .catch(() => {});

  // Chapters
  const ofChapters = (body, seen, done) =>
    call({
      to: "/kapitel", body, seen,
      done: (answer) => {
        const focused = document.activeElement?.id;
        $("kapitellista").innerHTML = answer.html;
        $("kapitelform").elements.seen.value = answer.seen;
        if (focused) $(focused)?.focus();
        if (answer.status === 412) tell("Någon annan har ändrat kapitlet. Så står det nu.");
        else if (answer.status === 422) tell(body.op === "undo" || body.op === "redo" ? "Det finns inget mer att ångra här." : "Det gick inte. Skriv tiden så här: 1:05. Två kapitel kan inte börja samtidigt.");
        else if (answer.said.length) tell(answer.said.join(" "));
        draw();
        done?.(answer);
      },
    });
  const setChapter = (chapter, what) => ofChapters({ op: "set", ...what }, chapter.dataset.seen);
  const chapterHere = () => {
    const start = clock(Math.floor(audio.currentTime));
    ofChapters({ op: "add", start }, "", (answer) => {
      const made = answer.status === 200 && chapters().find((each) => each.dataset.start === start);
      if (!made) return;
      const title = made.querySelector('[name$="-title"]');
      title.focus();
      title.select();
    });
  };
  $("kapitellista").addEventListener("click", ({ target }) => {
    const what = target.closest("[data-do]")?.dataset.do;
    if (!what) return;
    const chapter = target.closest("[data-chapter]");
    const start = seconds(chapter.dataset.start);
    if (what === "hear") hear(start);
    else if (what === "remove") ofChapters({ op: "remove" }, chapter.dataset.seen, () => $("nytt-tid").focus());
    else if (what === "here") setChapter(chapter, { start: clock(audio.currentTime, true) });
    else if (what === "shift") ofChapters({ op: "shift", by: String(audio.currentTime - start) }, chapter.dataset.seen);
    else setChapter(chapter, { start: clock(Math.max(0, start + Number(what)), true) });
  });
  $("kapitellista").addEventListener("change", ({ target }) => {
    const chapter = target.closest("[data-chapter]");
    if (chapter) setChapter(chapter, { [target.name.endsWith("-start") ? "start" : "title"]: target.value });
  });
  $("kapitelform").addEventListener("submit", (event) => {
    event.preventDefault();
    const [time, title] = [$("nytt-tid"), $("nytt-rubrik")];
    if (!time.value) return saved();
    ofChapters({ op: "add", start: time.value, title: title.value }, "", (answer) => {
      if (answer.status !== 200) return;
      time.value = title.value = "";
      time.focus();
    });
  });
  $("listfil").addEventListener("change", async ({ target }) => {
    if (target.files[0]) $("lista").value = await target.files[0].text();
  });
  $("listform").addEventListener("submit", (event) => {
    event.preventDefault();
    ofChapters({ op: "import", list: $("lista").value, replace: $("ersatt").checked ? "1" : "" }, "", (answer) => {
      if (answer.status === 422) tell("I listan finns ingen tid. Skriv ett kapitel på varje rad, så här: 0:37 Fråga ett");
      else $("lista").value = "";
    });
  });
  $("kapitelsteg").addEventListener("submit", (event) => {
    event.preventDefault();
    ofChapters({ op: event.submitter.value });
  });

  // Where a clip begins and ends; the page for clips does the rest.
  const markClip = (which, time) => {
    $(`klipp-${which}`).value = time;
    const [start, end] = [$("klipp-fran").value, $("klipp-till").value];
    tell(start && end ? `Klipp från ${start} till ${end}` : which === "fran" ? `Klippet börjar ${time}` : `Klippet slutar ${time}`);
  };
  const clipOfRow = (which) => {
    const row = rowAt();
    if (row) markClip(which, (row === open ? written() : ofRow(row))[which === "fran" ? "start" : "end"]);
  };
  $("klippform").addEventListener("click", ({ target }) => {
    const which = target.closest("[data-clip]")?.dataset.clip;
    if (which) markClip(which, clock(audio.currentTime, true));
  });

  player.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (key) ({ back: () => seek(audio.currentTime - 5), forth: () => seek(audio.currentTime + 5), play: toggle, chapter: chapterHere })[key]();
  });

  // Rows. One is open: the form stands in it.
  let open = null;
  let kept = {};
  let later = 0;
  let held = false; // others have changed the open row: nothing is sent until it is said what shall stand
  const field = form?.elements ?? {};
  const written = () => ({ text: field.text.value, speaker: field.speaker.value, start: field.start.value, end: field.end.value, doubt: field.doubt.checked ? "1" : "0" });
  const ofRow = (row) => {
    const [start, end] = row.dataset.times.split(" ");
    return { text: row.querySelector(".desk-cue__said").textContent, speaker: row.dataset.who, start, end, doubt: "doubt" in row.dataset ? "1" : "0" };
  };
  const fill = (values) => {
    for (const name of ["text", "speaker", "start", "end"]) field[name].value = values[name];
    field.doubt.checked = values.doubt === "1";
    kept = values;
  };
  const put = (row) => {
    if (open) {
      delete open.dataset.open;
      open.querySelector(".desk-cue__text").tabIndex = -1;
    }
    open = row;
    form.hidden = !row;
    (row ?? list.parentElement).append(form);
    if (row) row.dataset.open = "";
  };
  const openRow = (row, caret = null) => {
    if (!row) return;
    if (row !== open) {
      keep();
      clearConflict();
      put(row);
      fill(ofRow(row));
    }
    field.text.focus({ preventScroll: true });
    if (caret !== null) field.text.setSelectionRange(caret, caret);
    row.scrollIntoView({ block: "nearest" });
  };
  const clearConflict = () => {
    held = false;
    form?.querySelector("[data-conflict]")?.remove();
  };

  // Keep what has changed in the open row.
  const keep = () => {
    clearTimeout(later);
    if (!open || held) return;
    const values = written();
    const what = Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== kept[name]));
    if (!Object.keys(what).length) return;
    const row = open;
    const before = kept;
    kept = values;
    call({ to: "/text", row, body: { op: "set", ...what }, done: (answer) => settle(answer, [row], { row, what, before }) });
  };

  const isRefused = { undo: "Det finns inget mer att ångra här.", redo: "Det finns inget mer att göra om.", rename: "Välj en talare och skriv vad den heter." };
  // Put the rows of an answer into the page: into those they come from, which keep their place and the form.
  const settle = async (answer, own, { row = null, what = null, before = null, fresh = false, focus = false } = {}) => {
    if (answer.status === 412) return conflict(row, what, answer.theirs);
    if (answer.status === 422) {
      tell(isRefused[answer.refused] ?? "Det gick inte. Skriv tider så här: 1:05. Slutet ska vara efter början, och en rad delas mellan två ord.");
      if (before && row === open) kept = before;
      return;
    }
    const others = answer.was !== list.dataset.is;
    list.dataset.is = answer.is;
    const there = new Map([...list.children].map((each) => [each.dataset.seen, each]));
    const gone = answer.out.map((seen) => there.get(seen)).filter(Boolean);
    const targets = [...new Set([...gone, ...own])].filter((each) => each.isConnected).sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1));
    const box = document.createElement("ol");
    box.innerHTML = answer.html;
    const made = [];
    let last = answer.after ? there.get(answer.after) : null;
    if (answer.out.length || answer.html.trim()) {
      for (const next of [...box.children]) {
        const target = targets.shift();
        if (target) morph(target, next);
        else if (last) last.after(next);
        else list.prepend(next);
        last = target ?? next;
        made.push(last);
      }
      for (const each of targets) {
        if (each === open) put(null);
        each.remove();
      }
    }
    times = null;
    name(answer.names);
    if (fresh && open) fill(ofRow(open));
    if (focus) openRow(made[answer.focus] ?? last?.nextElementSibling ?? last ?? list.firstElementChild, 0);
    if (others) await refresh();
    follow();
  };
  const morph = (row, fresh) => {
    const focused = document.activeElement?.closest?.(".desk-cue__text") && row.contains(document.activeElement);
    for (const attribute of [...row.attributes].filter(({ name }) => name.startsWith("data-") && !["data-open", "data-playing"].includes(name))) row.removeAttribute(attribute.name);
    for (const { name, value } of fresh.attributes) if (name.startsWith("data-")) row.setAttribute(name, value);
    row.hidden = false;
    for (const part of [".desk-cue__time", ".desk-cue__text"]) row.querySelector(part).replaceWith(fresh.querySelector(part));
    if (focused) row.querySelector(".desk-cue__text").focus();
  };
  const name = (names) => {
    const shown = [...$("namn-fran").options].map((each) => each.value);
    if (shown.join("\n") === names.join("\n")) return;
    $("talare").replaceChildren(...names.map((each) => new Option(each, each)));
    $("namn-fran").replaceChildren(...names.map((each, index) => new Option(`${index + 1}. ${each}`, each)));
    $("namnform").parentElement.firstElementChild.textContent = `Talare: ${names.join(", ") || "ingen har namn"}`;
  };
  // All rows anew, since others have changed some; the open one stays where it is in the window.
  const refresh = async () => {
    const answer = await fetch(`${base}/text/lage?rader`).then((got) => got.json());
    const [seen, start, index, top] = open ? [open.dataset.seen, open.dataset.start, [...list.children].indexOf(open), open.getBoundingClientRect().top] : [];
    const was = open;
    const focused = form.contains(document.activeElement) ? document.activeElement : null;
    const [from, to] = [field.text.selectionStart, field.text.selectionEnd];
    list.innerHTML = answer.html;
    list.dataset.is = answer.is;
    times = playing = null;
    if (was) {
      const rows = [...list.children];
      open = null;
      const row = rows.find((each) => each.dataset.seen === seen) ?? rows.find((each) => each.dataset.start === start) ?? rows[Math.min(index, rows.length - 1)] ?? null;
      put(row);
      if (row) scrollBy(0, row.getBoundingClientRect().top - top);
      focused?.focus({ preventScroll: true });
      field.text.setSelectionRange(from, to);
      if (row?.dataset.seen !== seen && !held) {
        if (written().text === kept.text) fill(ofRow(row));
        else return conflict(row, null, ofRow(row).text, true);
      }
    }
    follow();
  };
  const conflict = async (row, what, theirs, isFresh = false) => {
    const mine = what?.text ?? (row === open ? field.text.value : "");
    const values = row === open || isFresh ? written() : null;
    held = true;
    if (!isFresh) await refresh();
    if (!open && list.firstElementChild) put(list.firstElementChild);
    if (values) fill(values);
    form.querySelector("[data-conflict]")?.remove();
    const box = document.createElement("div");
    box.dataset.conflict = "";
    box.className = "desk-box desk-box--stops";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = `Någon annan har ändrat raden medan du skrev. Så står det nu: «${theirs}». Du skrev: «${mine}».`;
    const button = (words, then) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = words;
      made.addEventListener("click", () => {
        clearConflict();
        then();
        field.text.focus();
      });
      return made;
    };
    box.append(text, button("Behåll mitt", () => {
      kept = ofRow(open);
      if (mine) field.text.value = mine;
      keep();
    }), " ", button("Ta deras", () => fill(ofRow(open))));
    form.prepend(box);
    tell("");
  };

  const act = (op, row, more = {}, options = {}) => {
    keep();
    call({ to: "/text", row, body: { op, ...more }, done: (answer) => settle(answer, [], { row, fresh: true, ...options }) });
  };
  // Both halves are there at once, so that one can go on writing; the answer gives them their times.
  const split = (caret, when) => {
    if (held) return;
    const [before, after] = [field.text.value.slice(0, caret).trim(), field.text.value.slice(caret).trim()];
    if (!before || !after) return tell("Ställ markören mellan två ord och dela där.");
    const first = open;
    const second = first.cloneNode(true);
    second.querySelector("form")?.remove();
    for (const each of ["id", "data-open", "data-playing", "data-doubt"]) second.removeAttribute(each);
    clearTimeout(later);
    const values = written();
    const what = Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== kept[key]));
    first.querySelector(".desk-cue__said").textContent = before;
    second.querySelector(".desk-cue__said").textContent = after;
    first.after(second);
    put(second);
    fill({ ...values, text: after, doubt: "0" });
    field.text.focus();
    field.text.setSelectionRange(0, 0);
    call({
      to: "/text", row: first, body: { op: "set", ...what, text: `${before}\n${after}`, ...(when === undefined ? {} : { when: clock(when, true) }) },
      done: async (answer) => {
        if (answer.status !== 200) {
          const typed = open === second ? field.text.value : after;
          if (open === second) put(first);
          second.remove();
          field.text.value = `${before} ${typed}`;
        }
        await settle(answer, [first, second], { row: first, what: { text: `${before} ${after}` } });
        if (open === second) {
          const { start, end, speaker } = ofRow(second);
          [field.start.value, field.end.value] = [start, end];
          kept = { ...kept, start, end, speaker };
        }
      },
    });
  };
  const joinBefore = () => {
    const first = open?.previousElementSibling;
    if (!first || held) return;
    keep();
    const second = open;
    const [before, after] = [ofRow(first).text, field.text.value];
    put(first);
    fill({ ...ofRow(first), text: `${before} ${after}`.trim() });
    field.text.focus();
    field.text.setSelectionRange(before.length, before.length);
    second.hidden = true;
    call({
      to: "/text", row: first, next: second, body: { op: "join" },
      done: async (answer) => {
        if (answer.status !== 200) second.hidden = false;
        await settle(answer, [], { row: first });
        if (open === first && answer.status === 200) {
          const values = ofRow(first);
          for (const key of ["start", "end", "speaker"]) field[key].value = values[key];
          kept = { ...values, text: kept.text };
        }
      },
    });
  };

  const rowAt = () => open ?? document.activeElement?.closest?.(".desk-cue") ?? playing ?? list?.firstElementChild;
  const step = (by) => {
    const row = rowAt();
    const next = open ? (by > 0 ? row?.nextElementSibling : row?.previousElementSibling) : row;
    if (next) openRow(next, 0);
    return next;
  };

  if (list) {
    list.querySelectorAll(".desk-cue__text").forEach((link, index) => index && (link.tabIndex = -1));
    if (form.closest(".desk-cue")) {
      open = form.closest(".desk-cue");
      open.dataset.open = "";
      kept = ofRow(open);
    }
    list.addEventListener("click", (event) => {
      const row = event.target.closest(".desk-cue");
      if (event.target.closest("[data-hear]")) hear(Number(row.dataset.start));
      else if (event.target.closest(".desk-cue__text")) {
        event.preventDefault();
        openRow(row);
      }
    });
    form.addEventListener("input", () => {
      clearTimeout(later);
      later = setTimeout(keep, 800);
    });
    form.addEventListener("change", keep);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", ({ target }) => {
      const what = target.closest("[data-row]")?.dataset.row;
      if (!what) return;
      if (what === "start" || what === "end") {
        field[what].value = clock(audio.currentTime, true);
        keep();
      } else if (what === "from" || what === "to") clipOfRow(what === "from" ? "fran" : "till");
      else if (what === "split") split(field.text.selectionStart, audio.currentTime);
      else if (what === "join") act("join", open);
      else if (what === "add" || what === "remove") act(what, open, {}, { focus: true });
      else {
        keep();
        if (!queue.length) saved();
      }
    });
    $("namnform").addEventListener("submit", (event) => {
      event.preventDefault();
      act("rename", null, { from: $("namn-fran").value, to: $("namn-till").value });
      $("namn-till").value = "";
    });
    $("textsteg").addEventListener("submit", (event) => {
      if (event.submitter.value === "theirs") return keep();
      event.preventDefault();
      act(event.submitter.value, null);
    });
  }

  // What keys do; which they are stands in the list of the page.
  const speaker = (number) => {
    const chosen = $("namn-fran")?.options[number - 1]?.value;
    if (!chosen || !open) return;
    field.speaker.value = chosen;
    keep();
  };
  const onPage = {
    play: toggle, back: () => seek(audio.currentTime - 5), forth: () => seek(audio.currentTime + 5), chapter: chapterHere,
    again: () => rowAt() && hear(Number(rowAt().dataset.start)), slower: () => faster(-1), faster: () => faster(1),
    before: () => step(-1), after: () => step(1), next: () => step(1) && hear(Number(open.dataset.start)), speaker,
    from: () => clipOfRow("fran"), to: () => clipOfRow("till"),
    save: () => (keep(), queue.length || saved()),
  };
  const inText = { split: () => split(field.text.selectionStart), here: () => split(field.text.selectionStart, audio.currentTime), join: joinBefore };
  document.addEventListener("keydown", (event) => {
    const [name, digit] = window.desk.meaning(event);
    if (event.key === "Backspace" && (field.text?.selectionStart || field.text?.selectionEnd)) return;
    const then = onPage[name] ?? (event.target === field.text ? inText[name] : null);
    if (!then) return;
    event.preventDefault();
    then(digit);
  });
  follow();
})();
