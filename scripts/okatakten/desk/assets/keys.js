// The keys of a page: its list says which they are, and whoever needs others writes them there. This browser keeps them.
(() => {
  const KEPT = "desk-tangenter";
  const WORDS = { escape: "Esc", enter: "Enter", backspace: "Backsteg", " ": "Mellanslag", delete: "Delete", pageup: "PageUp", pagedown: "PageDown", home: "Home", end: "End", arrowup: "Upp", arrowdown: "Ner", arrowleft: "Vänster", arrowright: "Höger" };
  const NAMES = Object.fromEntries(Object.entries(WORDS).map(([key, word]) => [word.toLowerCase(), key]));
  const HELD = [["ctrl", "Ctrl"], ["alt", "Alt"], ["skift", "Skift"]];
  const BROWSERS = "acfhlnprtvwxyz";

  // «Alt + k» → «Alt+K», as a key that is pressed is written; null for what is no key.
  const asWritten = (text) => {
    let rest = text.trim().toLowerCase().replace(/[−–]/g, "-");
    const held = new Set();
    for (let found; (found = /^(ctrl|alt|skift|shift)\s*[+ ]\s*(?=\S)/.exec(rest)); rest = rest.slice(found[0].length)) held.add(found[1].replace("shift", "skift"));
    const key = NAMES[rest] ?? rest;
    return key.length === 1 || key in WORDS || /^f([1-9]|1[0-2])$/.test(key) ? written(held, key) : null;
  };
  const written = (held, key) => [...HELD.filter(([name]) => held.has(name)).map(([, word]) => word), WORDS[key] ?? key.toUpperCase()].join("+");

  const refusal = (key, field) => {
    if (key === null) return "Skriv tangenten så här: Alt+K, Ctrl+Enter eller F2. Flera skiljs med komma.";
    if (/^Ctrl\+Alt/.test(key)) return "Ctrl och Alt tillsammans är Alt Gr, som skriver tecken. Välj en av dem.";
    if (/(^|\+)F[13]$/.test(key)) return "F1 och F3 är webbläsarens hjälp och sökning. Välj en annan.";
    if (key.startsWith("Ctrl+") && BROWSERS.includes(key.slice(5).toLowerCase())) return `${key} har webbläsaren redan. Välj en annan.`;
    if (/^(Skift\+)?(Esc|F\d+)$/.test(key) || listOf(field.defaultValue).includes(key)) return "";
    if (!/^(Ctrl|Alt)\+/.test(key)) return "En ensam tangent skriver eller flyttar i texten. Skriv Alt+ eller Ctrl+ före.";
    return "digits" in field.dataset && !key.endsWith("1") ? "Skriv den med en etta, som Alt+1. De andra siffrorna följer med." : "";
  };
  const listOf = (text) => text.split(",").filter((each) => each.trim()).map(asWritten);

  const fields = [...document.querySelectorAll("[data-keys]")];
  const used = document.getElementById("tangenter");
  const inUse = new Map(); // what is in use: the keys of each field
  const any = (field, key) => ("digits" in field.dataset ? key?.replace(/[2-9]$/, "1") : key);
  const told = (field) => document.getElementById(`${field.id}-svar`);

  const wrongWith = (field, keys) => {
    for (const key of keys) {
      const why = refusal(key, field);
      if (why) return why;
      const taken = fields.find((other) => other !== field && inUse.get(other).some((its) => its === any(other, key) || any(field, its) === key));
      if (taken) return `${key} är redan: ${taken.labels[0].textContent}. Ändra den först.`;
    }
    return "";
  };
  const use = (field, text) => {
    const keys = listOf(text);
    const why = wrongWith(field, keys);
    told(field).textContent = why && `${why} ${inUse.get(field).join(", ") || "Ingen tangent"} gäller.`;
    if (why) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    if (!why) inUse.set(field, keys);
    return !why;
  };
  const keep = () => {
    const own = fields.filter((field) => inUse.get(field).join() !== listOf(field.defaultValue).join());
    try {
      localStorage.setItem(KEPT, JSON.stringify({ off: !used.checked, ...Object.fromEntries(own.map((field) => [field.dataset.keys, inUse.get(field).join(", ")])) }));
    } catch {
      // a browser that keeps nothing
    }
  };
  const reset = () => {
    for (const field of fields) {
      field.value = field.defaultValue;
      inUse.set(field, listOf(field.value));
      told(field).textContent = "";
      field.removeAttribute("aria-invalid");
    }
  };

  reset();
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    used.checked = !kept.off;
    const changed = fields.filter((field) => typeof kept[field.dataset.keys] === "string");
    for (const field of changed) inUse.set(field, []); // two may have changed places
    for (const field of changed) if (use(field, kept[field.dataset.keys])) field.value = inUse.get(field).join(", ");
  } catch {
    // nothing of ours
  }
  used.addEventListener("change", keep);
  document.getElementById("tangentform").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("tangentform").addEventListener("reset", (event) => {
    event.preventDefault();
    reset();
    keep();
    window.desk.tell("Tangenterna är som från början.");
  });
  for (const field of fields) {
    field.addEventListener("change", () => {
      if (!use(field, field.value)) return window.desk.tell(told(field).textContent);
      field.value = inUse.get(field).join(", ");
      keep();
      window.desk.tell(`${field.labels[0].textContent}: ${field.value || "ingen tangent"}`);
    });
  }

  // What a pressed key means: the name of a field, and which digit.
  window.desk.meaning = (event) => {
    if (!used.checked || event.isComposing || event.metaKey || event.getModifierState("AltGraph") || fields.includes(event.target)) return [];
    const held = new Set(HELD.map(([name]) => name).filter((name) => event[`${name.replace("skift", "shift")}Key`]));
    const bare = new Set([...held].filter((name) => name !== "skift"));
    const key = event.key.toLowerCase();
    const code = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1].toLowerCase() ?? key;
    for (const pressed of [written(held, key), written(held, code), ...(/^[^a-zåäö0-9]$/.test(key) ? [written(bare, key)] : [])]) {
      const field = fields.find((each) => inUse.get(each).includes(any(each, pressed)));
      if (field) return [field.dataset.keys, Number(pressed.slice(-1))];
    }
    return [];
  };
})();
