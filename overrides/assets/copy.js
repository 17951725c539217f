// Buttons that copy the text of a field beside them: <button data-copy="#id of the field" hidden>. What became of it is
// said in the element with role="status" after the button. Without this script the fields can be copied by hand.

// Returns whether the text is on the clipboard: a browser refuses in a frame that may not, and where the address is http.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.querySelector(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copyText(field.value);
    if (!copied) {
      field.focus();
      field.select();
    }
    const words = button.parentElement.querySelector(`template[data-word="${copied ? "copied" : "failed"}"]`);
    status.replaceChildren(words.content.cloneNode(true));
  });
}
