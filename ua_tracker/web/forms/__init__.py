"""The forms: shape and wording only.

`base.py` and `fields.py` hold what they share; each other module is a kind of form.
"""
