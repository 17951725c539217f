// Files are sent in pieces that go on where they broke off (tus 1.0.0), and what is made of them is followed.
(() => {
  const PIECE = 8 * 2 ** 20;
  const ENDS = 64 * 2 ** 10;
  const { token, tell, signedIn } = window.desk;
  const form = document.getElementById("filer");
  const sending = new Set();

  const size = (count) => {
    const [unit, of] = count >= 1e9 ? ["GB", 1e9] : count >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
    return `${(count / of).toLocaleString("sv-SE", { maximumFractionDigits: unit === "kB" ? 0 : 1 })} ${unit}`;
  };

  const pause = (time) =>
    new Promise((done) => {
      const timer = setTimeout(done, time);
      addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
    });

  // What the server says of itself comes from here; a page to sign in at is none of it.
  const ask = async (method, address, headers = {}) => {
    const answer = await fetch(address, {
      method,
      redirect: "manual",
      headers: { "x-csrf": token, "tus-resumable": "1.0.0", ...headers },
    });
    if (!answer.headers.has("tus-resumable")) throw new Error(answer.status === 401 || answer.type === "opaqueredirect" ? "out" : "away");
    return answer;
  };

  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

  // What tells the file from another of its name; a browser that is not asked securely cannot say.
  const endsOf = async (file) => {
    if (!crypto.subtle) return "";
    const ends = await new Blob([file.slice(0, ENDS), file.slice(Math.max(file.size - ENDS, 0))]).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", ends));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const metadata = async (file, sort) => {
    const told = { filename: file.name, sort, date: String(file.lastModified), ends: await endsOf(file) };
    return Object.entries(told)
      .map(([name, value]) => `${name} ${base64(new TextEncoder().encode(value))}`)
      .join(",");
  };

  const patch = (one, place, offset) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      one.request = request;
      request.open("PATCH", place);
      const told = { "content-type": "application/offset+octet-stream", "x-csrf": token, "tus-resumable": "1.0.0", "upload-offset": offset };
      for (const [name, value] of Object.entries(told)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => show(one, offset + event.loaded);
      request.onload = () => done(request);
      request.onerror = request.ontimeout = request.onabort = () => failed(new Error("away"));
      request.send(one.file.slice(offset, offset + PIECE));
    });

  const show = (one, offset) => {
    const share = Math.floor((100 * offset) / one.file.size);
    one.bar.value = share;
    one.share.textContent = `${share} % av ${size(one.file.size)}`;
    if (share >= one.told + 10) {
      one.told = share - (share % 10);
      tell(`${one.file.name}: ${one.told} % skickat`);
    }
  };

  const stop = (one, text) => {
    one.said.textContent = text;
    one.button.textContent = "Ta bort ur listan";
    one.over = true;
    sending.delete(one);
    tell(text);
  };

  // The end of a recording begins the work, so what else is on its way is to be there: the text, the chapters.
  const others = () => Promise.all([...sending].filter(({ sort }) => sort !== "ljud").map(({ sent }) => sent));

  const send = async (one) => {
    let place = "";
    let wait = 1000;
    while (!one.over) {
      try {
        if (!place) {
          const told = await metadata(one.file, one.sort);
          const answer = await ask("POST", form.action, { "upload-length": String(one.file.size), "upload-metadata": told });
          if (answer.status !== 201) return stop(one, await answer.text());
          place = one.place = answer.headers.get("location");
        }
        const found = await ask("HEAD", place);
        if (found.status === 404) {
          place = "";
          throw new Error("away");
        }
        let offset = Number(found.headers.get("upload-offset"));
        if (offset && offset < one.file.size && one.told < 0) one.said.textContent = `Fortsätter från ${size(offset)}.`;
        show(one, offset);
        while (offset < one.file.size && !one.over) {
          if (one.sort === "ljud" && one.file.size - offset <= PIECE) await others();
          const answer = await patch(one, place, offset);
          if (answer.status === 423) {
            one.said.textContent = answer.responseText;
            throw new Error("busy");
          }
          if (![204, 409, 460].includes(answer.status)) {
            if (!answer.getResponseHeader("tus-resumable")) throw new Error(answer.status === 401 ? "out" : "away");
            return stop(one, answer.responseText);
          }
          if (answer.status !== 204) throw new Error("again");
          one.said.textContent = "";
          wait = 1000;
          offset = Number(answer.getResponseHeader("upload-offset"));
          show(one, offset);
        }
        if (one.over) return;
        one.row.remove();
        sending.delete(one);
        tell(`${one.file.name} är skickad.`);
        await refresh();
        return;
      } catch (error) {
        if (one.over) return;
        if (error.name === "NotReadableError" || error.name === "NotFoundError") return stop(one, "Filen går inte att läsa längre. Välj den igen.");
        if (error.message === "out") {
          one.said.textContent = "Fortsätter när du har loggat in.";
          await signedIn();
          one.said.textContent = "";
          continue;
        }
        if (error.message === "away") one.said.textContent = "Ingen kontakt. Det fortsätter av sig självt.";
        if (error.message !== "again") tell(one.said.textContent);
        await pause(wait);
        wait = Math.min(2 * wait, 15000);
      }
    }
  };

  const begin = (file, sort) => {
    if ([...sending].some((one) => one.sort === sort && one.file.name === file.name && one.file.size === file.size)) return;
    const input = form.elements[sort];
    const row = document.getElementById("sandning").content.cloneNode(true).firstElementChild;
    const one = { file, sort, row, told: -1, over: false, place: "", request: null };
    [one.bar, one.share, one.said, one.button] = ["progress", "[data-share]", "[data-said]", "button"].map((what) => row.querySelector(what));
    one.bar.id = `sandning-${Date.now()}-${sort}`;
    row.querySelector("label").htmlFor = one.bar.id;
    row.querySelector("label").textContent = file.name;
    one.button.setAttribute("aria-describedby", one.bar.id);
    document.getElementById("sandningar").append(row);
    one.button.addEventListener("click", () => {
      if (one.over) return row.remove();
      one.request?.abort();
      stop(one, `${file.name}: avbruten.`);
      if (one.place) ask("DELETE", one.place).catch(() => {});
    });
    const needed = sort === "ljud" ? file.size * form.dataset.room : file.size;
    const limit = Number(input.dataset.limit);
    sending.add(one);
    if (file.size > limit) return stop(one, `${file.name} är för stor: ${size(file.size)}. Högst ${size(limit)}.`);
    if (needed > form.dataset.free) return stop(one, `${file.name} får inte plats. Den tar ${size(needed)}, och ${size(Number(form.dataset.free))} är fritt.`);
    one.said.textContent = `Tar ${size(needed)} medan den görs i ordning.`;
    one.sent = send(one);
  };

  const sortOf = (file) => {
    if (/^(kapitel|chapters)\./i.test(file.name)) return "kapitel";
    const suffix = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    return ["ljud", "text", "bild"].find((sort) => form.elements[sort].accept.split(",").includes(suffix));
  };

  if (form) {
    for (const one of form.querySelectorAll("[data-no-script]")) one.hidden = true;
    for (const one of form.querySelectorAll("[data-script]")) one.hidden = false;
    form.addEventListener("change", ({ target }) => {
      for (const file of target.files ?? []) begin(file, target.name);
      target.value = "";
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      if (event.target.matches?.('input[type="file"]')) return;
      event.preventDefault();
      for (const file of event.dataTransfer.files) {
        const sort = sortOf(file);
        if (sort) begin(file, sort);
        else tell(`${file.name}: välj filen i fältet för det som den är.`);
      }
    });
    addEventListener("beforeunload", (event) => {
      if (sending.size) event.preventDefault();
    });
  }

  // What the page says of the episode, made anew by the server.
  const refresh = async () => {
    try {
      const answer = await fetch(location.pathname, { redirect: "manual" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("lage");
      const old = document.getElementById("lage");
      const had = old.contains(document.activeElement);
      old.replaceWith(fresh);
      if (had) fresh.focus();
      const heading = fresh.querySelector("#jobb");
      if (heading) tell(heading.textContent);
    } catch {
      // the page stays as it was
    }
    watch();
  };

  let source = null;
  let told = -1;
  const watch = () => {
    const place = document.getElementById("lage");
    const wanted = "atWork" in place.dataset && !document.hidden;
    if (!wanted && source) {
      source.close();
      source = null;
    }
    if (!wanted || source) return;
    source = new EventSource(`/handelser?sedan=${place.dataset.version}`);
    source.onmessage = ({ data }) => {
      const job = JSON.parse(data);
      const now = document.getElementById("lage");
      if (job.slug !== now.dataset.slug) return;
      const bar = now.querySelector("progress");
      if (!job.atWork || !bar || (job.state === "pågår" && now.dataset.state !== "pågår")) {
        source.close();
        source = null;
        refresh();
        return;
      }
      const share = Math.floor(job.share * 100);
      bar.value = share;
      now.querySelector("[data-share]").textContent = `${share} %`;
      if (Math.floor(share / 10) !== told) {
        told = Math.floor(share / 10);
        tell(`${now.querySelector("#jobb").textContent}: ${told * 10} %`);
      }
    };
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && "atWork" in document.getElementById("lage").dataset) refresh();
    else watch();
  });
  watch();
})();
