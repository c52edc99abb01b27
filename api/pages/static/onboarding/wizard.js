// The tours beside the form follow what is typed; nothing is stored before a button is pressed.
"use strict";
(() => {
  const WAIT_MS = 350;
  const form = document.getElementById("wizard");
  const preview = document.getElementById("preview");
  const wide = matchMedia("(min-width: 60rem)");
  let waiting = 0;
  let running = null;

  async function refresh() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    preview.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch("/onboarding/preview", { method: "POST", body: new FormData(form), signal: mine.signal });
      if (!answer.ok) return;
      const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
      const count = shown.querySelector(".count").textContent;
      if (preview.querySelector(".count").textContent !== count) preview.querySelector(".count").textContent = count;
      preview.querySelector(".preview-body").replaceWith(shown.querySelector(".preview-body"));
    } catch (error) {
      if (error.name !== "AbortError") return; // no network: what stands there stays
    } finally {
      if (running === mine) preview.removeAttribute("aria-busy");
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, WAIT_MS);
  }

  function leaveOut(box) {
    for (const name of box.dataset.without.split(" ")) form.elements[name].disabled = box.checked;
  }

  form.addEventListener("input", (event) => { if (event.target.id !== "more") later(); });
  form.addEventListener("change", (event) => {
    if (event.target.dataset.without) leaveOut(event.target);
    if (event.target.id !== "more") later();
  });
  form.querySelectorAll("[data-without]").forEach(leaveOut);
  form.addEventListener("focusin", () => { if (!wide.matches) preview.open = false; });
  const fold = () => { preview.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();
})();
