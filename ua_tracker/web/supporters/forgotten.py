"""The page after a supporter's data has been erased."""

from flask import Blueprint, render_template

bp = Blueprint("forgotten", __name__, url_prefix="/<lang:lang>/pledges/forgotten")


@bp.get("")
def show() -> str:
    """Says that the data is erased, and what stays."""
    return render_template("manage/forgotten.html")
