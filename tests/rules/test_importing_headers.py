"""What identifies a document, its title and its deadline, among much that looks like them."""

from datetime import date

import pytest

from ua_tracker.importing import layouts, reading
from ua_tracker.importing.words import words_of

ADDRESS = (
    "\nAPPEALS TO:\nMayor\nMr A Misal\n4 Well Road\nNiamey, Niger\nFaxes: + 227 20 55 01 34\nSalutation: Dear Mayor\n"
)


def read(text: str):
    return reading.read(f"{text}\n{ADDRESS}".encode())


def test_a_date_behind_issued_in_a_further_information_is_that_of_the_earlier_issue():
    draft = read("5 September 2002\n\nFurther information on UA 187/02 issued on 20 June 2002 - Fear for\nsafety\n")
    assert (draft.issued, draft.title) == (date(2002, 9, 5), "Fear for safety")
    wrapped = read(
        "9 February 1999\n\nFurther information on EXTRA 12/99 issued 29 January 1999 and\nre-issued 4 February 1999\n"
    )
    assert wrapped.issued == date(1999, 2, 9)
    note = (
        "Please write even though you may not have seen it when issued on September 1, 2009.\n\n22 September 2009\n\n"
    )
    assert read(f"{note}UA 254/09 Fear of eviction\n").issued == date(2009, 9, 22)


def test_index_and_date_in_brackets_belong_to_another_document():
    draft = read(
        "PUBLIC          AI Index: AFR 43/021/2006\n\n12 June 2006\n\n"
        "Further information on UA 140/06 (AFR 43/017/2006, 19 May 2006) Fear of eviction\n\n"
        "NIGER      Ali Misal (m), baker\n"
    )
    assert (draft.ai_index, draft.issued, draft.title) == ("AFR 43/021/2006", date(2006, 6, 12), "Fear of eviction")
    assert draft.country == "Niger"


def test_the_tables_at_the_head_of_an_old_document_are_no_columns():
    draft = read(
        "UA 183/00      Fear of eviction\n               Health concern\nNIGER          Ali Misal, baker\n"
        "               Aya Misal, his wife\n"
    )
    assert (draft.ua_number, draft.country) == ("183/00", "Niger")
    assert "Misal" not in draft.title


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ("URGENT ACTION\nwell closed by night\nThe well of a village was closed.", "well closed by night"),
        ("STOP ACTION\n\nURGENT ACTION\n\nWELL OPEN AGAIN\n\nIt was opened.", "WELL OPEN AGAIN"),
        ("Urgent Action update: A well is closed in Niger", "A well is closed in Niger"),
        ("URGENT ACTION TITLE: A WELL IS CLOSED", "A WELL IS CLOSED"),
        ("U R G E N T   A C T I O N\n\nA WELL IS CLOSED\n\nIt was closed.", "A WELL IS CLOSED"),
        (
            "Sent to our list | Print this page\n\nURGENT ACTION\n\nNote of 3 April 2026: x.\n\nA WELL IS CLOSED",
            "A WELL IS CLOSED",
        ),
    ],
)
def test_banners_notes_and_furniture_are_no_title(opening, title):
    assert read(f"UA: 12/26 Index: AFR 43/0012/2026 Niger Date: 2 April 2026\n\n{opening}\n").title == title


def test_the_number_in_brackets_behind_the_title_gives_the_country_too():
    draft = read("Urgent Action: A WELL IS CLOSED (Niger: UA 33.26)\n\nJanuary 30, 2026\n")
    assert (draft.ua_number, draft.country, draft.title) == ("33/26", "Niger", "A WELL IS CLOSED")
    assert draft.issued == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        (
            "PLEASE SEND APPEALS BEFORE 19 APRIL 2013 TO:\nMayor\n1 Well Road\nNiamey, Niger\nSalutation: Dear Mayor",
            date(2013, 4, 19),
        ),
        (
            "Please check with your section office if sending appeals after 20 June 2012. This is the first update.",
            date(2012, 6, 20),
        ),
        ("Please check with your section office if sending appeals after the above date.", None),
        (
            "  1. Please take action as soon as possible. This Urgent Action expires on March 13 2026.",
            date(2026, 3, 13),
        ),
        ("A hearing is set for 5 May 2026.", None),
    ],
)
def test_the_deadline_stands_in_headings_instructions_and_closing_sentences(sentence, day):
    assert reading.read(f"UA: 12/13 Index: AFR 43/0012/2013 Niger\n\n{sentence}\n".encode()).deadline == day


