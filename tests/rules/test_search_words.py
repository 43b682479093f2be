"""Names and addresses are found by kept words, which are deleted with them."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, a_sending, an_action
from tests.rules.test_forgetting import LONG_AFTER, purge
from ua_tracker import actions, forgetting, ledger, letters, pledges, private_links, search_words
from ua_tracker.ledger import Wanted
from ua_tracker.models import Mail, Pledge, PledgeWord, Report, ReportWord

NAMES = (
    "Ana García López",
    "Anaïs O’Neill-Roy",
    "山田太郎",
    "Jean-François D'Aoust",
    "Łukasz Żak",
    "50% off",
    "Mariana Sol",
)
TEXTS = {
    "ana": [NAMES[0], NAMES[1]],
    "garcia lo": [NAMES[0]],
    "LÓPEZ": [NAMES[0]],
    "opez": [],
    "ana lopez": [],
    "roy": [NAMES[1]],
    "neill-": [NAMES[1]],
    "太郎": [NAMES[2]],
    "francois": [NAMES[3]],
    "aoust": [NAMES[3]],
    "zak": [NAMES[4]],
    "%": [NAMES[5]],
    "user-3@": [NAMES[3]],
    "user-": list(NAMES),
    "ser-3": [],
    "example.org": list(NAMES),
    "@example.org": list(NAMES),
    "example.com": [],
    "user-3@example.org": [NAMES[3]],  # and not all others of its domain
    "nobody@example.org": [],
    "@user-3@example.org": [],
}


def found(session, action, text: str, **how) -> list[str]:
    return [row.name for row in ledger.pledges(session, action, None, Wanted(text=text, **how)).rows]


def words(session) -> set[str]:
    return {*session.scalars(select(PledgeWord.word)), *session.scalars(select(ReportWord.word))}


@pytest.mark.parametrize("most", [search_words.MOST_COLLECTED, 0], ids=["from the words", "from the rows"])
def test_a_name_is_found_where_a_word_begins_however_many_match(session, monkeypatch, most):
    monkeypatch.setattr(search_words, "MOST_COLLECTED", most)
    action = an_action(session)
    for number, name in enumerate(NAMES):
        a_pledge(session, action, name=name, email=f"user-{number}@example.org")
    assert {text: sorted(found(session, action, text)) for text in TEXTS} == {
        text: sorted(names) for text, names in TEXTS.items()
    }


def test_inside_words_it_is_found_on_request(session):
    action = an_action(session)
    a_pledge(session, action, name="Ana García López", email="user@example.org")
    assert found(session, action, "opez") == found(session, action, "ser@ex") == []
    assert found(session, action, "opez", inside=True) == found(session, action, "ser@ex", inside=True) != []


def test_only_the_action_that_is_looked_at_is_searched(session):
    first, second = an_action(session), an_action(session, slug="ua-13-26")
    a_pledge(session, first, name="Ana López"), a_report(session, first, name="Ana López")
    assert found(session, second, "lopez") == []
    assert [row.name for row in ledger.reports(session, first, None, Wanted(text="lopez")).rows] == ["Ana López"]
    assert ledger.reports(session, second, None, Wanted(text="lopez")).rows == []


def test_names_are_sorted_without_case_and_accents(session):
    action = an_action(session)
    for name in ("Zoé", "élodie", "Émile", "adam", None):
        a_pledge(session, action, name=name)
    rows = ledger.pledges(session, action, None, Wanted(), sort="name").rows
    assert [row.name for row in rows] == [None, "adam", "élodie", "Émile", "Zoé"]


def test_who_takes_another_name_or_address_is_found_by_it_alone(session):
    action = an_action(session)
    a_group(session)
    pledge = a_pledge(session, action, name="Ana López", email="ana@example.org")
    pledges.change_who(session, action, pledge, name="Bea Núñez", group=None, now=NOON)
    assert words(session) == {"nunez", "ana@example.org"}
    pledges.want_email(session, pledge, "bea@example.org", SECRET, NOON)
    session.commit()
    mail = session.scalars(select(Mail).where(Mail.kind == "new_address")).one()
    pledges.confirm_email(session, private_links.token_for(mail.facts["key"], SECRET, private_links.CONFIRM), NOON)
    assert words(session) == {"nunez", "bea@example.org"}
    forgetting.remove_email(session, pledge, NOON)
    assert (words(session), pledge.name_key) == ({"nunez"}, "bea nunez")


def test_who_is_forgotten_leaves_no_word(session):
    action = an_action(session)
    pledge = a_pledge(session, action, name="Ana López", email="ana@example.org")
    a_report(session, action, pledge=pledge, name="Ana López", email="ana@example.org")
    own = a_report(session, action, name="Bea Núñez", email="bea@example.org")
    forgetting.erase(session, pledge, NOON)
    assert words(session) == {"nunez", "bea@example.org"}
    sending = a_sending(action, name="Bea Núñez", email="bea@example.org", sent_on=date(2026, 3, 8))
    fresh = letters.correct(session, action, own, sending, once_key="again", now=NOON)
    assert session.scalars(select(ReportWord.row_id).distinct()).all() == [fresh.id]
    forgetting.erase(session, fresh, NOON)
    session.commit()
    assert words(session) == set()
    keys = [*session.scalars(select(Pledge.name_key)), *session.scalars(select(Report.name_key))]
    assert set(keys) == {""}


def test_a_purge_deletes_all_words(session):
    action = an_action(session)
    a_pledge(session, action, name="Ana López", email="ana@example.org")
    a_report(session, action, name="Bea Núñez", email="bea@example.org")
    purge(session, LONG_AFTER)
    assert words(session) == set()


def test_a_practice_copy_is_removed_with_its_words(session):
    action = an_action(session, practice=True)
    a_pledge(session, action, name="Ana López"), a_report(session, action, name="Ana López")
    actions.remove(session, action)
    session.commit()
    assert words(session) == set()
