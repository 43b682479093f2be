"""Whom to write to: which line is the office and which the name, and what the labels hold."""

import pytest

from ua_tracker.importing import draft as doubts
from ua_tracker.importing import layouts, reading
from ua_tracker.importing.draft import Certainty, Value
from ua_tracker.importing.phone_numbers import numbers_in

TOP = "First UA: 15/26 Index: AFR 43/0815/2026 Niger Date: 2 April 2026\n\nURGENT ACTION\n\nA WELL IS CLOSED\n\n"
END = "\n\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 14 May 2026\n"


def read(block: str, heading: str = "Write to:"):
    return reading.read(f"{TOP}{heading}\n\n{block}{END}".encode())


def who(block: str) -> list[tuple[str | None, str | None]]:
    return [(one.role, one.name) for one in read(block).targets]


ADDRESS = "4 Well Road\nNiamey, Niger\n"


@pytest.mark.parametrize(
    ("lines", "role", "name"),
    [
        ("Harbour Master\nMr Ali Misal", "Harbour Master", "Mr Ali Misal"),
        ("Defensor del Pueblo\nCarlos Ejemplo Muestra", "Defensor del Pueblo", "Carlos Ejemplo Muestra"),
        ("Ana Ejemplo\nKeeper of the City Seals", "Keeper of the City Seals", "Ana Ejemplo"),
        ("President Ana Ejemplo", "President", "Ana Ejemplo"),
        ("Head of the Judiciary, Ali Misal", "Head of the Judiciary", "Ali Misal"),
        ("Ali Misal, Chairman, Board of Wells", "Chairman", "Ali Misal"),
        ("Minister of Wells:\nHis Excellency Ali Misal", "Minister of Wells", "His Excellency Ali Misal"),
        ("Aïr Chief Minister Ana Ejemplo", "Aïr Chief Minister", "Ana Ejemplo"),
        ("H.E. Ambassador Ana Ejemplo", None, "H.E. Ambassador Ana Ejemplo"),
        ("Ministre de la Justice\nMe Ali Misal", "Ministre de la Justice", "Me Ali Misal"),
        ("Commissioner General\nPrison Service\nPrivate Bag", "Commissioner General", None),
        ("His Excellency\nEmbassy of Wells", None, "Embassy of Wells"),
        ("Secretary of the Party\nTô Lâm", "Secretary of the Party", "Tô Lâm"),
        ("Commander-in-Chief\nSenior General Ali Misal Misal", "Commander-in-Chief", "Senior General Ali Misal Misal"),
        ("The Well Herald, 333 East Street, Niamey", None, "The Well Herald"),
        ("Ministry of Wells", None, "Ministry of Wells"),
        ("National Water Commission (NWC)", None, "National Water Commission (NWC)"),
        ("Minister of Wells\nGeneral de División Ali Misal", "Minister of Wells", "General de División Ali Misal"),
        ("Minister of Wells\nAli al-Mu'misal", "Minister of Wells", "Ali al-Mu'misal"),
        ("Minister of Wells\nAna Chan-e-misal", "Minister of Wells", "Ana Chan-e-misal"),
        ("President Ali arap Misal", "President", "Ali arap Misal"),
        ("Head of judiciary Ana Ejemplo Muestra", "Head of judiciary", "Ana Ejemplo Muestra"),
        ("Human rights NGO\nPozo", None, "Pozo"),
        ("Head of the District Office\nName not known", "Head of the District Office", None),
        (
            "Minister of Wells\nوزير التربية\nDepartment of Pumps\nDr. Samar Misal",
            "Minister of Wells",
            "Dr. Samar Misal",
        ),
    ],
)
def test_office_and_name_are_told_apart_without_a_list(lines, role, name):
    assert who(f"{lines}\n{ADDRESS}") == [(role, name)]


def test_what_could_be_either_is_offered_as_a_doubt():
    draft = read(f"Salt Taster\nOlive Branch\n{ADDRESS}")
    assert [doubt.about for doubt in draft.doubts if doubt.about and doubt.about.part] == [Value("targets", 0, "name")]
    assert {found.certainty for found in draft.found if found.part == "name"} == {Certainty.DOUBTFUL}


def test_the_salutation_that_repeats_a_line_says_which_it_is():
    assert who(f"Olive Branch\nFerry Warden\n{ADDRESS}Salutation: Dear Ferry Warden") == [
        ("Ferry Warden", "Olive Branch")
    ]


