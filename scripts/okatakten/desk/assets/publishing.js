// How far it has come, shown anew while something is being done. Without this, the page is loaded again.
(() => {
  const said = document.getElementById("sagt");
  const place = () => document.getElementById("lage");
  const done = () => [...place().querySelectorAll("time")].length;

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(`${location.pathname}/lage`);
        if (answer.ok) {
          const before = done();
          const box = document.createElement("template");
          box.innerHTML = await answer.text();
          place().replaceWith(box.content);
          const steps = [...place().querySelectorAll("li")].filter((step) => step.querySelector("time"));
          if (done() > before) said.textContent = steps.at(-1).textContent.replace("✓", "");
          if (!("atWork" in place().dataset)) {
            location.reload();
            return;
          }
        }
      } catch {
        // the next look asks again
      }
    }
    setTimeout(look, 2000);
  };

  if (location.hash === "#lage") place().focus(); // also when it is loaded anew: then what came of it is read
  if ("atWork" in place().dataset) {
    place().querySelector("[data-still]")?.remove();
    setTimeout(look, 1000);
  }
})();
