"""The tracker's doings with one thread: what is sent, counted, told, and let pass."""

import gc
import inspect
import json
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import attrs
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.delivery import DELIVERED, Dead, DeliveryPolicy, Mixed, Refused, TryLater
from video_tracker.errors import (
    PlanError,
    PolicyError,
    QueueFullError,
    StrictError,
    UnknownPlayerError,
)
from video_tracker.events import Event
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback, Mapped, Vocabulary
from video_tracker.session import Diagnostic, Playback, Session, restore
from video_tracker.signals import SIGNALS, Pause, Play, Signal
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.testing.grammar import check_messages
from video_tracker.testing.strategies import hostile_logs
from video_tracker.tracker import (
    Drop,
    Failure,
    Lane,
    Mode,
    Retry,
    Sent,
    Stats,
    TrackedSession,
    Tracker,
)
from video_tracker.transports import ConsoleTransport, HttpTransport, MemoryTransport

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=60)])
SCRIPT: dict[int, list[tuple[str, tuple[Any, ...]]]] = {
    0: [("load", ()), ("play", (0.0,))],
    1: [("playing", (0.0,))],
    20: [("pause", (17.0,))],
    30: [("play", (17.0,))],
    60: [("progress", (3.0,)), ("exit", (3.0,))],
}
START = ["Playback Started", "Content Started"]


def balanced(stats: Stats) -> bool:
    """The law of the account (S55)."""
    return stats.balanced and stats.pending >= 0


def names(events: Iterable[Event | str]) -> list[str]:
    """Event names without the word that all of them begin with."""
    said = (event if isinstance(event, str) else event.name for event in events)
    return [name.removeprefix("Video ") for name in said]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sent() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def failures() -> list[Failure]:
    return []


@pytest.fixture
def tracker(
    sent: MemoryTransport, clock: ManualClock, failures: list[Failure]
) -> Iterator[Tracker]:
    with Tracker(sent, clock=clock, mode="sync", on_failure=failures.append) as made:
        yield made


def play(session: TrackedSession) -> None:
    session.play(0)
    session.playing(0)


# -- what is sent ------------------------------------------------------------------------------


