"""What somebody reads whose data was erased just now."""

import pytest


@pytest.mark.parametrize(("lang", "words"), [("en", "Your data is erased"), ("fr", "Vos données sont effacées")])
def test_the_page_needs_no_link_any_more_and_is_not_cached(reader, lang, words):
    page = reader.get(f"/{lang}/pledges/forgotten")
    assert (page.status, words in page.text) == (200, True)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert not page.soup.select("main form")
