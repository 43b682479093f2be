// The embedded counter: polls the numbers, shows them when they have changed, and sends its height to the outer page.
(() => {
  "use strict";

  const LONGEST_PAUSE = 120; // seconds
  const LONGEST_WAIT = 30; // seconds for one response
  const QUICK_TRIES = 3; // after the network was lost, before the pauses become longer
  const counter = () => document.querySelector("main");
  let secret = new URLSearchParams(location.hash.replace(/^#\??/, "")).get("secret");
  let height = 0;
  let failures = 0;
  let timer;
  let asking; // the request that is under way
  let lastAsked = 0;

  // Messages go to the page that contains the frame: a plain one, and WordPress's own once it has sent its secret.
  const send = (message) => {
    if (window.parent !== window) window.parent.postMessage(message, "*");
  };
  // The height of the text alone: a frame that nobody adjusts is filled by it, and would only ever grow.
  const neededHeight = () => {
    const page = document.documentElement;
    page.classList.add("measured");
    const needed = Math.ceil(document.body.getBoundingClientRect().height);
    page.classList.remove("measured");
    return needed;
  };
  // Without a width the frame is folded away or not laid out yet: any height would be wrong. It says that it is there.
  const sendHeight = () => {
    const width = window.innerWidth;
    if (!width) return send({ type: "ua-tracker:waiting" });
    height = neededHeight();
    send({ type: "ua-tracker:height", height, width });
    if (secret) send({ message: "height", value: height, secret });
  };
  const sendChange = () => {
    if (window.innerWidth && neededHeight() !== height) sendHeight();
  };
  new ResizeObserver(sendChange).observe(document.body);
  window.addEventListener("resize", sendChange);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    if (event.data?.type === "ua-tracker:ask") sendHeight();
    if (event.data?.message !== "ready" || typeof event.data.secret !== "string") return;
    secret = event.data.secret;
    sendHeight();
    // Only then does WordPress give the frame its place, often with another width, and browsers do not lay out again
    // what is far down a page.
    for (const milliseconds of [100, 500, 2000]) setTimeout(sendChange, milliseconds);
  });

  // WordPress's sandbox blocks links, so its page opens the link instead.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !secret || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    send({ message: "link", value: link.href, secret });
  });

  const numbersIn = (json) => {
    const counted = counter().dataset.of === "case" ? json.case : json;
    const group = counted.groups.find((one) => one.slug === counter().dataset.group);
    const numbers = [counted.letters_sent, counted.letters_pledged, group?.letters_sent ?? 0];
    const newer = json.newer_issue?.slug ?? "";
    return JSON.stringify([json.state, json.title, json.goal, json.deadline, json.days_left, ...numbers, newer]);
  };
  const shownNumbers = () => JSON.stringify(JSON.parse(counter().dataset.shown));

  const responseTo = async (url, cache) => {
    const response = await fetch(url, { credentials: "omit", signal: asking.signal, cache });
    if (!response.ok) throw new Error(response.statusText);
    return response;
  };
  // The text around the numbers comes from the server, with plurals, states and dates in the page's language.
  const refresh = async (cache) => {
    const page = await (await responseTo(location.href.split("#")[0], cache)).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main[data-shown]");
    if (!fresh || Number(fresh.dataset.revision) < Number(counter().dataset.revision)) return;
    const hadFocus = counter().contains(document.activeElement);
    counter().replaceWith(fresh);
    sendChange();
    if (hadFocus) fresh.querySelector("a").focus();
  };

  const pollIn = (seconds, cache) => {
    clearTimeout(timer);
    timer = setTimeout(poll, seconds * 1000, cache);
  };
  const poll = async (cache = "default") => {
    clearTimeout(timer);
    if (document.hidden) return; // polls again when the page is visible
    asking?.abort(); // a request from before a sleep may never be answered
    const mine = (asking = new AbortController());
    lastAsked = Date.now();
    const limit = setTimeout(() => mine.abort(), LONGEST_WAIT * 1000);
    try {
      const json = await (await responseTo(counter().dataset.json, cache)).json();
      if (numbersIn(json) !== shownNumbers()) await refresh(cache);
      failures = 0;
      if (json.state !== "closed") pollIn(json.poll_seconds);
    } catch (error) {
      if (asking !== mine) return;
      failures += 1;
      const isLost = error instanceof TypeError; // fetch's error for a network that is away
      pollIn(isLost && failures <= QUICK_TRIES ? 2 : Math.min(LONGEST_PAUSE, 5 * 2 ** failures), cache);
    } finally {
      clearTimeout(limit);
    }
  };
  // After sleep, or kept behind another page, the numbers may be old: the server is asked at once, and not what the
  // browser has kept. When a network returns, all who share it return with it: they ask within a second, not together.
  document.addEventListener("visibilitychange", () => poll("no-cache"));
  window.addEventListener("focus", () => {
    if (Date.now() - lastAsked > 2000) poll("no-cache");
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) poll("no-cache");
  });
  window.addEventListener("online", () => pollIn(Math.random(), "no-cache"));

  sendHeight();
  if (counter().dataset.state !== "closed") pollIn(Number(counter().dataset.interval));
})();
