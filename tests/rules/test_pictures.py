"""An action has one picture or none: it is replaced, described anew and removed, and the history says so."""

import pytest
from sqlalchemy import func, inspect, select

from tests.factories import LONG_AGO, NOON, a_photograph, a_picture, a_pledge, an_action
from tests.waiting import meanwhile
from ua_tracker import actions, refusals
from ua_tracker.actions import picture_files, pictures
from ua_tracker.actions.pictures import Shown
from ua_tracker.models import Action, ActionTally, AuditEntry, Picture, PictureFile

BY = {"actor": "coordinator 1", "now": NOON}


def events(session) -> list[tuple]:
    lines = session.scalars(select(AuditEntry).where(AuditEntry.event == "edited").order_by(AuditEntry.id))
    return [(line.before["picture"], line.after["picture"]) for line in lines]


def test_a_picture_is_replaced_whole_and_each_step_is_in_the_history(session):
    action = an_action(session)
    first = a_picture(session, action)
    old = [one.digest for one in first.files]
    second = a_picture(session, action, a_photograph(colour="navy"), description="Ana Lopez at home.", credit=None)
    new = [one.digest for one in second.files]
    assert (second.description, second.credit) == ("Ana Lopez at home.", None)
    assert not set(old) & set(new)
    assert session.scalar(select(func.count()).select_from(PictureFile)) == 2
    assert pictures.content(session, old[0], NOON) is None
    assert pictures.take_away(session, action, revision=action.revision, **BY)
    session.commit()
    assert session.scalar(select(func.count()).select_from(PictureFile)) == 0
    one = {"description": "Ana Lopez in her classroom.", "credit": "© Private", "file": old[1][:12]}
    two = {"description": "Ana Lopez at home.", "credit": None, "file": new[1][:12]}
    assert events(session) == [(None, one), (one, two), (two, None)]


def test_the_words_change_without_a_file_and_nothing_is_recorded_when_nothing_changes(session):
    action = an_action(session)
    digests = [one.digest for one in a_picture(session, action).files]
    revision, tally = action.revision, session.get_one(ActionTally, action.id).revision
    same = Shown([], "Ana Lopez in her classroom.", "© Private")
    assert not pictures.put(session, action, same, revision=revision, **BY)
    assert action.revision == revision
    assert pictures.put(session, action, Shown([], "Ana Lopez."), revision=revision, **BY)
    session.commit()
    assert action.revision == revision + 1
    assert session.get_one(ActionTally, action.id).revision > tally, "so that kept answers are made anew"
    found = pictures.find(session, action)
    assert (found.description, found.credit, [one.digest for one in found.files]) == ("Ana Lopez.", None, digests)
    assert len(events(session)) == 2


def test_a_picture_needs_a_file_and_a_description(session):
    action = an_action(session)
    files = picture_files.made_of(a_photograph())
    with pytest.raises(refusals.NoPicture):
        pictures.put(session, action, Shown([], "Words alone."), revision=action.revision, **BY)
    with pytest.raises(refusals.PictureNotDescribed):
        pictures.put(session, action, Shown(files, ""), revision=action.revision, **BY)
    assert pictures.find(session, action) is None


def test_who_saw_an_older_state_overwrites_nothing(session):
    action = an_action(session)
    a_picture(session, action)
    with pytest.raises(refusals.EditedMeanwhile):
        pictures.put(session, action, Shown([], "Mine."), revision=action.revision - 1, **BY)
    with pytest.raises(refusals.EditedMeanwhile):
        pictures.take_away(session, action, revision=action.revision - 1, **BY)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # on SQLite one writes at a time
def test_of_two_at_once_one_is_told(session):
    action = an_action(session)
    session.commit()
    revision, files = action.revision, picture_files.made_of(a_photograph())

    def other(theirs) -> None:
        same = theirs.scalar(select(Action))
        with pytest.raises(refusals.EditedMeanwhile):
            pictures.put(theirs, same, Shown(files, "Theirs."), revision=revision, **BY)

    pictures.put(session, action, Shown(files, "Mine."), revision=revision, **BY)
    meanwhile(session, other)
    assert session.scalar(select(Picture)).description == "Mine."


def test_the_file_of_a_draft_is_not_public(session):
    action = an_action(session, published_at=None)
    [digest, _] = [one.digest for one in a_picture(session, action).files]
    assert pictures.content(session, digest, NOON) is None
    action.published_at = LONG_AGO
    session.commit()
    assert pictures.content(session, digest, NOON)[:4] == b"RIFF"
    assert pictures.content(session, "0" * 32, NOON) is None


def test_the_page_of_an_action_does_not_read_the_files_content(session):
    action = an_action(session)
    a_picture(session, action)
    session.expire_all()
    found = pictures.find(session, action)
    assert all("content" in inspect(one).unloaded for one in found.files)


def test_an_action_that_is_removed_takes_its_picture_with_it(session):
    action = an_action(session, slug="practice", practice=True)
    a_picture(session, action)
    kept = an_action(session)
    a_picture(session, kept)
    a_pledge(session, action)
    actions.remove(session, action)
    session.commit()
    assert session.scalars(select(Picture.action_id)).all() == [kept.id]
    assert session.scalar(select(func.count()).select_from(PictureFile)) == 2
