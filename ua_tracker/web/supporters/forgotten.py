"""What is said to somebody whose data has just been erased."""

from flask import Blueprint, render_template

bp = Blueprint("forgotten", __name__, url_prefix="/<lang:lang>/pledges/forgotten")


@bp.get("")
def show() -> str:
    """That it is done, and what stays."""
    return render_template("manage/forgotten.html")
