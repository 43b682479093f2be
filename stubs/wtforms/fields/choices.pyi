from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from wtforms.fields import Field

class Choice(NamedTuple):
    value: str
    label: Any
    selected: bool
    render_kw: dict[str, Any]

class SelectChoice:
    value: str
    label: Any
    def __init__(self, value: str, label: object = None) -> None: ...

class SelectField(Field):
    data: str | None
    choices: Iterable[SelectChoice] | None
    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        choices: Iterable[SelectChoice] | Callable[[], Iterable[SelectChoice]] | None = None,
        validate_choice: bool = True,
        **kinds: Any,
    ) -> None: ...
    def iter_choices(self) -> Iterator[Choice]: ...

class RadioField(SelectField): ...

class SelectMultipleField(Field):
    data: list[str] | None
    choices: Iterable[SelectChoice] | None
    def __init__(
        self,
        label: object = None,
        validators: Any = None,
        *,
        choices: Iterable[SelectChoice] | None = None,
        option_widget: object = None,
        **kinds: Any,
    ) -> None: ...
