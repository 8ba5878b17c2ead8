"""What holds for any inputs in any order with any values and times, found by search."""

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.diagnostics import REASONS
from video_tracker.errors import StrictError
from video_tracker.events import Event
from video_tracker.plan import SessionPlan
from video_tracker.session import Diagnostic, Playback, Session, Summary, restore, snapshot
from video_tracker.session.data.machine import WHERE_CELLS
from video_tracker.signals import SIGNALS, Play, Signal, Tick, Update
from video_tracker.testing import check_messages, check_stream, check_streams
from video_tracker.testing.invariants import check_counts, check_dates, check_figures
from video_tracker.testing.simulator import START, Simulation
from video_tracker.testing.strategies import (
    hostile_logs,
    hostile_values,
    likely_logs,
    likely_signals,
    plans,
    spoilt_viewings,
    viewings,
)
from video_tracker.wire import PROFILES, Encoder

NAME_OF = {kind: name for name, kind in SIGNALS.items()}
Log = tuple[SessionPlan, list[Signal]]


def logs() -> st.SearchStrategy[Log]:
    """A plan and a log: wild, likely, or a viewing that was spoilt."""
    return st.one_of(
        st.tuples(plans(), hostile_logs()), st.tuples(plans(), likely_logs()), spoilt_viewings()
    )


def new(plan: SessionPlan, **options: Any) -> Session:
    return Session("s1", plan, **options)


def feed(session: Session, log: Sequence[Signal]) -> list[Event]:
    return [event for signal in log for event in session.receive(signal)]


def readable(at: object) -> bool:
    """Whether a time is one the session takes: finite seconds, not past the year 9999."""
    if isinstance(at, bool) or not isinstance(at, int | float):
        return False
    return 0 <= at < 253_402_300_000


def figures(session: Session) -> dict[str, Any]:
    """The summary without the diagnostics, which count the inputs themselves."""
    known = session.summary().to_dict()
    del known["diagnostics"]
    return known


def encoded(session: Session, events: Sequence[Event]) -> list[bytes]:
    encoder, envelope = Encoder(), session.envelope()
    return [encoder.encode(event, envelope).body for event in events]


@given(logs())
def test_no_input_raises_and_every_stream_is_right(log: Log) -> None:
    """S60: no input sequence can make an invalid event stream."""
    noted: list[Diagnostic] = []
    session = new(log[0], on_diagnostic=noted.append)

    events = feed(session, log[1])

    assert check_stream(events) == []
    assert {each.reason for each in noted} <= set(REASONS)
    assert {each.kind for each in noted} <= {"repair", "ignore", "reject"}
    assert [each for each in noted if each.reason == "internal_fault"] == []


@given(logs(), st.sampled_from(sorted(PROFILES)))
def test_every_stream_is_right_on_the_wire(log: Log, profile: str) -> None:
    """S3, S20, S50, in every profile."""
    session = new(attrs.evolve(log[0], properties={}))
    encoder = Encoder(profile=profile)

    events = feed(session, [attrs.evolve(signal, **without_custom(signal)) for signal in log[1]])

    bodies = [encoder.encode(event, session.envelope()).body for event in events]
    assert check_messages([json.loads(body) for body in bodies]) == []


def jsonable(signal: Signal) -> Signal:
    """Custom properties are taken as they are; whoever wants JSON of them gives what is JSON."""
    properties = getattr(signal, "properties", None)
    try:
        json.dumps(properties, allow_nan=False)
    except (TypeError, ValueError):
        return Update(signal.at, properties={"a": 1})
    return signal


def without_custom(signal: Signal) -> dict[str, Any]:
    """Custom properties may say what they like; here only the library's own are judged."""
    return {"properties": None} if hasattr(signal, "properties") else {}


