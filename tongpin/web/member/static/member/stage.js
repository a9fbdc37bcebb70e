// The guest's stage: whatever is sent is first kept in the phone, then goes out in order, each piece under its own key.
// Without this script the page is a form. Old WebViews: nothing newer than Chrome 64 and iOS 12 know.
"use strict";

(() => {
  const page = document.querySelector("#stage"), form = document.querySelector("#speak");
  if (!page || !form) return;
  const told = page.dataset;
  const one = (selector, root) => (root || document).querySelector(selector);
  const words = one("[name=words]", form), question = one("[name=question]", form);
  const stream = one("#stream"), list = one("#outbox"), net = one("#net"), wrong = one("#wrong");
  const outbox = window.tongpinOutbox(told.talk);
  const random = () => Math.random().toString(36).slice(2, 14) + Date.now().toString(36);
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const DRAFT = `tongpin:stage:${told.talk}`;
  const keep = (value) => { try { if (value) localStorage.setItem(DRAFT, value); else localStorage.removeItem(DRAFT); } catch (e) { /* no storage */ } };
  let order = Date.now(), busy = false, pause = 1000, again = 0, tape = null;

  /* --- what is being written --- */

  try { if (!words.value) words.value = localStorage.getItem(DRAFT) || ""; } catch (e) { /* no storage */ }
  const fit = () => { words.rows = Math.min(6, Math.max(1, words.value.split("\n").length, Math.ceil(words.value.length / 16))); };
  words.addEventListener("input", () => { keep(words.value); fit(); });
  fit();

  const say = (text) => { wrong.hidden = !text; one("span", wrong).textContent = text || ""; if (text) window.scrollTo(0, 0); };
  const toEnd = () => window.scrollTo(0, document.documentElement.scrollHeight);

  /* --- answering a question --- */

  const answering = one("#answering");
  function answer(id, text) {
    question.value = id || "";
    answering.hidden = !id;
    one(".grow > span", answering).textContent = text || "";
    if (id) words.focus();
  }
  one("#not-answering").addEventListener("click", (event) => { event.preventDefault(); answer(""); });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest ? event.target.closest("[data-answer]") : null;
    if (!chosen) return;
    event.preventDefault();
    answer(chosen.dataset.answer, one(".b", chosen.closest("[data-question]")).textContent);
  });

  /* --- one piece in the list, as it waits, goes, or was refused --- */

  function drawn(item) {
    const li = one("#piece-line").content.firstElementChild.cloneNode(true);
    li.dataset.key = item.key;
    if (item.asked) { const asked = one(".asked", li); asked.hidden = false; asked.textContent = item.asked; }
    one("[data-words]", li).textContent = item.words || item.label || "";
    list.appendChild(li);
    return li;
  }
  const shown = (item) => one(`[data-key="${item.key}"]`, list) || drawn(item);
  function mark(item, text, tone) {
    const way = one("[data-way]", shown(item));
    way.textContent = text;
    way.className = tone;
  }
  function button(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  }

  /* --- sending: one at a time, in order, the same key until it has arrived --- */

  function body(item) {
    const fields = new FormData();
    fields.append("key", item.key);
    fields.append("words", item.words || "");
    fields.append("question", item.question || "");
    if (item.blob) fields.append(item.form, item.blob, item.label || item.form);
    return fields;
  }

  function arrived(item, found) {
    const li = shown(item);
    li.id = `n${found.line}`;
    li.dataset.segment = found.segment;
    li.removeAttribute("data-key");
    one("[data-way]", li).textContent = "";
    stream.appendChild(li);
    const nothing = one("#nothing-yet");
    if (nothing) nothing.hidden = true;
    if (item.blob) attach(li, item, found);
    offerBack(li);
    look();
  }
  function attach(li, item, found) {
    const box = one(".bubble", li), media = document.createElement(item.form === "voice" ? "audio" : "img");
    box.classList.add("bubble-wide");
    if (item.form === "voice") { media.controls = true; media.preload = "none"; }
    media.src = item.form === "voice" ? found.file : `${found.file}/small`;
    media.setAttribute("aria-label", item.label);
    box.insertBefore(media, box.firstChild);
    if (!item.words) one("[data-words]", li).textContent = "";
  }
  function offerBack(li) {
    one(".went", li).appendChild(button(told.takeBack, () => { if (window.confirm(told.sure)) takeBack(li); }));
  }
  function takeBack(li) {
    fetch(told.back.replace("/0/", `/${li.dataset.segment}/`), { method: "POST" }).then((answered) => {
      if (!answered.ok) throw new Error("refused");
      gone(li, told.gone);
    }).catch(() => { net.hidden = false; });
  }
  function gone(li, words) {
    const box = one(".bubble", li), way = one("[data-way]", li);
    if (!box.classList.contains("taken-back")) {
      box.textContent = told.takenBack;
      box.className = "bubble taken-back";
    }
    way.textContent = words;
    way.className = "";
    li.querySelectorAll(".went button").forEach((old) => old.remove());
  }
  // Drawn by the server with a form that needs no script; here one asks before it goes, as for a piece just sent.
  stream.querySelectorAll(".went details").forEach((form) => { const li = form.closest("li"); form.remove(); offerBack(li); });

  function refused(item, found) {
    item.refused = true;
    mark(item, found.wrong, "went-not");
    const place = one(".went", shown(item));
    place.appendChild(button(told.again, () => { place.querySelectorAll("button").forEach((old) => old.remove()); item.refused = false; next(); }));
    place.appendChild(button(told.drop, () => { outbox.drop(item.key); shown(item).remove(); }));
  }

  function next() {
    clearTimeout(again);
    if (busy) return;
    const item = outbox.waiting().find((one) => !one.refused);
    if (!item) { net.hidden = true; return; }
    busy = true;
    mark(item, told.sending, "waits");
    fetch(form.action, { method: "POST", body: body(item), headers: { Accept: "application/json" } })
      .then((answered) => answered.json().then((found) => ({ ok: answered.ok, status: answered.status, found })))
      .then(({ ok, status, found }) => {
        pause = 1000;
        net.hidden = true;
        if (ok) return outbox.drop(item.key).then(() => arrived(item, found));
        if (status >= 500 || found.again) throw new Error("later");
        return refused(item, found);
      })
      .catch(() => {
        net.hidden = false;
        mark(item, told.waits, "waits");
        pause = Math.min(pause * 2, 15000);
        again = setTimeout(next, pause);
      })
      .then(() => { busy = false; if (net.hidden) next(); });
  }
  window.addEventListener("online", () => { pause = 1000; next(); });

  function send(item) {
    order += 1;
    const whole = Object.assign({ key: random(), talk: told.talk, order, question: question.value, asked: question.value ? one(".grow > span", answering).textContent : "" }, item);
    drawn(whole);
    mark(whole, told.waits, "waits");
    answer("");
    toEnd();
    outbox.put(whole).then(next);
  }
  const written = () => { const text = words.value.trim(); words.value = ""; keep(""); fit(); return text; };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say("");
    if (tape) { sendTape(); return; }
    const text = written();
    if (text) send({ form: "text", words: text });
  });

  /* --- a picture, a recording: first shown, then sent --- */

  const panel = one("#tape"), sound = one("#tape-sound");
  const pictures = one("[name=picture]", form), voices = one("[name=voice]", form);
  pictures.multiple = true;
  function hold(found) {
    tape = found;
    panel.hidden = !found;
    sound.hidden = true;
    if (!found) { pictures.value = ""; voices.value = ""; return; }
    one("#tape-length").textContent = found.map((one) => one.label).join(", ");
    if (found[0].form === "voice") { sound.src = URL.createObjectURL(found[0].blob); sound.hidden = false; }
  }
  const dropTape = () => { (tape || []).forEach((one) => { if (one.key) outbox.drop(one.key); }); hold(null); };
  function sendTape() {
    const text = written();
    const pieces = tape;
    hold(null);
    pieces.forEach((one, at) => {
      if (one.key) outbox.drop(one.key);
      send({ form: one.form, blob: one.blob, label: one.label, words: at === 0 ? text : "" });
    });
  }
  one("#tape-drop").addEventListener("click", dropTape);
  const chosen = (field, kind) => field.addEventListener("change", () => {
    if (field.files.length) hold(Array.from(field.files).slice(0, 9).map((file) => ({ form: kind, blob: file, label: file.name })));
  });
  chosen(pictures, "picture");
  chosen(voices, "voice");

  const record = one("#record"), label = one("span", record);
  const recorder = window.tongpinRecorder({
    tick: (seconds) => { label.textContent = told.stop.replace("{s}", clock(seconds)); },
    done: (blob, seconds) => {
      label.textContent = told.record;
      record.classList.remove("taping");
      if (!blob.size) return;
      order += 1;
      const held = { key: random(), talk: told.talk, order, held: true, form: "voice", blob, label: `${told.record} ${clock(seconds)}` };
      outbox.put(held);
      hold([held]);
    },
  });
  if (recorder) {
    record.hidden = false;
    one("#choose-voice").hidden = true;
    record.addEventListener("click", () => {
      if (recorder.isOn()) { recorder.stop(); return; }
      record.classList.add("taping");
      recorder.start().catch(() => {
        record.classList.remove("taping");
        record.hidden = true;
        one("#choose-voice").hidden = false;
        say(told.noMic);
      });
    });
  }

  /* --- how far each piece went, which questions were handed on, how many listen --- */

  const QUESTIONS = one("#questions");
  function questions(found) {
    one("#questions-part").hidden = !found.length;
    const held = Array.from(QUESTIONS.children);
    held.filter((card) => !found.some((one) => String(one.id) === card.dataset.question)).forEach((card) => card.remove());
    found.filter((one) => !held.some((card) => card.dataset.question === String(one.id))).forEach((asked) => {
      const card = one("#piece-question").content.firstElementChild.cloneNode(true);
      card.dataset.question = asked.id;
      one(".t13", card).textContent = [asked.name, asked.also ? told.also.replace("{n}", asked.also) : ""].filter(Boolean).join(" · ");
      one(".b", card).textContent = asked.words;
      one("a", card).dataset.answer = asked.id;
      QUESTIONS.appendChild(card);
    });
  }
  function look() {
    if (document.visibilityState !== "visible") return;
    fetch(told.now, { headers: { Accept: "application/json" } }).then((answered) => {
      if ([404, 410].includes(answered.status) && !outbox.waiting().length) location.assign(told.page); // the host ended the talk
      return answered.ok ? answered.json() : { state: told.state, said: [], questions: null };
    }).then((found) => {
      if (found.state !== told.state && !outbox.waiting().length) { location.reload(); return; }
      found.said.forEach((piece) => {
        const li = one(`[data-segment="${piece.segment}"]`, stream);
        if (!li) return;
        if (piece.redacted) { gone(li, piece.went); return; }
        const way = one("[data-way]", li);
        way.textContent = piece.went;
        way.className = piece.tone;
      });
      if (found.questions) questions(found.questions);
    }).catch(() => { /* the strip above says it when something is to be sent */ });
  }
  setInterval(look, 4000);

  if (told.live && window.EventSource) {
    const source = new EventSource(`${told.live}&after=${told.after}`);
    const watching = one("#watching");
    source.addEventListener("watching", (event) => { watching.hidden = false; watching.textContent = watching.dataset.words.replace("{n}", event.data); });
    window.addEventListener("pagehide", () => source.close());
  }

  /* --- after a reload: what had not gone out goes on --- */

  outbox.all().then((items) => {
    items.filter((item) => !item.held).forEach((item) => { item.refused = false; drawn(item); mark(item, told.waits, "waits"); order = Math.max(order, item.order); });
    const held = items.find((item) => item.held);
    if (held && !tape) hold([held]);
    next();
  });
  window.addEventListener("beforeunload", (event) => {
    if (outbox.waiting().some((item) => !item.refused) && !navigator.onLine) { event.preventDefault(); event.returnValue = told.leave; }
  });
  one("#end").addEventListener("submit", (event) => {
    if (outbox.waiting().length) { event.preventDefault(); say(told.leave); next(); }
  });
  toEnd();
})();
