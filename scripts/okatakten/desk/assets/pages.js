// Files that are dropped at a page.
(() => {
  const { token, isOut, signedIn } = window.desk;
  const box = document.querySelector("[data-files]");

  if (!box) return;
  box.hidden = false;
  const chosen = document.getElementById("fil");
  const alt = document.getElementById("fil-alt");
  const told = box.querySelector("ul");
  const bar = box.querySelector("progress");
  const button = box.querySelector("[data-send]");

  const tell = (text) => {
    const line = document.createElement("li");
    line.className = "desk-answer";
    line.textContent = text;
    told.replaceChildren(line);
  };

  // What is written into the text is kept as if somebody had typed it.
  const insert = (text) => {
    const notes = document.getElementById("notes");
    if (!notes) return;
    const start = notes.selectionStart;
    notes.setRangeText(`${start && notes.value[start - 1] !== "\n" ? "\n\n" : ""}${text}\n`, start, start, "end");
    notes.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const arrived = ({ file, name, link, picture, cut, answers }) => {
    const words = alt.value.trim().replaceAll(/[[\]]/g, "");
    insert(picture ? `![${words}](${link})` : `[${words || name}](${link})`);
    for (const list of document.querySelectorAll("[data-field] select")) {
      if ([...list.options].some((one) => one.text === name) || !/^(file|poster|captions|described)$/.test(list.name)) continue;
      list.add(new Option(name, name));
    }
    tell(`${name} är tillagd, och står i texten.`);
    if (cut) told.firstChild.append(" ", Object.assign(document.createElement("a"), { href: `/bilder/${encodeURI(file)}`, textContent: "Beskär bilden" }));
    told.insertAdjacentHTML("beforeend", answers);
    chosen.value = "";
    alt.value = "";
  };

  button.addEventListener("click", () => {
    const [file] = chosen.files;
    if (!file) {
      tell("Välj en fil först.");
      chosen.focus();
      return;
    }
    if (file.type.startsWith("image/") && !alt.value.trim()) {
      tell("Skriv vad bilden visar, för den som inte ser den.");
      alt.focus();
      return;
    }
    const request = new XMLHttpRequest();
    request.open("POST", box.dataset.files);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-csrf", token);
    request.setRequestHeader("x-name", encodeURIComponent(file.name));
    request.responseType = "json";
    bar.hidden = false;
    button.disabled = true;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = loaded / total;
    });
    request.addEventListener("loadend", async () => {
      bar.hidden = true;
      button.disabled = false;
      if (request.status === 200 && request.response) arrived(request.response);
      else if (await isOut(request.status || 403)) {
        tell("Filen skickas när du har loggat in.");
        await signedIn();
        button.click();
      } else tell(request.response?.told ?? "Filen kom inte fram. Försök igen.");
    });
    request.send(file);
  });
})();
