"""The one script of the pages: htmx, the sentences that it says, and our own part."""


def test_a_script_says_its_own_sentences_in_the_language_of_its_page(reader):
    assert '"copied": "Copied", "trouble": "The site could not be reached.' in reader.get("/files/page.en.js").html
    assert '"copied": "Copié", "trouble": "Le site n’a pas répondu.' in reader.get("/files/page.fr.js").html
    assert {reader.get(f"/files/page.{code}.js").status for code in ("xx", "FR", "en.fr")} == {404}


def test_htmx_stands_before_our_part(reader):
    htmx, own = (reader.get(f"/files/{name}").html for name in ("htmx.min.js", "page.js"))
    script = reader.get("/files/page.fr.js").html
    assert script.startswith(htmx)
    assert script.endswith(own)
