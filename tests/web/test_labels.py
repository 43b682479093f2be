"""Every channel, and every reason for an end, has one name in each language."""

import pytest

from tests.factories import an_action
from ua_tracker import actions
from ua_tracker.models import CHANNELS
from ua_tracker.web import mails
from ua_tracker.web.labels import CHANNEL_NAMES, MAIL_WORDS, REASON_WORDS

NAMES = {
    "en": ["Post", "E-mail", "Fax", "Social media", "Phone call"],
    "fr": ["Poste", "Courriel", "Télécopieur", "Réseaux sociaux", "Appel téléphonique"],
}


@pytest.mark.parametrize("lang", NAMES)
def test_the_form_for_letters_offers_every_channel_by_its_name(reader, session, lang):
    an_action(session)
    page = reader.get(f"/{lang}/actions/ua-12-26/letters")
    offered = [page.soup.select_one(f'label[for="{one["id"]}"]') for one in page.soup.select("[name=channel]")]
    assert [" ".join(label.get_text().split()) for label in offered] == NAMES[lang]


def test_nothing_that_is_stored_lacks_a_name():
    assert list(CHANNEL_NAMES) == list(CHANNELS)
    assert list(REASON_WORDS) == list(actions.REASONS)
    assert set(MAIL_WORDS) == set(mails.KINDS)


def test_the_reasons_for_an_end_are_in_the_readers_language(app):
    said = {}
    for lang in NAMES:
        with app.test_request_context(f"/{lang}/"):
            said[lang] = str(REASON_WORDS[actions.GOOD_NEWS])
    assert said == {"en": "Good news", "fr": "Bonne nouvelle"}
