// What matters most: each list of five words becomes a slider; the list itself stays what is sent.
"use strict";
for (const select of document.querySelectorAll("select[data-slider]")) {
  const words = [...select.options].map((option) => option.text);
  const slider = Object.assign(document.createElement("input"), {
    type: "range", min: 0, max: words.length - 1, step: 1, value: select.selectedIndex, id: select.id,
  });
  const shown = document.createElement("output");
  const tell = () => {
    select.selectedIndex = Number(slider.value);
    shown.textContent = words[select.selectedIndex];
    slider.setAttribute("aria-valuetext", words[select.selectedIndex]);
  };
  shown.className = "muted";
  shown.setAttribute("for", select.id);
  select.removeAttribute("id");
  select.hidden = true;
  select.after(slider, shown);
  slider.addEventListener("input", tell);
  tell();
}
