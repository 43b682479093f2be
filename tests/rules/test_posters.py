"""What fits on a poster: large where little is said, cut at sentence ends where much is, never more than the sheet."""

import pytest

from ua_tracker import posters

TITLE = "1.4 million Afghan refugees at risk of deportation"
DEMANDS = ["Renew the cards of Afghan refugees.", "Stop every forced return to Afghanistan."]
STORY = ["Ana Lopez was taken from her school. Nobody has said where she is. Dr. Maria Lopez, her sister, has asked."]


def test_a_short_text_is_shown_whole_and_in_the_largest_print():
    sheet = posters.fitted("Teacher held", STORY, DEMANDS, "a4")
    assert (sheet.title_size, sheet.demand_size, sheet.has_all) == (46, 20, True)
    assert sheet.story == STORY[0]
    assert sheet.demands == DEMANDS


def test_the_story_ends_with_a_sentence():
    long = ["He was taken from his house at night by three men without uniforms. Dr. Lopez saw it happen."] * 9
    story = posters.fitted(TITLE, long, DEMANDS, "letter").story
    assert story.endswith((" without uniforms.", " saw it happen."))
    assert len(story) < len(" ".join(long))
    assert " ".join(long).startswith(story)


@pytest.mark.parametrize("text", ["He asked Dr. Lopez and the U.S. envoy for help.", "On March 2. nobody came back."])
def test_a_short_form_ends_no_sentence(text):
    assert posters._sentences(text) == [text]


def test_many_demands_are_smaller_and_the_last_ones_left_out_whole():
    many = [
        f"Demand number {number}: release every one of the teachers who are held, and their pupils too."
        for number in range(12)
    ]
    sheet = posters.fitted(TITLE, STORY, many, "letter")
    assert sheet.demand_size == 16
    assert 1 <= len(sheet.demands) < 12
    assert sheet.demands == many[: len(sheet.demands)]
    assert not sheet.has_all


def test_one_demand_that_is_too_long_ends_with_a_sentence_or_with_a_sign_that_it_goes_on():
    cut = posters.fitted(TITLE, STORY, ["Release every one of them at once. " * 60, "Investigate."], "a4")
    [demand] = cut.demands
    assert demand.endswith("at once.")
    assert not cut.has_all
    [endless] = posters.fitted(TITLE, STORY, ["release " * 600], "a4").demands
    assert endless.endswith(" …")


def test_an_action_without_story_or_demands_has_a_poster_too():
    assert posters.fitted(TITLE, [], [], "a4").story == ""
    assert posters.fitted("x" * 2000, [], [], "a4").demands == []


def test_a_longer_title_is_smaller():
    sizes = [
        posters.fitted("Refugees at risk of deportation " * count, STORY, DEMANDS, "a4").title_size
        for count in (1, 3, 5, 12)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (46, 20)


def test_a4_is_higher_than_letter_and_tells_more():
    long = ["He was taken from his house at night by three men. Nobody has seen him since."] * 12
    told = [len(posters.fitted(TITLE, long, DEMANDS, paper).story) for paper in ("letter", "a4")]
    assert told[0] < told[1]


def test_long_names_at_the_foot_take_their_lines_from_the_story():
    long = ["He was taken from his house at night by three men. Nobody has seen him since."] * 12
    told = [
        len(posters.fitted(TITLE, long, DEMANDS, "a4", names).story)
        for names in ((), ("Groupe de Montréal", "Amnesty"), ("Gr" * 60, "O" * 60))
    ]
    assert told[0] == told[1] > told[2]
