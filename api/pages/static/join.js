// The page that connects WhatsApp: shows what each choice agrees to, and goes on once the code has come.
"use strict";
const EVERY_MS = 2000;

const choice = document.getElementById("choice");
const terms = document.getElementById("terms");
const progress = document.getElementById("progress");
let asking = null;

async function showTerms() {
  asking?.abort();
  asking = new AbortController();
  terms.setAttribute("aria-busy", "true");
  const query = new URLSearchParams(new FormData(choice));
  query.delete("new");
  try {
    const answer = await fetch(`/join/terms?${query}`, { signal: asking.signal });
    if (!answer.ok) return choice.requestSubmit();
    terms.innerHTML = await answer.text();
    terms.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") choice.requestSubmit();
  }
}

async function look() {
  try {
    const answer = await fetch("/join/state");
    if (answer.ok && goOn(await answer.json())) return;
    if (answer.status === 401) return location.reload();
  } catch {
    // no network for a moment: the next look may find it again
  }
  setTimeout(look, EVERY_MS);
}

// Tells whether there is nothing more to look for.
function goOn({ state, next }) {
  if (state === "joined") location.assign(next);
  else if (state === progress.dataset.state) return false;
  else location.reload();
  return true;
}

if (choice) choice.addEventListener("change", showTerms);
if (progress) setTimeout(look, EVERY_MS);