class Hands:
    """The time that has passed by the inputs' own times, counted from outside (S64).

    ``least`` follows the newest time; after a step back the intervals that follow may count again,
    which gives ``most``.
    """

    def __init__(self) -> None:
        self.least = self.most = -math.inf
        self.last = -math.inf

    def see(self, signal: Signal) -> None:
        at: object = signal.at
        if isinstance(at, int | float) and readable(at):
            if not isinstance(signal, Tick):  # which is nobody's word, and moves no clock (S88)
                self.least = max(self.least, at)
            self.most = max(self.most + max(at - self.last, 0.0), at) if self.last > 0 else at
            self.last = at


@given(logs())
def test_the_buckets_sum_to_the_elapsed_time(log: Log) -> None:
    """The conservation law: every instant lies in one bucket, and none is negative (S64)."""
    session, hands = new(log[0]), Hands()
    events: list[Event] = []

    for signal in log[1]:
        if not session.over:
            hands.see(signal)
        events += session.receive(signal)
        summary = session.summary().to_dict()
        buckets = [summary[name] for name in Summary.BUCKETS]
        began = events[0].at if events else hands.least
        least = events[-1].at if session.over and events else hands.least
        most = events[-1].at if session.over and events else hands.most
        dust = 1e-3 + 1e-9 * abs(most - began)

        assert all(math.isfinite(seconds) and seconds >= 0 for seconds in buckets), summary
        if events:
            assert least - began - dust <= sum(buckets) <= most - began + dust, summary
        else:
            assert sum(buckets) == 0
        assert summary["elapsed"] == pytest.approx(sum(buckets))


@given(logs())
def test_every_figure_is_finite_and_makes_sense(log: Log) -> None:
    session = new(log[0])
    events = feed(session, log[1])
    summary = session.summary()
    known = summary.to_dict()

    json.dumps(known, allow_nan=False)
    checks = (check_figures(summary), check_counts(events, summary), check_dates(events))
    assert [fault for found in checks for fault in found] == []
    # One that had timed out is over when its player loads and plays anew (S24, S26).
    final = {"completed", "exited", "timeout"} if session.wants_restart else {"completed", "exited"}
    assert (known["ended"] in final) is session.over


@given(logs(), st.data())
def test_a_restored_session_goes_on_byte_for_byte(log: Log, data: st.DataObject) -> None:
    """A snapshot at any point changes nothing of what follows (S50: not even the message ids)."""
    plan, signals = log[0], [jsonable(signal) for signal in log[1]]
    cut = data.draw(st.integers(0, len(signals)), label="cut")
    straight, first = new(plan), new(plan)
    feed(straight, signals[:cut])
    feed(first, signals[:cut])

    stored = json.dumps(snapshot(first), allow_nan=False)
    restored = restore(json.loads(stored))

    assert snapshot(restored) == json.loads(stored)
    assert restored.wake_at() == straight.wake_at()
    expected, actual = feed(straight, signals[cut:]), feed(restored, signals[cut:])
    assert actual == expected
    assert encoded(restored, actual) == encoded(straight, expected)
    assert restored.summary() == straight.summary()
    assert restored.diagnostics == straight.diagnostics


@given(logs())
def test_a_snapshot_leaves_the_session_as_it_was(log: Log) -> None:
    watched, alone = new(log[0]), new(log[0])

    for signal in log[1]:
        assert snapshot(watched) == snapshot(watched)
        assert watched.receive(signal) == alone.receive(signal)


@given(logs())
def test_every_input_given_twice_changes_no_figure(log: Log) -> None:
    """S60, S61: duplicates are ignored or repaired; only the diagnostics count them."""
    plan, signals = log
    once, twice = new(plan), new(plan)

    events = feed(once, signals)
    doubled = feed(twice, [signal for signal in signals for _ in range(2)])

    assert figures(twice) == figures(once)
    assert doubled == events


def fields_of(kind: type[Signal]) -> list[str]:
    return [field.name for field in attrs.fields(kind)]


def in_order(signals: Sequence[Signal]) -> list[Signal]:
    """The same log with times that never step back; inputs without a readable time are left out."""
    kept = [signal for signal in signals if readable(signal.at)]
    newest = itertools.accumulate((float(signal.at) for signal in kept), max)
    return [attrs.evolve(signal, at=at) for signal, at in zip(kept, newest, strict=True)]


