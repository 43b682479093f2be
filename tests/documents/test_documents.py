"""What is read from our own documents: all layouts, all kinds of files, and each of them written differently."""

from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.documents.compare import Judged, Verdict, compare
from tests.documents.score import Scored, documents_in, expected_of, score, tally
from tests.documents.variants import CONTAINERS, VARIANTS
from ua_tracker.importing import reading

FOLDER = Path(__file__).parent
DOCUMENTS = documents_in(FOLDER)
TEXTS = [document for document in DOCUMENTS if document.suffix in (".txt", ".md")]
# Wide gaps divide the lines of some documents. A page has none: there they would be other documents.
WIDE = "   "
# A failing example needs no smaller one: each is one short document.
FEW = settings(max_examples=3, phases=[Phase.explicit, Phase.generate])


def name_of(document: Path) -> str:
    return document.name


@cache
def scored(document: Path) -> Scored:
    return score(document)


def not_right(judged: list[Judged]) -> set[str]:
    return {one.path for one in judged if one.verdict is not Verdict.RIGHT}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_value_of_a_document_is_wrong(document):
    assert scored(document).refusal is None
    assert [one for one in scored(document).judged if one.verdict is Verdict.WRONG] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_value_of_a_document_is_lost_again(document):
    assert not_right(scored(document).judged) == set()


def test_nearly_all_values_are_found():
    total = tally(one for document in DOCUMENTS for one in scored(document).judged)
    assert len(DOCUMENTS) >= 40
    assert total[Verdict.RIGHT] >= 0.95 * total.total(), total


@pytest.mark.parametrize("document", TEXTS, ids=name_of)
@given(seed=st.integers(0, 10_000), variants=st.sets(st.sampled_from(sorted(VARIANTS)), min_size=1, max_size=3))
@FEW
def test_a_document_written_differently_is_read_alike(document, seed, variants):
    text = document.read_text(encoding="utf-8")
    for name in sorted(variants):
        text = VARIANTS[name](text, Random(seed))
    assert_read_alike(document, text.encode(), document.name)


@pytest.mark.parametrize("document", TEXTS, ids=name_of)
def test_a_document_whose_blank_lines_were_removed_is_read_alike(document):
    full = [line for line in document.read_text(encoding="utf-8").split("\n") if line.strip()]
    assert_read_alike(document, "\n".join(full).encode(), document.name)


@pytest.mark.parametrize("document", TEXTS, ids=name_of)
def test_a_document_with_a_blank_line_behind_every_line_is_read_alike(document):
    content = document.read_text(encoding="utf-8").replace("\n", "\n\n")
    assert_read_alike(document, content.encode(), document.name)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("document", [one for one in TEXTS if one.suffix == ".txt"], ids=name_of)
def test_a_document_in_another_file_is_read_alike(document, container):
    text = document.read_text(encoding="utf-8")
    if WIDE not in text:
        assert_read_alike(document, *container(text))


def assert_read_alike(document: Path, content: bytes, name: str) -> None:
    """Every value that is right in the document is right in this one, and none is wrong."""
    judged = compare(expected_of(document), reading.read(content, name))
    assert not_right(judged) - not_right(scored(document).judged) == set(), content.decode("utf-8", "replace")
