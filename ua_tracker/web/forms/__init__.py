"""The site's forms: fields, labels and wording.

`base.py` and `fields.py` hold what the forms share; each other module is one kind of form.
"""
