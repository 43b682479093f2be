"""Which passwords are too easy to guess? Short ones, and those that are guessed first (NIST SP 800-63B, 5.1.1.2)."""

import re
from collections.abc import Iterable

from zxcvbn_rs_py import zxcvbn

from ua_tracker import refusals

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
# Ten to this power are the guesses that zxcvbn's estimate must reach: more than its own "safely unguessable" (8),
# since who steals the hashes makes some hundred guesses a second on each core.
_LEAST_GUESSES = 9
# The estimate's time grows with the square of the length: 0.15 s at worst for so many, 0.8 s for 128 characters.
_ESTIMATED = 36
_LEFT_OVER = 8  # characters beside what everybody knows: address, names of the site


def require_good_password(password: str, email: str, before: str | None = None, about: Iterable[str] = ()) -> None:
    """Raises PasswordTooShort, PasswordGuessable, or PasswordCommon.

    Guessable is the password before, and the address; common is what the estimator finds in its lists of passwords,
    names, words, dates and keys in a row, or what says little more than the address or `about`, the site's names.
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
    """What everybody can know: each text without its spaces and signs, and its parts; the longest first."""
    words: set[str] = set()
    for text in texts:
        parts = [part for part in re.split(r"[\W_]+", text.casefold()) if part]
        words |= {"".join(parts), *parts}
    return sorted((word for word in words if len(word) > 2), key=lambda word: (-len(word), word))


def _left_over(plain: str, known: list[str]) -> int:
    """How many letters and digits are left without the known words; all of them count where none of these stands."""
    left = "".join(character for character in plain if character.isalnum())
    whole = left
    for word in known:
        left = left.replace(word, "")
    return len(plain) if left == whole else len(left)
