// The counter inside other people's pages: asks for the number, shows it when it has changed, tells its height.
(() => {
  "use strict";

  const LONGEST_PAUSE = 120;
  const counter = () => document.querySelector("main");
  let secret = new URLSearchParams(location.hash.replace(/^#\??/, "")).get("secret");
  let height = 0;
  let failures = 0;
  let timer;

  // To whoever holds the frame: a plain message, and WordPress's own where it has given its secret.
  const tell = (message) => {
    if (window.parent !== window) window.parent.postMessage(message, "*");
  };
  const tellHeight = () => {
    height = Math.ceil(document.body.getBoundingClientRect().height);
    tell({ type: "ua-tracker:height", height });
    if (secret) tell({ message: "height", value: height, secret });
  };
  new ResizeObserver(() => {
    if (Math.ceil(document.body.getBoundingClientRect().height) !== height) tellHeight();
  }).observe(document.body);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.message !== "ready") return;
    if (typeof event.data.secret !== "string") return;
    secret = event.data.secret;
    tellHeight();
  });

  // In WordPress's sandbox no link leads out; its page follows the address in our stead.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !secret || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tell({ message: "link", value: link.href, secret });
  });

  const told = (json) => {
    const group = json.groups.find((one) => one.slug === counter().dataset.group);
    const numbers = [json.letters_sent, json.letters_pledged, group?.letters_sent ?? 0];
    return JSON.stringify([json.state, json.title, json.goal, json.deadline, ...numbers]);
  };
  const shown = () => JSON.stringify(JSON.parse(counter().dataset.shown));

  const answerTo = async (address) => {
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer;
  };
  // The words around the number are the server's: plurals, states and dates in the page's language.
  const refresh = async () => {
    const page = await (await answerTo(location.href.split("#")[0])).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main[data-shown]");
    if (!fresh || Number(fresh.dataset.revision) < Number(counter().dataset.revision)) return;
    const hadFocus = counter().contains(document.activeElement);
    counter().replaceWith(fresh);
    if (hadFocus) fresh.querySelector("a").focus();
  };

  const askIn = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, seconds * 1000);
  };
  const ask = async () => {
    if (document.hidden) return; // asked again when it is seen
    try {
      const json = await (await answerTo(counter().dataset.json)).json();
      if (told(json) !== shown()) await refresh();
      failures = 0;
      if (json.state !== "closed") askIn(json.poll_seconds);
    } catch {
      failures += 1;
      askIn(Math.min(LONGEST_PAUSE, 5 * 2 ** failures));
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });

  tellHeight();
  if (counter().dataset.state !== "closed") askIn(Number(counter().dataset.interval));
})();
