// What a guest sends and has not arrived yet: kept in the phone in order, through a bad network, a reload, a dead battery.
"use strict";

window.tongpinOutbox = (talk) => {
  const NAME = "tongpin-stage", STORE = "outbox";
  const memory = [];
  let base = null;

  const opened = new Promise((done) => {
    try {
      const ask = indexedDB.open(NAME, 1);
      ask.onupgradeneeded = () => ask.result.createObjectStore(STORE, { keyPath: "key" });
      ask.onsuccess = () => { base = ask.result; done(); };
      ask.onerror = () => done(); // private windows have no such store: then it is kept as long as the page is open
    } catch (e) { done(); }
  });

  function act(mode, what) {
    return opened.then(() => new Promise((done) => {
      if (!base) { done(null); return; }
      try {
        const store = base.transaction(STORE, mode).objectStore(STORE);
        const ask = what(store);
        ask.onsuccess = () => done(ask.result);
        ask.onerror = () => done(null);
      } catch (e) { done(null); }
    }));
  }

  return {
    all: () => act("readonly", (store) => store.getAll()).then((rows) => {
      (rows || []).filter((one) => one.talk === talk && !memory.some((held) => held.key === one.key)).forEach((one) => memory.push(one));
      memory.sort((a, b) => a.order - b.order);
      return memory.slice();
    }),
    put: (item) => {
      if (!memory.some((one) => one.key === item.key)) memory.push(item);
      return act("readwrite", (store) => store.put(item));
    },
    drop: (key) => {
      const at = memory.findIndex((one) => one.key === key);
      if (at >= 0) memory.splice(at, 1);
      return act("readwrite", (store) => store.delete(key));
    },
    waiting: () => memory.filter((one) => !one.held),
  };
};
