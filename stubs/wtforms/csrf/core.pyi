from typing import Any

from wtforms.fields import HiddenField

class CSRFTokenField(HiddenField):
    current_token: str | None
    csrf_impl: CSRF

# Each gets the forms of the class whose Meta names it.
class CSRF:
    def setup_form(self, form: Any) -> Any: ...
    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str: ...
    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None: ...
