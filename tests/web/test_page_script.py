"""The one script of the pages: htmx, the sentences that it says, and our own part."""

import json
import re


def words_in(script: str) -> dict:
    """The sentences that stand before our part."""
    return json.loads(re.search(r"^window.words = (.*);$", script, re.MULTILINE)[1])


def test_a_script_says_its_own_sentences_in_the_language_of_its_page(reader):
    english, french = (words_in(reader.get(f"/files/page.{code}.js").html) for code in ("en", "fr"))
    assert (english["copied"], french["copied"]) == ("Copied", "Copié")
    assert english["trouble"].startswith("The site could not be reached.")
    assert french["trouble"].startswith("Le site n’a pas répondu.")
    assert english["milestones"] == {str(mark): f"{mark}% of the goal is reached." for mark in (100, 75, 50, 25)}
    assert french["milestones"]["50"] == "50\u00a0% de l’objectif est atteint."
    assert {reader.get(f"/files/page.{code}.js").status for code in ("xx", "FR", "en.fr")} == {404}


def test_htmx_stands_before_our_part(reader):
    htmx, own = (reader.get(f"/files/{name}").html for name in ("htmx.min.js", "page.js"))
    script = reader.get("/files/page.fr.js").html
    assert script.startswith(htmx)
    assert script.endswith(own)
