from wtforms.fields import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.form import Form

__all__ = [
    "BooleanField",
    "DateField",
    "Field",
    "FieldList",
    "Form",
    "FormField",
    "HiddenField",
    "IntegerField",
    "PasswordField",
    "RadioField",
    "SelectField",
    "StringField",
    "TextAreaField",
    "TimeField",
]
