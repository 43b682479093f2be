// The embedded counter: polls the numbers, shows them when they have changed, and sends its height to the outer page.
(() => {
  "use strict";

  const LONGEST_PAUSE = 120;
  const counter = () => document.querySelector("main");
  let secret = new URLSearchParams(location.hash.replace(/^#\??/, "")).get("secret");
  let height = 0;
  let failures = 0;
  let timer;

  // Messages go to the page that contains the frame: a plain one, and WordPress's own once it has sent its secret.
  const send = (message) => {
    if (window.parent !== window) window.parent.postMessage(message, "*");
  };
  const sendHeight = () => {
    height = Math.ceil(document.body.getBoundingClientRect().height);
    send({ type: "ua-tracker:height", height });
    if (secret) send({ message: "height", value: height, secret });
  };
  new ResizeObserver(() => {
    if (Math.ceil(document.body.getBoundingClientRect().height) !== height) sendHeight();
  }).observe(document.body);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.message !== "ready") return;
    if (typeof event.data.secret !== "string") return;
    secret = event.data.secret;
    sendHeight();
  });

  // WordPress's sandbox blocks links, so its page opens the link instead.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !secret || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    send({ message: "link", value: link.href, secret });
  });

  const numbersIn = (json) => {
    const group = json.groups.find((one) => one.slug === counter().dataset.group);
    const numbers = [json.letters_sent, json.letters_pledged, group?.letters_sent ?? 0];
    return JSON.stringify([json.state, json.title, json.goal, json.deadline, json.days_left, ...numbers]);
  };
  const shownNumbers = () => JSON.stringify(JSON.parse(counter().dataset.shown));

  const responseTo = async (url) => {
    const response = await fetch(url, { credentials: "omit" });
    if (!response.ok) throw new Error(response.statusText);
    return response;
  };
  // The text around the numbers comes from the server, with plurals, states and dates in the page's language.
  const refresh = async () => {
    const page = await (await responseTo(location.href.split("#")[0])).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main[data-shown]");
    if (!fresh || Number(fresh.dataset.revision) < Number(counter().dataset.revision)) return;
    const hadFocus = counter().contains(document.activeElement);
    counter().replaceWith(fresh);
    if (hadFocus) fresh.querySelector("a").focus();
  };

  const pollIn = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(poll, seconds * 1000);
  };
  const poll = async () => {
    if (document.hidden) return; // polls again when the page is visible
    try {
      const json = await (await responseTo(counter().dataset.json)).json();
      if (numbersIn(json) !== shownNumbers()) await refresh();
      failures = 0;
      if (json.state !== "closed") pollIn(json.poll_seconds);
    } catch {
      failures += 1;
      pollIn(Math.min(LONGEST_PAUSE, 5 * 2 ** failures));
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });

  sendHeight();
  if (counter().dataset.state !== "closed") pollIn(Number(counter().dataset.interval));
})();