def test_a_salutation_ends_at_its_line_and_somebody_else_begins():
    assert who(f"Mayor\nMr A Misal\n{ADDRESS}Salutation: Dear Mayor\nClerk\nMs B Misal\n{ADDRESS}") == [
        ("Mayor", "Mr A Misal"),
        ("Clerk", "Ms B Misal"),
    ]


def test_a_whole_address_on_one_line():
    draft = read(
        "The Honourable Mere Tora Minister of Work Sea House, 5 Reef Street Suva, Fiji Phone: +679 555 0101 | Fax: "
        "+679 555 0102 (keep trying) Salutation: Dear Minister\n"
        "Ambassador Luke Waqa Embassy of Fiji 18 Pine Street NW, Washington, DC 20098 "
        "Phone: 202 555 0181 I Fax: 202 555 0182\n"
    )
    assert [(one.role, one.name, one.address_lines) for one in draft.targets] == [
        ("Minister of Work", "The Honourable Mere Tora", ["Sea House, 5 Reef Street", "Suva, Fiji"]),
        ("Ambassador", "Luke Waqa", ["Embassy of Fiji", "18 Pine Street NW, Washington, DC 20098"]),
    ]
    assert [(one.phones, one.fax) for one in draft.targets] == [
        (["+679 555 0101"], ["+679 555 0102"]),
        (["202 555 0181"], ["202 555 0182"]),
    ]


def test_addresses_beside_each_other_never_mix():
    draft = read(
        "Anton Misal                Ambassador Ana Sample\n"
        "Head of the Police         Embassy of Niger\n"
        "5 Mill Lane                7 Garden Avenue\n"
        "Phone: +227 20 55 01 34    Phone: 202 555 0161\n"
    )
    assert [(one.role, one.name, one.phones) for one in draft.targets] == [
        ("Head of the Police", "Anton Misal", ["+227 20 55 01 34"]),
        ("Ambassador", "Ana Sample", ["202 555 0161"]),
    ]


def test_columns_that_were_run_together_are_left_out_with_a_doubt():
    draft = read(
        "Anton Misal Ambassador Ana Sample\nHead of the Police Embassy of Niger\n5 Mill Lane 7 Garden Avenue\n"
        "Phone: +227 20 55 01 34 Phone: 202 555 0161\nEmail: a@example.org Email: b@example.org\n"
    )
    assert draft.targets == []
    assert Value("targets") in {doubt.about for doubt in draft.doubts}


def test_a_gap_behind_a_label_is_no_column():
    contacts = "Fax:      +227 20 55 01 34\nTel:      +227 20 55 01 35\nEmail:    a@example.org\n"
    [mayor] = read(f"Mayor\nMr A Misal\n1 Well Road\n{contacts}").targets
    assert (mayor.fax, mayor.phones, mayor.email) == (["+227 20 55 01 34"], ["+227 20 55 01 35"], ["a@example.org"])


def test_instructions_remarks_and_old_channels_are_nobodys_address():
    block = (
        f"Mayor\nMr A Misal\n(no post is delivered)\n{ADDRESS}Telegrams: Mayor, Niamey\nTelex: 4407 MAIRIE NI\n"
        "Facebook: @wells\nAlso send copies to diplomatic representatives accredited to your country.\n"
        "Name Address 1 Address 2 Fax Fax number Email Email address Salutation Salutation\n"
    )
    draft = read(block)
    assert (draft.targets[0].address_lines, draft.targets[0].x) == (["4 Well Road", "Niamey, Niger"], None)
    assert (len(draft.targets), draft.copies) == (1, [])


def test_a_sentence_is_nobody_and_a_handle_on_its_own_line_no_address():
    [body] = read(
        f"Niger has no embassy in this town. Instead please write to:\nThe Well Office\n{ADDRESS}@wells\n"
    ).targets
    assert (body.name, body.address_lines, body.x) == ("The Well Office", ["4 Well Road", "Niamey, Niger"], "@wells")


