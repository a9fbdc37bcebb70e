// A sheet to print: its own button, and lines that break between words. Without this script there is no button, and
// lines break where the browser breaks them: none knows Chinese words by itself.
"use strict";

(() => {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  if (!("Segmenter" in Intl)) return;
  const words = new Intl.Segmenter("zh", { granularity: "word" });
  document.querySelectorAll("[data-words]").forEach((line) => {
    const text = line.textContent;
    line.replaceChildren();
    for (const { segment, isWordLike } of words.segment(text)) {
      // A line may begin with a word, never with what ends the one before it.
      if (isWordLike && line.hasChildNodes()) line.append(document.createElement("wbr"));
      line.append(segment);
    }
    line.classList.add("by-words");
  });
})();
