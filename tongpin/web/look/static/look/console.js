// The console's behaviour. A page is whole without it; it adds keyboard, toasts, copying, dialogs and live parts.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const isTyping = (el) => el instanceof HTMLElement && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
const isShown = (el) => el.getClientRects().length > 0;

/* --- theme --- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]")) return;
  event.preventDefault();
  const root = document.documentElement;
  const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `tongpin_theme=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
  root.setAttribute("data-bs-theme", next);
  $$("[data-theme-form] button").forEach((button) => { button.value = next === "dark" ? "light" : "dark"; });
  document.dispatchEvent(new CustomEvent("theme"));
});

/* --- toasts --- */

const toasts = $("#toasts");
const UNDO_SECONDS = 8;

function retire(toast, seconds) {
  const left = $(".left", toast);
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    seconds -= 1;
    if (left) left.textContent = toasts.dataset.seconds.replace("{n}", Math.max(seconds, 0));
    if (seconds <= 0) { clearInterval(timer); toast.remove(); }
  }, 1000);
}

function closer(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-btn";
  close.textContent = "×";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
}

function undoForm(address) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = csrfToken();
  const button = document.createElement("button");
  button.textContent = toasts.dataset.undo;
  form.append(token, button);
  return form;
}

function csrfToken() {
  const field = $("input[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

function finish(toast, undo, kind) {
  if (undo) {
    const left = document.createElement("span");
    left.className = "left";
    left.textContent = toasts.dataset.seconds.replace("{n}", UNDO_SECONDS);
    toast.append(left);
  }
  if (kind === "bad") closer(toast); else retire(toast, undo ? UNDO_SECONDS : 4);
}

function say(text, { undo = "", kind = "good" } = {}) {
  const toast = $(`#toast-${kind}`).content.firstElementChild.cloneNode(true);
  $("span", toast).textContent = text;
  if (undo) toast.append(undoForm(undo));
  toasts.append(toast);
  finish(toast, undo, kind);
}

if (toasts) {
  $$("[data-toast]", toasts).forEach((toast) => {
    finish(toast, $("form", toast), toast.classList.contains("toast-bad") ? "bad" : "good");
  });
  document.addEventListener("toast", (event) => say(event.detail.text, event.detail));
}

/* --- copying --- */

async function copied(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser refused to copy");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom ? $(button.dataset.copyFrom) : null;
  const text = source ? source.value || source.textContent.trim() : button.dataset.copy;
  const label = $("span", button) || button;
  try {
    await copied(text);
    const before = label.dataset.before || label.textContent;
    label.dataset.before = before;
    label.textContent = toasts.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  } catch {
    say(toasts.dataset.refused, { kind: "bad" });
  }
});

/* --- dialogs and menus --- */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      opener.closest("details.menu")?.removeAttribute("open");
      dialog.showModal();
    }
  }
  const close = event.target.closest("[data-close]");
  if (close) close.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && !event.target.querySelector("form [name]:not([type=hidden])")) {
    event.target.close(); // a click beside the dialog, unless something may be typed in it
  }
  $$("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches("[data-must-equal]")) return;
  const same = field.value.replace(/[\s,，]/g, "") === field.dataset.mustEqual;
  field.closest(".repeat")?.classList.toggle("same", same);
  $$(".dialog-foot button:not([data-close])", field.form).forEach((button) => { button.disabled = !same; });
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  if (field.matches("[data-all]")) $$(`input[type=checkbox][name="${field.dataset.all}"]`).forEach((box) => { box.checked = field.checked; });
});

/* --- dropping a file --- */

