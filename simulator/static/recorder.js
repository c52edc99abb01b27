// Records a voice message. Phones send Ogg with Opus; what the browser records is packed as that.

import { by } from "./dom.js";
import { minutes } from "./format.js";
import { oggFromWebm } from "./ogg.js";
import { words } from "./words.js";

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST = 300;

async function packed(blob) {
  const bare = blob.type.split(";")[0];
  if (bare !== "audio/webm") return new File([blob], `voice.${bare.split("/")[1]}`, { type: bare });
  return new File([oggFromWebm(await blob.arrayBuffer())], "voice.ogg", { type: "audio/ogg" });
}

export class Recorder {
  // `acts`: done(file), failed(error).
  constructor(acts) {
    this.acts = acts;
    by("recording-off").addEventListener("click", () => this.stop(false));
    by("recording-send").addEventListener("click", () => this.stop(true));
    by("recording").addEventListener("keydown", (event) => event.key === "Escape" && this.stop(false));
  }

  async start() {
    const type = globalThis.MediaRecorder && TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    try {
      if (!type) throw new Error(words.recorder.none);
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return this.acts.failed(new Error(words.recorder.none));
    }
    return this.record(type);
  }

  record(type) {
    this.recorder = new MediaRecorder(this.stream, { mimeType: type });
    const parts = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    this.recorder.addEventListener("stop", () => this.finish(new Blob(parts, { type })));
    this.recorder.start();
    this.began = Date.now();
    this.show(true);
    this.timer = setInterval(() => this.tick(), 250);
    by("recording-send").focus();
  }

  tick() {
    const seconds = (Date.now() - this.began) / 1000;
    by("recording-time").textContent = minutes(seconds);
    if (seconds >= LONGEST) this.stop(true);
  }

  stop(keep) {
    if (this.recorder?.state !== "recording") return;
    this.keep = keep;
    this.recorder.stop();
  }

  async finish(blob) {
    clearInterval(this.timer);
    this.stream.getTracks().forEach((track) => track.stop());
    this.show(false);
    by("text").focus();
    if (!this.keep || !blob.size) return;
    try {
      this.acts.done(await packed(blob));
    } catch (error) {
      this.acts.failed(error);
    }
  }

  show(on) {
    by("recording").hidden = !on;
    by("composer").hidden = on;
    by("recording-time").textContent = minutes(0);
  }
}
