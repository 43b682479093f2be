"""A title in capitals is proposed in sentence case, as the document's own text writes its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_importing import SAMPLE
from ua_tracker.importing import reading
from ua_tracker.importing.titles import in_sentence_case


@pytest.mark.parametrize(
    ("loud", "calm", "text"),
    [
        ("TEACHER HELD WITHOUT CHARGE", "Teacher held without charge", ""),
        ("ANA LOPEZ MUST BE FREED", "Ana Lopez must be freed", "Police took Ana Lopez from her school."),
        ("FAMILY OF ANA LOPEZ IN HIDING", "Family of Ana Lopez in hiding", "Ana Lopez has taught for ten years."),
        ("THE MINISTER AND THE MINERS", "The minister and the miners", "The Minister spoke. A minister is a minister."),
        ("FREEDONIAN FARMERS LOSE THEIR LAND", "Freedonian farmers lose their land", "All Freedonian farmers left."),
        ("OMAR AL-SHAMI MCDONALD HELD", "Omar al-Shami McDonald held", "They hold Omar al-Shami and a McDonald."),
        ("O’NEIL’S BROTHERS JAILED", "O’Neil’s brothers jailed", "In May, Sean O’Neil wrote to his brothers."),
        ("1.4 MILLION PEOPLE AT RISK", "1.4 million people at risk", ""),
        ("VILLAGE TOLD TO LEAVE. WHO WILL HELP?", "Village told to leave. Who will help?", ""),
        ("J. B. WAS HELD FOR A 2ND TIME", "J. B. was held for a 2nd time", ""),
        ("16-YEAR-OLD HELD OVER A G20 MARCH", "16-year-old held over a G20 march", "A march was held."),
    ],
)
def test_names_keep_their_capitals_and_other_words_get_small_letters(loud, calm, text):
    assert in_sentence_case(loud, [text]) == calm


@pytest.mark.parametrize(
    ("loud", "calm", "text"),
    [
        (
            "UN EXPERT BARRED FROM THE US",
            "UN expert barred from the US",
            "A UN expert left the US. He told us so.",
        ),
        ("NGO AND LGBT CLINIC SHUT", "NGO and LGBT clinic shut", ""),
        ("UNHCR OFFICE CLOSED", "UNHCR office closed", "The office of UNHCR was closed."),
        ("COVID-19 IN A U.S. JAIL", "COVID-19 in a U.S. jail", ""),
        ("TOLD BY AIDS WORKERS TO WAIT", "Told by aids workers to wait", "Bring visual aids to the talk."),
    ],
)
def test_acronyms_stay_unless_the_text_has_the_word_in_small_letters(loud, calm, text):
    assert in_sentence_case(loud, [text]) == calm


@pytest.mark.parametrize(
    ("loud", "calm"),
    [
        ("CHAD AND SAUDI ARABIA: POETS HELD", "Chad and Saudi Arabia: poets held"),
        ("CÔTE D’IVOIRE: TEACHER TO BE TRIED IN JUNE", "Côte d’Ivoire: teacher to be tried in June"),
    ],
)
def test_countries_and_months_that_the_text_does_not_name_have_their_capitals(loud, calm):
    assert in_sentence_case(loud, []) == calm


@pytest.mark.parametrize(
    ("loud", "calm", "text"),
    [
        ("UNE COUTURIÈRE PRIVÉE DE SON ATELIER", "Une couturière privée de son atelier", ""),
        (
            "L’AVOCATE D’ÉLOÏSE N’GUYEN RENVOYÉE À L’ÎLE AUX BŒUFS",
            "L’avocate d’Éloïse N’Guyen renvoyée à l’île aux bœufs",
            "Mardi, l’avocate a vu Éloïse N’Guyen sur une île. L’île est loin. Des bœufs y vivent.",
        ),
        ("DES REFUGIES AFGHANS MENACES", "Des refugies afghans menaces", "On menace des réfugiés afghans."),
        ("GRÈVE DE LA FAIM DE MÈRES EN ÉTHIOPIE", "Grève de la faim de mères en Éthiopie", ""),
        ("GUINÉE-BISSAU : UN MILITANT JUGÉ EN MAI", "Guinée-Bissau : un militant jugé en mai", "C’est un militant."),
        ("UN EXPERT DE L’ONU EXPULSÉ", "Un expert de l’ONU expulsé", "L’ONU avait nommé un expert."),
    ],
)
def test_a_french_title_keeps_its_accents_and_elisions(loud, calm, text):
    assert in_sentence_case(loud, [text]) == calm


def test_a_title_that_is_not_printed_in_capitals_stays_as_it_is():
    for title in (
        "Poet missing since May",
        "UN: poet missing",
        "Teacher Held Without Charge",
        "",
        "2026",
        "教師が拘束",
    ):
        assert in_sentence_case(title, ["The poet."]) == title


def test_another_line_in_capitals_tells_nothing():
    assert in_sentence_case("FERRYMAN LOSES HARBOUR", ["FERRYMAN LOSES!"]) == "Ferryman loses harbour"


def test_the_names_of_country_and_targets_count_too():
    assert (
        in_sentence_case("SYLVANIA: FIREFLY RESIGNS", [], ["Sylvania", "Rufus Firefly"]) == "Sylvania: Firefly resigns"
    )


def test_the_importer_proposes_and_keeps_what_was_published():
    draft = reading.read(SAMPLE.read_bytes())
    assert draft.title == "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION"
    assert draft.proposed_title == "1.4 million Afghan refugees at risk of deportation"
    said = draft.as_json()
    assert (said["title"], said["proposed_title"]) == (draft.title, draft.proposed_title)


@given(st.text(), st.lists(st.text()))
def test_only_the_case_of_letters_ever_changes(title, paragraphs):
    for printed in (title, title.upper()):
        calm = in_sentence_case(printed, paragraphs, paragraphs)
        assert len(calm) == len(printed)
        for one, other in zip(calm, printed, strict=True):
            assert one == other or other in (one.lower(), one.upper())


PIECES = "UN un Un AFGHAN Afghan ÎLE île L’ d’ O’Neil - . : ! 4 ß İ ŉ ǅ Ǆ ﬁ Ω ς held".split()  # noqa: SIM905
WORDS = st.lists(st.sampled_from(PIECES))


@given(WORDS, WORDS)
def test_only_the_case_changes_whatever_is_beside_what(title, text):
    printed = " ".join(title)
    calm = in_sentence_case(printed, [" ".join(text)])
    assert len(calm) == len(printed)
    assert all(one == other or other in (one.lower(), one.upper()) for one, other in zip(calm, printed, strict=True))
