"""What an embed's address asks for: a group, a theme, a size, a language."""

import pytest

from tests.factories import a_group, a_report, an_action
from ua_tracker import groups
from ua_tracker.web.sharing import embed_options

EMBED = "/en/embed/ua-12-26"


def test_an_unknown_group_gets_the_letters_of_all_and_a_message(reader, session):
    a_report(session, an_action(session), target=4)
    page = reader.get(f"{EMBED}?group=nowhere")
    assert page.count("letters-sent") == 4
    assert "There is no group “nowhere”: these are the letters of all." in page.text


@pytest.mark.parametrize(
    "query", ["theme=dark&size=compact", "theme=pink", "size=", "group=%00", "theme=light&theme=dark"]
)
def test_any_choice_gets_the_counter(reader, session, query):
    an_action(session)
    page = reader.get(f"{EMBED}?{query}")
    assert page.status == 200
    expected = ["compact", "dark"] if query.startswith("theme=dark") else ["full", "light"]
    assert page.soup.html["class"] == expected


def test_made_up_urls_are_answered_and_not_kept(app, reader, session):
    an_action(session)
    a_group(session)
    kept = app.extensions["ua_tracker.live"]._kept
    for query in ("group=nowhere", "group=%6dontreal", "x=1", "theme=pink", "group=montreal&group=montreal", "v=1&v=2",
                  "group=montreal&v=1"):  # fmt: skip
        assert reader.get(f"{EMBED}?{query}").status == 200
    assert kept == {}
    for query in ("", "group=montreal", "theme=dark&size=compact"):
        assert reader.get(f"{EMBED}?{query}").status == 200
    assert len(kept) == 3


def test_choices_become_an_address_again_without_what_is_the_default(session):
    action = an_action(session)
    a_group(session)
    montreal, unknown = (groups.share(session, action.id, slug) for slug in ("montreal", "nowhere"))
    assert embed_options.Choices(montreal, "dark", "full").query == {"group": "montreal", "theme": "dark"}
    assert embed_options.Choices(None, "light", "compact").query == {"size": "compact"}
    assert embed_options.Choices(None, "auto", "full").query == {"theme": "auto"}
    assert embed_options.Choices(unknown, "light", "full").query == {}
    assert embed_options.Choices(unknown, "light", "full", keeps_unknown=True).query == {"group": "nowhere"}


@pytest.mark.parametrize(("query", "lang"), [("lang=fr", "fr"), ("lang=de", "en"), ("", "en"), ("lang=", "en")])
def test_where_the_path_has_no_language_the_query_has_it(reader, session, query, lang):
    an_action(session)
    page = reader.get(f"/actions/ua-12-26/badge.svg?{query}", headers={"Accept-Language": "fr"})
    assert page.soup.svg["lang"] == lang
