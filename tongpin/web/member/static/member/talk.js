// The live page of a talk: new lines as they are said, the countdown, the draft of a question, who stayed how long.
// The page is whole without it. Old WebViews: nothing newer than Chrome 64 and iOS 12 know.
"use strict";

(() => {
  const page = document.querySelector("[data-talk]");
  if (!page) return;
  const told = page.dataset;
  const one = (selector, root) => (root || document).querySelector(selector);
  const keep = (key, value) => { try { if (value) localStorage.setItem(key, value); else localStorage.removeItem(key); } catch (e) { /* no storage */ } };
  const kept = (key) => { try { return localStorage.getItem(key) || ""; } catch (e) { return ""; } };
  const random = () => Math.random().toString(36).slice(2, 12) + Date.now().toString(36);

  /* --- the clock runs down; at the hour the page is asked for anew, pages not all at the same moment --- */

  const clock = one("[data-until]");
  if (clock) {
    const end = Date.parse(clock.dataset.until);
    const show = () => {
      const left = Math.max(0, Math.floor((end - Date.now()) / 1000));
      const days = Math.floor(left / 86400), hours = Math.floor(left % 86400 / 3600), minutes = Math.floor(left % 3600 / 60);
      const two = (n) => String(n).padStart(2, "0");
      clock.textContent = days ? clock.dataset.days.replace("{d}", days).replace("{h}", hours) : `${two(hours)}:${two(minutes)}:${two(left % 60)}`;
      clock.hidden = false;
      if (!left) { clearInterval(ticking); setTimeout(() => location.reload(), 3000 + Math.random() * 12000); }
    };
    const ticking = setInterval(show, 1000);
    show();
  }

  /* --- the stream --- */

  const stream = one("#stream");
  const net = one("#net");
  const offline = (is) => { if (net) net.hidden = !is; };
  let last = Number(told.after) || 0, unseen = 0, source = null, pause = 2000;

  const atEnd = () => window.innerHeight + window.pageYOffset >= document.documentElement.scrollHeight - 240;
  const newer = one("#newer");
  const toEnd = () => { window.scrollTo(0, document.documentElement.scrollHeight); unseen = 0; if (newer) newer.hidden = true; };
  const seen = (li, follow) => {
    if (follow) { toEnd(); return; }
    unseen += 1;
    if (newer) { newer.hidden = false; one("span", newer).textContent = newer.dataset.words.replace("{n}", unseen); }
  };
  if (newer) {
    newer.addEventListener("click", toEnd);
    window.addEventListener("scroll", () => { if (unseen && atEnd()) { unseen = 0; newer.hidden = true; } }, { passive: true });
  }

  const picture = (file, words) => {
    const figure = one("#piece-picture").content.cloneNode(true);
    const image = one("img", figure);
    one("a", figure).href = file.url;
    if (file.width) { image.width = file.width; image.height = file.height; }
    image.src = file.small;
    image.alt = words || image.alt;
    return figure;
  };
  const voice = (file, seconds) => {
    const sound = one("#piece-voice").content.cloneNode(true);
    one("audio", sound).src = file.url;
    one("span", sound).textContent = `${seconds}″`;
    return sound;
  };

  function bubble(line) {
    const li = one("#piece-line").content.firstElementChild.cloneNode(true);
    li.id = `n${line.n}`;
    if (line.segment) li.dataset.segment = line.segment;
    const box = one(".bubble", li);
    one("time", li).textContent = line.at;
    if (line.redacted) { goneFrom(box); return li; }
    if (line.kind === "answer") {
      one("[data-by]", li).textContent = told.host;
      li.replaceChild(one("#face-host").content.firstElementChild.cloneNode(true), one(".face", li));
    }
    if (line.question) {
      const asked = one(".asked", li);
      asked.hidden = false;
      one("span", asked).textContent = (line.question.name ? `${line.question.name}: ` : "") + line.question.words;
    }
    (line.files || []).forEach((file) => box.insertBefore(line.form === "voice" ? voice(file, line.seconds) : picture(file, line.words), one("[data-words]", box)));
    if ((line.files || []).length) box.classList.add("bubble-wide");
    one("[data-words]", box).textContent = line.words;
    return li;
  }

  function goneFrom(box) {
    box.textContent = told.takenBack;
    box.classList.add("taken-back");
  }
  function takeBack(segment) {
    const li = one(`[data-segment="${Number(segment)}"]`, stream);
    if (li) goneFrom(one(".bubble", li));
  }

  function between(words) {
    const li = document.createElement("li");
    li.className = "between";
    li.textContent = words;
    return li;
  }

  function take(line) {
    if (line.n <= last) return;
    last = line.n;
    if (line.kind === "redaction") { takeBack(line.segment); return; }
    const follow = atEnd();
    const empty = one("#nothing-yet");
    if (empty) empty.hidden = true;
    if (line.kind === "started") { if (told.state !== "live") location.reload(); return; }
    const li = line.kind === "ended" ? between(told.ended) : bubble(line);
    stream.appendChild(li);
    if (line.kind === "ended") {
      const over = one("#over"), air = one(".on-air"), bar = one(".bar"), watching = one("#watching");
      if (over) over.hidden = false;
      if (air) { air.textContent = told.ended; air.className = "t13 soft"; }
      if (watching) watching.hidden = true;
      if (bar && !one("details[open]", bar)) bar.hidden = true; // nobody is asked any more
      if (source) source.close();
      source = null;
      report();
    }
    seen(li, follow);
  }

  function listen() {
    source = new EventSource(`${told.live}&after=${last}`);
    source.onopen = () => { pause = 2000; offline(false); };
    source.onmessage = (event) => { offline(false); take(JSON.parse(event.data)); };
    source.addEventListener("watching", (event) => {
      const shown = one("#watching");
      if (shown) { shown.hidden = false; shown.textContent = shown.dataset.words.replace("{n}", event.data); }
    });
    source.onerror = () => {
      offline(true);
      if (!source || source.readyState !== EventSource.CLOSED) return; // it comes back by itself
      source.close();
      setTimeout(listen, pause + Math.random() * pause);
      pause = Math.min(pause * 2, 60000);
    };
  }
  if (stream && told.live && window.EventSource) {
    listen();
    window.addEventListener("pagehide", () => { if (source) source.close(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  }

  /* --- only words; voices one after the other --- */

  const only = one("#words-only");
  if (only) only.addEventListener("click", () => {
    const on = document.body.classList.toggle("words-only");
    only.setAttribute("aria-pressed", String(on));
  });
  const row = one("#one-after-another");
  const sounds = () => Array.from(document.querySelectorAll("#stream audio"));
  if (row) row.addEventListener("click", () => { const first = sounds()[0]; if (first) first.play(); row.dataset.on = "1"; });
  document.addEventListener("ended", (event) => {
    if (!row || !row.dataset.on) return;
    const all = sounds(), next = all[all.indexOf(event.target) + 1];
    if (next) next.play();
  }, true);

  /* --- a question: its draft stays in the phone until it has arrived; sent twice it is asked once --- */

  const form = one("#ask");
  if (form) {
    const words = one("[name=words]", form), key = one("[name=key]", form), count = one("#count"), wrong = one("#ask-wrong");
    const at = `tongpin:ask:${told.talk}`;
    if (!words.value) words.value = kept(at);
    const show = () => { if (count) count.textContent = `${words.value.length}/${words.maxLength}`; };
    words.addEventListener("input", () => { keep(at, words.value); show(); });
    show();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = one("button", form);
      if (button.disabled) return;
      button.disabled = true;
      wrong.hidden = true;
      if (!key.value) key.value = random();
      fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" } })
        .then((answer) => answer.json().then((found) => ({ ok: answer.ok, found })))
        .then(({ ok, found }) => {
          if (!ok) { wrong.hidden = false; wrong.lastElementChild.textContent = found.wrong; return; }
          keep(at, "");
          words.value = "";
          key.value = random();
          show();
          const sheet = form.closest("details");
          if (sheet) sheet.open = false;
          const thanks = one("#asked-ok");
          thanks.hidden = false;
          one("span", thanks).textContent = found.told;
          setTimeout(() => { thanks.hidden = true; }, 6000);
        })
        .catch(() => { wrong.hidden = false; wrong.lastElementChild.textContent = told.noNet; })
        .then(() => { button.disabled = false; });
    });
  }
  document.addEventListener("keydown", (event) => {
    const open = one("details.sheet[open]");
    if (event.key === "Escape" && open) { open.open = false; one("summary", open).focus(); }
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest ? event.target.closest("[data-shut]") : null;
    if (closer) { closer.closest("details").open = false; }
  });

  /* --- how long somebody was here, told when they leave or look away --- */

  let since = document.visibilityState === "visible" ? Date.now() : 0, seconds = 0;
  function report() {
    if (since) { seconds += (Date.now() - since) / 1000; since = 0; }
    const whole = Math.floor(seconds);
    if (!told.heard || whole < 5 || !navigator.sendBeacon) return;
    const body = new FormData();
    body.append("seconds", String(whole));
    body.append("csrfmiddlewaretoken", told.token);
    if (navigator.sendBeacon(told.heard, body)) seconds = 0;
  }
  if (told.heard) document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") report(); else since = Date.now();
  });
})();