document.addEventListener("dragover", (event) => {
  const zone = event.target.closest?.(".drop");
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => event.target.closest?.(".drop")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.(".drop");
  const field = zone && $("input[type=file]", zone);
  if (!field) return;
  event.preventDefault();
  zone.classList.remove("over");
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

/* --- keyboard --- */

let waitingForPlace = 0;

function rows() {
  return $$("[data-row]").filter(isShown);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("in-hand"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("in-hand", row === next));
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const row = $(".in-hand[data-row]");
  const found = (row && $(`[data-hot="${key}"]`, row)) || $$(`[data-hot="${key}"]`).find((el) => isShown(el) && !el.closest("[data-row]"));
  if (found) found.click();
  return Boolean(found);
}

function openRow() {
  const row = $(".in-hand[data-row]");
  const target = row && (row.matches("a") ? row : $("[data-open]", row) || $("a[href], button", row));
  if (target) target.click();
  return Boolean(target);
}

function back() {
  const menu = $("details.menu[open]");
  if (menu) { menu.removeAttribute("open"); $("summary", menu).focus(); return true; }
  const way = $("[data-back]");
  if (way) way.click();
  return Boolean(way);
}

const KEYS = {
  "/": () => { const search = $("#search"); if (search) { search.focus(); search.select(); } return Boolean(search); },
  "?": () => { const list = $("#keys"); if (list) list.showModal(); return Boolean(list); },
  g: () => { waitingForPlace = Date.now(); return true; },
  j: () => { move(1); return true; },
  k: () => { move(-1); return true; },
  Enter: () => openRow(),
  Escape: () => back(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if ($("dialog[open]")) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
  if (waitingForPlace && Date.now() - waitingForPlace < 1500) {
    waitingForPlace = 0;
    const place = $(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) { event.preventDefault(); place.click(); }
    return;
  }
  waitingForPlace = 0;
  const act = KEYS[event.key];
  const done = act ? act() : event.key.length === 1 && !event.shiftKey && press(event.key);
  if (done) event.preventDefault();
});

const keysDialog = $("#keys");
if (keysDialog) {
  $$("[data-needs-hot]", keysDialog).forEach((line) => { line.hidden = !$(`[data-hot="${line.dataset.needsHot}"]`); });
}

/* --- live parts: hx-trigger="tick from:body" asks every ten seconds while somebody looks --- */

setInterval(() => {
  if (document.visibilityState === "visible" && navigator.onLine !== false) document.body.dispatchEvent(new Event("tick"));
}, 10000);

const offline = $("#offline");
if (offline) {
  const show = () => { offline.hidden = navigator.onLine !== false; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

/* --- htmx: rows that go at once and come back when refused; one broken block instead of a broken page --- */

const vanishing = (event) => event.detail.elt.closest?.("[data-vanish]");

document.addEventListener("htmx:beforeRequest", (event) => {
  vanishing(event)?.classList.add("vanished");
  (event.detail.target || event.detail.elt).querySelector?.(":scope > .broken")?.remove();
});

function broken(event) {
  const row = vanishing(event);
  const request = event.detail.xhr;
  const told = request?.getResponseHeader?.("HX-Trigger")?.includes('"toast"');
  if (row) row.classList.remove("vanished");
  if (event.detail.requestConfig?.verb !== "get") {
    if (!told) say(toasts.dataset.refused, { kind: "bad" });
    return;
  }
  const target = event.detail.target || event.detail.elt;
  if (!target.matches?.("[data-block]") || $(":scope > .broken", target)) return;
  const note = $("#broken-block").content.firstElementChild.cloneNode(true);
  $("[data-since]", note).append(target.dataset.at || "");
  $("[data-since]", note).hidden = !target.dataset.at;
  $("[data-again]", note).addEventListener("click", () => {
    note.remove();
    window.htmx.trigger(event.detail.elt, "again");
    document.body.dispatchEvent(new Event("tick"));
  });
  target.append(note);
}
["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, broken));

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.closest?.("dialog[open]") === null && event.detail.requestConfig?.verb !== "get") {
    event.detail.elt.closest?.("dialog[open]")?.close();
  }
});

/* --- nothing typed is lost: forms with data-keep survive errors, sign-out and reload in this tab --- */

const KEPT = "tongpin:kept:";
const keptFields = (form) => $$("input, textarea, select", form).filter((field) =>
  field.name && !["hidden", "password", "file", "submit"].includes(field.type) && !field.hasAttribute("data-private"));

function remember(form) {
  const values = keptFields(form).map((f) => [f.name, f.type === "checkbox" || f.type === "radio" ? f.checked : f.value, f.value]);
  try {
    sessionStorage.setItem(KEPT + form.dataset.keep, JSON.stringify({ state: "typed", values }));
  } catch { /* storage is full or off: the page works without it */ }
}

function mark(key, state) {
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept) sessionStorage.setItem(key, JSON.stringify({ ...kept, state }));
}

function restore(form) {
  const key = KEPT + form.dataset.keep;
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (!kept || $(".is-invalid, .form-wrong", form)) return;
  if (kept.state === "sent") { sessionStorage.removeItem(key); return; } // it went through
  const waiting = [...kept.values];
  keptFields(form).forEach((field) => {
    const at = waiting.findIndex(([name, was, value]) => name === field.name && (typeof was !== "boolean" || value === field.value));
    if (at < 0) return;
    const [, value] = waiting.splice(at, 1)[0];
    if (typeof value === "boolean") field.checked = value; else field.value = value;
  });
}

try {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
  if (document.body.hasAttribute("data-bare")) {
    keys.forEach((key) => mark(key, "interrupted"));
  } else {
    const here = $$("form[data-keep]").map((form) => KEPT + form.dataset.keep);
    keys.filter((key) => !here.includes(key) && JSON.parse(sessionStorage.getItem(key)).state === "sent").forEach((key) => sessionStorage.removeItem(key));
    $$("form[data-keep]").forEach(restore);
  }
  document.addEventListener("input", (event) => { const form = event.target.form; if (form?.dataset?.keep) remember(form); });
  document.addEventListener("submit", (event) => { if (event.target.dataset.keep) mark(KEPT + event.target.dataset.keep, "sent"); });
} catch { /* no storage in this browser */ }
