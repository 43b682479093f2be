"""The page on which a letter is written, and its envelopes and labels."""

from datetime import UTC, datetime

from tests.factories import a_group, an_action

WRITE = "/en/actions/ua-12-26/write"


def test_each_recipient_has_a_letter_and_a_sheet_and_the_way_to_report(reader, session):
    an_action(session)
    a_group(session)
    page = reader.get(f"{WRITE}?group=montreal")
    assert len(page.soup.select(".letter textarea")) == len(page.soup.select(".sheet")) == 2
    assert "1. Release Ana Lopez." in page.soup.select_one("textarea").get_text()
    assert page.soup.select_one(".sheet .date").get_text() == "March 10, 2026"
    assert page.soup.select_one('a[href^="mailto:justice@example.org?"]')
    [sent] = [link for link in page.soup.select("a") if link.get_text() == "I sent it"]
    assert sent["href"] == "/en/actions/ua-12-26/letters?group=montreal"


def test_nothing_typed_there_can_be_sent_to_the_site(reader, session):
    an_action(session)
    page = reader.get(WRITE)
    assert not page.soup.select("form")
    assert not [field for field in page.soup.select("textarea, input") if field.get("name")]


def test_what_is_typed_is_kept_by_the_browser_for_this_action_recipient_and_language(reader, session):
    action = an_action(session, language="fr")
    page = reader.get(WRITE)
    [kept] = page.soup.select("[data-kept]")
    assert (kept["data-kept"], kept["data-days"]) == ("ua-12-26", "20")
    assert "comes back on this page until March 29, 2026" in page.text
    fields = [field["data-field"] for field in page.soup.select("[data-field]")]
    assert fields == [*(f"{one.id}-fr" for one in (*action.targets, *action.copies)), "name", "address"]
    assert "Is it safe for you to write?" in page.soup.select_one(".own").get_text()
    assert "Scripts are off in your browser." in page.soup.select_one("noscript").get_text()


def test_a_mail_link_too_long_for_mail_programs_opens_an_empty_mail(reader, session):
    an_action(session, demands=["Release every one of them. " * 40])
    page = reader.get(WRITE)
    link = page.soup.select_one("[data-mail]")
    assert "&body=" not in link["href"]
    assert [one.get_text() for one in link.select("span:not([hidden])")] == ["Open an empty mail"]


def test_an_address_too_long_for_its_place_is_printed_in_another(reader, session):
    action = an_action(session)
    action.targets[0].address_lines = [f"Line {number}" for number in range(60)]
    session.commit()
    page = reader.get(WRITE)
    assert "too long for a window envelope" in page.soup.select(".letter")[0].get_text()
    assert "too long for a window envelope" not in page.soup.select(".letter")[1].get_text()
    assert len(page.soup.select(".head.too-long span")) == 62 + 3
    labels = reader.get(f"{WRITE}/labels").soup
    assert "Line 59" not in labels.select_one(".labels").get_text()
    assert "Line 59" in labels.select_one(".slips").get_text()


def test_the_action_leads_there_while_it_is_open(reader, session, clock):
    an_action(session)
    assert reader.get("/en/actions/ua-12-26").soup.select(f'a[href="{WRITE}"]')
    clock.at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    assert not reader.get("/en/actions/ua-12-26").soup.select(f'a[href="{WRITE}"]')
    closed = reader.get(WRITE)
    assert not closed.soup.select("textarea, .sheet")
    assert closed.soup.h1.get_text() == "TEACHER HELD WITHOUT CHARGE"  # nothing there asks for a letter
    assert "Write your letter" not in closed.text
    assert "Urgent Action Office" in closed.text
    assert not reader.get(f"{WRITE}/envelopes").soup.select(".cover")


def test_envelopes_and_labels_carry_the_addresses_for_the_paper(reader, session):
    action = an_action(session)
    action.targets[0].address_lines = ["4th Floor", "Islamabad, Pakistan"]
    session.commit()
    covers = reader.get(f"{WRITE}/envelopes?paper=a4").soup.select(".cover.a4")
    assert [line.get_text() for line in covers[0].select("span")][-1] == "PAKISTAN"
    assert len(reader.get(f"{WRITE}/labels?paper=letter").soup.select(".labels address")) == 10
    assert len(reader.get(f"{WRITE}/labels?paper=a4").soup.select(".labels address")) == 8


def test_a_name_in_its_own_script_stands_apart(reader, session):
    action = an_action(session)
    action.targets[0].name = "سید محسن رضا نقوی"
    session.commit()
    assert "<bdi>سید محسن رضا نقوی</bdi>" in reader.get(f"{WRITE}/envelopes").html


def test_the_letter_of_a_pledge_leads_back_to_its_private_page(reader, session):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    [link] = {one["href"] for one in mine.soup.select("main a") if "Write my letter now" in one.get_text()}
    page = reader.get(link)
    path = link.removesuffix("/write")
    sent = [one["href"] for one in page.soup.select("main a") if "I sent it" in one.get_text()]
    assert (page.headers["Referrer-Policy"], sent) == ("same-origin", [f"{path}#report"])
    for one in page.soup.select("main a[href*='/write']"):
        assert one["href"].startswith(path), "paper, envelopes and labels stand below the private link too"
        assert reader.get(one["href"]).headers["Cache-Control"] == "no-store"