def test_what_kind_of_body_follows_is_no_name():
    [mayor] = read(f"Newspaper:\nThe Well Herald\n{ADDRESS}").targets
    assert mayor.name == "The Well Herald"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+501 555‑0140, 555‑0141 or 42", ["+501 555-0140", "555-0141", "+501 555-0142"]),
        ("+501 555‒0150 / 51", ["+501 555-0150", "+501 555-0151"]),
        ("613‑555‑0170 ext. 4", ["613-555-0170 ext. 4"]),
        ("613 555-0155, poste 3", ["613 555-0155, poste 3"]),
        ("030/1234567", ["030/1234567"]),
        ("+227 20 55 01 34 (ask for a fax tone)", ["+227 20 55 01 34"]),
        ("202 966 7702 ext. 3 I", ["202 966 7702 ext. 3"]),
    ],
)
def test_a_number_is_kept_as_printed_and_whole(text, numbers):
    assert numbers_in(text, layouts.language("french" if "poste" in text else "english")).whole == numbers


def test_what_is_no_whole_number_is_a_doubt():
    assert numbers_in("55", layouts.language("english")).whole == []
    assert numbers_in("+999 12 34 56 78", layouts.language("english")).strange == ["+999 12 34 56 78"]


def test_phone_and_mail_without_labels_and_a_number_below_its_label():
    [ana] = read(
        "HER EXCELLENCY MS ANA SAMPLE Niger High Commission, 4 Hill Gardens, London, W9 9ZZ 020 7555 0190 a@example.org"
    ).targets
    assert (ana.name, ana.phones, ana.email) == ("HER EXCELLENCY MS ANA SAMPLE", ["020 7555 0190"], ["a@example.org"])
    assert ana.address_lines == ["Niger High Commission, 4 Hill Gardens, London, W9 9ZZ"]
    [mayor] = read(f"Mayor\n{ADDRESS}Fax: +227 20 55 01 34\n+227 20 55 01 35\n").targets
    assert mayor.fax == ["+227 20 55 01 34", "+227 20 55 01 35"]


def test_a_postcode_is_no_phone_number():
    [governor] = read(
        "Governor\nMs Ana Sample\nPO Box 1, Austin, Texas 78711-2428\nUSA\nFax: +1 512 555 0149\n"
    ).targets
    assert (governor.phones, governor.address_lines[-1]) == ([], "USA")


def test_the_greeting_of_the_model_letter_is_the_salutation_and_its_bullets_are_the_demands():
    letter = "Dear Mr Misal,\n\nThe well is dry. I urge you to:\n- open it;\n- say why.\n\nYours sincerely,"
    draft = read(
        f"Mayor\nMr A Misal\n{ADDRESS}\n{letter}",
        "TAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USING THIS MODEL LETTER",
    )
    assert (draft.targets[0].salutation, draft.demands) == ("Dear Mr Misal,", ["open it;", "say why."])
    assert draft.targets[0].address_lines == ["4 Well Road", "Niamey, Niger"]


def test_more_recipients_than_anybody_writes_to_are_cut_with_a_sentence():
    draft = read("".join(f"Mayor\nMr A Misal\n{number} Road\nSalutation: Dear Mayor\n\n" for number in range(120)))
    assert len(draft.targets) == 100
    assert any("More than 100" in str(doubt) for doubt in draft.doubts)


def test_a_placeholder_in_brackets_is_nobody():
    assert (
        read(f"Minister of Wells\n{ADDRESS}\n[Names to add later]\n").targets[0].address_lines == ADDRESS.splitlines()
    )
    assert not reading.read(f"{TOP}Copies to:\n[Names to add later]{END}".encode()).copies


def test_a_line_with_two_numbers_and_no_label_is_a_phone_line():
    assert read(f"Embassy of Wells\n{ADDRESS}020 7555 0304/2401\nFax: 020 7555 0305\n").targets[0].phones == [
        "020 7555 0304",
        "020 7555 2401",
    ]


def test_an_address_without_a_heading_is_no_demand():
    asked = "Please write in French or English:\n- open the well;\n- give water.\n\n"
    draft = read(f"Minister of Wells\nAli Misal\n{ADDRESS}Email: wells@example.org\n", asked)
    assert draft.demands == ["open the well;", "give water."]
    assert [one.name for one in draft.targets] == ["Ali Misal"]
    draft = read("Minister of Wells\nEmail: wells@example.org\n", asked.replace("- ", ""))
    assert draft.demands == ["open the well;", "give water."]


def test_an_office_in_english_is_known_in_a_document_of_another_language():
    draft = reading.read(f"BLIXTAKTION\n\nSkriv till:\nHead of judiciary Ana Ejemplo Muestra\n{ADDRESS}".encode())
    assert [(one.role, one.name) for one in draft.targets] == [("Head of judiciary", "Ana Ejemplo Muestra")]


