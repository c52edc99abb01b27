// Builds elements. Text only ever becomes text nodes, so nothing that a bot or a person writes can
// become markup.

const SVG = "http://www.w3.org/2000/svg";

export const by = (id) => document.getElementById(id);

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function drawing(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function icon(name, className = "") {
  const use = drawing("use", { href: `#i-${name}` });
  return drawing("svg", { "aria-hidden": "true", class: className }, use);
}

export function button(className, act, ...children) {
  const made = element("button", className, ...children);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

export function iconButton(className, name, label, act) {
  const made = button(`icon ${className}`, act, icon(name));
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

export function safeLink(address) {
  try {
    const url = new URL(address, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
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
