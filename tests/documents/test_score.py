"""The command that judges the importer on a folder of documents."""

import json

import pytest

from tests.documents import score
from tests.documents.compare import Verdict, compare
from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.importing import Draft, Value

DOCUMENT = """\
First UA: 15/26 Index: AFR 22/0815/2026 Gabon of April 2, 2026

GABON

NET MENDER KEPT FROM THE BEACH

Write to the Harbour Minister urging her to:
- Open the beach.

Write to:
Minister of Harbours
Mrs Odile Mbina
12 Quay Road
Libreville, Gabon
Email: office@harbours.example.org
Salutation: Dear Minister,

Please take action as soon as possible until May 14, 2026.
"""
MINISTER = {
    "role": "Minister of Harbours",
    "name": "Mrs Odile Mbina",
    "address_lines": ["12 Quay Road", "Libreville, Gabon"],
    "phones": [],
    "email": ["office@harbours.example.org"],
    "salutation": "Dear Minister,",
}


def verdicts(expected, draft):
    return {one.path: one.verdict for one in compare(expected, draft)}


def test_each_value_is_judged_and_what_nobody_expected_is_wrong():
    draft = Draft(
        ua_number="15/26", country="Published", targets=[WrittenRecipient(role="Mayor", name="Ada", x="@ada")]
    )
    expected = {
        "ua_number": "15/26",
        "country": "Gabon",
        "title": "A title",
        "targets": [{"role": "Mayor", "name": "Ada", "x": None, "fax": []}],
    }
    assert verdicts(expected, draft) == {
        "ua_number": Verdict.RIGHT,
        "country": Verdict.WRONG,
        "title": Verdict.SILENT,
        "targets[0].role": Verdict.RIGHT,
        "targets[0].name": Verdict.RIGHT,
        "targets[0].x": Verdict.WRONG,
    }


def test_one_recipient_too_many_does_not_make_the_others_wrong():
    people = [WrittenRecipient(name=name) for name in ("Insert addresses here", "Ada Example", "Ben Example")]
    expected = {"targets": [{"name": "Ada Example"}, {"name": "Ben Example"}]}
    assert verdicts(expected, Draft(targets=people)) == {
        "targets[0].name": Verdict.RIGHT,
        "targets[1].name": Verdict.RIGHT,
        "targets[+0]": Verdict.WRONG,
    }


def test_only_a_doubt_about_a_value_excuses_it():
    draft = Draft(country="Published", title="Categories")
    draft.doubt("The country is doubtful.", about=Value("country"))
    draft.doubt("Somewhere there is something.")
    draft.doubt("No deadline was found.", about=Value("deadline"))
    expected = {"country": "Gabon", "title": "A title", "deadline": "2026-05-14", "issued": "2026-04-02"}
    assert verdicts(expected, draft) == {
        "country": Verdict.DOUBTED,
        "title": Verdict.WRONG,
        "deadline": Verdict.DOUBTED,
        "issued": Verdict.SILENT,
    }


def test_white_space_quotes_and_dashes_are_no_difference_and_capitals_are_one():
    draft = Draft(title="“Potter’s  kiln” – sealed", country="GABON")
    assert verdicts({"title": '"Potter\'s kiln" - sealed', "country": "Gabon"}, draft) == {
        "title": Verdict.RIGHT,
        "country": Verdict.WRONG,
    }


def test_other_readings_are_right_and_what_a_sentence_leaves_open_is_not_judged():
    people = [WrittenRecipient(name="Ada", phones=["1", "2"])]
    expected = {
        "country": "Gabon",
        "targets": [{"name": "Ada", "phones": ["1"]}],
        "copies": [{"name": "Ben"}],
        "_alt": {
            "targets[0].phones": [["1", "2"]],
            "country": "from the address",
            "copies": "he may be a target",
        },
    }
    assert verdicts(expected, Draft(targets=people)) == {
        "targets[0].name": Verdict.RIGHT,
        "targets[0].phones": Verdict.RIGHT,
    }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "harbour.txt").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "no-expectation.txt").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


def test_the_command_prints_a_line_for_each_document_and_says_whether_anything_is_wrong(folder, capsys):
    expected = {"ua_number": "15/26", "country": "Gabon", "targets": [MINISTER], "deadline": "2026-05-14"}
    (folder / "harbour.json").write_text(json.dumps(expected))
    assert score.main([str(folder), "--strict"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "100.0 % of 8 values right, in 1 documents"
    (folder / "harbour.json").write_text(json.dumps(expected | {"country": "Chad"}))
    assert score.main([str(folder), "--strict", "--values"]) == 1
    assert "wrong    country\n           expected 'Chad'\n           read     'Gabon'" in capsys.readouterr().out


def test_all_values_of_a_refused_document_are_refused(tmp_path, capsys):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "empty.json").write_text(json.dumps({"ua_number": "1/26", "copies": [], "targets": [{"role": "A"}]}))
    assert score.main([str(tmp_path), "--strict", "--values"]) == 1
    assert "0.0 % of 2 values right" in capsys.readouterr().out
