"""What holds for a stitched stream whose log was spoilt, and whose breaks are told anyhow (S60)."""

import json

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.session.stitched_viewing import as_client, plan_of
from tests.session.test_stitched_viewings import ACTIONS, breaks, watched
from video_tracker import signals
from video_tracker.plan import Ad, AdRange
from video_tracker.session import Session, restore, snapshot
from video_tracker.signals import Signal
from video_tracker.testing import check_stream
from video_tracker.testing.invariants import check_counts, check_dates, check_figures


@st.composite
def ranges(draw: st.DrawFn, around: float) -> tuple[AdRange, ...]:
    start = max(around + draw(st.sampled_from([-20.0, -5.0, -0.2, 0.0, 0.5, 3.0, 10.0])), 0.0)
    length = draw(st.sampled_from([None, 0.0, 3.0, 10.0, 15.1]))
    return (
        AdRange(
            start=start,
            end=None if length is None else start + length,
            pod_id=draw(st.sampled_from([None, None, "z"])),
            ads=draw(st.sampled_from([(), (Ad(duration=5), Ad(duration=5)), (Ad(), Ad())])),
            replaces=draw(st.booleans()),
        ),
    )


@st.composite
def said_too(draw: st.DrawFn, at: float, around: float) -> list[Signal]:
    """Something that was said besides."""
    to = draw(st.floats(0, 90, width=32))
    return draw(
        st.one_of(
            ranges(around).map(lambda told: [signals.AdRanges(at, told)]),
            st.just([signals.SeekStart(at, None, to), signals.SeekEnd(at, to)]),
            st.sampled_from(
                [
                    [signals.AdBreakStart(at)],
                    [signals.AdStart(at, "x")],
                    [signals.AdEnd(at)],
                    [signals.AdBreakEnd(at)],
                    [signals.AdSkip(at)],
                    [signals.ContentEnd(at)],
                    [signals.Interrupt(at, "call")],
                    [signals.Load(at, duration=70.0)],
                    [signals.Update(at, playback_rate=2.0)],
                ]
            ),
        )
    )


@st.composite
def spoilt(draw: st.DrawFn, log: list[Signal]) -> list[Signal]:
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(log) - 1))
        match draw(st.sampled_from(["lose", "swap", "late", "cut", "more", "more", "more"])):
            case "lose" if len(log) > 1:
                del log[place]
            case "swap":
                other = min(place + 2, len(log) - 1)
                log[place], log[other] = log[other], log[place]
            case "late":
                log[place] = attrs.evolve(log[place], at=log[place].at - 3.0)
            case "cut":
                del log[place + 1 : place + draw(st.integers(2, 20))]
            case "more":
                around = getattr(log[place], "position", None) or 0.0
                log[place:place] = draw(said_too(log[place].at, around))
    return log


@given(breaks(), st.lists(ACTIONS, max_size=8), st.data())
def test_no_log_makes_an_invalid_stream_of_events(
    parts: tuple[object, ...], actions: list[tuple[str, float]], data: st.DataObject
) -> None:
    """Nor a figure that is none, nor a session that a snapshot does not bring back."""
    plan = plan_of(parts, scrub_window=data.draw(st.sampled_from([0.0, 0.5])))  # type: ignore[arg-type]
    watcher = watched(plan, actions, exits=False, step=data.draw(st.sampled_from([0.25, 1.0, 5.0])))
    log = data.draw(spoilt(list(watcher.stream)))
    session = Session("s1", data.draw(st.sampled_from([plan, as_client(plan)])))
    cut = data.draw(st.integers(0, len(log) - 1))

    events = [event for signal in log[:cut] for event in session.receive(signal)]
    restored = restore(json.loads(json.dumps(snapshot(session), allow_nan=False)))
    more = [event for signal in log[cut:] for event in session.receive(signal)]

    assert [event for signal in log[cut:] for event in restored.receive(signal)] == more
    events, summary = [*events, *more], session.summary()
    assert check_stream(events) == []
    assert [*check_figures(summary), *check_counts(events, summary), *check_dates(events)] == []
    assert "internal_fault" not in session.diagnostics
