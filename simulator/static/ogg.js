// Puts the Opus packets of a WebM recording into an Ogg file, as a phone's voice message has them.

import { words } from "./words.js";

const MASTERS = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]); // Segment … BlockGroup
const CODEC_PRIVATE = 0x63a2;
const BLOCKS = new Set([0xa3, 0xa1]);
const RATE = 48_000;
const MOST_SEGMENTS = 255;

// The length of one packet in samples, told by its first byte (RFC 6716, section 3.1).
export function samplesOf(packet) {
  const config = packet[0] >> 3;
  const millis =
    config < 12 ? [10, 20, 40, 60][config & 3] : config < 16 ? [10, 20][config & 1] : [2.5, 5, 10, 20][config & 3];
  const frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
  return (millis * frames * RATE) / 1000;
}

function variable(bytes, at, keepMarker) {
  const length = Math.clz32(bytes[at]) - 23;
  if (length > 8) throw new Error(words.recorder.unreadable);
  let value = keepMarker ? bytes[at] : bytes[at] & ((1 << (8 - length)) - 1);
  let unknown = !keepMarker && value === (1 << (8 - length)) - 1;
  for (let next = 1; next < length; next += 1) {
    value = value * 256 + bytes[at + next];
    unknown &&= bytes[at + next] === 255;
  }
  return { value, length, unknown };
}

function walk(bytes, from, to, found) {
  let at = from;
  while (at < to) {
    const id = variable(bytes, at, true);
    const size = variable(bytes, at + id.length, false);
    const start = at + id.length + size.length;
    const end = size.unknown ? to : Math.min(to, start + size.value);
    if (MASTERS.has(id.value)) walk(bytes, start, end, found);
    else if (id.value === CODEC_PRIVATE) found.head = bytes.slice(start, end);
    else if (BLOCKS.has(id.value)) found.packets.push(bytes.slice(start + 4, end)); // track, time, flags
    at = end;
  }
  return found;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

function checksum(bytes) {
  let value = 0;
  for (const byte of bytes) value = (value << 8) ^ TABLE[((value >>> 24) ^ byte) & 255];
  return value >>> 0;
}

function lacing(packet) {
  return [...new Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
}

function page(packets, { flags, granule, number }) {
  const segments = packets.flatMap(lacing);
  const body = packets.reduce((sum, packet) => sum + packet.length, 0);
  const bytes = new Uint8Array(27 + segments.length + body);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OggS"));
  bytes[5] = flags;
  view.setBigUint64(6, BigInt(granule), true);
  view.setUint32(14, 1, true); // the stream's number
  view.setUint32(18, number, true);
  bytes[26] = segments.length;
  bytes.set(segments, 27);
  let at = 27 + segments.length;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

function tags() {
  const vendor = new TextEncoder().encode("simulator");
  const bytes = new Uint8Array(16 + vendor.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OpusTags"));
  view.setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
}

export function oggFromWebm(buffer) {
  const bytes = new Uint8Array(buffer);
  const { head, packets } = walk(bytes, 0, bytes.length, { head: null, packets: [] });
  if (!head || !packets.length) throw new Error(words.recorder.unreadable);
  const pages = [
    page([head], { flags: 2, granule: 0, number: 0 }),
    page([tags()], { flags: 0, granule: 0, number: 1 }),
  ];
  let granule = 0;
  let waiting = [];
  let room = MOST_SEGMENTS;
  packets.forEach((packet, index) => {
    waiting.push(packet);
    granule += samplesOf(packet);
    room -= lacing(packet).length;
    const last = index === packets.length - 1;
    if (!last && room > lacing(packets[index + 1]).length && waiting.length < 50) return;
    pages.push(page(waiting, { flags: last ? 4 : 0, granule, number: pages.length }));
    [waiting, room] = [[], MOST_SEGMENTS];
  });
  return new Blob(pages, { type: "audio/ogg" });
}