# A late position is old news and not followed; all else that a late input says holds.
WITHOUT_POSITION = [name for name, kind in SIGNALS.items() if "position" not in fields_of(kind)]


@given(
    logs(),
    likely_signals(at=st.just(START), names=WITHOUT_POSITION),
    st.floats(0.001, 100.0),
)
def test_time_that_steps_back_is_clamped_to_the_newest(
    log: Log, signal: Signal, back: float
) -> None:
    """S64: a late input counts as if it came now, and the step is counted."""
    plan, signals = log[0], in_order([Play(START), *log[1]])
    late, now = new(plan), new(plan)
    feed(late, signals)
    feed(now, signals)
    newest = max(now.clock, START)  # not that of a tick, which moves no clock (S88)

    expected = now.receive(attrs.evolve(signal, at=newest))
    actual = late.receive(attrs.evolve(signal, at=max(newest - back, 0.0)))

    assert actual == expected
    assert figures(late) == figures(now)


@given(logs(), st.integers(1, 60))
def test_a_session_that_is_woken_when_it_asks_never_spins(log: Log, wakes: int) -> None:
    """S46: a tick at ``wake_at`` serves it: the next one lies later, or there is none."""
    session = new(log[0])
    events = feed(session, log[1])

    for _ in range(wakes):
        due = session.wake_at()
        if due is None:
            break
        assert math.isfinite(due)
        events += session.tick(due)
        after = session.wake_at()
        assert after is None or after > due
    assert check_stream(events) == []


@given(logs())
def test_a_session_that_is_over_wants_no_more_wakes(log: Log) -> None:
    session = new(log[0])
    feed(session, log[1])
    session.exit(START + 1e8)

    assert session.over or session._state.started_at is None
    assert session.wake_at() is None
    assert feed(session, log[1]) == [] or not session.over


@given(logs())
def test_ticks_between_the_inputs_change_no_event(log: Log) -> None:
    """S46: who wakes the session on time gets the same events, only earlier."""
    session = new(log[0])
    events: list[Event] = []
    for signal in log[1]:
        for _ in range(20):
            due = session.wake_at()
            if due is None or not readable(signal.at) or due > signal.at:
                break
            events += session.tick(due)
        events += session.receive(signal)

    assert check_stream(events) == []


@given(logs())
def test_strict_mode_raises_nothing_but_strict_errors(log: Log) -> None:
    """S60: and what it raises bears a reason that has a sentence."""
    plan, signals = log
    session = new(plan, strict=True)
    reasons: set[str] = set()

    for signal in signals:
        try:
            session.receive(signal)
        except StrictError as error:
            reasons.add(error.reason)

    assert reasons <= set(REASONS) - {"internal_fault"}


@given(logs())
def test_what_strict_mode_accepts_is_accepted_alike_by_default(log: Log) -> None:
    plan, signals = log
    strict, lenient = new(plan, strict=True), new(plan)

    for signal in signals:
        try:
            expected = strict.receive(signal)
        except StrictError:
            break
        assert lenient.receive(signal) == expected


BY_EVIDENCE = {"play", "content_start", "ad_end", "ad_start", "ad_break_start"}
"""What the chart ignores may be more than it seems: a replay (S24), an end that precedes its start,
the next ad or another break while one is open (S62)."""

OF_TIME = {
    "late_position",
    "diagnostics_counted",
    "last_input",
    "heard",
    "told_at",
    "behind",
    "clock",
    "fast",
}
"""What an ignored input may change: its count, what it is compared with, when it was heard."""


@given(logs(), st.integers(0, 60))
def test_an_input_that_the_chart_ignores_leaves_the_session_as_it_was(
    log: Log, length: int
) -> None:
    """Legality before effects: no time passes here, so nothing else may change."""
    session = new(log[0])
    feed(session, log[1][:length])
    session.tick(session.clock)
    due = session.wake_at()
    before = state(session)
    if before.get("held") or (due is not None and due <= session.clock):
        return

    for name, row in WHERE_CELLS.items():
        if name in SIGNALS and row[session.where].kind == "ignore" and name not in BY_EVIDENCE:
            assert session.receive(SIGNALS[name](session.clock)) == ()
            assert state(session) == before, name


