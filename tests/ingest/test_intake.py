"""One viewer's stream: what is given on when, how time passes, and what is counted (S64, S68)."""

import json
import random
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.streams import Arrival, drive, intake_of, numbered, recorded
from video_tracker.ingest import (
    Beacon,
    ClockSkew,
    Decoded,
    Intake,
    IntakeCount,
    PlayerFeed,
    Said,
    decode_beacons,
)
from video_tracker.ingest.feed import Pair
from video_tracker.plan import Content, SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.registry import find_adapter
from video_tracker.session import Playback, Session
from video_tracker.signals import Exit, Pause, Play, Playing, Progress, Signal
from video_tracker.testing.grammar import check_messages
from video_tracker.testing.simulator import START, Simulation
from video_tracker.testing.strategies import viewings

PLAN = SessionPlan(user_id="u1", contents=(Content(asset_id="film", duration=600.0),))


def beacon(sequence: int | None, said: Said, session_id: str = "s1") -> Beacon:
    return Beacon(session_id, sequence, said.at, said)


def listening(
    keep_late: bool = True, skew: ClockSkew | None = None
) -> tuple[Intake[Said], list[Said]]:
    """An intake whose target is a function that writes down what it is told."""
    told: list[Said] = []

    def receive(said: Said) -> None:
        told.append(said)

    intake: Intake[Said] = Intake(receive, session_id="s1", keep_late=keep_late, skew=skew)
    return intake, told


def playing(plan: SessionPlan = PLAN) -> tuple[Intake[Pair], Playback]:
    playback = Playback(Session("s1", plan))
    return Intake(PlayerFeed(playback), session_id="s1"), playback


def sums_up(count: IntakeCount) -> bool:
    parts = count.released + count.late + count.duplicates + count.refused + count.pending
    return count.received == parts


def watched(seconds: Sequence[int], start: float = START) -> list[Signal]:
    """Play at once, then the playhead at each of these seconds."""
    first: list[Signal] = [Play(start, 0.0), Playing(start, 0.0)]
    return [*first, *(Progress(start + second, float(second)) for second in seconds)]


def test_a_function_may_take_the_stream() -> None:
    """S68: in order, each once, with the client's own times while its clock is right."""
    intake, told = listening()
    play, pause = Play(START), Pause(START + 1)

    assert intake.push([beacon(1, pause), beacon(0, play), beacon(1, pause)], START + 2) == ()
    assert told == [play, pause]
    assert intake.count.duplicates == 1
    assert intake.wake_at() is None
    assert intake.finish() == ()


def test_a_decoded_body_may_be_pushed_as_it_is() -> None:
    body = {"session_id": "s1", "sent_at": START * 1000, "beacons": [{"seq": 0, "signal": "play"}]}
    body["beacons"] = [{"seq": 0, "signal": "play", "at": START - 86_400.0}]
    body["sent_at"] = (START - 86_400.0) * 1000
    decoded = decode_beacons(json.dumps(body).encode())
    intake, told = listening()

    intake.push(decoded, START)

    assert told == [Play(START)]  # its clock is a day behind
    assert intake.push(Decoded(), START) == ()


def test_beacons_of_other_sessions_are_refused() -> None:
    """One session id for each beacon fills nothing."""
    intake, told = listening()
    intake.push([beacon(0, Play(START), f"s{number}") for number in range(2, 1_000)], START)

    assert told == []
    assert (intake.count.refused, intake.count.received) == (998, 998)
    assert intake.skew.estimate is None  # nor has it any say in the clock
    assert sums_up(intake.count)


def test_what_comes_too_late_is_given_on_but_never_newer_than_the_newest() -> None:
    """S64: the session clamps it; it is counted as late."""
    intake, told = listening()
    intake.push([beacon(1, Play(START + 5))], START + 5)
    intake.release(START + 15)
    intake.push([beacon(0, Pause(START + 9))], START + 16)

    assert told == [Play(START + 5), Pause(START + 5)]
    assert (intake.count.late, intake.count.missing) == (1, 0)
    assert sums_up(intake.count)


def test_what_comes_too_late_may_be_dropped_instead() -> None:
    intake, told = listening(keep_late=False)
    intake.push([beacon(1, Play(START + 5))], START + 5)
    intake.release(START + 15)
    intake.push([beacon(0, Pause(START))], START + 16)

    assert told == [Play(START + 5)]
    assert intake.count.late == 1


def test_time_passes_by_the_beacons_times() -> None:
    """S40, S46: beats are dated by the grid, however late the beacons come."""
    intake, _ = playing()
    made = drive(
        intake,
        [Arrival(START + 9.9, tuple(numbered(watched(range(1, 26)))))],
    )
    events = [json.loads(message) for message in made]

    beats = [each["timestamp"] for each in events if each["event"] == "Video Content Playing"]
    assert beats[:2] == ["2026-11-23T11:10:20.250Z", "2026-11-23T11:10:30.250Z"]


def test_in_a_silence_time_passes_only_as_far_as_nothing_can_come_any_more() -> None:
    """S68: what is due at 10 s waits until a beacon from before it can no longer be in time."""
    intake, playback = playing()
    intake.push([beacon(0, Playing(START, 0.0))], START + 0.5)  # half a second on the way

    assert intake.wake_at() == START + 10.0 + 0.5 + 10.0
    assert intake.release(START + 20.4) == ()
    assert len(intake.release(START + 20.5)) == 1
    assert playback.session.summary().to_dict()["heartbeats"] == 1


