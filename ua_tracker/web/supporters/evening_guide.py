"""How a letter evening is run, for volunteers: from the invitation to the total."""

from flask import Blueprint, render_template

bp = Blueprint("evening_guide", __name__, url_prefix="/<lang:lang>/evenings/guide")


@bp.get("")
def show() -> str:
    """The steps in their order, to be read on the way or printed."""
    return render_template("evenings/guide.html")
