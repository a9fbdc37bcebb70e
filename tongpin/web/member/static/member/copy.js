// The button beside words to be sent: copies them. Without this script it is not there, and the words can be held.
// Old WebViews: nothing newer than Chrome 64 and iOS 12 know.
"use strict";

(() => {
  const mark = (field) => { field.focus(); field.select(); field.setSelectionRange(0, field.value.length); };
  const copied = (field) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(field.value);
    mark(field);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("refused"));
  };
  Array.prototype.forEach.call(document.querySelectorAll("[data-copy-from]"), (button) => {
    const field = document.getElementById(button.dataset.copyFrom);
    const label = button.querySelector("span");
    const before = label.textContent;
    const say = (words) => { label.textContent = words; setTimeout(() => { label.textContent = before; }, 2500); };
    button.hidden = false;
    button.addEventListener("click", () => {
      copied(field).then(() => say(button.dataset.done), () => { mark(field); say(button.dataset.refused); });
    });
  });
})();