def test_a_heading_in_capitals_goes_on_in_the_next_line():
    text = "UA-Nr: UA-054/2019\nAI-Index: MDE 13/0246/2019\n\nIRAN\n"
    demands = "SCHREIBEN SIE BITTE\nBRIEFE MIT FOLGENDEN FORDERUNGEN\n• Öffnen Sie den Brunnen.\n\n"
    draft = reading.read(f"{text}\n{demands}APPELLE AN\nMINISTER\nHerr A Misal\nTeheran, IRAN\n".encode())
    assert (draft.ua_number, draft.demands) == ("54/19", ["Öffnen Sie den Brunnen."])
    assert not any("Which issue" in str(doubt) for doubt in draft.doubts)


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        ("Give it back;\nPay for the weeks, as the law\nof May says;\nSay who did it.", 3),
        ("n Give it back\nn Say who did it", 2),
        ("i. Give it back;\nii. Say who did it.", 2),
        ("- Give it back\nand soon.\n- Say who did it.", 2),
    ],
)
def test_demands_are_told_apart_where_bullets_were_lost(text, demands):
    draft = read(
        f"UA: 12/13 Index: AFR 43/0012/2013 Niger\n\nPlease write immediately in French or your own language:\n{text}\n"
    )
    assert len(draft.demands) == demands


def test_each_line_of_a_value_is_noted_with_its_place():
    draft = read(
        "UA: 12/13 Index: AFR 43/0012/2013 Niger\n\nPlease write immediately in French:\n"
        "- Give it back\nand soon.\n- Say who.\n"
    )
    assert [(found.line, found.place) for found in draft.found if found.field == "demands"] == [(4, 0), (5, 0), (6, 1)]
    assert [line for line in draft.unread if line < 7] == []


def test_until_an_independent_body_is_no_deadline():
    asked = (
        "RECOMMENDED ACTION: Please send telegrams/letters:\n- condemning the closing\n  of wells by police;\n- open."
    )
    draft = read(f"UA 254/09 Fear of eviction\n\n          {asked}\n")
    assert draft.demands == ["condemning the closing of wells by police;", "open."]


def test_the_day_of_a_letter_can_stand_at_its_end_behind_the_place():
    assert read("Case NER 120313\n\nA well is closed\n").issued is None
    ending = "\nParis-Geneva, 12 March 2013\n"
    assert reading.read(f"Case NER 120313\n\nA well is closed\n{ADDRESS}{ending}".encode()).issued == date(2013, 3, 12)


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("english", "Please write as soon as possible, in Spanish or English:"),
        ("dutch", "Roep de autoriteiten op om:"),
        ("german", "Forderungen / Schreiben Sie bitte einen Brief mit folgenden Forderungen:"),
    ],
)
def test_headings_of_demands_in_sections_of_several_countries(language, heading):
    words = words_of(heading)
    assert layouts.language(language).phrases("headings", "demands").end_of_heading(words) == len(words)


def test_an_instruction_behind_a_letter_that_nothing_closes_gives_the_deadline():
    letter = "Dear Mayor,\n\nPlease open the well.\n\n"
    draft = reading.read(
        f"UA: 12/13 Index: AFR 43/0012/2013 Niger\n{ADDRESS}\n{letter}Please take action until 5 May 2013.".encode()
    )
    assert draft.deadline == date(2013, 5, 5)


def test_a_day_can_be_written_with_its_year_first():
    assert read("Case NER 120313\n\nPosted on: 2015/11/5\n\nA well is closed\n").issued == date(2015, 11, 5)


