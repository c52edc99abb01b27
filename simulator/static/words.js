// The page's words come with the page, from one file of the server.

export const page = JSON.parse(document.body.dataset.page);
export const words = page.words;

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/gu, (whole, name) => values[name] ?? whole);
}
