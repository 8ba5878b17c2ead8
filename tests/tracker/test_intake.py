"""A tracker that is fed beacons from elsewhere: time is the beacons', waking is the tracker's."""

import json

import pytest

from tests.ingest.streams import intake_of, numbered, recorded, straight
from video_tracker.errors import PlanError, UnknownPlayerError
from video_tracker.ingest import Beacon, ClockSkew, ReorderWindow, decode_beacons
from video_tracker.plan import SessionPlan
from video_tracker.signals import Exit, Pause, Play, Playing, Progress
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.tracker import TrackedIntake, Tracker
from video_tracker.transports import MemoryTransport


def tracker_at(clock: ManualClock, memory: MemoryTransport) -> Tracker:
    return Tracker(memory, mode="manual", clock=clock)


def names(memory: MemoryTransport) -> list[str]:
    return [record.event.removeprefix("Video ") for record in memory.records]


def begin(tracker: Tracker, session_id: str = "s1") -> TrackedIntake:
    return tracker.intake(session_id, None, SessionPlan(user_id="u1"))


def test_the_tracker_wakes_a_session_by_its_beacons_times() -> None:
    """S46, S68: a heartbeat is not made while beacons from before it may be on their way."""
    clock, memory = ManualClock(), MemoryTransport()
    tracker = tracker_at(clock, memory)
    viewer = begin(tracker)
    viewer.push([Beacon("s1", 0, NOON, Playing(NOON, 0.0))], received_at=clock.advance(2.0))
    clock.advance(9.0)
    tracker.tick()  # the beat of second 10 is due by the server's clock, but not settled yet

    viewer.push([Beacon("s1", 1, NOON + 9.5, Pause(NOON + 9.5, 9.5))], received_at=clock.now())
    clock.advance(60.0)
    tracker.tick()
    tracker.flush()

    assert names(memory) == ["Playback Started", "Content Started", "Playback Paused"]


def test_time_passes_when_nothing_more_comes() -> None:
    """S26, S68: silence times out, once the window has passed too."""
    clock, memory = ManualClock(), MemoryTransport()
    tracker = tracker_at(clock, memory)
    viewer = begin(tracker)
    viewer.push([Beacon("s1", 0, NOON, Playing(NOON, 0.0))], received_at=NOON)
    for _ in range(400):
        clock.advance(1.0)
        tracker.tick()
    tracker.flush()

    assert names(memory)[-1] == "Playback Interrupted"
    # Nobody told where it played: each beat lies on the grid, until the timeout (S42, S63).
    assert len(names(memory)) == 2 + 29 + 1
    assert json.loads(memory.records[-1].body)["timestamp"] == "2026-01-01T12:05:00.000Z"


def test_a_gap_is_given_up_by_the_trackers_waking() -> None:
    """S68: nobody has to push anything for the stream to go on."""
    clock, memory = ManualClock(), MemoryTransport()
    tracker = tracker_at(clock, memory)
    viewer = begin(tracker)
    viewer.push([Beacon("s1", 4, NOON, Play(NOON, 0.0))], received_at=NOON)
    assert viewer.count.pending == 1
    clock.advance(10.0)
    tracker.tick()
    tracker.flush()

    assert names(memory) == ["Playback Started"]
    assert (viewer.count.gaps, viewer.count.missing) == (1, 4)


def test_a_recording_through_the_tracker_is_the_same_bytes() -> None:
    """S68: the tracker adds its delivery, and nothing to the events."""
    said = recorded("08-ads-contribads")
    plan = SessionPlan(user_id="u1", settings=intake_of(said)[1].session.settings)
    clock, memory = ManualClock(said[0].at), MemoryTransport()
    tracker = Tracker(memory, mode="manual", clock=clock)
    viewer = tracker.intake("s1", "videojs", plan)
    beacons = numbered(said)
    for first, second in zip(beacons[1::2], beacons[::2], strict=False):
        clock.move_to(max(clock.now(), first.at))
        tracker.tick()
        viewer.push([first, first, second])
    viewer.push(beacons)
    for _ in range(500):
        clock.advance(10.0)
        tracker.tick()
    tracker.flush()

    assert [record.body for record in memory.records] == straight(said)
    assert viewer.count.late == 0
    assert viewer.ignored