def test_what_is_held_keeps_time_from_passing_it_by() -> None:
    """S68: what lies behind a hole has still to come first."""
    intake, _ = playing()
    intake.push([beacon(0, Playing(START, 0.0))], START)
    intake.push([beacon(2, Exit(START + 5, 5.0))], START + 19.5)

    assert [event.name for _, event in intake.release(START + 29.0)] == []
    names = [event.name for _, event in intake.release(START + 29.5)]
    assert names == ["Video Playback Exited"]


@settings(max_examples=100, deadline=None)
@given(viewings(), st.randoms(use_true_random=False), st.floats(0, 30))
def test_whoever_wakes_it_when_it_says_is_done(
    viewing: Simulation, rng: random.Random, way: float
) -> None:
    """S46: after a release at the time it asked for, it asks for a later one."""
    intake, _ = intake_of(viewing.signals, viewing.plan)
    for each in numbered(viewing.signals):
        if rng.random() < 0.9:
            intake.push([each], each.at + way * rng.random())
    for _ in range(2_000):
        due = intake.wake_at()
        if due is None:
            break
        intake.release(due)
        later = intake.wake_at()
        assert later is None or later > due

    assert intake.wake_at() is None


@pytest.mark.parametrize("step", [3_600.0, -3_600.0, 86_400.0 * 365, 150.0, -150.0, -30.0, -2.5])
def test_a_clock_that_is_set_in_mid_session_costs_no_playing(step: float) -> None:
    """S63, S64: nothing is negative, nothing is lost, and no event is dated in the future."""
    intake, playback = playing()
    said = watched(range(1, 61))
    moved = [
        *said[:32],
        *(Progress(each.at + step, each.position) for each in said[32:] if type(each) is Progress),
    ]
    made: list[Pair] = []
    for number, (true, told) in enumerate(zip(said, moved, strict=True)):
        made += intake.push([beacon(number, told)], true.at + 0.1)
    summary = playback.session.summary().to_dict()

    assert summary["content_played"] == pytest.approx(60.0, abs=2.0)
    assert summary["suspended"] < 61.0  # what is left of the step, within the tolerance
    assert intake.count.clock_jumps == 1
    assert all(event.at <= said[-1].at + 120.0 for _, event in made)


def test_times_a_little_uneven_are_the_sessions_affair() -> None:
    """S64: it clamps and counts them."""
    intake, playback = playing()
    said = watched(range(1, 61))
    for number, true in enumerate(said):
        told = Progress(true.at - 0.3, 30.0) if number == 32 else true
        intake.push([beacon(number, told), beacon(number + 1, true)], true.at)
    summary = playback.session.summary().to_dict()

    assert summary["content_played"] == pytest.approx(60.0, abs=2.0)
    assert intake.count.clock_jumps == 0


def test_callbacks_without_an_adapter_are_counted() -> None:
    playback = Playback(Session("s1", PLAN))
    feed = PlayerFeed(playback)
    intake = Intake(feed)
    intake.push([beacon(0, Callback(START, "html5", "play"))], START)

    assert feed.untranslated == 1
    assert playback.session._state.sequence == 0


def test_replays_without_end_keep_a_bounded_number_of_sessions() -> None:
    """S24: each replay is a new session; the oldest are let go."""
    playback = Playback(Session("s1", PLAN))
    intake = Intake(PlayerFeed(playback, keep_sessions=3))
    number = 0
    for turn in range(20):
        at = START + turn * 10
        for said in (Play(at, 0.0), Playing(at + 1, 0.0), Exit(at + 2, 1.0)):
            intake.push([beacon(number, said)], said.at)
            number += 1

    assert len(playback.sessions) == 3
    assert playback.session.session_id != "s1"


def test_the_end_may_be_cut_short_at_a_time() -> None:
    """A service that ends does not let an open session time out in the future."""
    intake, playback = playing()
    intake.push(numbered(watched([1, 2, 3])), START + 3)
    intake.finish(START + 5)

    assert playback.session.summary().to_dict()["ended"] == "open"
    intake.finish()
    assert playback.session.summary().to_dict()["ended"] == "timeout"


@settings(max_examples=80, deadline=None)
@given(viewings(), st.randoms(use_true_random=False), st.floats(0, 0.4))
def test_beyond_the_window_the_stream_stays_valid(
    viewing: Simulation, rng: random.Random, lost: float
) -> None:
    """S60, S62, S64: lost, late and repeated at will, the events still follow the grammar."""
    intake, _ = intake_of(viewing.signals, viewing.plan)
    coming = []
    for each in numbered(viewing.signals):
        while rng.random() > lost:
            coming.append((each.at + rng.random() * 60.0, each))
            if rng.random() < 0.7:
                break
    coming.sort(key=lambda pair: pair[0])

    made = drive(intake, [Arrival(at, (each,)) for at, each in coming])

    assert check_messages([json.loads(message) for message in made]) == []
    assert sums_up(intake.count)
    assert intake.count.pending == 0


def test_a_session_of_hours_keeps_nothing_of_what_has_gone_by() -> None:
    """S68: memory is what is held, not what has been."""
    adapter = find_adapter("html5")()
    intake = Intake(PlayerFeed(Playback(Session("s1", PLAN)), adapter), session_id="s1")
    said = recorded("01-simple-html5")
    template = next(each for each in said if each.event == "timeupdate")

    def run(start: int, count: int) -> None:
        for number in range(start, start + count):
            at = START + number * 0.25
            state = {**template.state, "currentTime": number * 0.25 % 500}
            call = Callback(at, "html5", "timeupdate", state, {})
            if number % 5:
                intake.push([beacon(number, call), beacon(number, call)], at)

    run(0, 2_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    run(2_000, 8_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < 60_000
    assert intake.count.gaps > 1_900
    assert sums_up(intake.count)
