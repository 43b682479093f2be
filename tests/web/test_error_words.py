"""What an error page calls the values that had been typed, and which it never shows."""

import pytest

from ua_tracker.web.error_words import label_of

SUPPORTERS, OFFICES = "/fr/actions/ua-12-26/pledges", "/fr/dashboard/ua-12-26/edit"


@pytest.mark.parametrize(("path", "name", "label"), [
    (SUPPORTERS, "email", "Courriel"),
    (SUPPORTERS, "letters-2", "Lettres au destinataire 2"),
    (SUPPORTERS, "instead_of", ""),
    (SUPPORTERS, "once_key", ""),
    (OFFICES, "new_password", ""),
    (OFFICES, "recipients-0-id", ""),
    (OFFICES, "no name of ours", "no name of ours"),
])  # fmt: skip
def test_typed_values_have_the_words_of_their_fields_and_keys_and_passwords_none(app, path, name, label):
    with app.test_request_context(path):
        app.preprocess_request()
        assert label_of(name) == label
