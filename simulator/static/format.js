// Turns the chat's marks into elements, and moments and sizes into words.

import { element, outsideLink } from "./dom.js";
import { fill, words } from "./words.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const TOKEN =
  /```([\s\S]+?)```|`([^`\n]+)`|(https?:\/\/[^\s<>"'`]+)|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)((?:(?!\4)[^\n])*[^\s])\4(?![\p{L}\p{N}])/gu;
const LINE_MARKS = /^(?:> ?(?<quote>.*)|[-*] (?<item>.+))$/u;
const TRAILING = /[.,;:!?)\]}*_~]+$/u;

function marked(found) {
  const [whole, block, code, address, mark, inner] = found;
  if (block !== undefined) {
    const lines = block.replace(/^\n|\n$/gu, "");
    return [element(lines.includes("\n") ? "pre" : "code", "", lines)];
  }
  if (code !== undefined) return [element("code", "", code)];
  if (address !== undefined) {
    const tail = TRAILING.exec(address)?.[0] ?? "";
    const href = address.slice(0, address.length - tail.length);
    return [outsideLink(href, href), tail];
  }
  return mark ? [element(MARKS[mark], "", inline(inner))] : [whole];
}

function inline(text) {
  const parts = document.createDocumentFragment();
  let done = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.append(text.slice(done, found.index), ...marked(found));
    done = found.index + found[0].length;
  }
  parts.append(text.slice(done));
  return parts;
}

function line(text) {
  const { quote, item } = LINE_MARKS.exec(text)?.groups ?? {};
  if (quote !== undefined) return element("span", "said", inline(quote));
  if (item !== undefined) return element("span", "point", inline(item));
  return null;
}

// A block of code may hold line breaks; apart from that, marks end with their line.
export function formatted(text) {
  if (text.includes("```")) return inline(text);
  const parts = document.createDocumentFragment();
  text.split("\n").forEach((words_, index) => {
    const own = line(words_);
    const broken = index > 0 && !own && !parts.lastChild?.classList?.length;
    parts.append(broken ? "\n" : "", own ?? inline(words_));
  });
  return parts;
}

export function plainLine(text) {
  return text.replace(/[*_~`]/gu, "").replace(/\s+/gu, " ").trim();
}

export function clock(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function exactClock(moment) {
  return new Date(moment).toLocaleTimeString([], { hourCycle: "h23" });
}

const days = (moment) => Math.round(new Date(moment).setHours(12, 0, 0, 0) / 86_400_000);

export function dayName(moment, now) {
  const ago = days(now) - days(moment);
  if (ago === 0) return words.chat.today;
  if (ago === 1) return words.chat.yesterday;
  const shape = { weekday: "long", day: "numeric", month: "long" };
  return new Date(moment).toLocaleDateString([], ago > 0 && ago < 7 ? { weekday: "long" } : shape);
}

const two = (number) => String(number).padStart(2, "0");

export function minutes(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

export function countdown(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export function size(bytes) {
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  if (kilobytes < 1024) return fill(words.media.kilobytes, { count: kilobytes });
  return fill(words.media.megabytes, { count: (kilobytes / 1024).toFixed(1) });
}

// One line that stands for a message: in a quote, in the chat list, in the developer's lists.
export function summary(message) {
  const said = plainLine(message.body ?? "");
  const type = message.media?.[0]?.content_type ?? "";
  if (said) return said;
  if (type.startsWith("image/")) return words.media.photo;
  if (type.startsWith("audio/")) return words.media.voice;
  if (type.startsWith("video/")) return words.media.video;
  if (type.endsWith("vcard")) return words.media.contact;
  if (message.media?.length) return message.media[0].filename || words.media.document;
  if (message.location) return message.location.label || words.media.location;
  return words.chat.message;
}
