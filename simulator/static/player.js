// A voice message: play, a wave to move along, and the time.

import { drawing, element, icon, iconButton, safeLink } from "./dom.js";
import { minutes } from "./format.js";
import { attachment } from "./media.js";
import { words } from "./words.js";

const BARS = 42;
const MAX_BYTES = 4_000_000;
let playing = null;

function peaks(samples) {
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const loud = Array.from({ length: BARS }, (_, bar) => {
    let most = 0;
    for (let at = bar * step; at < Math.min((bar + 1) * step, samples.length); at += 8) {
      most = Math.max(most, Math.abs(samples[at]));
    }
    return most;
  });
  const top = Math.max(...loud, 0.01);
  return loud.map((value) => value / top);
}

// Only our own files can be read; a foreign one keeps its even wave.
async function heard(address) {
  if (new URL(address).origin !== location.origin) return null;
  const bytes = await (await fetch(address)).arrayBuffer();
  if (bytes.byteLength > MAX_BYTES) return null;
  const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
  return { duration: sound.duration, peaks: peaks(sound.getChannelData(0)) };
}

function wave() {
  const svg = drawing("svg", { viewBox: `0 0 ${BARS * 4} 28`, class: "wave", "aria-hidden": "true" });
  for (let bar = 0; bar < BARS; bar += 1) {
    svg.append(drawing("rect", { x: bar * 4, y: 11, width: 2.4, height: 6, rx: 1.2 }));
  }
  return svg;
}

function shape(svg, heights) {
  [...svg.children].forEach((bar, index) => {
    const height = Math.max(3, heights[index] * 26);
    bar.setAttribute("y", (28 - height) / 2);
    bar.setAttribute("height", height);
  });
}

class Player {
  constructor(file, address) {
    this.sound = new Audio();
    this.sound.preload = "metadata";
    this.sound.src = address;
    this.length = 0;
    this.wave = wave();
    this.time = element("span", "length", "0:00");
    this.toggle = iconButton("play", "play", words.media.play, () => this.press());
    this.along = this.slider();
    this.box = element("div", "voice", this.toggle, element("div", "track", this.wave, this.along), this.time);
    this.listen(file);
    heard(address).then((found) => found && this.know(found)).catch(() => this.box.classList.add("flat"));
  }

  slider() {
    const along = element("input", "along");
    Object.assign(along, { type: "range", min: 0, max: 1000, value: 0 });
    along.setAttribute("aria-label", words.media.position);
    along.addEventListener("input", () => {
      if (this.length) this.sound.currentTime = (along.value / 1000) * this.length;
    });
    return along;
  }

  listen(file) {
    const on = (name, act) => this.sound.addEventListener(name, act);
    on("loadedmetadata", () => this.know({ duration: this.sound.duration }));
    on("timeupdate", () => this.show());
    on("play", () => this.face("pause", words.media.pause));
    on("pause", () => this.face("play", words.media.play));
    on("ended", () => (this.sound.currentTime = 0));
    on("error", () => this.box.replaceWith(attachment(file)));
  }

  know({ duration, peaks: heights }) {
    if (Number.isFinite(duration)) this.length = duration;
    if (heights) shape(this.wave, heights);
    this.show();
  }

  face(name, label) {
    this.toggle.replaceChildren(icon(name));
    this.toggle.setAttribute("aria-label", label);
  }

  press() {
    if (!this.sound.paused) return this.sound.pause();
    playing?.pause();
    playing = this.sound;
    return this.sound.play().catch(() => this.box.classList.add("flat"));
  }

  show() {
    const at = this.sound.currentTime;
    const share = this.length ? at / this.length : 0;
    this.along.value = share * 1000;
    this.time.textContent = minutes(at || this.length);
    [...this.wave.children].forEach((bar, index) => bar.classList.toggle("played", share > 0 && index / BARS <= share));
  }
}

export function player(file) {
  const address = safeLink(file.view ?? file.url);
  return address === null ? attachment(file) : new Player(file, address).box;
}
