// Copies what is typed into a letter to its printed sheet and its mail link. Nothing is sent to the site.
(() => {
  "use strict";

  const LONGEST_LINK = 1800;

  for (const letter of document.querySelectorAll("textarea[id^=letter-]")) {
    const sheet = document.querySelector(`[data-mirror="${letter.id}"]`);
    const mail = document.querySelector(`[data-mail="${letter.id}"]`);
    const tooLong = letter.parentElement.querySelector(".too-long");
    const beginning = mail?.href.split("&body=")[0];

    letter.addEventListener("input", () => {
      sheet.textContent = letter.value;
      if (!mail) return;
      const link = `${beginning}&body=${encodeURIComponent(letter.value.replace(/\r?\n/g, "\r\n"))}`;
      tooLong.hidden = link.length <= LONGEST_LINK;
      mail.href = tooLong.hidden ? link : beginning;
    });
  }
})();
