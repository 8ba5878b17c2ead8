"""Recordings of real players: exactly the events that the viewer's doings are, and true figures."""

import pytest

from tests.recordings.replaying import LOGS, RECORDINGS, read_expected, replay
from video_tracker.testing import check_session

_COUNTS = (
    "pauses",
    "seeks",
    "rebuffers",
    "breaks",
    "ads_started",
    "ads_completed",
    "ads_skipped",
    "ads_failed",
)
_TOLERANCE = 0.5
"""Seconds: the callbacks come every quarter of a second, the sampler's slices are 0.04 s."""


def test_every_log_has_what_is_expected_of_it_and_all_players_and_browsers_are_there() -> None:
    """Three browsers, ads in one element, in two, and in the stream; files and livestreams."""
    assert {name.partition("+")[0] for name in RECORDINGS} == set(LOGS)
    assert len(LOGS) >= 120
    players = {name.rsplit("-", 1)[1].partition("+")[0] for name in RECORDINGS}
    assert {
        "html5",
        "html5_firefox",
        "html5_webkit",
        "videojs",
        "contribads",
        "html5vast",
        "shaka",
        "shakahls",
        "dashjs",
        "plyr",
        "mediaelement",
        "fluid",
        "hlsjs",
        "hlsjs_firefox",
        "hlsjs_webkit",
    } <= players


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_gives_these_events_in_this_order_and_nothing_more(name: str) -> None:
    """S20: and the way it ended (S26)."""
    expected, result = read_expected(name), replay(name)
    assert result.events == expected.events
    assert result.endings == expected.endings


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_figures_of_a_recording_are_those_that_were_measured(name: str) -> None:
    """Seconds within half a second, counts exactly; what is not named did not happen."""
    expected, figures = read_expected(name).figures, replay(name).figures
    for count in _COUNTS:
        assert figures[count] == expected.get(count, 0), count
    for key in expected.keys() - set(_COUNTS):
        assert figures[key] == pytest.approx(expected[key], abs=_TOLERANCE), key
    for bucket in ("paused", "buffering", "interrupted", "suspended"):
        assert figures[bucket] == pytest.approx(expected.get(bucket, 0.0), abs=_TOLERANCE), bucket


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_keeps_all_invariants_and_its_events_take_the_seconds_that_are_counted(
    name: str,
) -> None:
    """S50, S86, conservation; within what a player stalls without a word (S65).

    In a scrub, many seeks are one, between which the ledger counts what played (S33).
    """
    result = replay(name)
    for events, summary in zip(result.sessions, result.summaries, strict=True):
        check_session(events, summary, exact=not name.startswith("03b-scrub"), slack=0.2)
