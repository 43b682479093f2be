// Keeps what is typed on the page to write on, on this device, and copies it to sheets, mails and envelopes. Nothing of
// it is sent to the site.
(() => {
  "use strict";

  const page = document.querySelector("[data-kept]");
  if (!page) return;

  const BEGINNING = "letters:"; // of the names under which letters are kept, one name for each action
  const DAY = 24 * 60 * 60 * 1000;
  const LAST_LINES = 8; // kept together with the signature, as in letter_texts.py
  const LAST_CHARACTERS = 600;
  const own = BEGINNING + page.dataset.kept;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fields = all("[data-field]", page);
  const letters = fields.filter((field) => field.id.startsWith("letter-"));
  let forgotten = null;

  // The texts kept under a name; null for none, for texts that are over, and for what is not ours. Storage can be
  // forbidden or full: then the page works without it, and says so.
  const kept = (name) => {
    try {
      const found = JSON.parse(localStorage.getItem(name));
      return found.until > Date.now() ? found.texts : null;
    } catch {
      return null;
    }
  };
  const keep = (texts) => {
    try {
      const until = Date.now() + Number(page.dataset.days) * DAY;
      if (Object.keys(texts).length) localStorage.setItem(own, JSON.stringify({ until, texts }));
      else localStorage.removeItem(own);
      return true;
    } catch {
      return false;
    }
  };
  const discardOld = () => {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(BEGINNING));
      for (const name of names) if (!kept(name)) localStorage.removeItem(name);
    } catch {
      // Nothing is kept.
    }
  };

  const say = (state) => {
    for (const one of all("[data-state]", page)) one.hidden = one.dataset.state !== state;
  };
  const keepField = (field) => {
    const texts = { ...kept(own) };
    if (field.value === field.defaultValue) delete texts[field.dataset.field];
    else texts[field.dataset.field] = { text: field.value, suggested: field.defaultValue };
    return keep(texts);
  };

  // The text for paper: what may be divided between two sheets, and the last lines, which may not.
  const parts = (text) => {
    const lines = text.trimEnd().split("\n");
    let first = lines.length;
    let length = 0;
    while (first && lines.length - first < LAST_LINES && length + lines[first - 1].length <= LAST_CHARACTERS) {
      first -= 1;
      length += lines[first].length;
    }
    while (first && !lines[first - 1]) first -= 1;
    return [lines.slice(0, first), lines.slice(first)].map((some) => some.join("\n"));
  };
  const typed = (which) => {
    const field = fields.find((one) => one.dataset.field === which);
    return (field ? field.value : (kept(own)?.[which]?.text ?? "")).trim();
  };

  const showLetter = (letter, sender) => {
    const section = letter.closest(".letter");
    const texts = parts(letter.value);
    all(`[data-mirror="${letter.id}"] .lines`).forEach((one, place) => (one.textContent = texts[place]));
    const text = sender ? `${letter.value.trimEnd()}\n\n${sender}` : letter.value;
    document.getElementById(`${letter.id}-signed`).textContent = text;
    section.querySelector("[data-copy]").dataset.copy = sender ? `${letter.id}-signed` : letter.id;
    const mail = section.querySelector("[data-mail]");
    if (mail) {
      const [beginning] = mail.href.split("&body=");
      const link = `${beginning}&body=${encodeURIComponent(text.replace(/\r?\n/g, "\r\n"))}`;
      const fits = link.length <= Number(page.dataset.longestLink);
      mail.href = fits ? link : beginning;
      for (const one of all("[data-fits]", section)) one.hidden = !fits;
      for (const one of all("[data-too-long]", section)) one.hidden = fits;
    }
    if (!CSS.supports("field-sizing", "content") && letter.scrollHeight > letter.clientHeight) {
      letter.style.blockSize = `${letter.scrollHeight + letter.offsetHeight - letter.clientHeight}px`;
    }
  };
  const show = () => {
    const name = typed("name");
    const sender = [name, typed("address")].filter(Boolean).join("\n");
    for (const one of all("[data-shows]")) {
      one.textContent = one.dataset.shows === "name" ? name : sender;
      one.hidden = !one.textContent;
    }
    for (const one of all("[data-blank]")) one.hidden = Boolean(sender);
    for (const letter of letters) showLetter(letter, sender);
  };

  // What is kept comes back. `others` says that another page of this browser may have changed or forgotten it.
  const bringBack = (others) => {
    const texts = kept(own);
    for (const field of fields) {
      const found = texts?.[field.dataset.field];
      if (typeof found?.text === "string") field.value = found.text;
      else if (others) field.value = field.defaultValue;
      const hint = field.closest(".letter")?.querySelector(".changed");
      if (hint) hint.hidden = !found || found.suggested === field.defaultValue;
    }
    show();
  };

  discardOld();
  // Over a slow line one can type before this runs: that is newer than what is kept. What the browser fills in by itself
  // is not.
  for (const field of fields) {
    if (navigator.userActivation?.hasBeenActive && field.value !== field.defaultValue) keepField(field);
  }
  bringBack(false);
  if (!fields.length) return;
  let works = keep({ ...kept(own) });
  say(works ? "kept" : "unkept");

  for (const field of fields) {
    field.addEventListener("input", () => {
      forgotten = null;
      works = keepField(field);
      say(works ? "kept" : "unkept");
      show();
    });
  }
  page.querySelector("[data-forget]").addEventListener("click", () => {
    forgotten = fields.map((field) => field.value);
    keep({});
    bringBack(true);
    say("forgotten");
    page.querySelector("[data-undo]").focus();
  });
  page.querySelector("[data-undo]").addEventListener("click", () => {
    fields.forEach((field, place) => {
      field.value = forgotten[place];
      keepField(field);
    });
    show();
    say("kept");
    page.querySelector("[data-forget]").focus();
  });
  addEventListener("storage", (event) => [own, null].includes(event.key) && works && bringBack(true));
  addEventListener("pageshow", (event) => event.persisted && works && bringBack(true));
  addEventListener("beforeprint", show);
})();
