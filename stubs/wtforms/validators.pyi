from wtforms.fields import Field
from wtforms.form import Form

# A message is what its str() says when it is shown: a sentence may wait for the reader's language.

class ValidationError(ValueError):
    def __init__(self, message: object = "") -> None: ...

class _Validator:
    def __call__(self, form: Form, field: Field) -> None: ...

class DataRequired(_Validator):
    def __init__(self, message: object = None) -> None: ...

class InputRequired(_Validator):
    def __init__(self, message: object = None) -> None: ...

class Optional(_Validator): ...

class Email(_Validator):
    def __init__(self, message: object = None) -> None: ...

class Length(_Validator):
    def __init__(self, min: int = -1, max: int = -1, message: object = None) -> None: ...

class NumberRange(_Validator):
    def __init__(self, min: int | None = None, max: int | None = None, message: object = None) -> None: ...

class Regexp(_Validator):
    def __init__(self, regex: str, flags: int = 0, message: object = None) -> None: ...
