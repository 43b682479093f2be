from collections.abc import Callable
from typing import Any

from babel.support import NullTranslations
from flask import Flask

def gettext(string: str, **variables: Any) -> str: ...
def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str: ...

class Domain:
    def get_translations(self) -> NullTranslations: ...

class Babel:
    domain_instance: Domain
    def __init__(self, app: Flask, *, locale_selector: Callable[[], str]) -> None: ...
