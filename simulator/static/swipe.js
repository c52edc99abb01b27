// Gestures on messages: swipe to reply, long press or right click for the menu, keys for both.

const FAR = 52;
const MOST = 72;
const HOLD = 450;
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

class Swipe {
  constructor(event, balloon, hold) {
    Object.assign(this, { balloon, x: event.clientX, y: event.clientY, far: 0, id: event.pointerId });
    this.timer = setTimeout(hold, HOLD);
  }

  move(event) {
    const across = event.clientX - this.x;
    if (Math.hypot(across, event.clientY - this.y) > 8) clearTimeout(this.timer);
    if (Math.abs(event.clientY - this.y) > 30 && this.far < 20) return this.end();
    this.far = Math.max(0, Math.min(MOST, across));
    this.balloon.style.transform = `translateX(${this.far}px)`;
    this.balloon.classList.toggle("swiped", this.far >= FAR);
    return undefined;
  }

  end() {
    clearTimeout(this.timer);
    this.balloon.style.transform = "";
    this.balloon.classList.remove("swiped");
    return this.far >= FAR;
  }
}

export function wireGestures(thread, { reply, menu, step }) {
  let swipe = null;
  const itemOf = (event) => event.target.closest(".item[data-sid]:not(.notice-item)");
  thread.addEventListener("pointerdown", (event) => {
    const item = itemOf(event);
    const balloon = event.target.closest(".balloon");
    if (event.pointerType === "mouse" || !item || !balloon || event.target.closest("input, .cards")) return;
    swipe = new Swipe(event, balloon, () => menu(item.dataset.sid, balloon));
  });
  thread.addEventListener("pointermove", (event) => swipe?.id === event.pointerId && swipe.move(event));
  for (const name of ["pointerup", "pointercancel"]) {
    thread.addEventListener(name, (event) => {
      if (swipe?.id !== event.pointerId) return;
      if (swipe.end() && name === "pointerup") reply(itemOf(event).dataset.sid);
      swipe = null;
    });
  }
  thread.addEventListener("contextmenu", (event) => {
    const item = itemOf(event);
    if (!item || event.target.closest("a")) return;
    event.preventDefault();
    menu(item.dataset.sid, event.target.closest(".balloon") ?? item);
  });
  thread.addEventListener("keydown", (event) => {
    const item = event.target.closest(".item");
    if (event.target !== item) return;
    const acts = { Enter: () => menu(item.dataset.sid, item), r: () => reply(item.dataset.sid) };
    for (const [key, far] of Object.entries(STEPS)) acts[key] = () => step(item, far);
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
}
