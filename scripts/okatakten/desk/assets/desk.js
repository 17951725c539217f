// What is written is kept at once, field by field, and the check's answers come beside. Without this, the form is sent.
(() => {
  const said = document.getElementById("sagt");
  const token = document.querySelector('meta[name="csrf"]').content;
  const form = document.querySelector("[data-autosave]");

  const tell = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  const clock = () => new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");

  let again = "";
  const saved = () => {
    tell(`${again}Sparat ${clock()}`);
    again = "";
  };

  // The token of whoever is signed in; "" for nobody, and null where there is no contact.
  const whoIsIn = async () => {
    const answer = await fetch("/inloggad", { method: "HEAD", redirect: "manual" }).catch(() => null);
    return answer && answer.status < 500 ? (answer.headers.get("x-csrf") ?? "") : null;
  };
  // A proxy leads to its own page, shows it, or refuses.
  const isOut = async (status) => status === 401 || ([200, 403].includes(status) && ![token, null].includes(await whoIsIn()));

  // Somebody signs in beside the page, which stays as it is until then.
  let entering = null;
  const signedIn = () => {
    const box = document.getElementById("inloggning");
    box.hidden = false;
    tell("Du är inte inloggad längre. Det du skriver finns kvar här. Logga in med länken överst, så sparas det.");
    entering ??= new Promise((done) => {
      const look = async () => {
        const who = await whoIsIn();
        box.querySelector("[data-other]").hidden = !who || who === token;
        if (who !== token || box.hidden) return;
        clearInterval(timer);
        removeEventListener("focus", look);
        box.hidden = true;
        entering = null;
        again = "Inloggad igen. ";
        tell(again);
        done();
      };
      const timer = setInterval(look, 3000);
      addEventListener("focus", look);
    });
    return entering;
  };

  const TROUBLE = {
    0: "Ingen kontakt med skrivbordet. Det du skriver finns kvar här, och sparas när kontakten är tillbaka.",
    403: "Du får inte spara här. Det du skriver finns kvar. Fråga den som har hand om skrivbordet.",
    404: "Det finns inte kvar, eller har bytt namn. Kopiera det du har skrivit innan du stänger sidan.",
    500: "Det går inte att spara just nu. Det du skriver finns kvar här, och skrivbordet försöker igen.",
  };
  // Return when it may be tried again.
  const trouble = async (status) => {
    if (await isOut(status)) return signedIn();
    tell(TROUBLE[status] ?? TROUBLE[500]);
    return new Promise((done) => setTimeout(done, 3000));
  };

  window.desk = { token, tell, saved, isOut, signedIn, trouble };
  if (!form) return;

  const address = form.dataset.autosave;
  const here = `skrivbordet ${address}`; // where this browser keeps what could not be sent yet
  const waiting = new Map(); // fields that are not kept yet
  let sending = false;
  let turns = 0; // of trying again, of which the last counts
  let pause = 0;
  let after = null; // the button that sends the form, as soon as everything is kept

  const inputs = (box) =>
    [...box.querySelectorAll("input, select, textarea")].filter((one) => one.name && !one.name.endsWith("-seen") && !one.disabled);

  const valueOf = (box) =>
    inputs(box)
      .filter((one) => one.type !== "checkbox" || one.checked)
      .map((one) => [one.name, one.value]);

  const seenOf = (box) => box.querySelector(`[name="${box.dataset.field}-seen"]`);

  const note = () => {
    const kept = [...waiting].map(([name, box]) => [name, { seen: seenOf(box).value, value: valueOf(box) }]);
    try {
      if (kept.length) localStorage.setItem(here, JSON.stringify(kept));
      else localStorage.removeItem(here);
    } catch {
      // a browser that keeps nothing
    }
  };

  // One at a time, in order: two answers never pass each other. What waits for a choice is passed by.
  const send = async () => {
    if (sending) return;
    const next = [...waiting].find(([, box]) => !box.querySelector("[data-conflict]"));
    if (!next) return;
    const [name, box] = next;
    sending = true;
    waiting.delete(name);
    tell("Sparar …");
    const later = (of) => {
      if (!waiting.has(name)) waiting.set(name, box);
      after = null;
      const turn = ++turns;
      trouble(of).then(() => turn === turns && send());
    };
    let status = 0;
    try {
      const answer = await fetch(address, {
        method: "PATCH",
        redirect: "manual",
        headers: { "content-type": "application/json", "x-csrf": token, "if-match": seenOf(box).value },
        body: JSON.stringify({ field: name, value: valueOf(box) }),
      });
      status = answer.type === "opaqueredirect" ? 401 : answer.status;
      const kind = answer.headers.get("content-type") ?? "";
      const body = kind.startsWith("application/json") ? await answer.json() : {};
      if (status === 412) {
        waiting.set(name, box);
        conflict(box, body);
      } else if ([400, 413, 422].includes(status)) {
        about(box, "trouble", body.said ?? "Det här går inte att spara. Kopiera det och ladda om sidan.");
        tell("Ett fält gick inte att spara.");
      } else if (status !== 200 || !body.seen) {
        later(status);
        status = 0;
      } else {
        seenOf(box).value = body.seen;
        box.querySelector("[data-trouble]")?.remove();
        if (!waiting.size) saved();
        clearTimeout(pause);
        pause = setTimeout(ask, 400);
      }
    } catch {
      later(0);
    }
    sending = false;
    note();
    if (status === 200 || status === 412) send();
    if (after && !waiting.size && !sending) form.requestSubmit(after);
  };

  const about = (box, kind, text) => {
    box.querySelector(`[data-${kind}]`)?.remove();
    const told = document.createElement("div");
    told.setAttribute("role", "alert");
    told.dataset[kind] = "";
    told.className = "desk-answer desk-answer--stops";
    box.append(told);
    told.append(Object.assign(document.createElement("p"), { textContent: text }));
    return told;
  };

  const button = (text, action) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.addEventListener("click", action);
    return made;
  };

  const conflict = (box, { theirs, seen }) => {
    tell("");
    const told = about(box, "conflict", "Någon annan har ändrat här medan du skrev. Där står nu: ");
    told.firstChild.append(Object.assign(document.createElement("span"), { className: "desk-lines", textContent: theirs || "ingenting" }));
    const mine = button("Behåll mitt", () => {
      seenOf(box).value = seen;
      told.remove();
      inputs(box)[0]?.focus();
      send();
    });
    const other = button("Ta deras", async () => {
      waiting.delete(box.dataset.field);
      told.remove();
      note();
      await send();
      if (waiting.size) tell("Sidan visar deras när du laddar om den.");
      else location.reload();
    });
    const row = Object.assign(document.createElement("p"), { className: "desk-row" });
    row.append(mine, other);
    told.append(row);
  };

  const ask = async () => {
    try {
      const answer = await fetch(`${address}/svar`, { redirect: "manual" });
      if (!answer.ok) return;
      const { answers, others } = await answer.json();
      for (const list of form.querySelectorAll(".desk-answers")) {
        const html = answers[list.closest("[data-field]").dataset.field] ?? "";
        if (list.dataset.html !== html) {
          list.dataset.html = html;
          list.innerHTML = html;
        }
      }
      const together = document.getElementById("andra");
      together.hidden = !others.length;
      if (others.length) together.textContent = `${others.join(", ")} har också sidan öppen. Det ni skriver i olika fält går ihop.`;
    } catch {
      // the next save asks again
    }
  };

  const keep = (box, delay) => {
    waiting.set(box.dataset.field, box);
    note();
    clearTimeout(box.later);
    box.later = setTimeout(send, delay);
  };

  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-field]");
    if (!box) return;
    growRows(box);
    keep(box, 600);
  });
  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-field]");
    if (box) keep(box, 0);
  });
  form.addEventListener("submit", (event) => {
    for (const box of form.querySelectorAll("[data-field]")) clearTimeout(box.later);
    after = event.submitter?.hasAttribute("formaction") ? event.submitter : null;
    if (after && !waiting.size && !sending) return;
    event.preventDefault();
    if (waiting.size) send();
    else saved();
  });
  addEventListener("beforeunload", (event) => {
    if (waiting.size || sending) event.preventDefault();
  });
  addEventListener("online", send);
  document.addEventListener("visibilitychange", send);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  setInterval(() => {
    if (!document.hidden) ask();
  }, 30000);

  // The last row is always empty. One that is taken away can be taken back until the page is left.
  const growRows = (box) => {
    const row = box.querySelector("[data-empty]");
    if (!row || ![...row.querySelectorAll("input")].some((one) => one.value)) return;
    const next = row.cloneNode(true);
    delete row.dataset.empty;
    for (const one of next.querySelectorAll("[id], [for], [name]")) {
      for (const name of ["id", "for", "name"]) {
        if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace(/-(\d+)-/, (_all, number) => `-${+number + 1}-`));
      }
      if (one.matches("input")) one.value = "";
      if (one.matches("select")) one.selectedIndex = 0;
    }
    row.after(next);
    removable(row);
  };

  const removable = (row) => {
    const box = row.closest("[data-field]");
    const away = button("Ta bort", () => {
      const back = button("Ta tillbaka raden", () => {
        for (const one of fields) one.disabled = false;
        back.replaceWith(row);
        away.focus();
        keep(box, 0);
      });
      const fields = [...row.querySelectorAll("input, select")];
      for (const one of fields) one.disabled = true;
      row.replaceWith(back);
      back.focus();
      keep(box, 0);
    });
    away.dataset.remove = "";
    const names = [...row.querySelectorAll("input")].map((one) => one.value).find(Boolean);
    if (names) away.setAttribute("aria-label", `Ta bort ${names}`);
    row.append(away);
  };

  for (const row of form.querySelectorAll("[data-row]:not([data-empty])")) removable(row);
  for (const row of form.querySelectorAll("[data-empty]")) {
    const box = row.closest("[data-field]");
    const more = button("Lägg till rad", () => box.querySelector("[data-empty] input").focus());
    box.querySelector("[data-rows-help]").replaceWith(more);
  }

  // What this browser has kept since the last time, because it could not be sent: put back, and sent.
  const putBack = () => {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(here) ?? "[]");
    } catch {
      return;
    }
    for (const [name, { seen, value }] of kept) {
      const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (!box) continue;
      for (const one of box.querySelectorAll('[type="checkbox"]')) one.checked = value.some(([field, word]) => field === one.name && word === one.value);
      for (const row of box.querySelectorAll("[data-row]:not([data-empty])")) for (const one of row.querySelectorAll("input, select")) one.value = "";
      for (const [field, word] of value) {
        const one = box.querySelector(`[name="${CSS.escape(field)}"]:not([type="checkbox"])`);
        if (one) one.value = word;
        growRows(box);
      }
      seenOf(box).value = seen;
      waiting.set(name, box);
    }
    send();
  };
  putBack();

  for (const tools of form.querySelectorAll("[data-tools]")) {
    const text = document.getElementById(tools.dataset.tools);
    const put = (from, to, words) => {
      text.focus();
      text.setSelectionRange(from, to);
      // The only way that the browser's own undo takes back.
      if (!document.execCommand("insertText", false, words)) text.setRangeText(words, from, to, "end");
    };
    tools.hidden = false;
    tools.addEventListener("click", ({ target }) => {
      const pressed = target.closest("button");
      if (!pressed) return;
      const { selectionStart: start, selectionEnd: end } = text;
      const chosen = text.value.slice(start, end);
      const { wrap, line } = pressed.dataset;
      const lineStart = text.value.lastIndexOf("\n", start - 1) + 1;
      if (wrap) put(start, end, `${wrap}${chosen}${wrap}`);
      else if (line) put(lineStart, end, text.value.slice(lineStart, end).replace(/^/gm, line));
      else put(start, end, `[${chosen || "länkens ord"}](https://)`);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
})();
