"""The recorded session: a session in all that it does, and one that costs nothing when off."""

import datetime
import json
import math
import subprocess
import sys

import pytest

from tests.explain.asking import START
from video_tracker import Session, SessionPlan
from video_tracker.errors import StrictError
from video_tracker.explain import (
    RecordedSession,
    Source,
    event_text,
    explanation_text,
    explanation_to_dict,
    position_text,
)
from video_tracker.plan import Content
from video_tracker.session import Playback
from video_tracker.session.data.state import State
from video_tracker.signals import Exit, Play, Playing, Progress

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=60)])


def test_a_session_that_is_not_recorded_has_a_plain_state() -> None:
    """No attribute of it tells anybody anything."""
    assert type(Session("s", PLAN)._state) is State
    assert "__setattr__" not in vars(State)


def test_importing_the_session_loads_nothing_that_explains() -> None:
    code = "import sys, video_tracker; video_tracker.Session; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not [name for name in run.stdout.split() if name.startswith("video_tracker.explain")]


def test_an_input_may_be_given_directly_or_as_a_signal() -> None:
    direct, signalled = RecordedSession("s", PLAN), RecordedSession("s", PLAN)
    direct.play(START, 0.0)
    direct.playing(START, position=0.0)
    direct.progress(START + 1, 1.0)
    for signal in (Play(START, 0.0), Playing(START, 0.0), Progress(START + 1, 1.0)):
        signalled.receive(signal)

    found, same = direct.explain(), signalled.explain()
    assert [each.cause.name for each in found.events] == ["play", "playing"]
    assert [each.cause.said for each in found.events] == [{"position": 0.0}, {"position": 0.0}]
    assert same == found


def test_what_is_no_signal_is_refused_as_by_any_session() -> None:
    session = RecordedSession("s", PLAN)
    assert session.receive("play") == ()  # type: ignore[arg-type]
    assert session.explain().figures["diagnostics"].value == {"invalid_value": 1}


def test_a_replay_is_recorded_too_and_knows_where_it_comes_from() -> None:
    """S24."""
    session = RecordedSession("s", PLAN, source=lambda _name, at: Source(round(at - START) + 1))
    playback = Playback(session)
    for signal in (Play(START, 0.0), Playing(START, 0.0), Progress(START + 1, 1.0)):
        playback.receive(signal)
    session.end(START + 2, 60.0)
    for signal in (Play(START + 3, 0.0), Playing(START + 3, 0.0)):
        playback.receive(signal)

    again = playback.session
    assert isinstance(again, RecordedSession)
    assert again.session_id == "s-2"
    assert [each.cause.source for each in again.explain().events] == [Source(4), Source(4)]


def test_what_a_strict_session_refuses_leaves_no_trace() -> None:
    session = RecordedSession("s", PLAN, strict=True)
    session.play(START, 0.0)
    session.playing(START, 0.0)
    session.progress(START + 2, 2.0)
    before = session.explain()
    with pytest.raises(StrictError):
        session.seek_end(START + 3, 40.0)

    assert session.explain() == before


def test_an_account_can_be_asked_for_at_any_time() -> None:
    session = RecordedSession("s", PLAN)
    assert session.explain().events == ()
    session.play(START, 0.0)
    assert [each.event.name for each in session.explain().events] == ["Video Playback Started"]
    session.playing(START, 0.0)
    session.progress(START + 1, 1.0)
    (share,) = session.explain().figures["content_played"].shares
    assert (share.start, share.end, float(share.seconds)) == (START, START + 1, 1.0)


def test_aware_datetimes_are_times_of_inputs_too() -> None:
    at = datetime.datetime.fromtimestamp(START, datetime.UTC)
    session = RecordedSession("s", PLAN)
    session.play(at, 0.0)
    session.receive(Exit(START + 1))
    found = session.explain()
    assert [each.event.name for each in found.events] == [
        "Video Playback Started",
        "Video Playback Exited",
    ]
    assert found.origin == START


@pytest.mark.parametrize("ask", [event_text, position_text])
def test_an_event_that_does_not_exist_is_refused_with_those_that_do(ask: object) -> None:
    session = RecordedSession("s", PLAN)
    session.play(START, 0.0)
    assert callable(ask)
    with pytest.raises(LookupError, match="session s has no event 9: its events are 1 to 1"):
        ask(session.explain(), 9)


def test_a_seek_whose_target_nobody_told_leaves_the_position_unknown() -> None:
    """S33."""
    session = RecordedSession("s", PLAN)
    session.play(START, 0.0)
    session.playing(START, 0.0)
    session.progress(START + 1, 1.0)
    session.seek_start(START + 2, 2.0)
    session.seek_end(START + 3)
    said = position_text(session.explain(), 4)
    assert said == (
        "4 Playback Seek Completed: position unknown: Nobody has told whither the seek went (S33)."
    )


@pytest.mark.parametrize("at", [math.nan, -math.inf, 10**400, None, "now", [], {}])
def test_a_time_that_is_none_is_recorded_and_explained(at: object) -> None:
    """S60: nothing is raised, whatever the values."""
    session = RecordedSession("s", PLAN)
    session.play(at, 0.0)  # type: ignore[arg-type]
    session.play(START, 0.0)
    session.pause(at, 10**5000)  # type: ignore[arg-type]
    session.exit(START + 1)

    found = session.explain()
    assert [each.event.name for each in found.events] == [
        "Video Playback Started",
        "Video Playback Exited",
    ]
    assert [note.diagnostic.reason for note in found.notes] == ["invalid_time"] * 2
    assert "rejected 2 x invalid_time" in explanation_text(found)
    json.dumps(explanation_to_dict(found), allow_nan=False)
