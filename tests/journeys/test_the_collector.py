"""What a server has loaded for as long as it runs is not looked through again and again while people wait."""

import gc
import re

import pytest

from tests.factories import NOON, an_action
from tests.journeys.test_at_the_deadline import a_form, press
from tests.site import COLLECTED, Site


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pythons_garbage_collector_looks_only_through_what_requests_have_left(database, session, tmp_path):
    an_action(session)
    site = Site(tmp_path, database, NOON, **{COLLECTED: "yes"}).start()
    try:
        for number in range(20):
            press(site, a_form(site), f"Guest {number}")
    finally:
        site.stop()
    looked_through = [int(found) for found in re.findall(r"collected=(\d+)", (tmp_path / "log").read_text())]
    assert 0 < max(looked_through) < len(gc.get_objects()) / 3  # this process has loaded the site too
