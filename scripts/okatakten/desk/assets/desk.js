// What is written is kept at once, field by field, and the check's answers come beside. Without this, the form is sent.
(() => {
  const said = document.getElementById("sagt");
  const token = document.querySelector('meta[name="csrf"]').content;
  const form = document.querySelector("[data-autosave]");

  const tell = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  const clock = () => new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");

  if (!form) return;

  const address = form.dataset.autosave;
  const waiting = new Map(); // fields that are not kept yet
  let sending = false;
  let pause = 0;

  const inputs = (box) => [...box.querySelectorAll("input, select, textarea")].filter((one) => !one.name.endsWith("-seen"));

  const valueOf = (box) =>
    inputs(box)
      .filter((one) => one.type !== "checkbox" || one.checked)
      .map((one) => [one.name, one.type === "checkbox" && one.value === "on" ? "on" : one.value]);

  // One at a time, in order: two answers never pass each other.
  const send = async () => {
    if (sending || !waiting.size) return;
    sending = true;
    const [name, box] = waiting.entries().next().value;
    waiting.delete(name);
    tell("Sparar …");
    try {
      const seen = box.querySelector(`[name="${name}-seen"]`);
      const answer = await fetch(address, {
        method: "PATCH",
        headers: { "content-type": "application/json", "x-csrf": token, "if-match": seen.value },
        body: JSON.stringify({ field: name, value: valueOf(box) }),
      });
      if (answer.status === 412) {
        conflict(box, (await answer.json()).theirs);
      } else if (answer.status === 422) {
        told(box, (await answer.json()).told);
      } else if (!answer.ok) {
        throw new Error(String(answer.status));
      } else {
        seen.value = (await answer.json()).seen;
        box.querySelector("[data-conflict]")?.remove();
        if (!waiting.size) tell(`Sparat ${clock()}`);
      }
      clearTimeout(pause);
      pause = setTimeout(ask, 400);
    } catch {
      if (!waiting.has(name)) waiting.set(name, box);
      tell("Ingen kontakt. Det du skriver finns kvar här, och sparas när kontakten är tillbaka.");
      setTimeout(again, 3000);
      return;
    }
    sending = false;
    send();
  };

  const again = () => {
    sending = false;
    send();
  };

  const conflict = (box, theirs) =>
    told(box, `Någon annan har ändrat här medan du skrev, till: ${theirs}. Ladda om sidan för att se det. Kopiera först det du har skrivit.`);

  const told = (box, text) => {
    box.querySelector("[data-conflict]")?.remove();
    const alert = document.createElement("p");
    alert.setAttribute("role", "alert");
    alert.dataset.conflict = "";
    alert.className = "desk-answer desk-answer--stops";
    alert.textContent = text;
    box.append(alert);
    tell("");
  };

  const ask = async () => {
    try {
      const answer = await fetch(`${address}/svar`);
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
    if (event.submitter?.hasAttribute("formaction")) {
      waiting.clear(); // the form is sent with all that is in it
      for (const box of form.querySelectorAll("[data-field]")) clearTimeout(box.later);
      return;
    }
    event.preventDefault();
    for (const box of form.querySelectorAll("[data-field]")) clearTimeout(box.later);
    if (waiting.size) send();
    else tell(`Sparat ${clock()}`);
  });
  addEventListener("beforeunload", (event) => {
    if (waiting.size || sending) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && !event.altKey && event.key === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  setInterval(() => {
    if (!document.hidden) ask();
  }, 30000);

  // The last row is always empty.
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
    }
    row.after(next);
  };

  for (const tools of form.querySelectorAll("[data-tools]")) {
    const text = document.getElementById(tools.dataset.tools);
    tools.hidden = false;
    tools.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const start = text.selectionStart;
      const end = text.selectionEnd;
      const chosen = text.value.slice(start, end);
      const { wrap, line } = button.dataset;
      const lineStart = text.value.lastIndexOf("\n", start - 1) + 1;
      text.focus();
      if (wrap) text.setRangeText(`${wrap}${chosen}${wrap}`, start, end, "end");
      else if (line) text.setRangeText(text.value.slice(lineStart, end).replace(/^/gm, line), lineStart, end, "end");
      else text.setRangeText(`[${chosen || "länkens ord"}](https://)`, start, end, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
})();
