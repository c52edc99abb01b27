// The simulator's clock, which may run ahead of the real one.

let ahead = 0;

export function setClock(now) {
  ahead = Date.parse(now) - Date.now();
}

export function simulatedNow() {
  return Date.now() + ahead;
}
