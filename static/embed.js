// Puts the live counter in place of <a class="ua-counter" href="(page of an action)">. The link stays until the
// counter has told its height, and for good if it never does: another address, a blocked frame, a site away.
//
// On the link: data-theme="light|dark|auto", data-size="full|compact"; the group stands in the address.
(() => {
  "use strict";

  const SITE = new URL(document.currentScript.src).origin;
  const PAGE = /^\/([a-z]{2})\/actions\/([a-z0-9-]+)\/?$/;
  const PATIENCE = 20000; // milliseconds
  const TALLEST = 2000; // pixels

  const sourceOf = (link) => {
    const page = new URL(link.href, document.baseURI);
    const parts = PAGE.exec(page.pathname);
    if (page.origin !== SITE || !parts) return null;
    const source = new URL(`/${parts[1]}/embed/${parts[2]}`, SITE);
    const asked = { group: page.searchParams.get("group"), theme: link.dataset.theme, size: link.dataset.size };
    for (const [name, value] of Object.entries(asked)) if (value) source.searchParams.set(name, value);
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

    const heard = (event) => {
      if (event.origin !== SITE || event.source !== frame.contentWindow) return;
      const told = event.data;
      if (told?.type !== "ua-tracker:height" || !(told.height > 0)) return;
      clearTimeout(patience);
      const height = `${Math.min(TALLEST, Math.ceil(told.height))}px`;
      Object.assign(frame.style, { height, position: "static", visibility: "visible", display: "block" });
      link.style.display = "none";
    };
    const patience = setTimeout(() => {
      window.removeEventListener("message", heard);
      frame.remove();
    }, PATIENCE);

    window.addEventListener("message", heard);
    link.after(frame);
  };

  const upgradeAll = () => {
    for (const link of document.querySelectorAll("a.ua-counter")) {
      try {
        upgrade(link);
      } catch {
        // An address that is none: its link stays as it is, and the others get their counters.
      }
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", upgradeAll);
  else upgradeAll();
})();
