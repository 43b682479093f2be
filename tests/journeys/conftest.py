"""A real server for each journey."""

import pytest

from tests.factories import NOON
from tests.site import Site


@pytest.fixture
def site(database, tmp_path):
    """gunicorn with two workers on the test's database, its clock at noon."""
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.stop()