def test_a_link_and_the_number_of_a_page_are_nobody_to_write_to():
    draft = reading.read(f"{TOP}Copies to:\n3.\nhttps://embassy.example.org/wells{END}".encode())
    assert draft.copies == []


def test_a_label_that_no_table_knows_is_no_part_of_the_address():
    block = f"Minister of Wells\nAli Misal\n{ADDRESS}Mailbox: wells@example.org\nSwitchboard: +227 20 55 01 99\n"
    [target] = read(block).targets
    assert (target.address_lines, target.email) == (ADDRESS.splitlines(), ["wells@example.org"])
    assert target.phones == ["+227 20 55 01 99"]


def test_a_web_form_does_not_end_an_address():
    block = f"Minister of Wells\nAli Misal\n{ADDRESS}Email via website:\nhttps://wells.example.org/form\n"
    [target] = read(f"{block}Twitter: @wells\nSalutation: Dear Minister\n").targets
    assert (target.x, target.salutation) == ("@wells", "Dear Minister")


def test_a_day_is_no_line_of_an_address_and_a_street_with_its_name_is_one():
    block = "Minister of Wells\nAli Misal\nAvenida 9 de Julio 1925\nBuenos Aires, Argentina\nAt latest 15 June 2026\n"
    assert read(block).targets[0].address_lines == ["Avenida 9 de Julio 1925", "Buenos Aires, Argentina"]


def test_two_spaces_divide_lines_only_where_a_gutter_is():
    beside = (
        "Minister of Wells                  Mayor of the Old Town\n"
        "Ali Misal                          Ana Ejemplo\n"
        "4 Well  Road                       5 Well Road\n"
        "Email: minister-wells@example.org  Salutation: Dear Mayor\n"
    )
    minister, mayor = read(beside).targets
    assert (minister.address_lines, minister.email) == (["4 Well Road"], ["minister-wells@example.org"])
    assert (mayor.address_lines, mayor.salutation) == (["5 Well Road"], "Dear Mayor")


def test_addresses_run_together_with_two_salutations_are_left_out_with_a_doubt():
    flat = "Minister of Wells Mayor of Niamey\nFax: +227 20 55 01 99 Fax: +227 20 55 01 98\n"
    draft = read(f"{flat}Salutation: Dear Mayor\nSalutation: Dear Minister\n")
    assert draft.targets == []
    assert Value("targets") in [doubt.about for doubt in draft.doubts]


def test_diplomats_named_behind_a_heading_of_copies_in_other_languages_are_nobody():
    text = "ACCIÓN URGENTE\nAU 201/08\n\nCOPIAS A: la representación diplomática de Níger en su país.\n"
    assert reading.read(text.encode()).copies == []


def test_an_office_given_in_two_languages_is_the_one_that_the_layout_has_first():
    block = f"Governor of Aïr\nLic. Ana Ejemplo\nGobernadora de Aïr\n{ADDRESS}"
    assert who(f"{block}Salutation: Señora Gobernadora\n") == [("Governor of Aïr", "Lic. Ana Ejemplo")]


def test_and_to_the_network_itself_is_no_copy():
    block = f"Copies to:\n\nMinister of Wells\nAli Misal\n{ADDRESS}\nand to our network at network@example.org\n"
    assert [one.name for one in reading.read(f"{TOP}{block}{END}".encode()).copies] == ["Ali Misal"]


def test_behind_a_line_with_the_country_an_office_is_somebody_else():
    text = f"Minister of Wells\nAli Misal\n{ADDRESS}Head of Pumps\nMs Ana Ejemplo\n{ADDRESS}"
    assert who(text) == [("Minister of Wells", "Ali Misal"), ("Head of Pumps", "Ms Ana Ejemplo")]


def test_labels_stand_behind_their_numbers_and_before_half_an_address_too():
    block = f"Minister of Wells\nAli Misal\n{ADDRESS}+227 20 55 01 99 (fax)\nVia email: wells@example.org\n"
    [target] = read(f"{block}cc: pumps@example.org\nSalutation: Dear Minister\n").targets
    assert (target.address_lines, target.fax) == (ADDRESS.splitlines(), ["+227 20 55 01 99"])
    assert (target.email, target.salutation) == (["wells@example.org", "pumps@example.org"], "Dear Minister")