def test_the_title_can_stand_beside_the_day_below_the_number():
    text = "PUBLIC          AI Index: ASA 21/72/99\n                UA 147/99\n\n"
    draft = read(f"{text}Fear for safety / eviction          1 July 1999\n\nNIGER   Ali Misal\n")
    assert (draft.title, draft.issued) == ("Fear for safety / eviction", date(1999, 7, 1))


def test_a_day_behind_a_banner_is_that_of_the_issue():
    assert read("URGENT ACTION – 3 May 2021\n\nA WELL IS CLOSED\n\nIt was closed on 1 May 2021.\n").issued == date(
        2021, 5, 3
    )


def test_an_indented_title_behind_its_country_is_read():
    text = "          UA 201/08  AI Index: AFR 43/004/2008\n\n          NIGER: WELLS ARE CLOSED\n"
    assert read(text).title == "WELLS ARE CLOSED"


def test_instructions_can_be_numbered_like_demands():
    asked = "1) PLEASE WRITE IMMEDIATELY in French or your own language:\n  * Open the well;\n  * Give water.\n"
    target = "2) PLEASE SEND APPEALS BEFORE MAY 13, 2026 TO:\n\nMayor Ana Ejemplo\n4 Well Road\nNiamey, Niger\n"
    draft = reading.read(f"Urgent Action: Wells Are Closed (Niger: UA 33.26)\n\n{asked}\n{target}".encode())
    assert (draft.demands, draft.deadline) == (["Open the well;", "Give water."], date(2026, 5, 13))
    assert [(one.role, one.name) for one in draft.targets] == [("Mayor", "Ana Ejemplo")]


@pytest.mark.parametrize("cut", ["before\n8 February 2030.", "before 8\nFebruary 2030.", "before 8 February\n2030."])
def test_a_sentence_that_is_cut_inside_its_date_is_no_heading(cut):
    text = f"UA 12/30\n\nThe well is closed.\n\nPlease send appeals as soon as possible, {cut}\n"
    draft = reading.read(text.encode())
    assert (draft.deadline, draft.demands) == (date(2030, 2, 8), [])


@pytest.mark.parametrize(
    "line",
    [
        "EIGHT FAMILIES OF POTTERS ARE DRIVEN FROM THEIR HOUSES UA 12/26, 3 April 2026",
        "UA 12/26 EIGHT FAMILIES OF POTTERS ARE DRIVEN FROM THEIR HOUSES 3 April 2026",
    ],
)
def test_a_title_beside_the_number_is_read_whole(line):
    assert read(line).title == "EIGHT FAMILIES OF POTTERS ARE DRIVEN FROM THEIR HOUSES"


def test_the_people_behind_the_country_are_no_part_of_a_title_beside_the_number():
    draft = read("UA 92/99   Fear for safety NIGER Ali Misal (m), baker   28 April 1999")
    assert (draft.title, draft.country) == ("Fear for safety", "Niger")


LINKS = (
    "\nShare this page\nUA 14/31 Benin: Fishers driven off\nUA 19/31 Togo: Weavers on trial\n12 May 2031\n"
    "Phone: 020 7946 0111\n"
)


def test_links_and_the_office_below_a_page_give_no_value():
    below = reading.read(f"Well closed in Niger\n\nThe well was closed.\n{ADDRESS}{LINKS}".encode())
    assert (below.ua_number, below.issued, below.title) == (None, None, "Well closed in Niger")
    assert [(one.name, one.phones) for one in below.targets] == [("Mr A Misal", [])]


def test_of_several_numbers_behind_the_text_none_is_taken():
    draft = read("Well closed in Niger\n\nThe well was closed.\n")
    two = reading.read(f"Well closed\n\nThe well was closed.\n{ADDRESS}\nUA 14/31 Benin\nUA 19/31 Togo\n".encode())
    one = reading.read(f"Well closed\n\nThe well was closed.\n{ADDRESS}\nThis is Urgent Action 14/31\n".encode())
    assert (draft.ua_number, two.ua_number, one.ua_number) == (None, None, "14/31")


