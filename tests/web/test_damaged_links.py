"""Links that mail programs damaged: private ones, those of a preview or an invitation, and public ones with a group."""

import pytest

from tests.factories import NOON, SECRET, a_group, a_pledge, an_action
from ua_tracker import coordinators, previews, private_links

# Keys whose tokens end with a letter and hold, among others, both characters that are neither letter nor digit.
KEY = next(f"a key {n}" for n in range(1000) if {"-", "_"} <= set(private_links.token_for(f"a key {n}", SECRET)[5:40]))
TAILS = [
    *(".", ")", ">", ",", ";", '"', "*", "_", "**", "__", "_*", "-", "~", "]", "}", "|", "!", ")."),
    *("%22", "%20", "%0A", "%3D", "%3E", "%253E", "%2A", "%5F", "=", "=3D", "=20", "=0D=0A", "=2E", "&gt;", "&#62;"),
    *("%E2%80%8B", "%E2%80%9D", "%E2%80%99", "%C2%BB", "%C2%A0%C2%BB", "%EF%BC%8E", "%EF%BB%BF", "%E2%81%A9"),
]
# What wrappers and programs that write the link twice put behind it.
WRAPPED = [
    "&data=05%7C02%7Camal%40example.org%7C2f0c&reserved=0",
    "%26data%3D05%257C02",
    "%3Chttps://nam02.safelinks.protection.outlook.com/%3Furl%3Dhttps%253A%252F%252Fexample.org%3E",
    "https://ua.example.org/en/pledges/{token}",
    "%20%5Bua.example.org%5D",
    "__;!!Kz7sQ!abcdefghijklmnop$",
    "_https:/ua.example.org/en/",
]


def leads_to(answer) -> str | None:
    return answer.headers["Location"] if answer.status == 302 else None


@pytest.mark.parametrize("page", ["", "/answer"])
@pytest.mark.parametrize("tail", TAILS)
def test_what_a_mail_program_adds_to_a_private_link_is_taken_off(reader, session, page, tail):
    a_pledge(session, an_action(session), once_key=KEY)
    link = f"/en/pledges/{private_links.token_for(KEY, SECRET)}{page}"
    answer = reader.get(f"{link}{tail}")
    assert leads_to(answer) == link
    assert answer.headers["Cache-Control"] == "no-store"
    assert reader.get(link).status == 200


@pytest.mark.parametrize("behind", WRAPPED)
@pytest.mark.parametrize("inside", ["", "=%0D%0A", "%0A"])
def test_a_private_link_opens_whatever_a_wrapper_put_behind_it(reader, session, behind, inside):
    a_pledge(session, an_action(session), once_key=KEY)
    token = private_links.token_for(KEY, SECRET)
    answer = reader.get(f"/fr/pledges/{token[:20]}{inside}{token[20:]}{behind.format(token=token)}")
    assert leads_to(answer) == f"/fr/pledges/{token}"


@pytest.mark.parametrize("inside", ["=%0D%0A", "%0A", "=", "=3D", "%20", "%0D%0A%20", "%E2%80%8B", "%C2%AD"])
def test_a_private_link_that_was_broken_into_lines_is_joined(reader, session, inside):
    token = private_links.token_for(KEY, SECRET)
    answer = reader.get(f"/fr/pledges/{token[:20]}{inside}{token[20:]}")
    assert leads_to(answer) == f"/fr/pledges/{token}"


@pytest.mark.parametrize("rest", ["x", "...", "a/b", "t" * 43, "t" * 43 + "/nowhere.", "%3Cscript%3E", "=3D", "%E9"])
def test_what_cannot_be_mended_offers_the_lost_link_and_is_not_logged(reader, session, caplog, rest):
    for answer in (reader.get(f"/en/pledges/{rest}"), reader.post(f"/en/pledges/{rest}.", {})):
        if answer.status == 302:
            answer = answer.follow()
        assert answer.status == 404
        assert answer.soup.select_one('main a[href="/en/pledges/link"]')
    assert caplog.text == ""


@pytest.mark.parametrize("tail", [".", "_", ").", "%3E", "=20"])
def test_links_to_previews_and_invitations_are_mended_too(reader, session, tail):
    draft = an_action(session, published_at=None)
    preview = previews.make(session, draft, actor="oda", now=NOON)
    invitation = coordinators.invite(session, "olu@example.org", "office", None, by="oda", now=NOON)
    session.commit()
    for path in (f"/en/preview/{preview}", f"/fr/login/password/{invitation}"):
        answer = reader.get(f"{path}{tail}")
        assert leads_to(answer) == path
        assert answer.headers["Cache-Control"] == "no-store"
        assert reader.get(path).status == 200


@pytest.mark.parametrize("tail", [".", ")", "*", "_", "%3E", "=20", "%E2%80%9D", "&gt;", "%C2%A0%C2%BB"])
def test_a_public_link_loses_neither_its_page_nor_its_group(reader, session, tail):
    an_action(session)
    a_group(session)
    for path in ("/en/actions/ua-12-26", "/fr/actions/ua-12-26/letters", "/en/actions/ua-12-26/share"):
        assert leads_to(reader.get(path + tail)) == path
        assert leads_to(reader.get(f"{path}{tail}?group=montreal")) == f"{path}?group=montreal"
        assert "Groupe de Montréal" in reader.get(f"{path}?group=montreal{tail}").text
    assert reader.get("/en/nowhere.").status == 404
    assert [reader.get(f"/api/v1/actions{tail}").status, reader.get("/api/v1/actions").status] == [404, 200]
    assert reader.get("//elsewhere.example/en/.").status == 400
