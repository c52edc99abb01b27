// Turns WhatsApp's marks into elements. Text only ever becomes text nodes, so nothing that a bot
// or a person writes can become markup.

const MARKS = { "*": "strong", _: "em", "~": "s" };
const TOKEN =
  /```([\s\S]+?)```|`([^`\n]+)`|(https?:\/\/[^\s<>"'`]+)|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)((?:(?!\4)[^\n])*[^\s])\4(?![\p{L}\p{N}])/gu;
const TRAILING = /[.,;:!?)\]}*_~]+$/u;

export function safeLink(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  svg.append(use);
  return svg;
}

export function outsideLink(address, ...children) {
  const href = safeLink(address);
  if (href === null) return element("span", "", ...children);
  const link = element("a", "", ...children);
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

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
  return mark ? [element(MARKS[mark], "", formatted(inner))] : [whole];
}

export function formatted(text) {
  const parts = document.createDocumentFragment();
  let done = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.append(text.slice(done, found.index), ...marked(found));
    done = found.index + found[0].length;
  }
  parts.append(text.slice(done));
  return parts;
}

export function plainLine(text) {
  return text.replace(/[*_~`]/gu, "").replace(/\s+/gu, " ").trim();
}

export function clock(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
