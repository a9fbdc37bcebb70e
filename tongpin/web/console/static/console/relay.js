// The relay board: word from the live process that something was said, copies that are counted, nothing swapped in hand.
"use strict";

(() => {
  const relay = document.querySelector("#relay");

  /* --- a part somebody is at work in stays as it is until they are done --- */

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const part = event.detail.target;
    const at = document.activeElement;
    if (part.querySelector?.("details[open] textarea") || (part !== at && part.contains(at) && at !== document.body)) event.detail.shouldSwap = false;
  });

  /* --- a card that was copied is counted: it is a touch of the one who pastes --- */

  document.addEventListener("click", (event) => {
    const address = event.target.closest?.("[data-copied]")?.dataset.copied;
    if (!address) return;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
    fetch(address, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => { /* the copy itself worked */ });
  });

  if (!relay?.dataset.live || !window.EventSource) return;
  const stream = new EventSource(relay.dataset.live);
  let soon = 0;
  stream.addEventListener("message", () => {
    clearTimeout(soon);
    soon = setTimeout(() => document.body.dispatchEvent(new Event("line")), 600);
  });
  stream.addEventListener("watching", (event) => {
    const shown = document.querySelector("#watching");
    if (shown) shown.textContent = Number(event.data).toLocaleString("en");
  });
  addEventListener("pagehide", () => stream.close());
})();