def state(session: Session) -> dict[str, Any]:
    stored = snapshot(session)["state"]
    for name in ("playhead", "sought"):  # they follow what is told with the next input
        (stored.get("stitch") or {}).pop(name, None)
    return {name: value for name, value in stored.items() if name not in OF_TIME}


@settings(max_examples=20)
@given(st.lists(logs(), min_size=3, max_size=3))
def test_summaries_merge_exactly_in_any_grouping(three: list[Log]) -> None:
    one, two, last = summaries = [done(log) for log in three]

    merged = one.merge(two, last)

    assert merged == one.merge(two).merge(last) == one.merge(two.merge(last))
    for name in Summary.BUCKETS:
        assert merged.buckets[name] == sum(each.buckets[name] for each in summaries)
    for name in Summary.COUNTS:
        assert merged.counts[name] == sum(each.counts[name] for each in summaries)
    assert one.merge() == one
    json.dumps(merged.to_dict(), allow_nan=False)


def done(log: Log) -> Summary:
    session = new(log[0])
    feed(session, log[1])
    return session.summary()


@given(logs())
def test_a_playback_makes_right_sessions_one_after_the_other(log: Log) -> None:
    """S24: a replay is a new session with a new id, and each obeys the grammar."""
    playback = Playback(new(log[0]))
    told = [pair for signal in log[1] for pair in playback.receive(signal)]
    told += playback.finish()

    assert check_streams(event for _, event in told) == []
    ids = [session.session_id for session in playback.sessions]
    assert len(set(ids)) == len(ids)
    assert {event.session_id for _, event in told} <= set(ids)
    assert all(session.over for session in playback.sessions[:-1])


@given(plans(), hostile_values(), hostile_values())
def test_what_is_no_signal_at_all_is_refused_without_an_event(
    plan: SessionPlan, at: object, value: object
) -> None:
    session = new(plan)

    for name in SIGNALS:
        getattr(session, name)(at)
    session.update(START, properties=value)  # type: ignore[arg-type]
    session.load(START, plan=value)  # type: ignore[arg-type]

    assert session.diagnostics.get("internal_fault", 0) == 0


@given(viewings())
def test_a_plain_viewing_gives_exactly_its_events_and_figures(viewing: Simulation) -> None:
    """The session against a simulated player that counts by itself."""
    session = new(viewing.plan)

    events = feed(session, viewing.signals)

    named = [event.name.removeprefix("Video ") for event in events]
    assert [name for name in named if not name.endswith(" Playing")] == list(viewing.truth.names)
    known = session.summary().to_dict()
    assert {name: known[name] for name in viewing.truth.figures} == {
        name: pytest.approx(value, abs=1e-3) if isinstance(value, float) else value
        for name, value in viewing.truth.figures.items()
    }
    assert check_stream(events) == []


@given(viewings())
def test_a_plain_viewing_meets_no_repair(viewing: Simulation) -> None:
    """S60: strict mode lets a well-behaved player pass."""
    feed(new(viewing.plan, strict=True), viewing.signals)


@given(viewings(), st.floats(0.0, 1e6))
def test_a_tick_changes_no_figure_of_a_plain_viewing(viewing: Simulation, offset: float) -> None:
    """S46: time comes with the callbacks; being told of it between them adds nothing."""
    plain, ticked = new(viewing.plan), new(viewing.plan)
    feed(plain, viewing.signals)
    before = START
    for signal in viewing.signals:
        between = before + (signal.at - before) * (offset % 1.0)
        ticked.receive(Tick(between))
        ticked.receive(signal)
        before = signal.at

    known, expected = figures(ticked), figures(plain)
    assert known.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, float):
            assert known[name] == pytest.approx(value, abs=1e-3), name
        elif name != "watched":
            assert known[name] == value or name in {"furthest", "heartbeats"}, name
