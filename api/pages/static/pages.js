// What every page does where scripts run: it can be installed, and works without a network to a page that says so.
"use strict";
document.documentElement.classList.add("scripted");
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
