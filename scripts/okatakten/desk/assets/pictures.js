// The part of a picture that is kept, drawn upon it. What is dragged is written into the fields, which say all of it.
(() => {
  const form = document.querySelector("[data-cut]");
  if (!form) return;
  const { form: shape, vanster, ovan, bredd } = form.elements;
  const [image] = form.getElementsByTagName("img");
  const kept = form.querySelector(".desk-cut__kept");
  const size = form.querySelector("output");
  const wide = image.getAttribute("width") / image.getAttribute("height");
  const within = (value, least, most) => Math.min(Math.max(value, least), Math.max(most, least));
  const or = (value, otherwise) => (Number.isNaN(value) ? otherwise : value);
  const rounded = (number) => Math.round(number * 100) / 100;

  const cut = () => {
    const [across, down] = shape.value ? shape.value.split(":") : [wide, 1];
    const most = Math.min(100, (100 * across) / down / wide);
    const width = within(or(bredd.valueAsNumber, most), Math.min(1, most), most);
    const height = (width * wide * down) / across;
    const left = within(or(vanster.valueAsNumber, (100 - width) / 2), 0, 100 - width);
    const top = within(or(ovan.valueAsNumber, (100 - height) / 2), 0, 100 - height);
    return { most, left, top, width, height };
  };

  const draw = () => {
    const { most, left, top, width, height } = cut();
    Object.assign(kept.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    bredd.max = rounded(most);
    vanster.max = rounded(100 - width);
    ovan.max = rounded(Math.max(100 - height, 0));
    const pixels = [width * image.getAttribute("width"), height * image.getAttribute("height")];
    const shrunk = Math.min(1, form.dataset.cut / (pixels[0] / 100));
    size.value = pixels.map((each) => Math.max(1, Math.round((each / 100) * shrunk))).join(" × ");
  };

  // While somebody types, nothing is put in order.
  const settle = () => {
    const { left, top, width } = cut();
    for (const [field, number] of [[vanster, left], [ovan, top], [bredd, width]]) field.value = rounded(number);
    draw();
  };

  form.addEventListener("input", draw);
  form.addEventListener("change", ({ target }) => {
    if (target === shape) vanster.value = ovan.value = bredd.value = "";
    settle();
  });

  kept.addEventListener("pointerdown", (down) => {
    const { left, top, width, height } = cut();
    const isCorner = down.target !== kept;
    const ratio = height / width;
    const move = ({ clientX, clientY }) => {
      const right = (100 * (clientX - down.clientX)) / image.clientWidth;
      const below = (100 * (clientY - down.clientY)) / image.clientHeight;
      if (isCorner) bredd.value = rounded(within(width + Math.max(right, below / ratio), 1, Math.min(100 - left, (100 - top) / ratio)));
      else [vanster.value, ovan.value] = [left + right, top + below].map((each) => rounded(each));
      settle();
    };
    down.preventDefault();
    kept.setPointerCapture(down.pointerId);
    kept.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) kept.addEventListener(end, () => kept.removeEventListener("pointermove", move), { once: true });
  });

  for (const each of form.querySelectorAll("[data-script], .desk-cut__kept")) each.hidden = false;
  settle();
})();
