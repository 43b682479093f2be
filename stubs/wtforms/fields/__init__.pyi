from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Generic, TypeVar

from wtforms.fields.choices import RadioField, SelectField, SelectMultipleField
from wtforms.form import Form

__all__ = [
    "BooleanField",
    "DateField",
    "Field",
    "FieldList",
    "FileField",
    "FormField",
    "HiddenField",
    "IntegerField",
    "PasswordField",
    "RadioField",
    "SelectField",
    "SelectMultipleField",
    "StringField",
    "TextAreaField",
]

_Form = TypeVar("_Form", bound=Form)

# Stated as what it is in a form: in the class that declares it, it only waits to be bound to one.
# A label or description is what its str() says when it is shown: a sentence may wait for the reader's language.
class Field:
    id: str
    name: str
    label: Any
    description: Any
    data: Any
    raw_data: list[Any] | None
    errors: Sequence[Any]
    process_errors: Sequence[Any]
    render_kw: Mapping[str, Any] | None
    widget: Callable[..., Any]
    def __init__(
        self,
        label: object = None,
        validators: Sequence[Callable[[Any, Any], None]] | None = None,
        filters: Iterable[Callable[[Any], Any]] = (),
        description: object = "",
        *,
        default: Any = None,
        render_kw: Mapping[str, Any] | None = None,
    ) -> None: ...
    def process(self, *arguments: Any, **kinds: Any) -> None: ...
    def process_formdata(self, valuelist: list[str]) -> None: ...
    def pre_validate(self, form: Form) -> None: ...
    def validate(self, form: Form) -> bool: ...

class StringField(Field):
    data: str | None

class TextAreaField(StringField):
    def __call__(self, **kinds: Any) -> Any: ...
    def _value(self) -> str: ...

class PasswordField(StringField): ...
class HiddenField(StringField): ...

class IntegerField(Field):
    data: int | None

class DateField(Field):
    data: date | None

class TimeField(Field):
    data: time | None

class BooleanField(Field):
    data: bool

class FormField(Field, Generic[_Form]):
    form: _Form
    def __init__(self, form_class: type[_Form]) -> None: ...

class FileField(Field): ...

class FieldList(Field):
    entries: list[Any]
    last_index: int
    def __getitem__(self, place: int) -> Any: ...
    def __init__(self, unbound_field: Field) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def append_entry(self, data: Any = ...) -> Any: ...
    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]: ...
