"""Rejects passwords that are short or easy to guess (NIST SP 800-63B, 5.1.1.2)."""

import re
from collections.abc import Iterable

from zxcvbn_rs_py import zxcvbn

from ua_tracker import refusals

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
# The logarithm (base 10) of the number of guesses that zxcvbn must estimate at least. One more than its own level
# "safely unguessable" (8), because a thief of the hashes can try about a hundred passwords a second on each core.
_LEAST_GUESSES = 9
# Only so many characters are estimated. The time grows with the square of the length: at worst 0.15 s for 36
# characters, 0.8 s for 128.
_ESTIMATED = 36
_LEFT_OVER = 8  # characters that must remain without the e-mail address and the site's names


def require_good_password(password: str, email: str, before: str | None = None, about: Iterable[str] = ()) -> None:
    """Raises PasswordTooShort, PasswordGuessable, or PasswordCommon.

    PasswordTooShort: fewer than 12 characters. PasswordGuessable: the password equals `before`, the present one, or
    the e-mail address, or has fewer than four different characters. PasswordCommon: zxcvbn finds it in its lists of
    passwords, names, words, dates and neighbouring keys, or little remains of it without the e-mail address and
    the names in `about`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise refusals.PasswordTooShort(least=SHORTEST_PASSWORD)
    plain = password.casefold()
    if password == before or plain == email or len(set(plain)) < 4:
        raise refusals.PasswordGuessable()
    known = _known_words([email, *about])
    if _left_over(plain, known) < _LEFT_OVER:
        raise refusals.PasswordCommon()
    if zxcvbn(password[:_ESTIMATED], user_inputs=known).guesses_log10 < _LEAST_GUESSES:
        raise refusals.PasswordCommon()


def _known_words(texts: Iterable[str]) -> list[str]:
    """The words that an attacker knows: each text without spaces and punctuation, and its parts; longest first."""
    words: set[str] = set()
    for text in texts:
        parts = [part for part in re.split(r"[\W_]+", text.casefold()) if part]
        words |= {"".join(parts), *parts}
    return sorted((word for word in words if len(word) > 2), key=lambda word: (-len(word), word))


def _left_over(plain: str, known: list[str]) -> int:
    """The number of letters and digits that remain without the known words; the length if it contains none."""
    left = "".join(character for character in plain if character.isalnum())
    whole = left
    for word in known:
        left = left.replace(word, "")
    return len(plain) if left == whole else len(left)