def test_what_the_window_holds_is_given_on_by_flush() -> None:
    """S68: a service that ends loses nothing."""
    clock, memory = ManualClock(), MemoryTransport()
    tracker = tracker_at(clock, memory)
    viewer = begin(tracker)
    viewer.push([Beacon("s1", 1, NOON, Playing(NOON, 0.0))])

    assert [event.name for event in viewer.flush()] == [
        "Video Playback Started",
        "Video Content Started",
    ]
    assert viewer.flush() == ()


def test_closing_the_tracker_gives_on_what_the_windows_hold() -> None:
    """S68: also of a session that was over and is about to be replayed (S24)."""
    memory = MemoryTransport()
    with tracker_at(ManualClock(), memory) as tracker:
        begin(tracker, "s1").push([Beacon("s1", 1, NOON, Play(NOON, 0.0))])
        over = begin(tracker, "s2")
        over.push([Beacon("s2", 0, NOON, Play(NOON)), Beacon("s2", 1, NOON + 1, Exit(NOON + 1))])
        over.push([Beacon("s2", 3, NOON + 2, Play(NOON + 2, 0.0))])
        assert over.over
    started = [record for record in memory.records if "Started" in record.event]

    assert [record.session_id for record in started] == ["s2", "s1", over.session_id]
    assert over.session_id != "s2"


def test_inputs_besides_come_after_what_was_given_on() -> None:
    clock, memory = ManualClock(), MemoryTransport()
    tracker = tracker_at(clock, memory)
    viewer = begin(tracker)
    viewer.push([Beacon("s1", 0, NOON, Playing(NOON, 0.0))])
    viewer.push([Beacon("s1", 1, NOON + 12, Progress(NOON + 12, 12.0))], received_at=NOON + 13)
    viewer.progress(13.0, at=NOON + 13)
    viewer.exit(14.0, at=NOON + 14)
    tracker.flush()

    assert names(memory) == [
        "Playback Started",
        "Content Started",
        "Content Playing",
        "Playback Exited",
    ]
    assert viewer.over
    assert viewer.ignored == {}


def test_window_and_clock_are_the_callers() -> None:
    memory = MemoryTransport()
    tracker = tracker_at(ManualClock(), memory)
    window: ReorderWindow[Beacon] = ReorderWindow(0.5)
    viewer = tracker.intake(
        "s1",
        None,
        user_id="u1",
        window=window,
        skew=ClockSkew(opened=(NOON, NOON - 600.0)),
        keep_late=False,
    )
    viewer.push([Beacon("s1", 1, NOON - 600.0, Play(NOON - 600.0))], received_at=NOON)
    viewer.push([Beacon("s1", 0, NOON - 601.0, Play(NOON - 601.0))], received_at=NOON + 1)
    viewer.push([Beacon("other", 2, NOON, Play(NOON))], received_at=NOON + 1)
    tracker.flush()

    assert [json.loads(record.body)["timestamp"][:19] for record in memory.records] == [
        "2026-01-01T12:00:00"
    ]
    assert (viewer.count.late, viewer.count.refused, viewer.count.correction) == (1, 1, 600.0)
    assert viewer.count.released == 1


def test_an_unknown_player_and_a_session_twice_are_refused() -> None:
    tracker = tracker_at(ManualClock(), MemoryTransport())
    begin(tracker)

    with pytest.raises(PlanError):
        begin(tracker)
    with pytest.raises(UnknownPlayerError):
        tracker.intake("s2", "no such player", user_id="u1")


@pytest.mark.parametrize("by", ["push", "feed"])
def test_times_of_beacons_that_cannot_be_used_are_counted_and_said(
    by: str, caplog: pytest.LogCaptureFixture
) -> None:
    """S60, S64: microseconds by mistake, in each of the beacons."""
    clock = ManualClock()
    tracker = tracker_at(clock, MemoryTransport())
    viewer = begin(tracker)
    said = [{"seq": n, "t": (NOON + n) * 1e6, "signal": "play"} for n in range(3)]
    decoded = decode_beacons(json.dumps({"beacons": said}).encode(), session_id="s1")
    if by == "push":
        viewer.push(decoded, received_at=NOON)
    else:
        tracker.feed("s1", decoded, received_at=NOON)

    assert tracker.stats().ignored == {"beacon: bad_time": 3}
    (line,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert "beacons are lost, as their times cannot be used: beacons[0].t" in line.getMessage()
