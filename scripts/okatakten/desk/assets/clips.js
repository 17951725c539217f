// Times come from where the sound is, and a post is copied. Without this, both are done by hand.
(() => {
  const { tell } = window.desk;
  const audio = document.getElementById("ljud");
  document.documentElement.dataset.script = "";

  const clock = (time) => `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, "0")}${(time % 1).toFixed(1).slice(1)}`;
  const copy = async (field) => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      tell("Kopierat");
    } catch {
      field.focus();
      tell("Texten är markerad. Kopiera den med Ctrl+C.");
    }
  };

  document.addEventListener("click", ({ target }) => {
    const { take, copy: copied } = target.closest("button")?.dataset ?? {};
    if (copied) copy(document.getElementById(copied));
    if (!take) return;
    const field = document.getElementById(take);
    field.value = clock(audio.currentTime);
    tell(`${field.labels[0].textContent} ${field.value}`);
  });
})();
