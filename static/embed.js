// Puts the live counter in place of each <a class="ua-counter" href="(page of an action)">, also of one that is added,
// moved or copied later. The link stays until the counter has sent its height: never for another URL, in a blocked
// frame, or while the site is down. It can have data-theme="light|dark|auto",
// data-size="full|compact" and data-count="action|case".
//
// The site writes its own URL in here, because programs that bundle, delay or move scripts hide where this came from.
;(() => {
  "use strict";

  const SITES = [new URL("SITE", document.baseURI).origin];
  const own = document.currentScript?.src ?? "";
  if (own.endsWith("/embed.js")) SITES.push(new URL(own).origin);
  const PAGE = /^\/([a-z]{2})\/actions\/([a-z0-9-]+)\/?$/;
  const NAME = "ua-counter-frame";
  // In pixels, and in milliseconds between two questions about the height. A frame that has loaded and says nothing is
  // asked so often.
  const TALLEST = 2000;
  const PAUSE = 500;
  const MOST_QUESTIONS = 40;
  // Links that have a frame: shared by all copies of this script on a page.
  const framed = (window[Symbol.for("ua-tracker")] ??= new WeakSet());
  // Of the frames of this copy.
  const checks = new Set();

  // Themes have rules for frames and links.
  const style = (element, values) => {
    for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value, value && "important");
  };
  const sourceOf = (link) => {
    const page = new URL(link.href, document.baseURI);
    const parts = PAGE.exec(page.pathname);
    if (!SITES.includes(page.origin) || !parts) return null;
    const source = new URL(`/${parts[1]}/embed/${parts[2]}`, page.origin);
    const options = { group: page.searchParams.get("group"), theme: link.dataset.theme, size: link.dataset.size,
      count: link.dataset.count };
    for (const [name, value] of Object.entries(options)) if (value) source.searchParams.set(name, value);
    return source;
  };

  const upgrade = (link) => {
    if (framed.has(link)) return;
    const source = sourceOf(link);
    if (!source) return;
    framed.add(link);
    if (link.nextElementSibling?.className === NAME) {
      // Somebody has copied a link and its frame.
      link.nextElementSibling.remove();
      style(link, { display: "" });
    }
    let place = link.parentNode;
    let questions = -Infinity;
    let misfits = 0;
    let timer;
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: source.href, title: link.textContent.trim(), className: NAME });
    style(frame, { display: "block", width: "100%", height: "0", border: "0", padding: "0", visibility: "hidden" });
    style(frame, { "min-height": "0", "max-height": "none" });

    // Browsers do not lay out a frame that is far down the page, so it cannot tell its height by itself: it is asked.
    const ask = () => {
      clearTimeout(timer);
      // While it is folded away it is not asked: the observers see it unfolded.
      if (!frame.clientWidth || frame.checkVisibility?.() === false) return;
      frame.contentWindow?.postMessage({ type: "ua-tracker:ask" }, "*");
      if (frame.style.visibility !== "hidden" && !misfits) return;
      questions += 1;
      if (questions <= MOST_QUESTIONS) timer = setTimeout(ask, PAUSE);
      else end();
    };
    const onMessage = ({ origin, source: from, data }) => {
      if (origin !== source.origin || from !== frame.contentWindow) return;
      // The site is there, however long it takes until the frame has a width.
      questions = -Infinity;
      if (data?.type !== "ua-tracker:height" || !(data.height > 0) || !frame.clientWidth) return;
      // An answer can be for the width that the frame had before.
      misfits = Math.abs(data.width - frame.clientWidth) > 1 ? misfits + 1 : 0;
      if (misfits && misfits < MOST_QUESTIONS) return;
      style(frame, { height: `${Math.min(TALLEST, Math.ceil(data.height))}px`, visibility: "visible" });
      style(link, { display: "none" });
    };
    const observers = [new ResizeObserver(ask), new IntersectionObserver(ask, { rootMargin: "100%" })];
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("message", onMessage);
      for (const observer of observers) observer.disconnect();
      checks.delete(check);
      frame.remove();
      style(link, { display: "" });
    };
    // A frame stays with its link. One that somebody took away does not come back.
    const check = () => {
      if (!link.parentNode) framed.delete(link);
      if (!link.parentNode || !frame.parentNode) return end();
      if (link.parentNode !== place && link.parentNode !== frame.parentNode) link.after(frame);
      place = link.parentNode;
    };

    window.addEventListener("message", onMessage);
    frame.addEventListener("load", () => {
      // Programs that load frames late empty it first.
      questions = frame.src === source.href ? 0 : -Infinity;
      ask();
    });
    link.after(frame);
    checks.add(check);
    for (const observer of observers) observer.observe(frame);
  };

  const upgradeAll = () => {
    for (const check of checks) check();
    for (const link of document.querySelectorAll("a.ua-counter")) {
      try {
        upgrade(link);
      } catch {
        // The URL is not valid: this link stays as it is, and the others get their counters.
      }
    }
  };
  const changes = { attributeFilter: ["class", "href"], childList: true, subtree: true };
  new MutationObserver(upgradeAll).observe(document.documentElement, changes);
  upgradeAll();
})();
