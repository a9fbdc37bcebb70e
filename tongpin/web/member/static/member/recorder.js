// Recording a voice with the phone's own microphone, where the browser can. Elsewhere the page keeps its file field.
"use strict";

window.tongpinRecorder = (told) => {
  const MOST = 590; // seconds; the house takes ten minutes
  const can = window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  if (!can) return null;
  let recorder = null, ticking = 0;

  const kind = () => ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"]
    .find((one) => !MediaRecorder.isTypeSupported || MediaRecorder.isTypeSupported(one)) || "";

  function stop() { if (recorder && recorder.state !== "inactive") recorder.stop(); }

  function start() {
    return navigator.mediaDevices.getUserMedia({ audio: true }).then((sound) => {
      const pieces = [], began = Date.now();
      const type = kind();
      recorder = type ? new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: 48000 }) : new MediaRecorder(sound);
      recorder.ondataavailable = (event) => { if (event.data && event.data.size) pieces.push(event.data); };
      recorder.onstop = () => {
        clearInterval(ticking);
        sound.getTracks().forEach((track) => track.stop());
        told.done(new Blob(pieces, { type: recorder.mimeType || type || "audio/mp4" }), Math.round((Date.now() - began) / 1000));
        recorder = null;
      };
      recorder.start(1000);
      told.tick(0);
      ticking = setInterval(() => {
        const seconds = Math.floor((Date.now() - began) / 1000);
        told.tick(seconds);
        if (seconds >= MOST) stop();
      }, 500);
    });
  }

  return { start, stop, isOn: () => Boolean(recorder) };
};
