// Talks to the simulator's control API; every refusal becomes an Error with one clear line.

import { fill, words } from "./words.js";

const base = "/simulator";

export class Offline extends Error {}

async function ask(method, path, body, type) {
  try {
    return await fetch(base + path, { method, headers: type ? { "Content-Type": type } : {}, body });
  } catch {
    throw new Offline(words.errors.offline);
  }
}

async function call(method, path, body, type) {
  const response = await ask(method, path, body, type);
  if (response.status === 204) return {};
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? fill(words.errors.status, { status: response.status }));
  return answer;
}

const get = (path) => call("GET", path);
const post = (path, data = {}) => call("POST", path, JSON.stringify(data), "application/json");
const patch = (path, data) => call("PATCH", path, JSON.stringify(data), "application/json");
const remove = (path) => call("DELETE", path);
const at = (phone) => `/phones/${encodeURIComponent(phone)}`;

export const api = {
  phones: () => get("/phones"),
  addPhone: (data) => post("/phones", data),
  changePhone: (phone, data) => patch(at(phone), data),
  removePhone: (phone) => remove(at(phone)),
  thread: (phone) => get(`${at(phone)}/messages`),
  send: (phone, what) => post(`${at(phone)}/messages`, what),
  read: (phone) => post(`${at(phone)}/read`),
  transcript: (phone, format) => `${base}${at(phone)}/transcript?format=${format}`,
  upload: (file, name) =>
    call("POST", `/media?filename=${encodeURIComponent(name)}`, file, file.type || "application/octet-stream"),
  advance: (hours) => post("/clock", { advance_hours: hours }),
  faults: () => get("/faults"),
  plan: (faults) => post("/faults", faults),
  clearFaults: () => remove("/faults"),
  limits: () => get("/limits"),
  resetLimits: () => remove("/limits"),
  setLimits: (limits) => patch("/limits", limits),
  behaviour: () => get("/behaviour"),
  resetBehaviour: () => remove("/behaviour"),
  setBehaviour: (behaviour) => patch("/behaviour", behaviour),
  templates: () => get("/templates"),
  judge: (sid, status, reason) => post(`/templates/${sid}`, { status, reason }),
  lines: () => get("/http?limit=150"),
  line: (id) => get(`/http/${id}`),
  reset: () => post("/reset"),
  events: (phones) =>
    new EventSource(`${base}/events?${phones.map((phone) => `viewer=${encodeURIComponent(phone)}`).join("&")}`),
};
