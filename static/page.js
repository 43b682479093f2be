// What a page does beyond HTML: limits polling, never shows an older number, announces milestones, copies texts.
(() => {
  "use strict";

  // Set before htmx begins, which is when the document is ready.
  Object.assign(window.htmx.config, {
    selfRequestsOnly: true,
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    disableSelector: "bdi, .field, [dir=auto], [hx-disable]", // what holds people’s words (web/filters.py)
    historyEnabled: false,
    defaultSwapStyle: "outerHTML", // a response is a whole fragment, which takes the place of the old one
    timeout: 30000,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "(400|403|409|413|422|429|503)", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });

  const { body } = document;
  const { words } = window; // what only scripts say, in the page's language (web/page_script.py)
  const announcement = document.getElementById("announcement");
  const QUICK_TRIES = 3; // after the network was lost, before the pauses become longer
  let pauses = new WeakMap(); // polled element -> { failures, until }
  let lastAsked = 0;
  let isAtOnce = false;

  const POLLED = "[hx-get][data-revision]";
  const polled = (element) => element.matches(POLLED);
  const revisionIn = (html) => {
    const root = new DOMParser().parseFromString(html, "text/html").querySelector("[data-revision]");
    return root ? Number(root.dataset.revision) : null;
  };

  // htmx may only request this site's fragments and send pledges and reports, whatever markup a page contains.
  const READABLE =
    /^\/[a-z]{2}\/(?:listing|actions\/[a-z0-9-]+\/(?:counter|standing|pledging|wall\/numbers|share\/kit)|dashboard\/[a-z0-9-]+\/plot)(?:\?|$)/;
  const WRITABLE = /^\/[a-z]{2}\/actions\/[a-z0-9-]+\/(?:pledges|letters)(?:\?|$)/;
  body.addEventListener("htmx:configRequest", (event) => {
    const { elt, verb } = event.detail;
    if (verb === "post") event.detail.path = elt.getAttribute("action"); // where the form goes without scripts too
    if (!(verb === "get" ? READABLE : verb === "post" ? WRITABLE : /$^/).test(event.detail.path)) event.preventDefault();
    if (isAtOnce) event.detail.headers["Cache-Control"] = "no-cache";
  });

  // While a form is sent, its button cannot be pressed again.
  document.addEventListener("submit", ({ target }) => target.setAttribute("hx-disabled-elt", "find button"), true);

  // A hidden page does not poll. After a failure the page polls again after a pause, which doubles each time.
  body.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    if (!polled(element)) return;
    const pause = pauses.get(element);
    if (document.hidden || (pause && Date.now() < pause.until)) event.preventDefault();
  });
  const refresh = () => {
    isAtOnce = true;
    for (const element of document.querySelectorAll("[hx-get]")) window.htmx.trigger(element, "refresh");
    isAtOnce = false;
  };
  const failed = (event) => {
    const element = event.detail.elt;
    if (polled(element)) {
      const failures = (pauses.get(element)?.failures ?? 0) + 1;
      if (event.type === "htmx:sendError" && failures <= QUICK_TRIES) {
        pauses.set(element, { failures, until: 0 });
        setTimeout(refresh, 2000);
        return;
      }
      pauses.set(element, { failures, until: Date.now() + Math.min(120, 5 * 2 ** failures) * 1000 });
      return;
    }
    if (!element.matches("form[hx-post]")) return;
    element.querySelector(".trouble")?.remove();
    const trouble = Object.assign(document.createElement("p"), { className: "trouble", textContent: words.trouble });
    trouble.setAttribute("role", "alert");
    element.lastElementChild.before(trouble);
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) body.addEventListener(name, failed);

  // After sleep, or kept behind another page, the numbers may be old: the server is asked at once, and not what the
  // browser has kept. When a network returns, all who share it return with it: they ask within a second, not together.
  const ask = () => {
    if (document.hidden) return;
    lastAsked = Date.now();
    pauses = new WeakMap();
    for (const element of document.querySelectorAll(POLLED)) {
      window.htmx.trigger(element, "htmx:abort"); // a request from before a sleep may never be answered
    }
    refresh();
  };
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("focus", () => {
    if (Date.now() - lastAsked > 2000) ask();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  window.addEventListener("online", () => setTimeout(ask, Math.random() * 1000));

  body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    if (requestConfig.verb === "get" && xhr.status >= 400) {
      event.detail.shouldSwap = false;
      return;
    }
    // Responses can arrive in the wrong order; the page keeps the newer one.
    if (!polled(target)) return;
    pauses.delete(target);
    const revision = revisionIn(event.detail.serverResponse);
    if (revision !== null && revision < Number(target.dataset.revision)) event.detail.shouldSwap = false;
  });

  // The same for the counter in the response to the reader's own pledge or report.
  body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    const fresh = fragment.querySelector("[data-revision]");
    if (fresh && target.hasAttribute("data-revision") && Number(fresh.dataset.revision) < Number(target.dataset.revision)) {
      event.detail.shouldSwap = false;
    }
  });

  // When pledging locks, what stands around the counter is requested too: its URL differs in the last part.
  body.addEventListener("locked", ({ target }) => {
    const standing = target.getAttribute("hx-get").replace(/counter.*/, `standing${location.search}`);
    window.htmx.ajax("GET", standing, { source: "#standing" });
  });

  // Screen readers announce the number after the reader's own pledge or report, and at each quarter of the goal.
  const milestoneOf = (counter) => Number(counter?.dataset.milestone ?? 0);
  let milestone = milestoneOf(document.getElementById("counter"));
  body.addEventListener("htmx:oobAfterSwap", (event) => {
    const counter = document.getElementById("counter");
    if (event.detail.target.id !== "counter" || !counter) return;
    milestone = milestoneOf(counter);
    announcement.textContent = counter.dataset.words;
  });
  body.addEventListener("htmx:afterSwap", () => {
    const counter = document.getElementById("counter");
    if (!counter || milestoneOf(counter) <= milestone) return;
    milestone = milestoneOf(counter);
    announcement.textContent = words.milestones[milestone];
  });

  const showCopyButtons = (root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  };
  const showShareButtons = (root) => {
    if (!navigator.share) return;
    for (const button of root.querySelectorAll("button[data-share]")) button.hidden = false;
  };
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-share]");
    if (!button) return;
    const text = document.getElementById(button.dataset.share).innerText.trim();
    navigator.share({ text }).catch(() => {}); // the reader closed the system's sheet
  });
  body.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy) ?? button.previousElementSibling;
    await navigator.clipboard.writeText((source.value ?? source.innerText).trim());
    const label = button.firstChild;
    const before = label.textContent;
    label.textContent = words.copied;
    setTimeout(() => {
      label.textContent = before;
    }, 4000);
    announcement.textContent = words.copied;
    if (source.id === "private-link") kept = true;
  });

  // A private link that stands here only once: leaving without having copied or opened it is asked about.
  let kept = false;
  const privateLink = () => document.getElementById("private-link")?.getAttribute("href");
  body.addEventListener("click", (event) => {
    const link = privateLink();
    if (link && event.target.closest("a")?.getAttribute("href")?.startsWith(link)) kept = true;
  });
  window.addEventListener("beforeunload", (event) => {
    const link = privateLink();
    if (!kept && link && link !== location.pathname) event.preventDefault();
  });
  // The page in another language is that of the link, where the thanks go on: that of the action begins with an empty form.
  body.addEventListener("click", (event) => {
    const other = event.target.closest("header.site nav a[lang]");
    const again = document.getElementById("private-link")?.dataset.again;
    if (!other || !again || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    kept = true;
    location.assign(again.replace(/^\/[a-z]{2}\//, `/${other.lang}/`));
  });
  // Browsers on phones do not ask. So the link stays with this page in the browser's history: who comes back to it, or
  // loads it again, is led to the private page. The next person at the same screen begins without it.
  if (history.state?.again) location.replace(history.state.again);
  body.addEventListener("htmx:afterSwap", () => {
    const again = document.getElementById("private-link")?.dataset.again;
    if (again === history.state?.again) return;
    kept = false;
    history.replaceState(again ? { again } : null, "");
  });

  const showButtons = (root) => {
    showCopyButtons(root);
    showShareButtons(root);
  };
  body.addEventListener("htmx:load", (event) => showButtons(event.detail.elt));
  showButtons(document);
})();
