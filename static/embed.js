// Puts the live counter in place of each <a class="ua-counter" href="(page of an action)">, also of one that is added
// later. The link stays until the counter has sent its height. It never does for another URL, in a blocked frame, or
// while the site is down.
//
// The link can have data-theme="light|dark|auto" and data-size="full|compact"; the group is part of its URL.
//
// The site writes its own URL in here, because programs that bundle, delay or move scripts hide where this came from.
;(() => {
  "use strict";

  const SITES = ["SITE"];
  const own = document.currentScript?.src ?? "";
  if (own.endsWith("/embed.js")) SITES.push(new URL(own).origin);
  const PAGE = /^\/([a-z]{2})\/actions\/([a-z0-9-]+)\/?$/;
  const TALLEST = 2000; // pixels
  const PAUSE = 500; // milliseconds between two questions about the height
  const MOST_QUESTIONS = 40;
  // Links that have a frame: shared by all copies of this script on a page.
  const framed = (window[Symbol.for("ua-tracker")] ??= new WeakSet());

  const sourceOf = (link) => {
    const page = new URL(link.href, document.baseURI);
    const parts = PAGE.exec(page.pathname);
    if (!SITES.includes(page.origin) || !parts) return null;
    const source = new URL(`/${parts[1]}/embed/${parts[2]}`, page.origin);
    const options = { group: page.searchParams.get("group"), theme: link.dataset.theme, size: link.dataset.size };
    for (const [name, value] of Object.entries(options)) if (value) source.searchParams.set(name, value);
    return source;
  };

  const upgrade = (link) => {
    if (framed.has(link)) return;
    const source = sourceOf(link);
    if (!source) return;
    framed.add(link);

    const frame = document.createElement("iframe");
    frame.src = source.href;
    frame.title = link.textContent.trim();
    Object.assign(frame.style, { display: "block", width: "100%", height: "0", border: "0", visibility: "hidden" });
    let questions = 0;
    let timer;

    // Browsers do not lay out a frame that is far down the page, so it cannot tell its height by itself: it is asked.
    const ask = () => {
      clearTimeout(timer);
      if (!frame.clientWidth) return; // inside something folded: the observer asks when it is unfolded
      frame.contentWindow?.postMessage({ type: "ua-tracker:ask" }, "*");
      if (frame.style.visibility !== "hidden") return;
      questions += 1;
      if (questions <= MOST_QUESTIONS) timer = setTimeout(ask, PAUSE);
      else giveUp();
    };
    const onMessage = (event) => {
      if (event.origin !== source.origin || event.source !== frame.contentWindow) return;
      const message = event.data;
      if (message?.type !== "ua-tracker:height" || !(message.height > 0) || !frame.clientWidth) return;
      clearTimeout(timer);
      Object.assign(frame.style, { height: `${Math.min(TALLEST, Math.ceil(message.height))}px`, visibility: "visible" });
      link.style.display = "none";
    };
    const observer = new ResizeObserver(ask);
    const giveUp = () => {
      window.removeEventListener("message", onMessage);
      observer.disconnect();
      frame.remove();
    };

    window.addEventListener("message", onMessage);
    frame.addEventListener("load", ask);
    link.after(frame);
    observer.observe(frame);
    ask();
  };

  const upgradeAll = () => {
    for (const link of document.querySelectorAll("a.ua-counter")) {
      try {
        upgrade(link);
      } catch {
        // The URL is not valid: this link stays as it is, and the others get their counters.
      }
    }
  };
  new MutationObserver(upgradeAll).observe(document.documentElement, { childList: true, subtree: true });
  upgradeAll();
})();