def test_events_are_sent_in_order_before_the_input_returns(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    session = tracker.session("s1", PLAN)
    assert names(session.play(0)) == ["Playback Started"]
    assert names(sent.events) == ["Playback Started"]
    assert names(session.playing(0)) == ["Content Started"]
    clock.advance(5)
    assert names(session.pause(5)) == ["Playback Paused"]
    assert names(session.exit(5)) == ["Playback Exited"]
    assert names(sent.events) == [*START, "Playback Paused", "Playback Exited"]
    assert [record.message_id for record in sent.records] == ["s1-1", "s1-2", "s1-3", "s1-4"]


def test_the_time_comes_from_the_clock_unless_it_is_given(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S46, S50."""
    session = tracker.session("s1", PLAN)
    session.play(0)
    clock.advance(2.5)
    session.playing(0)
    session.pause(1.0, at=NOON + 3.5)
    assert [message["timestamp"] for message in sent.messages] == [
        "2026-01-01T12:00:00.000Z",
        "2026-01-01T12:00:02.500Z",
        "2026-01-01T12:00:03.500Z",
    ]


def test_it_makes_the_same_events_as_a_bare_session(tracker: Tracker, clock: ManualClock) -> None:
    """The shell carries values and decides nothing."""
    bare = Session("s1", PLAN)
    tracked = tracker.session("s1", PLAN)
    for step in range(70):
        at = clock.advance(0.9)
        for name, values in SCRIPT.get(step, [("progress", (step * 0.85,))]):
            assert getattr(tracked, name)(*values) == getattr(bare, name)(at, *values)
    assert tracked.summary() == bare.summary()
    assert tracked.over


def test_every_input_of_a_session_is_one_of_the_shell() -> None:
    """A method each, with the signal's own arguments besides ``at``."""
    for name, signal in SIGNALS.items():
        method = inspect.signature(getattr(TrackedSession, name)).parameters
        fields = [field.name for field in attrs.fields(signal)]
        assert set(method) == {"self", *fields}, name
        assert method["at"].kind is inspect.Parameter.KEYWORD_ONLY


def test_each_input_reaches_the_session_with_its_values(
    sent: MemoryTransport, clock: ManualClock
) -> None:
    """In the session's own words: what it counts as an input is what was called."""
    heard: list[Diagnostic] = []
    tracker = Tracker(sent, clock=clock, mode="sync", on_diagnostic=heard.append)
    for name, signal in SIGNALS.items():
        if name in {"tick", "load"}:
            continue
        session = tracker.session(f"of {name}", PLAN)
        session.play(0)
        session.exit(0)
        heard.clear()
        values = {field.name: None for field in attrs.fields(signal) if field.name != "at"}
        getattr(session, name)(**values)
        assert [diagnostic.input for diagnostic in heard][:1] == [name]
    tracker.close()


@pytest.mark.parametrize(
    ("profile", "ids"),
    [("customerio", "boots"), ("segment", ["boots"]), ("rudderstack", ["boots"])],
)
def test_the_profile_is_the_trackers(clock: ManualClock, profile: str, ids: Any) -> None:
    """S52: planned ads are strings for Customer.io and arrays elsewhere."""
    sent = MemoryTransport()
    plan = attrs.evolve(PLAN, ad_breaks=[AdBreak(at="start", ads=[Ad(asset_id="boots")])])
    with Tracker(sent, clock=clock, mode="sync", profile=profile) as tracker:
        tracker.session("s1", plan).play(0)
    assert sent.messages[0]["properties"]["ad_asset_id"] == ids


def test_an_unknown_profile_is_an_error_at_once() -> None:
    with pytest.raises(LookupError):
        Tracker(MemoryTransport(), profile="nobody")


def test_plan_and_settings_of_the_tracker_serve_sessions_that_bring_none(
    sent: MemoryTransport, clock: ManualClock
) -> None:
    with Tracker(
        sent, clock=clock, mode="sync", plan=PLAN, settings=Settings(heartbeat=5)
    ) as tracker:
        for session_id, own in (("s1", None), ("s2", Settings(heartbeat=20))):
            session = tracker.session(session_id, user_id="u2", settings=own)
            play(session)
        for _ in range(12):
            clock.advance(1)
            tracker.tick()
    beats = [message for message in sent.messages if message["event"] == "Video Content Playing"]
    assert {message["properties"]["session_id"] for message in beats} == {"s1"}
    assert {message["userId"] for message in sent.messages} == {"u2"}
    assert sent.messages[0]["properties"]["content_asset_ids"] == ["film"]


def test_custom_properties_of_one_input_are_on_its_events_alone(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    """S51."""
    session = tracker.session("s1", PLAN)
    play(session)
    session.annotate({"button": "space bar"})
    session.pause(1)
    session.play(1)
    told = [message["properties"].get("button") for message in sent.messages]
    assert told[:3] == [None, None, "space bar"]
    assert set(told[3:]) == {None}


def test_a_whole_viewing_reaches_the_destination_over_http(clock: ManualClock) -> None:
    """S50: from the viewer's first click to the bytes that Customer.io receives."""
    posted: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        posted.append(request)
        return httpx.Response(200, json={})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        transport = HttpTransport("key", region="eu", client=client, clock=clock)
        with Tracker(transport, clock=clock, mode="sync") as tracker:
            session = tracker.session("s1", PLAN)
            play(session)
            for second in range(1, 31):
                clock.advance(1)
                session.progress(float(second))
            session.exit(30)
            stats = tracker.stats()
    messages = [json.loads(request.content) for request in posted]
    assert names(message["event"] for message in messages) == [
        *START,
        "Content Playing",
        "Content Playing",
        "Content Playing",
        "Playback Exited",
    ]
    assert check_messages(messages) == []
    assert [message["sentAt"] == message["timestamp"] for message in messages] == [True] * 6
    assert {str(request.url) for request in posted} == {"https://cdp-eu.customer.io/v1/track"}
    assert (stats.made, stats.delivered) == (6, 6)


# -- what goes wrong ---------------------------------------------------------------------------


def test_a_session_without_a_viewer_is_an_error_at_once(tracker: Tracker) -> None:
    """S50."""
    with pytest.raises(PlanError, match="user_id or an anonymous_id"):
        tracker.session("s1")
    with pytest.raises(PlanError):
        tracker.session("", user_id="u1")
    assert tracker.session("s1", anonymous_id="a1").session_id == "s1"


def test_an_id_belongs_to_one_session(tracker: Tracker) -> None:
    """S50: the same id twice would make the same message ids twice."""
    session = tracker.session("s1", PLAN)
    with pytest.raises(PlanError, match="'s1' is being tracked, or was"):
        tracker.session("s1", PLAN)
    play(session)
    session.exit(0)
    with pytest.raises(PlanError, match="'s1' is being tracked, or was"):
        tracker.session("s1", PLAN)


@pytest.mark.parametrize(
    ("answer", "reason"), [(Refused("rejected", "no"), "rejected"), (None, "no_outcome")]
)
def test_what_is_refused_is_counted_logged_and_told(
    clock: ManualClock, caplog: pytest.LogCaptureFixture, answer: Any, reason: str
) -> None:
    """S55, S60: the viewer's thread hears nothing of it."""
    dead: list[Dead] = []
    sent = MemoryTransport(answers=[answer])
    tracker = Tracker(sent, clock=clock, mode="sync", on_dead=dead.append)
    session = tracker.session("s1", PLAN)
    assert names(session.play(0)) == ["Playback Started"]
    (letter,) = dead
    assert (letter.record.message_id, letter.reason, letter.attempts) == ("s1-1", reason, 1)
    stats = tracker.stats()
    assert (stats.made, stats.dead, stats.lost) == (1, {reason: 1}, 1)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    session.playing(0)
    assert tracker.stats().delivered == 1
    tracker.close()


@pytest.mark.parametrize(
    ("answer", "reason"), [(TryLater("network", "gone"), "network"), (OSError("gone"), "raised")]
)
def test_what_does_not_arrive_is_sent_again_before_what_comes_later(
    clock: ManualClock, caplog: pytest.LogCaptureFixture, answer: Any, reason: str
) -> None:
    """S50, S55: nothing is lost, the order is kept, and a repetition bears the same id."""
    told: list[Retry] = []
    lanes: list[Lane] = []
    sent = MemoryTransport(answers=[answer])
    tracker = Tracker(sent, clock=clock, mode="sync", on_retry=told.append, on_lane=lanes.append)
    session = tracker.session("s1", PLAN)
    session.play(0)
    (retry,) = told
    assert [record.message_id for record in retry.records] == ["s1-1"]
    assert (retry.reason, retry.attempt) == (reason, 1)
    stats = tracker.stats()
    assert (stats.made, stats.pending, stats.retried, stats.lane) == (1, 1, 1, "backing_off")
    assert stats.last_error is not None
    assert stats.last_error.startswith(reason)
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    clock.advance(60)
    session.playing(0)
    assert [record.message_id for record in sent.records] == ["s1-1", "s1-2"]
    assert [lane.state for lane in lanes] == ["backing_off", "open"]
    assert tracker.close().delivered == 2


def test_the_parts_of_a_mixed_outcome_are_told_apart(clock: ManualClock) -> None:
    mixed = Mixed((Refused("rejected", which="s1-3"), TryLater("network", which="s1-4")))
    sent = MemoryTransport(answers=[DELIVERED, DELIVERED, mixed])
    dead: list[Dead] = []
    retried: list[Retry] = []
    tracker = Tracker(sent, clock=clock, mode="sync", on_dead=dead.append, on_retry=retried.append)
    session = tracker.session("s1", PLAN)
    play(session)
    clock.advance(1)
    session.progress(1.0)  # it tells positions: no beat lies on the grid (S42, S88)
    clock.advance(59)
    session.progress(60.0)
    clock.advance(1)
    assert names(session.end(60)) == ["Content Completed", "Playback Completed"]
    assert [letter.record.message_id for letter in dead] == ["s1-3"]
    assert [record.message_id for retry in retried for record in retry.records] == ["s1-4"]
    clock.advance(60)
    assert tracker.close().delivered == 3
    assert tracker.stats().dead == {"rejected": 1}


def test_an_event_too_large_is_told_and_those_beside_it_are_sent(
    tracker: Tracker, sent: MemoryTransport, failures: list[Failure]
) -> None:
    """S55: Customer.io would answer 200 and drop it without a word."""
    session = tracker.session("s1", PLAN)
    session.annotate({"essay": "x" * 40_000})
    (large,) = session.play(0)
    session.playing(0)
    (failure,) = failures
    assert (failure.kind, failure.reason) == ("undeliverable", "too_large")
    assert failure.events == (large,)
    assert names(sent.events) == ["Content Started"]
    stats = tracker.stats()
    assert (stats.made, stats.delivered, stats.undeliverable) == (2, 1, {"too_large": 1})


def test_a_hook_that_raises_is_counted(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("not my day")

    sent = MemoryTransport(answers=[TryLater("network"), Refused("rejected")])
    tracker = Tracker(
        sent,
        clock=clock,
        mode="sync",
        on_diagnostic=broken,
        on_sent=broken,
        on_retry=broken,
        on_dead=broken,
        on_lane=broken,
        on_drop=broken,
    )
    session = tracker.session("s1", PLAN)
    session.pause(0)
    session.play(0)
    clock.advance(60)
    session.playing(0)
    clock.advance(60)
    session.exit(0)
    stats = tracker.close()
    assert balanced(stats)
    assert stats.pending == 0
    assert stats.hook_failures >= 5
    assert "a hook raised" in caplog.text


class BrokenClock:
    def __init__(self) -> None:
        self.works = True

    def now(self) -> float:
        if not self.works:
            raise OSError("no time")
        return NOON


def test_an_error_of_ours_or_of_a_clock_costs_one_input(failures: list[Failure]) -> None:
    """S60: whatever breaks, the player plays on."""
    clock = BrokenClock()
    sent = MemoryTransport()
    tracker = Tracker(sent, clock=clock, mode="sync", on_failure=failures.append)
    session = tracker.session("s1", PLAN)
    clock.works = False
    assert session.play(0, at=NOON) != ()
    assert session.playing(0) == ()
    clock.works = True
    (failure,) = failures
    assert (failure.kind, failure.reason) == ("fault", "internal")
    assert failure.detail == "OSError: no time"
    assert isinstance(failure.error, OSError)
    assert tracker.stats().faults == 1
    assert names(session.playing(0)) == ["Content Started"]
    tracker.close()


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_exception_that_cannot_be_printed_is_told_by_its_name(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    told: list[Retry] = []
    sent = MemoryTransport(answers=[UnprintableError()])
    tracker = Tracker(sent, clock=clock, mode="sync", on_retry=told.append)
    tracker.session("s1", PLAN).play(0)
    assert [retry.detail for retry in told] == ["UnprintableError"]
    tracker.close(timeout=0)


def test_a_strict_session_raises_to_who_gave_the_input(
    sent: MemoryTransport, clock: ManualClock
) -> None:
    """S60: strict is for tests."""
    tracker = Tracker(sent, clock=clock, mode="sync", strict=True)
    session = tracker.session("s1", PLAN)
    with pytest.raises(StrictError):
        session.play(0, at=float("nan"))
    play(session)
    assert names(sent.events) == START
    tracker.close()


def test_ctrl_c_in_a_transport_ends_the_program_and_not_the_account(clock: ManualClock) -> None:
    """Nobody knows whether it arrived, so it is sent again: the same id makes that harmless."""
    sent = MemoryTransport(answers=[KeyboardInterrupt()])
    tracker = Tracker(sent, clock=clock, mode="sync")
    session = tracker.session("s1", PLAN)
    with pytest.raises(KeyboardInterrupt):
        session.play(0)
    stats = tracker.stats()
    assert (stats.made, stats.pending, stats.in_flight) == (1, 1, 0)
    clock.advance(60)
    assert names(session.playing(0)) == ["Content Started"]
    assert tracker.close().delivered == 2


@pytest.mark.parametrize(
    ("detail", "said"), [("", "unavailable"), ("HTTP 503", "unavailable (HTTP 503)")]
)
def test_the_log_says_what_the_destination_said_if_it_said_anything(
    clock: ManualClock, caplog: pytest.LogCaptureFixture, detail: str, said: str
) -> None:
    sent = MemoryTransport(answers=[TryLater("unavailable", detail)])
    tracker = Tracker(sent, clock=clock, mode="sync")
    tracker.session("s1", PLAN).play(0)
    (line,) = caplog.records
    assert line.getMessage() == f"sending is backing off: {said}"


def test_the_same_trouble_is_not_logged_again_and_again(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """And no line holds what a viewer's device, or a destination, said."""
    sent = MemoryTransport(answers=[Refused("rejected", "viewer@example.com")] * 50)
    tracker = Tracker(sent, clock=clock, mode="sync")
    session = tracker.session("s1", PLAN)
    play(session)
    for second in range(20):
        session.pause(second)
        session.play(second)
    (line,) = caplog.records
    assert line.name == "video_tracker"
    assert line.levelno == logging.WARNING
    assert line.getMessage() == "message 's1-1' is given up: rejected"
    assert tracker.close().dead["rejected"] > 20


def test_diagnostics_reach_their_hook_outside_the_lock(clock: ManualClock) -> None:
    """A hook may use the session it hears of."""
    heard: list[tuple[str, bool]] = []
    sessions: list[TrackedSession] = []

    def listen(diagnostic: Diagnostic) -> None:
        heard.append((diagnostic.reason, sessions[0].summary().ended == "open"))

    with Tracker(MemoryTransport(), clock=clock, mode="sync", on_diagnostic=listen) as tracker:
        sessions.append(tracker.session("s1", PLAN))
        play(sessions[0])
        sessions[0].play(0)
    assert ("already_playing", True) in heard


# -- time --------------------------------------------------------------------------------------


def test_a_tick_lets_time_pass_where_it_is_due(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S40, S46: the first beat falls due ten seconds after the content began."""
    playing, idle = tracker.session("s1", PLAN), tracker.session("s2", PLAN)
    play(playing)
    assert tracker.tick() == 0
    clock.advance(10.0)
    assert tracker.tick() == 1
    assert names(sent.events) == [*START, "Content Playing"]
    assert idle.summary().elapsed == 0


def test_a_silent_session_times_out_once_and_is_then_forgotten(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S26: dated when the timeout fell due, whenever it is noticed."""
    play(tracker.session("s1", PLAN))
    gc.collect()
    assert tracker.find("s1") is not None
    clock.advance(3600)
    tracker.tick()
    while tracker.tick():
        pass
    last = sent.messages[-1]
    assert last["event"] == "Video Playback Interrupted"
    assert last["properties"]["method"] == "timeout"
    assert last["timestamp"] == "2026-01-01T12:05:00.000Z"
    gc.collect()
    assert tracker.find("s1") is None
    assert tracker.stats().sessions == 0
    assert tracker.wake_at() is None


def test_a_tick_that_comes_late_misses_no_heartbeat(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S40, S46: nobody is ever woken quite in time; the beat is dated when it fell due."""
    play(tracker.session("s1", PLAN))
    clock.advance(10.3)
    assert tracker.tick() == 1
    assert names(sent.events) == [*START, "Content Playing"]
    assert sent.messages[-1]["timestamp"] == "2026-01-01T12:00:10.000Z"


@pytest.mark.parametrize("at", [NOON * 1000, 1e12, float("inf"), float("nan"), -1.0])
@pytest.mark.parametrize("player", [None, "html5"])
def test_what_is_no_time_lets_no_time_pass(
    sent: MemoryTransport, clock: ManualClock, player: str | None, at: float
) -> None:
    """S60: an input in milliseconds is refused alone; the session is not timed out thereby."""
    tracker = Tracker(sent, mode="manual", clock=clock, plan=SessionPlan(user_id="u1"))
    session: TrackedSession
    if player is None:
        session = tracker.open("s1")
        play(session)
        said: list[Sequence[Event]] = [session.pause(9.0, at=at), session.progress(9.0, at=at)]
    else:
        session = watched = tracker.open("s1", player="html5")
        watched.callback("play", {"currentTime": 0.0})
        watched.callback("playing", {"currentTime": 0.0})
        said = [watched.callback("pause", {"currentTime": 9.0}, at=at)]
    clock.advance(3.0)
    said += [session.exit(3.0)]
    assert [names(events) for events in said] == [*[[]] * (len(said) - 1), ["Playback Exited"]]
    assert tracker.close().diagnostics["invalid_time"] == len(said) - 1


def test_many_late_ticks_do_not_wake_a_session_again_and_again(
    tracker: Tracker, clock: ManualClock
) -> None:
    """A viewer's device that fell silent costs next to nothing until its timeout (S42)."""
    session = tracker.session("s1", PLAN)
    play(session)
    clock.advance(1.0)
    session.progress(1.0)
    woken = 0
    for _ in range(2900):
        clock.advance(0.1)
        woken += tracker.tick()
    assert woken < 10


def test_too_many_sessions_push_out_the_oldest(sent: MemoryTransport, clock: ManualClock) -> None:
    """It is neither woken nor found any more, until an input brings it back."""
    tracker = Tracker(sent, clock=clock, mode="sync", max_sessions=2)
    first, second, third = (tracker.session(f"s{number}", PLAN) for number in (1, 2, 3))
    assert tracker.find("s1") is None
    assert (tracker.stats().sessions, tracker.stats().evicted) == (2, 1)
    play(first)
    assert tracker.find("s1") is first
    assert tracker.find("s2") is None
    clock.advance(10)
    assert tracker.tick() == 1
    assert names(sent.events) == [*START, "Content Playing"]
    assert second.session_id == "s2"
    assert tracker.find("s3") is third
    with pytest.raises(PolicyError, match="max_sessions"):
        Tracker(sent, max_sessions=0)
    tracker.close()


def test_by_hand_everything_happens_in_a_poll(sent: MemoryTransport, clock: ManualClock) -> None:
    tracker = Tracker(sent, clock=clock, mode="manual")
    assert tracker.poll() is None
    play(tracker.session("s1", PLAN))
    due = tracker.poll()
    assert (due, sent.records) == (NOON + 0.5, [])
    clock.advance(0.5)
    assert tracker.poll() == NOON + 10
    assert names(sent.events) == START
    clock.advance(9.5)
    tracker.poll()
    clock.advance(0.5)
    tracker.poll()
    assert names(sent.events) == [*START, "Content Playing"]
    tracker.close()


def test_time_passes_by_itself_with_threads() -> None:
    """And the thread that keeps it ends with the tracker."""
    before = set(threading.enumerate())
    beaten = threading.Event()

    def listen(sent: Sent) -> None:
        if any(record.event == "Video Content Playing" for record in sent.records):
            beaten.set()

    policy = DeliveryPolicy(linger=0.01)
    tracker = Tracker(
        MemoryTransport(), policy=policy, settings=Settings(heartbeat=0.1), on_sent=listen
    )
    play(tracker.session("s1", PLAN))
    assert beaten.wait(30)
    tracker.close()
    waiting = threading.Event()
    for _ in range(500):
        if set(threading.enumerate()) <= before:
            break
        waiting.wait(0.01)
    assert set(threading.enumerate()) <= before


def test_a_full_queue_raises_into_the_input_when_asked_for(
    sent: MemoryTransport, clock: ManualClock, failures: list[Failure]
) -> None:
    """The session has measured the input all the same, and the event is accounted for."""
    tracker = Tracker(
        sent,
        clock=clock,
        mode="manual",
        policy=DeliveryPolicy(max_records=1, overflow="raise"),
        on_failure=failures.append,
    )
    session = tracker.session("s1", PLAN)
    session.play(0)
    with pytest.raises(QueueFullError):
        session.playing(0)
    assert [failure.reason for failure in failures] == ["overflow"]
    clock.advance(10)
    assert tracker.tick() == 1
    stats = tracker.stats()
    assert (stats.made, stats.pending, stats.undeliverable) == (3, 1, {"overflow": 2})
    assert tracker.close().delivered == 1


def test_a_session_that_somebody_holds_revives_after_its_timeout(
    tracker: Tracker, clock: ManualClock
) -> None:
    """S26: any sign of playing undoes an interruption."""
    session = tracker.session("s1", PLAN)
    play(session)
    clock.advance(3600)
    tracker.tick()
    assert names(session.playing(1))[0] == "Playback Resumed"
    assert tracker.find("s1") is session
    assert tracker.wake_at() is not None


def test_ctrl_c_in_a_tick_forgets_nobody(clock: ManualClock) -> None:
    sent = MemoryTransport(answers=[DELIVERED, DELIVERED, KeyboardInterrupt()])
    tracker = Tracker(sent, clock=clock, mode="sync")
    session = tracker.session("s1", PLAN)
    play(session)
    clock.advance(10)
    with pytest.raises(KeyboardInterrupt):
        tracker.tick()
    clock.advance(10)
    assert tracker.tick() == 1
    assert names(sent.events)[-1] == "Content Playing"
    tracker.close()


def test_completion_waits_for_a_post_roll_and_then_comes_by_itself(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    session = tracker.session("s1", PLAN)
    play(session)
    for second in range(1, 60):
        clock.advance(1)
        session.progress(float(second))
    clock.advance(1)
    session.content_end(60)
    over_before = session.over
    clock.advance(60)
    tracker.tick()
    assert (over_before, session.over) == (False, True)
    assert names(sent.events)[-2:] == ["Content Completed", "Playback Completed"]
    assert sent.messages[-1]["timestamp"] == "2026-01-01T12:01:00.000Z"


def test_a_service_that_never_ticks_does_not_keep_the_sessions_it_served(
    sent: MemoryTransport, clock: ManualClock
) -> None:
    tracker = Tracker(sent, clock=clock, mode="sync", remember=100)
    before = sum(isinstance(each, TrackedSession) for each in gc.get_objects())
    for number in range(300):
        session = tracker.session(f"s{number}", PLAN)
        play(session)
        session.exit(1)
    gc.collect()
    assert tracker.stats().sessions == 0
    kept = sum(isinstance(each, TrackedSession) for each in gc.get_objects()) - before
    assert kept < 150


def test_only_sessions_that_are_due_are_touched(sent: MemoryTransport) -> None:
    clock = ManualClock()
    tracker = Tracker(
        sent, clock=clock, mode="sync", settings=Settings(heartbeat=1000, idle_timeout=5000)
    )
    for number in range(500):
        play(tracker.session(f"s{number}", PLAN))
        clock.advance(0.001)
    clock.move_to(NOON + 1000.0995)
    assert tracker.tick() == 100
    tracker.close()


def test_a_replay_is_a_new_session_through_the_same_object(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    """S24."""
    session = tracker.session("s1", PLAN)
    play(session)
    session.end(0)
    over_before = session.over
    assert tracker.find("s1") is None
    assert names(session.play(0)) == ["Playback Started"]
    assert (over_before, session.over) == (True, False)
    assert session.session_id == "s1-2"
    assert tracker.find("s1") is session
    assert sent.messages[-1]["context"]["restarted_from"] == "s1"
    assert [summary.to_dict()["session_id"] for summary in session.summaries()] == ["s1", "s1-2"]
    assert session.summary().to_dict()["session_id"] == "s1-2"


# -- moving ------------------------------------------------------------------------------------


def test_a_session_moves_to_another_tracker_by_its_snapshot(clock: ManualClock) -> None:
    """The second process goes on byte for byte."""
    first, second, whole = MemoryTransport(), MemoryTransport(), MemoryTransport()
    alone = Tracker(whole, clock=clock, mode="sync").session("s1", PLAN)
    moving = Tracker(first, clock=clock, mode="sync").session("s1", PLAN)
    play(alone)
    play(moving)
    clock.advance(5)
    alone.pause(5)
    moving.pause(5)
    kept = json.loads(json.dumps(moving.snapshot()))
    moved = Tracker(second, clock=clock, mode="sync").adopt(restore(kept))
    clock.advance(5)
    for session in (alone, moved):
        session.play(5)
        session.exit(5)
    bodies = [record.body for record in (*first.records, *second.records)]
    assert bodies == [record.body for record in whole.records]


# -- players -----------------------------------------------------------------------------------


def test_raw_callbacks_of_a_player_become_events(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    player = tracker.adapt("s1", "html5", PLAN)
    state = {"currentTime": 0.0, "duration": 60.0, "paused": False}
    for event in ("play", "playing"):
        player.callback(event, state)
    for step in range(1, 50):
        clock.advance(0.25)
        player.callback("timeupdate", {**state, "currentTime": step * 0.25})
    player.callback("no such thing", state)
    player.exit(12.25)
    assert names(sent.events) == [*START, "Content Playing", "Playback Exited"]
    assert player.ignored["no such thing: not in the vocabulary"] == 1


def test_callbacks_that_go_astray_are_counted_and_said_once(
    tracker: Tracker, sent: MemoryTransport, caplog: pytest.LogCaptureFixture
) -> None:
    """S60: what names a wrong channel is taken, what is unknown is told with the right name."""
    player = tracker.adapt("s1", "html5", PLAN)
    state = {"currentTime": 0.0, "duration": 60, "paused": False, "readyState": 4}
    for event in ("play", "playing", "timeUpdate", "timeUpdate"):
        player.callback(event, state)
    player.callback("pagehide", state)

    assert names(sent.events) == [*START, "Playback Exited"]
    unknown = "timeUpdate: not in the vocabulary; did you mean 'timeupdate'?"
    wrong = "pagehide: told as 'html5', it is page's"
    assert tracker.stats().astray == {unknown: 2, wrong: 1}
    assert [record.getMessage() for record in caplog.records] == [
        f"a callback of 'html5' went astray: {unknown!r}",
        f"a callback of 'html5' went astray: {wrong!r}",
    ]


def test_an_unknown_player_is_an_error_at_once(tracker: Tracker) -> None:
    with pytest.raises(UnknownPlayerError):
        tracker.adapt("s1", "victrola", PLAN)


@pytest.mark.parametrize("junk", [None, 7, [], {}, b"play", object()])
def test_a_callback_of_any_kind_raises_nothing(
    tracker: Tracker, failures: list[Failure], junk: Any
) -> None:
    """S60."""
    player = tracker.adapt("s1", "html5", PLAN)
    player.callback(junk)
    player.callback("play", junk, junk, channel=junk, element=junk, at=junk)
    player.callback("play")
    assert all(failure.kind == "fault" for failure in failures)
    assert balanced(tracker.stats())


class Holding(Adapter):
    """Holds a pause back for a quarter of a second, as adapters of ad frameworks do (S31)."""

    name = "holding"
    channels = frozenset({"holding"})
    settings: ClassVar = {"min_buffer": 0.25, "heartbeat": 5.0}
    vocabulary: ClassVar[Vocabulary] = {
        ("holding", "play"): Mapped("play"),
        ("holding", "pause"): Mapped("pause"),
    }

    def __init__(self) -> None:
        super().__init__()
        self.held: float | None = None

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.event == "pause":
            self.held = callback.at
            return ()
        return (*self._let_go(callback.at), Play(callback.at, 0.0))

    def wake_at(self) -> float | None:
        return None if self.held is None else self.held + 0.25

    def _let_go(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002 - it keeps the true time
        held, self.held = self.held, None
        return () if held is None else (Pause(held, 0.0),)


def test_what_an_adapter_holds_back_comes_when_it_falls_due(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    player = tracker.adapt("s1", Holding, PLAN)
    player.callback("play")
    player.playing(0)
    assert player.callback("pause") == ()
    clock.advance(0.2)
    tracker.tick()
    assert names(sent.events) == START
    clock.advance(0.1)
    tracker.tick()
    assert names(sent.events) == [*START, "Playback Paused"]
    assert sent.messages[-1]["timestamp"] == "2026-01-01T12:00:00.000Z"


def test_what_adapter_and_session_hold_until_the_same_instant_comes_in_one_tick(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S88: a stall that lasted, told by the session; then the pause that its adapter held."""
    player = tracker.adapt("s1", Holding, PLAN)
    player.callback("play")
    player.playing(0)
    clock.advance(1.0)
    player.buffer_start()
    player.callback("pause")
    clock.advance(0.25)
    tracker.tick()

    told = ["Playback Buffer Started", "Playback Buffer Completed", "Playback Paused"]
    assert names(sent.events) == [*START, *told]


class Elsewhere(Holding):
    """A player whose callbacks come over channels of other names."""

    name = "elsewhere"
    channels = frozenset({"b", "a"})
    vocabulary: ClassVar[Vocabulary] = {("a", "play"): Mapped("play")}


def test_a_players_main_channel_is_taken_unless_another_is_named(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    player = tracker.adapt("s1", Elsewhere, PLAN)
    player.callback("play", channel="b")
    assert sent.events == []
    player.callback("play")
    player.playing(0)
    player.progress(0.5)
    assert names(sent.events) == START


def test_what_an_adapter_holds_back_comes_before_the_exit(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    player = tracker.adapt("s1", Holding, PLAN)
    player.callback("play")
    player.playing(0)
    player.callback("pause")
    player.exit(0)
    assert names(sent.events) == [*START, "Playback Paused", "Playback Exited"]


def test_what_an_adapter_holds_back_is_told_when_the_tracker_closes(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    """S31: nobody will explain that pause any more, and it is not lost."""
    player = tracker.adapt("s1", Holding, PLAN)
    player.callback("play")
    player.playing(0)
    player.callback("pause")
    tracker.close()
    assert names(sent.events) == [*START, "Playback Paused"]
    assert tracker.stats().delivered == 3


def test_a_players_settings_lie_under_the_plans(clock: ManualClock) -> None:
    with Tracker(MemoryTransport(), clock=clock, mode="sync") as tracker:
        for session_id, options, beat in (
            ("s1", {}, 5.0),
            ("s2", {"plan": SessionPlan(settings=Settings(heartbeat=7))}, 7.0),
            ("s3", {"settings": Settings()}, 10.0),
        ):
            player = tracker.adapt(session_id, Holding, user_id="u1", **options)
            player.play(0, at=NOON)
            player.playing(0, at=NOON)
            assert names(player.progress(beat - 0.5, at=NOON + beat - 0.5)) == []
            assert names(player.progress(beat, at=NOON + beat)) == ["Content Playing"]


# -- the end -----------------------------------------------------------------------------------


def test_closing_makes_no_event_up(clock: ManualClock) -> None:
    """S26: a process that ends is not a viewer who leaves."""
    sent = MemoryTransport()
    with Tracker(sent, clock=clock, mode="sync") as tracker:
        play(tracker.session("s1", PLAN))
    assert names(sent.events) == START
    assert sent.closed


def test_closing_twice_is_closing_once(calling_transport: Any, clock: ManualClock) -> None:
    transport = calling_transport
    tracker = Tracker(transport, clock=clock, mode="sync")
    first = tracker.close()
    assert tracker.close() == first
    assert transport.closed == 1


@pytest.fixture
def calling_transport() -> Any:
    class Counting(ConsoleTransport):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    return Counting()


def test_after_closing_inputs_are_measured_and_their_events_counted(
    tracker: Tracker, sent: MemoryTransport, failures: list[Failure], clock: ManualClock
) -> None:
    session = tracker.session("s1", PLAN)
    session.play(0)
    tracker.close()
    made = session.playing(0)
    assert names(made) == ["Content Started"]
    (failure,) = failures
    assert (failure.kind, failure.reason, failure.events) == ("undeliverable", "closed", made)
    assert names(sent.events) == ["Playback Started"]
    stats = tracker.stats()
    assert (stats.made, stats.delivered, stats.undeliverable) == (2, 1, {"closed": 1})
    clock.advance(3600)
    assert tracker.tick() == 0
    assert tracker.wake_at() is None
    late = tracker.session("s2", PLAN)
    late.play(0)
    assert tracker.stats().undeliverable == {"closed": 2}


def test_a_transport_that_fails_to_close_is_logged(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck(MemoryTransport):
        def close(self) -> None:
            raise OSError("stuck")

    Tracker(Stuck(), clock=clock, mode="sync").close()
    assert "closing the transport failed" in caplog.text


@pytest.mark.parametrize("mode", ["sync", "thread"])
def test_a_hook_may_close_the_tracker(clock: ManualClock, mode: Mode) -> None:
    """It cannot wait for itself."""
    trackers: list[Tracker] = []
    closed = threading.Event()

    def close(_: object) -> None:
        trackers[0].close(timeout=600)
        closed.set()

    sent = MemoryTransport(answers=[Refused("rejected")])
    tracker = Tracker(sent, clock=clock, mode=mode, on_dead=close)
    trackers.append(tracker)
    tracker.session("s1", PLAN).play(0)
    tracker.flush()
    assert closed.wait(30)
    assert sent.closed
    assert balanced(tracker.stats())


# -- laws --------------------------------------------------------------------------------------

ANSWERS = st.lists(
    st.sampled_from([DELIVERED, Refused("rejected"), TryLater("network"), OSError("gone"), None, 7])
)


@settings(max_examples=60, deadline=None)
@given(log=hostile_logs(), answers=ANSWERS, closes_after=st.none() | st.integers(0, 20))
def test_whatever_is_said_nothing_is_raised_and_the_account_balances(
    log: Sequence[Signal], answers: list[Any], closes_after: int | None
) -> None:
    """S55, S60: with any inputs, a transport in any mood, and a close in between.

    And nothing of it changes what was measured: the events are those of a bare playback.
    """
    seen: list[Stats] = []
    told: list[Failure] = []
    dropped: list[Drop] = []
    clock = ManualClock()
    tracker = Tracker(
        MemoryTransport(answers),
        clock=clock,
        mode="sync",
        on_failure=told.append,
        on_drop=dropped.append,
    )
    session = tracker.session("s1", PLAN)
    bare = Playback(Session("s1", PLAN))
    made: list[Event] = []
    expected: list[Event] = []
    for number, signal in enumerate(log):
        if number == closes_after:
            tracker.close(timeout=0)
        fields = {field.name: getattr(signal, field.name) for field in attrs.fields(type(signal))}
        name = next(name for name, kind in SIGNALS.items() if kind is type(signal))
        made += getattr(session, name)(**fields)
        dated = attrs.evolve(signal, at=NOON) if fields["at"] is None else signal
        expected += [event for _, event in bare.receive(dated)]
        seen.append(tracker.stats())
    tracker.close(timeout=0)
    stats = tracker.stats()
    assert all(balanced(each) for each in (*seen, stats))
    assert (stats.made, stats.pending, stats.faults) == (len(made), 0, 0)
    assert sum(len(failure.events) for failure in told) == sum(stats.undeliverable.values())
    assert sum(len(drop.records) for drop in dropped) == sum(stats.dropped.values())
    assert made == expected
