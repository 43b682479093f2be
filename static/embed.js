// Puts the live counter in place of <a class="ua-counter" href="(page of an action)">. The link stays until the
// counter has sent its height. It never does for another URL, in a blocked frame, or while the site is down.
//
// The link can have data-theme="light|dark|auto" and data-size="full|compact"; the group is part of its URL.
(() => {
  "use strict";

  const SITE = new URL(document.currentScript.src).origin;
  const PAGE = /^\/([a-z]{2})\/actions\/([a-z0-9-]+)\/?$/;
  const LONGEST_WAIT = 20000; // milliseconds
  const TALLEST = 2000; // pixels

  const sourceOf = (link) => {
    const page = new URL(link.href, document.baseURI);
    const parts = PAGE.exec(page.pathname);
    if (page.origin !== SITE || !parts) return null;
    const source = new URL(`/${parts[1]}/embed/${parts[2]}`, SITE);
    const options = { group: page.searchParams.get("group"), theme: link.dataset.theme, size: link.dataset.size };
    for (const [name, value] of Object.entries(options)) if (value) source.searchParams.set(name, value);
    return source;
  };

  const upgrade = (link) => {
    const source = sourceOf(link);
    if (!source || link.dataset.uaCounter) return;
    link.dataset.uaCounter = "asked";

    const frame = document.createElement("iframe");
    frame.src = source.href;
    frame.title = link.textContent.trim();
    Object.assign(frame.style, { border: "0", width: "100%", height: "0", position: "absolute", visibility: "hidden" });

    const onMessage = (event) => {
      if (event.origin !== SITE || event.source !== frame.contentWindow) return;
      const message = event.data;
      if (message?.type !== "ua-tracker:height" || !(message.height > 0)) return;
      clearTimeout(giveUp);
      const height = `${Math.min(TALLEST, Math.ceil(message.height))}px`;
      Object.assign(frame.style, { height, position: "static", visibility: "visible", display: "block" });
      link.style.display = "none";
    };
    const giveUp = setTimeout(() => {
      window.removeEventListener("message", onMessage);
      frame.remove();
    }, LONGEST_WAIT);

    window.addEventListener("message", onMessage);
    link.after(frame);
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
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", upgradeAll);
  else upgradeAll();
})();
