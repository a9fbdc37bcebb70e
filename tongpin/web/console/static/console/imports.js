// Imports: which files were chosen, how far an upload is, and word from the server that an import moved on.
"use strict";

(() => {
  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

  /* --- choosing files --- */

  const form = document.querySelector("form[data-upload]");
  const field = form?.querySelector("[data-files]");
  if (field) { // the browser's own field speaks the browser's language; the list below says what was chosen
    form.querySelector("[data-choose]").hidden = false;
    field.classList.add("visually-hidden");
  }
  field?.addEventListener("change", () => {
    const list = document.querySelector("#chosen");
    list.replaceChildren(...[...field.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${size(file.size)}`;
      return line;
    }));
  });

  /* --- sending them, with a bar; without this script the form sends itself --- */

  form?.addEventListener("submit", (event) => {
    if (!field.files.length) return;
    event.preventDefault();
    const shown = document.querySelector("#upload-progress");
    const words = shown.querySelector(".caption");
    const bar = shown.querySelector("rect");
    const button = form.querySelector("button");
    const request = new XMLHttpRequest();
    const stop = () => { button.disabled = false; words.textContent = shown.dataset.refused; };
    shown.hidden = false;
    button.disabled = true;
    request.upload.addEventListener("progress", (at) => {
      if (!at.lengthComputable) return;
      const sent = at.loaded === at.total;
      words.textContent = sent ? shown.dataset.reading : shown.dataset.sending.replace("{done}", size(at.loaded)).replace("{all}", size(at.total));
      bar.setAttribute("width", `${(100 * at.loaded / at.total).toFixed(1)}%`);
    });
    request.addEventListener("error", stop);
    request.addEventListener("abort", stop);
    request.addEventListener("load", () => {
      if (request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
        location.assign(JSON.parse(request.responseText).go);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("form[data-upload]");
      if (!answer) { stop(); return; }
      const wrong = answer.querySelectorAll(".wrong, .form-wrong");
      form.querySelectorAll(".wrong, .form-wrong").forEach((old) => old.remove());
      shown.hidden = true;
      shown.after(...[...wrong].map((one) => document.importNode(one, true)));
      button.disabled = false;
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.send(new FormData(form));
  });

  /* --- an import that runs: the page also asks by itself every few seconds, so a broken stream does no harm --- */

  const address = document.querySelector("#progress[data-live]")?.dataset.live;
  if (address && window.EventSource) {
    const stream = new EventSource(address);
    stream.addEventListener("message", () => {
      const block = document.querySelector("#progress");
      if (block && window.htmx) window.htmx.trigger(block, "live");
    });
    addEventListener("pagehide", () => stream.close());
  }
})();
