"""Fields and tokens of forms, without building what no request changes.

WTForms builds each field of a form for each request, from constants, and makes a token also for a form that is only
read. For a posted form that took most of its time (docs/decisions/0018-fast-writes.md).
"""

import copy
import re
from typing import Any

from wtforms import Field, FieldList, Form, FormField, StringField
from wtforms.csrf.core import CSRFTokenField
from wtforms.widgets import Input, html_params

# A word of the form itself. By names scripts of others find fields, and values are what people typed.
_WORD = re.compile(r'(^|\s)(?!name=|value=|data-)([a-z-]+=)"([\w.#:+-]+)"(?=\s|$)', re.ASCII)


def bound(unbound: Any, form: Form, options: dict[str, Any]) -> Field:
    """The field of this form, as `UnboundField.bind` makes it: a copy of one that was made before, if there is one.

    `options` are its name, prefix and translations. What a form may change of a field is its own.
    """
    sample = vars(unbound).get("sample")
    if sample is None or sample.name != f"{options['prefix']}{options['name']}":
        field: Field = unbound.bind(form=form, **options)
        if isinstance(field, (CSRFTokenField, FieldList, FormField)):  # they belong to one form from the beginning
            return field
        sample = vars(unbound)["sample"] = field
        widget: Any = sample.widget
        if isinstance(widget, Input):
            vars(sample)["widget"] = widget = copy.copy(widget)
            vars(widget)["html_params"] = attributes
        vars(sample).update(_form=None, meta=None)  # so that the form is not kept
    made: Any = object.__new__(type(sample))
    vars(made).update(vars(sample), _form=form, meta=form.meta, label=_of(sample.label))
    if made.render_kw is not None:
        made.render_kw = dict(made.render_kw)
    if options["translations"] is not None:
        made._translations = options["translations"]
    own: Field = made
    return own


def attributes(**values: Any) -> str:
    """The attributes of an input as WTForms writes them, without the quotation marks that HTML does not need."""
    return _WORD.sub(r"\1\2\3", html_params(**values))


def _of(label: Any) -> Any:
    """A label of its own: a form may ask its question in other words."""
    own = object.__new__(type(label))
    vars(own).update(vars(label))
    return own


class LateToken(CSRFTokenField):
    """A token that is made when it is first asked for: a posted form that is not shown again needs none."""

    _made: str | None = None

    def process(self, *args: Any, **kinds: Any) -> None:
        """Reads what was posted."""
        StringField.process(self, *args, **kinds)  # not CSRFTokenField's own, which makes the token

    @property
    def current_token(self) -> str:
        """The token of this form as it is now."""
        if self._made is None:
            self._made = self.csrf_impl.generate_csrf_token(self)
        return self._made

    @current_token.setter
    def current_token(self, token: str) -> None:
        self._made = token
