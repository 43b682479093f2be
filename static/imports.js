// Lights the lines of the document that the value under the cursor came from.
(() => {
  "use strict";

  const source = document.querySelector(".source");
  if (!source) return;

  const linesOf = (field) =>
    [...field.querySelectorAll('a[href^="#line-"]')].flatMap((link) => {
      const first = Number(link.hash.slice("#line-".length));
      const last = Number(link.dataset.last ?? first);
      const numbers = Array.from({ length: last - first + 1 }, (_, more) => first + more);
      return numbers.map((number) => document.getElementById(`line-${number}`)).filter(Boolean);
    });

  const light = (element) => {
    const field = element?.closest(".reading form .field");
    if (!field) return;
    for (const line of source.querySelectorAll(".lit")) line.classList.remove("lit");
    const lines = linesOf(field);
    for (const line of lines) line.classList.add("lit");
    // Beside the form the document scrolls by itself; below it, the page must not move.
    if (lines.length && source.scrollHeight > source.clientHeight) {
      const [first] = lines;
      source.scrollTop += first.getBoundingClientRect().top - source.getBoundingClientRect().top - source.clientHeight / 3;
    }
  };
  document.addEventListener("focusin", (event) => light(event.target));
  light(document.activeElement); // the cursor can be in a field before this runs
})();
