// Pictures, films, documents, places and contacts inside a bubble.

import { button, drawing, element, icon, outsideLink, safeLink } from "./dom.js";
import { size } from "./format.js";
import { fill, words } from "./words.js";

export function fileName(file) {
  if (file.filename) return file.filename;
  const last = file.url.split(/[?#]/u)[0].split("/").pop();
  try {
    return decodeURIComponent(last) || file.url;
  } catch {
    return last;
  }
}

function placeholder(text) {
  return element("div", "broken", icon("photo"), element("span", "", text));
}

export function picture(file, open) {
  const href = safeLink(file.view ?? file.url);
  if (href === null) return placeholder(words.media.broken);
  const image = element("img", "picture");
  const frame = button("frame loading", open, image);
  image.alt = file.filename || words.media.photo;
  image.referrerPolicy = "no-referrer";
  image.addEventListener("load", () => frame.classList.remove("loading"));
  image.addEventListener("error", () => frame.replaceWith(placeholder(words.media.broken)));
  image.src = href;
  frame.setAttribute("aria-label", words.media.open);
  return frame;
}

export function video(file) {
  const film = element("video", "picture");
  film.controls = true;
  film.preload = "metadata";
  film.addEventListener("error", () => film.replaceWith(attachment(file)));
  film.src = safeLink(file.view ?? file.url) ?? "";
  return film;
}

export function attachment(file) {
  const name = fileName(file);
  const kind = (/\.(\w{1,5})$/u.exec(name)?.[1] ?? file.content_type.split("/").pop()).toUpperCase();
  const about = [kind, file.size ? size(file.size) : ""].filter(Boolean).join(" · ");
  const title = element("span", "file-name", name, element("small", "", about));
  const link = outsideLink(file.view ?? file.url, icon("file"), title);
  link.className = "file";
  return link;
}

// A contact travels as a vCard; its name and numbers are read from the file.
export function contactCard(file) {
  const name = element("span", "", fileName(file));
  const numbers = element("small", "");
  const read = async () => {
    const card = await (await fetch(safeLink(file.view ?? file.url))).text();
    const field = (key) =>
      [...card.matchAll(new RegExp(`^${key}[^:\\n]*:(.+)$`, "gmu"))].map((found) => found[1].trim());
    name.textContent = field("FN")[0] ?? name.textContent;
    numbers.textContent = field("TEL").join(", ");
  };
  read().catch(() => (numbers.textContent = words.media.contact));
  return element("div", "file contact", icon("person"), element("div", "file-name", name, numbers));
}

// The ground under a pin is drawn, the same for the same place; no map service is asked.
function ground({ latitude, longitude }) {
  let seed = Math.abs(Math.round(latitude * 7919 + longitude * 104729)) % 9973;
  const next = (limit) => (seed = (seed * 75 + 74) % 65537) % limit;
  const map = drawing("svg", { viewBox: "0 0 260 130", class: "ground", "aria-hidden": "true" });
  const shore = `M0 ${90 + next(30)}Q${60 + next(60)} ${70 + next(30)} 150 ${100 + next(20)}`;
  map.append(drawing("path", { class: "water", d: `${shore}T260 ${80 + next(40)}V130H0Z` }));
  const corner = { x: 20 + next(150), y: 8 + next(40) };
  const spread = { width: 40 + next(40), height: 26 + next(20), rx: 8 };
  map.append(drawing("rect", { class: "park", ...corner, ...spread }));
  for (let road = 0; road < 6; road += 1) {
    const across = road % 2 === 0;
    const [from, to] = [next(across ? 130 : 260), next(across ? 130 : 260)];
    map.append(drawing("path", { class: "road", d: across ? `M0 ${from}L260 ${to}` : `M${from} 0L${to} 130` }));
  }
  map.append(drawing("ellipse", { class: "foot", cx: 130, cy: 68, rx: 7, ry: 3 }));
  map.append(drawing("use", { href: "#i-pin", x: 112, y: 33, width: 36, height: 36, class: "needle" }));
  return map;
}

export function pinCard(place) {
  const where = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  const title = place.label || place.address || words.media.location;
  const lines = [place.label && place.address, where].filter(Boolean);
  const about = element("div", "place-words", title, ...lines.map((line) => element("small", "", line)));
  const card = element("div", "pin-card", ground(place), about);
  card.setAttribute("role", "img");
  card.setAttribute("aria-label", fill(words.media.pinAt, { title, where }));
  return card;
}
