from typing import Any

from wtforms import Form
from wtforms.csrf.core import CSRFTokenField
from wtforms.meta import DefaultMeta

class FlaskForm(Form):
    class Meta(DefaultMeta):
        csrf: bool
        csrf_class: type
        csrf_context: Any

    csrf_token: CSRFTokenField
    def __init__(self, formdata: Any = ..., **kwargs: Any) -> None: ...
    def is_submitted(self) -> bool: ...
    def validate_on_submit(self, extra_validators: Any = None) -> bool: ...
