"""The pure session, its plan and its bytes, as a type checker of a user's sees them."""

from collections.abc import Mapping
from typing import Any, assert_type

from video_tracker import (
    Ad,
    AdBreak,
    Content,
    Encoder,
    Event,
    Playback,
    Record,
    Session,
    SessionPlan,
    SessionPosition,
    Settings,
    Summary,
    adapter_snapshot,
    find_adapter,
    plan_from_json,
    plan_to_json,
    restore,
    restore_adapter,
    snapshot,
)
from video_tracker.events import PlaybackStarted
from video_tracker.players.base import Adapter
from video_tracker.signals import Exit, Play, Signal

START = 1_795_432_200.0
PLAN = SessionPlan(
    user_id="viewer-42",
    contents=[Content(asset_id="film", duration=60, title="A Walk by the Sea")],
    ad_breaks=[AdBreak(at=28, ads=[Ad(asset_id="boots", duration=10)])],
    settings=Settings(heartbeat=None, live_position="playhead"),
)


def test_an_input_gives_the_events_that_it_caused() -> None:
    session = Session("s", PLAN)
    started = assert_type(session.play(START), tuple[Event, ...])

    assert [assert_type(event.name, str) for event in started] == ["Video Playback Started"]
    assert isinstance(started[0], PlaybackStarted)
    assert assert_type(started[0].position, int | None) == 0


def test_figures_and_positions_are_values_with_names() -> None:
    session = Session("s", PLAN)
    session.play(START)
    session.playing(START + 1, position=0.0)
    session.exit(START + 3)
    summary = assert_type(session.summary(), Summary)
    position = assert_type(session.position_now(), SessionPosition)

    assert assert_type(summary.elapsed, float) == 3.0
    assert assert_type(summary.to_dict(), dict[str, Any])["startup"] == 1.0
    assert isinstance(position, SessionPosition)


def test_signals_are_given_to_a_playback() -> None:
    signals: list[Signal] = [Play(START, 0.0), Exit(START + 2)]
    playback = Playback(Session("s", PLAN))
    names = [event.name for signal in signals for _, event in playback.receive(signal)]

    assert names == ["Video Playback Started", "Video Playback Exited"]


def test_an_event_becomes_a_message_and_a_record() -> None:
    session, encoder = Session("s", PLAN), Encoder(profile="segment")
    (event,) = session.play(START)
    record = assert_type(encoder.encode(event, session.envelope()), Record)
    message = assert_type(encoder.message(event, session.envelope()), dict[str, Any])

    assert assert_type(record.message_id, str) == message["messageId"]
    assert assert_type(record.body, bytes)


def test_sessions_and_adapters_are_written_down_and_restored() -> None:
    session, adapter = Session("s", PLAN), find_adapter("html5")()
    written = snapshot(session)
    restored = assert_type(restore(written, plan=PLAN), Session)
    again = assert_type(restore_adapter(adapter_snapshot(adapter)), Adapter)

    assert restored.session_id == "s"
    assert type(again) is type(adapter)


def test_a_plan_goes_to_json_and_back() -> None:
    written = plan_to_json(PLAN)
    read = assert_type(plan_from_json(written), SessionPlan)
    known: Mapping[str, Any] = written

    assert read == PLAN
    assert known["user_id"] == "viewer-42"
