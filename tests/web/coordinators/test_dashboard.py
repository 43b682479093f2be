"""The coordinators' pages: the pace of an action, its plot, and what can be done with it."""

from datetime import date, timedelta

from sqlalchemy import update

from tests.factories import NOON, PASSWORD, a_case, a_group, a_mail, a_pledge, a_report, an_action
from ua_tracker import actions, letters, not_reported, pledges
from ua_tracker.models import AuditEntry, Mail

ACTION = "/en/dashboard/ua-12-26"


def test_the_list_shows_each_actions_pace(office, session):
    a_report(session, an_action(session), target=40)
    an_action(session, slug="ua-13-26", title="A DRAFT", published_at=None)
    page = office.get("/en/dashboard/")
    assert "TEACHER HELD WITHOUT CHARGE" in page.text
    assert "A DRAFT" in page.text
    # Sixty letters in the six days to the deadline, that day included; forty were reported in the last seven days.
    assert "5.7 too slow: 10 needed" in page.text


def cells(page) -> dict[str, list[str]]:
    """The words of each row's cells, by the action's short name."""
    rows = [
        [" ".join(cell.get_text().split()) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")
    ]
    return {row[0].split()[-1]: row[1:] for row in rows}


def test_each_state_has_its_word_and_what_is_urgent_stands_first(office, session):
    closed = {"closed_at": NOON, "closed_reason": "stop action"}
    an_action(session, slug="stopped", **closed)
    an_action(session, slug="news", **{**closed, "closed_reason": "good news"})
    an_action(session, slug="over", deadline=date(2026, 1, 5))
    an_action(session, slug="draft", published_at=None, deadline=None)
    an_action(session, slug="late", deadline=date(2026, 3, 9))
    an_action(session, slug="far", deadline=date(2026, 4, 30))
    an_action(session, slug="week", deadline=date(2026, 3, 18))
    an_action(session, slug="soon", deadline=date(2026, 3, 17))
    a_report(session, an_action(session, slug="won", goal=3), target=3)
    shown = cells(office.get("/en/dashboard/"))
    words = {slug: row[0] for slug, row in shown.items()}
    assert words == {
        "won": "goal reached", "soon": "closes soon", "week": "open", "far": "open", "late": "reporting",
        "draft": "draft", "over": "closed", "stopped": "Stopped", "news": "Good news",
    }  # fmt: skip
    assert list(shown)[:6] == ["won", "soon", "week", "far", "late", "draft"]
    assert (shown["soon"][1], shown["late"][1], shown["draft"][1]) == ("7 Mar 17", "– March 9, 2026", "– no deadline")


def test_of_each_state_what_ends_first_stands_first_and_the_latest_of_the_closed(office, session):
    an_action(session, slug="later", deadline=date(2026, 3, 8))
    an_action(session, slug="sooner", deadline=date(2026, 3, 9), grace_days=3)
    an_action(session, slug="draft-none", published_at=None, deadline=None)
    an_action(session, slug="draft-may", published_at=None, deadline=date(2026, 5, 1))
    an_action(session, slug="draft-june", published_at=None, deadline=date(2026, 6, 1))
    an_action(session, slug="old", deadline=date(2026, 1, 5))
    an_action(session, slug="older", deadline=date(2025, 1, 5))
    assert list(cells(office.get("/en/dashboard/"))) == [
        "sooner", "later", "draft-may", "draft-june", "draft-none", "old", "older",
    ]  # fmt: skip


def test_the_list_counts_the_pledges_without_a_report_and_leads_to_them(office, montreal, session):
    action = an_action(session)
    for group in ("montreal", "montreal", None):
        a_pledge(session, action, group=group)
    a_report(session, action, pledge=a_pledge(session, action, group="montreal"))
    pledges.void(session, a_pledge(session, action), "a test", NOON, actor="rosa")
    taken_back = a_report(session, action, pledge=a_pledge(session, action))
    letters.void(session, taken_back, "a test", NOON, actor="rosa")
    session.commit()
    assert cells(office.get("/en/dashboard/"))["ua-12-26"][-1].startswith("4 Not yet reported: TEACHER")
    page = montreal.get("/en/dashboard/")
    assert cells(page)["ua-12-26"][-1].startswith("2 Not yet reported: TEACHER")
    leads_to = montreal.get(page.soup.select_one("tbody td.n a")["href"])
    listed = montreal.get(leads_to.soup.select_one("main a[href*='reported=no']")["href"])
    assert len(listed.soup.select("tbody tr")) == 2


def test_an_action_with_more_pledges_than_a_page_may_count_leads_to_the_list(office, session, monkeypatch):
    monkeypatch.setattr(not_reported, "MOST_COUNTED", 1)
    action = an_action(session)
    a_pledge(session, action)
    a_pledge(session, action)
    assert cells(office.get("/en/dashboard/"))["ua-12-26"][-1].startswith("See the list")


def test_a_corrected_number_is_named_beside_the_short_name_that_tells_another_one(office, session):
    an_action(session, case_id=a_case(session, "12/26").id)
    an_action(session, slug="ua-13-26-2", case_id=a_case(session, "13/26").id)
    an_action(session, slug="ua-1-26", case_id=a_case(session, "1/27").id)
    session.commit()
    hints = [" ".join(one.get_text().split()) for one in office.get("/en/dashboard/").soup.select("tbody th .hint")]
    assert sorted(hints) == ["ua-1-26 UA 1/27", "ua-12-26", "ua-13-26-2"]
    assert "UA 1/27" in office.get("/en/dashboard/ua-1-26").soup.select_one(".kicker").get_text()


def test_a_groups_pace_is_its_own(montreal, session):
    action = an_action(session)
    a_report(session, action, target=7, group="montreal")
    a_report(session, action, target=63)
    a_report(session, action, target=7, group="montreal", now=NOON - timedelta(days=8), sent_on=date(2026, 3, 1))
    shown = cells(montreal.get("/en/dashboard/"))["ua-12-26"]
    assert shown[2:6] == ["77 of 100", "14", "0", "1"]


def test_a_mail_that_was_given_up_is_said_without_reading_the_others(office, session):
    an_action(session)
    a_mail(session)
    session.execute(update(Mail).values(due_at=None, ended_at=NOON, ending="given up"))
    session.commit()
    assert "One mail could not be sent." in office.get("/en/dashboard/").text


def test_the_table_is_one_for_screen_readers_also_where_it_is_shown_as_cards(office, session):
    an_action(session)
    table = office.get("/en/dashboard/").soup.select_one("table[role=table]")
    assert {part.name: part["role"] for part in table.select("*[role]")} == {
        "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "th": "rowheader", "td": "cell",
    }  # fmt: skip
    heads = [head.get_text() for head in table.select("[role=columnheader].n")]
    assert [cell["data-label"] for cell in table.select("td.n")] == heads


def test_the_page_of_an_action_has_one_box_with_what_to_do_next(office, session, montreal):
    an_action(session)
    an_action(session, slug="draft", published_at=None)
    an_action(session, slug="over", deadline=date(2026, 1, 5))
    boxes = {slug: office.get(f"/en/dashboard/{slug}").soup.select(".box .strong") for slug in ("draft", "over")}
    assert ([one.get_text() for one in boxes["draft"]], boxes["over"]) == (["Publish"], [])
    for reader in (office, montreal):
        assert [one.get_text() for one in reader.get(ACTION).soup.select(".box .strong")] == ["Letter evenings"]


def test_after_the_deadline_those_who_promised_letters_come_first(office, session):
    an_action(session, slug="quiet", deadline=date(2026, 3, 1))
    promised = an_action(session, slug="promised")
    a_pledge(session, promised)
    promised.deadline = date(2026, 3, 1)
    session.commit()
    for slug, words in (("promised", ["Not yet reported"]), ("quiet", ["Letter evenings"])):
        box = office.get(f"/en/dashboard/{slug}").soup.select_one(".box")
        assert [one.get_text() for one in box.select(".strong")] == words
        assert len(box.select("a")) == 2


OFFICE = ["Overview", "Pledges", "Letters", "Edit", "Picture", "Duplicate", "History"]
PUBLIC = ["Share this action", "The public page"]


def test_each_page_of_an_action_has_the_same_tabs_and_says_which_one_it_is(office, montreal, session):
    an_action(session)
    an_action(session, slug="draft", published_at=None)
    offered = {
        (office, "ua-12-26"): [*OFFICE[:3], "Letter evenings", *OFFICE[3:], *PUBLIC],
        (office, "draft"): OFFICE,
        (montreal, "ua-12-26"): [*OFFICE[:3], "Letter evenings", *PUBLIC],
    }
    for (reader, slug), words in offered.items():
        tabs = reader.get(f"/en/dashboard/{slug}").soup.select(".tabs a")
        assert [one.get_text() for one in tabs] == words
        for tab in tabs:
            page = reader.get(tab["href"])
            assert page.status == 200
            # The history is of the whole site, and a duplicate is another action.
            if "dashboard" in tab["href"] and tab.get_text() not in {"History", "Duplicate"}:
                assert [one.get_text() for one in page.soup.select(".tabs a")] == words
                assert [one.get_text() for one in page.soup.select(".tabs [aria-current=page]")] == [tab.get_text()]
    assert "group=montreal" in montreal.get(ACTION).soup.select_one('.tabs a[href*="/share"]')["href"]


def test_a_page_below_one_of_the_links_says_to_which_it_belongs(office, session):
    an_action(session)
    a_group(session)
    for path, words in (("evening", "Letter evenings"), ("not-reported", "Pledges")):
        page = office.get(f"{ACTION}/{path}")
        assert [one.get_text() for one in page.soup.select(".tabs [aria-current]")] == [words], path
    for path, words in (("groups/montreal", "Local groups"), ("account/password", "Your account"), ("ua-12-26", None)):
        present = office.get(f"/en/dashboard/{path}").soup.select_one(".who nav [aria-current=true]")
        assert (present.get_text() if present else None) == words, path


def test_a_group_sees_no_drafts_and_its_own_number(montreal, session):
    action = an_action(session)
    an_action(session, slug="ua-13-26", title="A DRAFT", published_at=None)
    a_report(session, action, target=3, group="montreal")
    a_report(session, action, target=9)
    page = montreal.get("/en/dashboard/")
    assert "A DRAFT" not in page.text
    assert montreal.get("/en/dashboard/ua-13-26").status == 404
    shown = montreal.get(ACTION)
    assert (shown.count("group-letters-sent"), shown.count("letters-sent")) == (3, 12)
    assert "Letters by group" not in shown.text


def test_an_action_has_a_plot_in_words_lines_and_a_table(office, session):
    action = an_action(session)
    a_group(session)
    a_pledge(session, action, letters=7)
    a_report(session, action, target=3, group="montreal", channel="fax", sent_on=date(2026, 3, 9))
    page = office.get(ACTION)
    assert "3 of 100 letters sent, 7 pledged." in page.text
    svg = page.soup.select_one("#plot > svg")
    assert svg["role"] == "img"
    assert "3 of 100 letters sent" in svg["aria-label"]
    assert len(svg.select("polyline.letters, polyline.pledged, polyline.needed")) == 3
    row = page.soup.select_one("#plot table tbody tr:nth-of-type(2)")
    cells = [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
    assert cells == ["Mar 9", "3", "3", "0", "0"]
    assert "Fax 3" in page.text
    assert "Groupe de Montréal 3" in page.text
    assert office.get(f"{ACTION}/plot").soup.select_one("#plot > svg")


def test_what_was_edited_since_it_was_looked_at_is_not_published(office, session):
    action = an_action(session, published_at=None)
    shown = office.get(ACTION)
    actions.edit(session, action, {"title": "ANOTHER TEXT"}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    told = shown.submit("The public sees nothing")
    assert told.status == 409
    assert "Somebody else changed “ua-12-26” while you were working on it." in told.text
    assert office.get("/en/actions/ua-12-26").status == 404
    assert told.submit("The public sees nothing").status == 303
    assert office.get("/en/actions/ua-12-26").status == 200


def test_a_group_sees_its_own_numbers_in_the_plot_and_no_goal_of_all(montreal, session):
    action = an_action(session)
    a_report(session, action, target=3, group="montreal")
    a_report(session, action, target=9)
    page = montreal.get(ACTION)
    svg = page.soup.select_one("#plot > svg")
    assert svg["aria-label"] == "Groupe de Montréal: 3 letters sent, 0 pledged."
    assert not svg.select(".goal, .needed")


def test_an_action_that_was_closed_early_keeps_the_pace_it_had(office, session, clock):
    action = an_action(session, published_at=NOON - timedelta(days=4))
    a_report(session, action, target=40)
    actions.close(session, action, actions.ENDED, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    before = office.get(ACTION).soup.select_one("#plot p").get_text()
    clock.pass_by(days=4)
    office.sign_in("oda@example.org", PASSWORD)
    assert "That is 8 a day" in before
    after = office.get(ACTION)
    assert after.soup.select_one("#plot p").get_text() == before
    assert not after.soup.select("#plot .needed")


def test_what_was_typed_to_close_or_extend_stays_when_somebody_was_quicker(office, session):
    action = an_action(session)
    page = office.get(ACTION)
    actions.edit(session, action, {"title": "ANOTHER TEXT"}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    told = page.submit("Close now", reason="good news", outcome="She is free.")
    assert (told.status, told.soup.select_one("details[open] #outcome").get_text().strip()) == (409, "She is free.")
    later = page.submit("New deadline", deadline="2026-03-20")
    again = office.get(ACTION)
    assert (later.status, later.soup.select_one("details[open] #new-deadline")["value"]) == (409, "2026-03-20")
    assert later.submit("New deadline").status == 303
    assert page.submit("Close now", reason="good news", outcome="She is home.").status == 409
    closed = office.get(ACTION).submit("Close now", reason="good news", outcome="She is free.")
    assert closed.status == 303
    assert "March 25, 2026" in again.submit("New deadline", deadline="2026-03-25").text
    late = told.submit("Close now", reason="good news", outcome="She is home.")
    assert (late.status, "She is home." in late.text) == (409, True)


def test_published_twice_is_published_once_and_recorded_once(office, session):
    an_action(session, published_at=None)
    page = office.get(ACTION)
    for _ in range(2):
        assert page.submit("The public sees nothing").status == 303
    assert [line.event for line in session.query(AuditEntry) if line.subject == "ua-12-26"] == ["published"]


def test_publish_extend_close_and_reopen(office, session):
    an_action(session, published_at=None)
    assert "draft" in office.get(ACTION).text
    published = office.get(ACTION).submit("The public sees nothing").follow()
    assert "The action is published." in published.html
    assert office.get("/en/actions/ua-12-26").status == 200
    extended = published.submit("New deadline", deadline="2026-03-20").follow()
    assert "Friday, March 20, 2026" in extended.text
    refused = extended.submit("New deadline", deadline="2026-03-12")
    assert "If that is wrong, tick the box for an earlier day." in refused.text
    corrected = refused.submit("New deadline", deadline="2026-03-12", is_earlier="y").follow()
    assert "Thursday, March 12, 2026" in corrected.text
    closed = corrected.submit("Close now", reason="good news", outcome="She is free.").follow()
    assert "Good news" in closed.text
    assert "She is free." in office.get("/en/actions/ua-12-26").text
    again = closed.submit("Reopen").follow()
    assert "The action is reopened; its deadline applies." in again.html
    assert again.soup.select_one("#counter[hx-get]")


def test_a_note_to_the_public_is_on_the_page(office, session):
    an_action(session)
    said = office.get(ACTION).submit("Note to the public", note="We had counted one evening twice.")
    assert said.status == 303
    assert "We had counted one evening twice." in office.get("/en/actions/ua-12-26").text


def test_a_refused_form_leaves_the_tab_of_its_page_marked(office, session):
    an_action(session)
    told = office.get(ACTION).submit("Move it", deadline="")
    assert told.status == 422
    assert told.soup.select_one(".tabs [aria-current=page]").get_text() == "Overview"


def test_a_draft_has_no_plot(office, session):
    an_action(session, published_at=None)
    assert not office.get(ACTION).soup.select("#plot")