def test_numbers_and_addresses_that_were_wrapped_make_nobody_new():
    block = f"Minister of Wells\nAli Misal\n{ADDRESS}Fax: +227 20 55\n01 99\nEmail: minister@\njustice.example.org\n"
    [target] = read(block).targets
    assert (target.fax, target.email) == (["+227 20 55 01 99"], [])


def test_an_address_that_stands_in_one_line_is_a_doubt_about_the_recipient():
    draft = read("Keeper of Wells Mr Ali Misal Well House Aïr Niamey Niger Email: keeper@wells.example.org")
    assert [one.about for one in draft.doubts if one.sentence == doubts.ONE_LINE] == [Value("targets", 0)]


def test_commas_divide_an_address_in_one_line():
    draft = read("Ali Misal, Keeper of Wells, 4 Well Road, Niamey, Niger")
    assert doubts.ONE_LINE not in {one.sentence for one in draft.doubts}


@pytest.mark.parametrize(
    ("line", "role", "name"),
    [
        ("Ambassador Prince Ali bin Misal", "Ambassador", "Prince Ali bin Misal"),
        ("Crown Prince Ali bin Misal", "Crown Prince", "Ali bin Misal"),
    ],
)
def test_a_prince_behind_another_office_is_a_part_of_the_name(line, role, name):
    assert who(f"{line}\n{ADDRESS}") == [(role, name)]


def test_a_number_below_the_remark_on_its_label_is_read():
    draft = read(f"Keeper of Wells\nMr Ali Misal\n{ADDRESS}Fax: (through the mayor)\n+227 20 72 31 77 (keep trying)\n")
    assert draft.targets[0].fax == ["+227 20 72 31 77"]


def test_a_salutation_in_a_bracket_ends_with_it():
    draft = read(f"Keeper of Wells\nMr Ali Misal\n{ADDRESS}(Salutation: Dear Keeper) Fax: +227 20 72 31 77\n")
    assert (draft.targets[0].salutation, draft.targets[0].fax) == ("Dear Keeper", ["+227 20 72 31 77"])


def test_a_line_that_a_program_wrapped_belongs_to_the_one_before_it():
    office = "Keeper of the Wells and of the Gates of the Town of"
    draft = read(f"{office}\nNiamey\nMr Ali Misal\n{ADDRESS}")
    assert draft.targets[0].role == f"{office} Niamey"
    assert "Niamey" not in {draft.lines[number - 1].text for number in draft.unread}


def test_a_wide_gap_behind_bullets_makes_no_columns():
    bullets = "".join(f"*   {text}\n" for text in ("Open the well again;", "Mend the pump;", "Pay for the water."))
    heading = "Please write immediately in English or your own language:"
    draft = reading.read(f"{TOP}{heading}\n{bullets}Write to:\nMayor\nMr Ali Misal\n{ADDRESS}{END}".encode())
    assert draft.demands == ["Open the well again;", "Mend the pump;", "Pay for the water."]


def test_a_letter_with_its_day_and_subject_below_the_address():
    address = "Minister of Works\nMr Peter Tamo\n\n5 Well Road\nNiamey\nNiger\n\nFax : 20 55 01 34\n"
    subject = "Objet : expulsions des boulangers et des boulangères du quartier du fleuve depuis le mois de janvier"
    letter = "Monsieur le Capitaine,\n\nNous vous demandons de laisser les boulangers dans leur maison.\n"
    page = f"17 avril 2008 4 17 /04 /avril 2008 18:00\n\n{address}\nParis, le 24 avril 2008\n\n{subject}\n\n"
    draft = reading.read(f"{page}{letter}".encode())
    assert draft.title == subject.removeprefix("Objet : ")
    assert [(one.name, one.fax) for one in draft.targets] == [("Mr Peter Tamo", ["20 55 01 34"])]
    assert "Paris" not in " ".join(draft.targets[0].address_lines)


def test_a_numbered_address_below_the_demands_is_none_of_them():
    demands = "RECOMMENDED ACTION: Please renew appeals:\n- asking for water;\n- asking for bread.\n"
    draft = reading.read(f"UA 92/91 Fear of eviction\n\n{demands}1) President of the Republic\n".encode())
    assert draft.demands == ["asking for water;", "asking for bread."]
