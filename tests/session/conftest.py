"""Every story told in these tests must obey the grammar, whatever else its test asks of it."""

from collections.abc import Iterator

import pytest

from tests.session.story import Story
from video_tracker.testing.grammar import check_stream


@pytest.fixture(autouse=True)
def grammar() -> Iterator[None]:
    """Hold all stories of a test to S20, and the session to no fault of its own (S60)."""
    Story.told.clear()
    yield
    for story in Story.told:
        assert check_stream(story.events) == [], story.rows
        assert "internal_fault" not in story.session.diagnostics, story.session.diagnostics
