// Files, places and contacts on their way out: chosen, looked at, uploaded, sent.

import { api } from "./api.js";
import { by, element, icon } from "./dom.js";
import { size } from "./format.js";
import { openMenu } from "./menu.js";
import { fill, words } from "./words.js";

const ACCEPT = { photos: "image/*,video/*", voice: "audio/*", document: "" };
const MOST = 10;
const PHONE_TYPES = { ogg: "audio/ogg", oga: "audio/ogg", opus: "audio/ogg", m4a: "audio/mp4", pdf: "application/pdf" };

function typed(file) {
  const type = file.type || PHONE_TYPES[file.name.split(".").pop().toLowerCase()];
  return type && type !== file.type ? new File([file], file.name, { type }) : file;
}

export class Attachments {
  // `acts`: send(what) sends it as this person; complain(error) shows one line.
  constructor(acts) {
    this.acts = acts;
    this.chooser = by("chooser");
    this.chooser.addEventListener("change", () => this.chosen());
    by("files-form").addEventListener("submit", (event) => this.sendFiles(event));
    by("files-sheet").addEventListener("close", () => this.forget());
    by("place-form").addEventListener("submit", (event) => this.sendPlace(event));
    by("place-here").addEventListener("click", () => this.here());
    by("contact-form").addEventListener("submit", (event) => this.sendContact(event));
    this.files = [];
    this.links = [];
  }

  menu(anchor) {
    openMenu(anchor, words.attach.title, [
      { name: "photo", label: words.attach.photos, act: () => this.choose("photos") },
      { name: "mic", label: words.attach.voice, act: () => this.choose("voice") },
      { name: "file", label: words.attach.document, act: () => this.choose("document") },
      { name: "pin", label: words.attach.location, act: () => this.open("place") },
      { name: "person", label: words.attach.contact, act: () => this.open("contact") },
    ]);
  }

  open(what) {
    by(`${what}-form`).reset();
    by(`${what}-sheet`).showModal();
  }

  choose(kind) {
    this.chooser.accept = ACCEPT[kind];
    this.chooser.multiple = kind !== "voice";
    this.kind = kind;
    this.chooser.click();
  }

  chosen() {
    const files = [...this.chooser.files];
    this.chooser.value = "";
    if (!files.length) return;
    if (this.kind === "voice") this.sendVoice(typed(files[0]));
    else this.preview(files);
  }

  preview(files) {
    this.forget();
    this.files = files.slice(0, MOST).map(typed);
    by("files-list").replaceChildren(...this.files.map((file) => this.thumbnail(file)));
    by("files-hint").textContent = files.length > MOST ? fill(words.attach.tooMany, { count: MOST }) : "";
    by("files-form").reset();
    by("files-sheet").showModal();
    by("files-caption").focus();
  }

  thumbnail(file) {
    if (!file.type.startsWith("image/")) {
      const name = element("span", "file-name", file.name, element("small", "", size(file.size)));
      return element("li", "file", icon("file"), name);
    }
    const image = element("img", "");
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    this.links.push(image.src);
    return element("li", "thumbnail", image);
  }

  forget() {
    this.links.forEach((link) => URL.revokeObjectURL(link));
    Object.assign(this, { files: [], links: [] });
  }

  async upload(files) {
    const media = [];
    for (const file of files) media.push({ upload: (await api.upload(file, file.name)).upload });
    return media;
  }

  async sendFiles(event) {
    event.preventDefault();
    const [files, caption] = [this.files, by("files-caption").value.trim()];
    by("files-sheet").close();
    await this.acts.sendLater(async () => {
      const media = await this.upload(files);
      return caption ? { media, text: caption } : { media };
    });
  }

  async sendVoice(file) {
    await this.acts.sendLater(async () => ({ media: await this.upload([file]), voice: true }));
  }

  here() {
    const { latitude, longitude } = by("place-form").elements;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude.toFixed(6);
        longitude.value = coords.longitude.toFixed(6);
      },
      () => (by("place-hint").textContent = words.attach.nowhere),
    );
  }

  sendPlace(event) {
    event.preventDefault();
    const { latitude, longitude, label, address } = event.target.elements;
    by("place-sheet").close();
    const at = { latitude: Number(latitude.value), longitude: Number(longitude.value) };
    this.acts.send({ location: { ...at, label: label.value.trim(), address: address.value.trim() } });
  }

  sendContact(event) {
    event.preventDefault();
    const { name, number } = event.target.elements;
    by("contact-sheet").close();
    this.acts.send({ contact: { name: name.value.trim(), phones: [number.value.replace(/[\s()-]/gu, "")] } });
  }
}
