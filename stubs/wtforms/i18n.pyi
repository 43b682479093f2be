from collections.abc import Sequence
from gettext import NullTranslations

def get_translations(languages: Sequence[str] | None = None) -> NullTranslations: ...
