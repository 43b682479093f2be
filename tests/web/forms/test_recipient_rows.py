"""What the buttons beside a recipient do to the list."""

from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.web.forms.recipient_rows import pressed, row_of

ANA = row_of(WrittenRecipient(role="Judge", name="Ana", email=["a@example.org"]), "target", "targets-0")
BEN = row_of(WrittenRecipient(role="Mayor", name="Ben", email=["b@example.org"], x="@ben"), "copy", "copies-0")


def test_two_that_are_joined_lose_nothing():
    [joined] = pressed([ANA, BEN], "join-0").rows
    assert (joined["role"], joined["name"], joined["address_lines"]) == ("Judge", "Ana", "Mayor\nBen")
    assert (joined["email"], joined["x"]) == ("a@example.org\nb@example.org", "@ben")
    assert joined["origin"] == "targets-0 copies-0"


def test_what_is_no_button_changes_nothing():
    for act in ("", "store", "join", "swap-", "swap-²", "swap-2", "add-bishop", "drop-0"):
        assert pressed([ANA, BEN], act) is None
    assert pressed([ANA], "join-0").rows == [ANA]