def test_an_entry_of_a_menu_is_no_heading_and_no_title():
    menu = "Home\nAbout us\nTake action\nDonate\nHome > Take action > Wells\n\n"
    draft = reading.read(f"{menu}Well closed in Niger\n\nThe well was closed.\n{ADDRESS}".encode())
    assert draft.title == "Well closed in Niger"
    assert [one.name for one in draft.targets] == ["Mr A Misal"]


def test_a_banner_with_the_day_that_a_blog_calls_it_by_is_no_title():
    assert read("Urgent Action 6-30-10\n\n29 June 2010\n\nUA 41/10 Fear of eviction\n").title == "Fear of eviction"


def test_the_number_below_the_index_is_that_of_the_document_and_the_one_above_that_of_its_page():
    page = "UA 92/93 - Niger: death threats: Ali Misal, Sani Misal\n\n, Index number: AFR 43/024/1993\n\n"
    document = (
        "EXTERNAL (for general distribution) AI Index: AFR 43/24/93\nDistr: UA/SC\nUA 92/93 Death threats 6 May 1993\n"
    )
    draft = read(
        f"{page}On 28 April 1993 a letter came.\n\n{document}NIGER: Members of the choir, including:\nAli MISAL\n"
    )
    assert (draft.issued, draft.title, draft.country) == (date(1993, 5, 6), "Death threats", "Niger")


def test_a_further_information_without_the_letters_of_the_number():
    header = "AI Index: AFR 43/65/91\nDistr: UA/SC\n1 November 1991\n"
    draft = read(
        f"{header}Further information on 324/91 (AFR 43/55/91, 2 October 1991) - Death threats\nNIGER: Ali Misal\n"
    )
    assert (draft.ua_number, draft.sequence, draft.title) == ("324/91", "further information", "Death threats")
    assert draft.issued == date(1991, 11, 1)


def test_the_days_behind_issued_are_those_of_earlier_issues():
    days = "issued 5 September 2001 and re-issued 2 November 2001, 25 February 2002"
    draft = read(f"17 February 2003\n\nFurther Information on UA 221/01 {days}) - Fear for safety\n\nAli Misal (m)\n")
    assert (draft.issued, draft.title) == (date(2003, 2, 17), "Fear for safety")


def test_a_copy_is_not_older_than_its_page_and_names_people_behind_its_country():
    copied = (
        "25 September 2003\nFear of eviction\nNIGER Aisha Misal (f), aged 32\n\nAisha Misal has to leave her house.\n"
    )
    draft = read(f"September 28, 2003\n\nPlease write, and be polite\n\n{copied}")
    assert (draft.issued, draft.title, draft.country) == (date(2003, 9, 25), "Fear of eviction", "Niger")
    later = read("September 28, 2003\n\nFear of eviction\n\nShe was heard in court on this day:\n\n30 September 2003\n")
    assert later.issued == date(2003, 9, 28)
    heard = "The court heard her when she asked it to, which was\non 25 September 2003.\n"
    told = read(f"September 28, 2003\n\nFear of eviction\n\n{heard}")
    assert told.issued == date(2003, 9, 28)


def test_a_day_far_behind_the_index_is_told_in_the_text():
    told = "Les boulangers du quartier attendent depuis le printemps l'eau que la ville leur a promise. " * 3
    draft = read(f"Index AI : AFR 43/001/2008 - AU 32/08 {told} Le 5 février 2008, un porte-parole a répondu.\n")
    assert (draft.ua_number, draft.issued) == ("32/08", None)


def test_the_reference_behind_a_title_is_no_part_of_it():
    text = "Nuevas amenazas contra panaderos - HND 006 / 0411 / OBS 056\n\n01/04/2011\nLlamado urgente\n\n"
    text += (
        "El Observatorio ha recibido informaciones de fuentes fidedignas sobre la siguiente situación en Honduras.\n"
    )
    draft = reading.read(f"{text}\nDescripción de la situación:\n\nLos panaderos recibieron cartas.\n".encode())
    assert (draft.title, draft.country) == ("Nuevas amenazas contra panaderos", "Honduras")
    assert draft.issued == date(2011, 4, 1)
