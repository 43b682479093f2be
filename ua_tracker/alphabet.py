"""The alphabetical order of names, the same on every database: a database sorts by the rules of its own machine."""

import re
import unicodedata

from ua_tracker import languages

# Letters that Unicode does not take apart, and where readers look for them.
_WRITTEN_OUT = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LETTER_WITH_ACCENTS = re.compile("[^\u0300-\u036f][\u0300-\u036f]*")
_NUMBERS_AND_WORDS = re.compile(r"(\d+)|([^\W\d_]+)")

Place = tuple[object, ...]


def place(name: str, code: str) -> Place:
    """The key that sorts names as readers of the language with this code look for them.

    Words are compared one by one, without accents, case and punctuation, and numbers by their value. Between names
    that are equal so far the accents decide, in French as it is set in Canada from the last one on, and then the
    case. This is right for languages whose alphabet is that of English or French: Spanish has ñ after n, not in it.
    """
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_WRITTEN_OUT))
    plain = _ACCENTS.sub("", letters)
    words = tuple(
        (0, int(number), "") if number else (1, 0, word) for number, word in _NUMBERS_AND_WORDS.findall(plain)
    )
    accents = [one[1:] for one in _LETTER_WITH_ACCENTS.findall(letters)]
    if languages.known(code).accents_from_the_end:
        accents.reverse()
    return words, tuple(accents), name.swapcase(), name
