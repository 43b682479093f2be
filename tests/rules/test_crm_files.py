"""Who and what goes into a CRM: people who agreed, with an id across actions, and first and last name apart."""

import re
from pathlib import Path

import pytest

from tests.factories import NOON, a_group, a_pledge, an_action
from tests.rules.test_exports import SECRET, file_of, rows_of
from ua_tracker import exports
from ua_tracker.exports import Flavour, crm_files, people

PAGE = Path(__file__).resolve().parents[2] / "docs" / "crm.md"
OF_PEOPLE = [(Flavour.ACTION_NETWORK, "email"), (Flavour.CIVICRM, "Email")]


def agreed(session, action, name, **changes):
    pledge = a_pledge(session, action, name=name, email=f"{name.split()[0].lower()}@example.org", **changes)
    pledge.wants_outcome = True
    session.commit()
    return pledge


@pytest.mark.parametrize(("flavour", "address"), OF_PEOPLE)
def test_a_crm_gets_only_people_who_agreed_to_hear_from_us(session, flavour, address):
    action = an_action(session)
    a_group(session)
    agreed(session, action, "Amal Haddad", group="montreal")
    a_pledge(session, action, name="Never asked", email="never@example.org")
    for name, change in {"Stopped": "mails_stopped_at", "Withdrew": "withdrawn_at", "Voided": "voided_at"}.items():
        setattr(agreed(session, action, name), change, NOON)
    held = agreed(session, action, "Held")
    held.is_held, held.held_for = True, "pace"
    agreed(session, an_action(session, slug="ua-13-26"), "Elsewhere")
    a_pledge(session, action, name="No address").wants_outcome = True
    session.commit()
    assert [row[address] for row in rows_of(file_of(exports.pledges, session, action, flavour=flavour))] == [
        "amal@example.org"
    ]
    told = [row["wants_outcome"] for row in rows_of(file_of(exports.pledges, session, action))]
    assert told == ["1", *"0" * (len(told) - 1)]


def test_the_columns_are_those_that_the_programs_know(session):
    action = an_action(session, slug="ua-109-23-2")
    a_group(session)
    agreed(session, action, "Zoé van den Roy", group="montreal", language="fr", letters=4)
    files = {flavour: file_of(exports.pledges, session, action, flavour=flavour).decode() for flavour, _ in OF_PEOPLE}
    person = people.ids(SECRET)("zoé@example.org")
    assert files[Flavour.ACTION_NETWORK] == (
        "email,first_name,last_name,language,ua_person_id,ua_pledge_id,ua_action,ua_group,ua_letters,"
        "ua_wants_outcome,ua_api_key,ua_last_row\r\n"
        f"zoé@example.org,Zoé,van den Roy,fr,{person},ua-pledge-1,ua-109-23-2,montreal,4,1,,yes\r\n"
    )
    assert files[Flavour.CIVICRM] == (
        "External Identifier,First Name,Last Name,Email,Preferred Language,Contact Source,ua_pledge_id,ua_action,"
        "ua_group,ua_letters,ua_wants_outcome,ua_api_key,ua_last_row\r\n"
        f"{person},Zoé,van den Roy,zoé@example.org,fr_CA,Urgent Action ua-109-23-2,ua-pledge-1,ua-109-23-2,montreal,"
        "4,1,,yes\r\n"
    )


@pytest.mark.parametrize(
    ("title", "columns"),
    [("Action Network", crm_files.ACTION_NETWORK_COLUMNS), ("CiviCRM", crm_files.CIVICRM_COLUMNS)],
)
def test_every_column_is_explained(title, columns):
    section = next(one for one in PAGE.read_text().split("\n## ") if one.startswith(f"{title}\n"))
    assert re.findall(r"^\| `([^`]+)` \|", section, re.M) == list(columns)


def test_a_person_has_one_id_in_all_actions_and_spellings(session):
    ids = []
    for slug, email in (("ua-12-26", "Amal@Example.ORG"), ("ua-13-26", " amal@example.org"), ("ua-14-26", "a@b.org")):
        action = an_action(session, slug=slug)
        a_pledge(session, action, email=email)
        [row] = rows_of(file_of(exports.pledges, session, action))
        ids.append(row["person_id"])
    assert ids[0] == ids[1] != ids[2]
    assert re.fullmatch(r"ua-person-[0-9a-f]{24}", ids[0])
    assert people.ids(SECRET)(None) == people.ids(SECRET)("") == ""
    assert people.ids("another key")("amal@example.org") != ids[0]


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        (None, "", ""), ("Amal", "Amal", ""), ("李小龍", "李小龍", ""), ("Zoé Roy", "Zoé", "Roy"),
        ("  Zoé \u00a0 Roy ", "Zoé", "Roy"), ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("María José García", "María", "José García"), ("Zoé ROY", "Zoé", "ROY"), ("ROY Zoé", "Zoé", "ROY"),
        ("DE LA TOUR Jean-Luc", "Jean-Luc", "DE LA TOUR"), ("Ludwig van BEETHOVEN", "Ludwig", "van BEETHOVEN"),
        ("Jean Paul SARTRE", "Jean Paul", "SARTRE"), ("JEAN ROY", "JEAN", "ROY"), ("JP Tremblay", "JP", "Tremblay"),
        ("J. R. R. Tolkien", "J. R. R.", "Tolkien"), ("Mary J. Smith", "Mary J.", "Smith"), ("A. B.", "A.", "B."),
        ("Roy, Zoé", "Zoé", "Roy"), ("de la Tour, Jean", "Jean", "de la Tour"), ("Zoé Roy, Laval", "Zoé", "Roy, Laval"),
        ("Martin King, Jr.", "Martin", "King, Jr."), ("أمل حداد", "أمل", "حداد"), ("Анна ИВАНОВА", "Анна", "ИВАНОВА"),
        ("O'Neil-Roy", "O'Neil-Roy", ""), ("amal haddad", "amal", "haddad"), (",", ",", ""), ("a,b,c", "a,b,c", ""),
    ],
)  # fmt: skip
def test_first_and_last_name_as_far_as_can_be_told(name, given, family):
    assert people.apart(name) == (given, family)
