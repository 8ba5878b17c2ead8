"""One stream to several destinations, each in its flavour; events left out, renamed, changed."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_type_hints

import attrs
import pytest

from video_tracker.aio import AsyncTracker
from video_tracker.delivery import DELIVERED, DeliveryPolicy, TryLater
from video_tracker.delivery.outcome import Outcome
from video_tracker.delivery.spool import Spool
from video_tracker.errors import PolicyError
from video_tracker.events import ContentPlaying, Event, OwnEvent, renamed
from video_tracker.plan import Content, SessionPlan
from video_tracker.record import Record
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.tracker import Failure, Tracker
from video_tracker.tracker.options import Options, OptionsGiven
from video_tracker.transports import MemoryTransport

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=60, livestream=False)])


def watch(tracker: Tracker | AsyncTracker) -> None:
    session = tracker.open("s1", PLAN)
    session.play(0.0, at=NOON)
    session.playing(0.0, at=NOON)
    for second in range(1, 13):
        session.progress(float(second), at=NOON + second)
    session.exit(12.0, at=NOON + 12)


def names(transport: MemoryTransport) -> list[str]:
    return [
        f"{message['messageId']} {message['event'].removeprefix('Video ')}"
        for message in transport.messages
    ]


WHOLE = [
    "s1-1 Playback Started",
    "s1-2 Content Started",
    "s1-3 Content Playing",
    "s1-4 Playback Exited",
]


def test_one_stream_goes_to_two_vendors_each_in_its_profile() -> None:
    customerio, segment = MemoryTransport(), MemoryTransport()
    second = Tracker(segment, mode="sync", profile="segment")
    with Tracker(customerio, mode="sync", also=[second]) as tracker:
        watch(tracker)

    assert names(customerio) == names(segment) == WHOLE
    assert "Video Playback Exited" in segment.events
    assert tracker.stats().delivered == second.stats().delivered == 4
    assert second.closed
    straight = MemoryTransport()
    with Tracker(straight, mode="sync", profile="segment") as alone:
        watch(alone)
    assert [record.body for record in segment.records] == [
        record.body for record in straight.records
    ]


def test_each_leaves_out_and_renames_what_it_wants_and_ids_stay_the_streams() -> None:
    """S50: whatever is left out, the next event keeps its number."""

    def quiet(event: Event) -> Event | None:
        return None if isinstance(event, ContentPlaying) else event

    def told(event: Event) -> Event | None:
        if event.name == "Video Playback Exited":
            return renamed(event, "Left Video")
        return attrs.evolve(event, properties={**event.properties, "tenant": "t1"})

    one, two = MemoryTransport(), MemoryTransport()
    second = Tracker(two, mode="sync", before=told)
    with Tracker(one, mode="sync", before=quiet, also=[second]) as tracker:
        watch(tracker)

    assert names(one) == [WHOLE[0], WHOLE[1], WHOLE[3]]
    assert names(two) == [*WHOLE[:3], "s1-4 Left Video"]
    assert two.messages[0]["properties"]["tenant"] == "t1"
    assert two.messages[3]["properties"] == one.messages[2]["properties"]
    assert (tracker.stats().left_out, second.stats().left_out) == (1, 0)
    assert tracker.stats().balanced


def test_ids_and_dates_cannot_be_changed() -> None:
    """S50: they are the stream's."""

    def wrong(event: Event) -> Event:
        return attrs.evolve(event, session_id="other", sequence=77, at=0.0)

    plain, changed = MemoryTransport(), MemoryTransport()
    for transport, before in ((plain, None), (changed, wrong)):
        with Tracker(transport, mode="sync", before=before) as tracker:
            watch(tracker)

    assert [record.body for record in plain.records] == [record.body for record in changed.records]


@pytest.mark.parametrize("answer", ["raises", "text"])
def test_a_function_that_fails_sends_nothing_that_it_might_have_left_out(answer: str) -> None:
    """S60: it is booked and told, and the session goes on."""
    failures: list[Failure] = []

    def broken(event: Event) -> Any:
        if isinstance(event, ContentPlaying):
            if answer == "raises":
                raise ValueError("no")
            return "text"
        return event

    transport = MemoryTransport()
    with Tracker(transport, mode="sync", before=broken, on_failure=failures.append) as tracker:
        watch(tracker)

    assert names(transport) == [WHOLE[0], WHOLE[1], WHOLE[3]]
    assert tracker.stats().undeliverable == {"before_failed": 1}
    assert [failure.reason for failure in failures] == ["before_failed"]
    assert tracker.stats().balanced


def test_a_destination_that_is_away_holds_up_no_other() -> None:
    away, near = MemoryTransport([TryLater("network")] * 9), MemoryTransport()
    clock = ManualClock()
    second = Tracker(near, mode="sync", clock=clock)
    tracker = Tracker(away, mode="sync", clock=clock, also=[second])
    watch(tracker)

    assert names(near) == WHOLE
    assert away.messages == []
    assert (tracker.stats().pending, second.stats().pending) == (4, 0)


def test_a_full_queue_of_one_costs_the_other_nothing() -> None:
    """S55: each books its own."""
    small = DeliveryPolicy(max_records=1, overflow="raise")
    full, other = MemoryTransport(), MemoryTransport()
    second = Tracker(full, mode="manual", policy=small)
    tracker = Tracker(other, mode="manual", also=[second])
    watch(tracker)
    tracker.flush()

    assert names(other) == WHOLE
    assert second.stats().lost == 3
    assert second.stats().balanced
    tracker.close()


def test_an_event_loop_serves_several_destinations_too() -> None:
    class Awaited(MemoryTransport):
        async def send(self, records: Sequence[Record]) -> Outcome:  # type: ignore[override]
            self.records.extend(records)
            return DELIVERED

        async def close(self) -> None:  # type: ignore[override]
            return None

    one, two, three = Awaited(), Awaited(), MemoryTransport()

    async def serve() -> None:
        more = [AsyncTracker(two, profile="segment"), AsyncTracker(three)]
        async with AsyncTracker(one, also=more) as tracker:
            watch(tracker)

    asyncio.run(serve())
    assert names(one) == names(two) == names(three) == WHOLE


def test_an_own_event_goes_through_the_same_function() -> None:
    seen: list[Event] = []

    def note(event: Event) -> Event:
        seen.append(event)
        return event

    with Tracker(MemoryTransport(), mode="sync", plan=PLAN, before=note) as tracker:
        session = tracker.open("s1")
        session.play(0.0)
        session.emit("Rated")

    assert isinstance(seen[-1], OwnEvent)


def test_the_options_may_be_given_in_one_value() -> None:
    transport = MemoryTransport()
    options = Options(mode="manual", plan=PLAN, profile="segment")
    with Tracker(transport, options=options, mode="sync") as tracker:
        watch(tracker)

    assert names(transport) == WHOLE


def test_options_are_the_same_in_one_value_and_one_by_one() -> None:
    names = {field.name for field in attrs.fields(Options)}

    assert names == set(get_type_hints(OptionsGiven, localns={"TrackerBase": Tracker}))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mode": "fast"}, "mode must be one of thread, sync, manual, not 'fast'"),
        ({"max_sessions": 0}, "max_sessions must be 1 or more, not 0"),
        ({"remember": -1}, "remember must be 0 or more, not -1"),
        ({"before": "x"}, "before must be a function, not 'x'"),
        ({"on_sent": 7}, "on_sent must be a function, not 7"),
        ({"also": [MemoryTransport()]}, "also must be of Trackers"),
        ({"also": 7}, "also must be a list of trackers, not 7"),
        ({"options": 5}, "options must be Options"),
        ({"block_timeout": "5"}, "block_timeout must be seconds, zero or more, not '5'"),
        ({"exit_timeout": float("nan")}, "exit_timeout must be seconds, zero or more, not nan"),
        ({"exit_timeout": -1.0}, "exit_timeout must be seconds, zero or more, not -1.0"),
        ({"strict": "no"}, "strict must be True or False, not 'no'"),
        ({"presence": "x"}, "presence must be True or False, not 'x'"),
    ],
)
def test_a_constructor_is_checked(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        Tracker(MemoryTransport(), **wrong)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="spool_directory"):
        Tracker(MemoryTransport(), spool_directory="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("told", ["a folder", "a spool"])
def test_two_destinations_share_no_spool(told: str, tmp_path: Path) -> None:
    """One would be sent what is the other's."""
    spool: Any = tmp_path if told == "a folder" else Spool(tmp_path)
    other = Tracker(MemoryTransport(), spool_dir=spool, mode="manual")
    with pytest.raises(PolicyError, match="give each a spool_dir of its own"):
        Tracker(MemoryTransport(), spool_dir=spool, also=[other], mode="manual")
    other.close()


class Leaving:
    """A function of the user's own that ends the program, for every event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, _event: Event) -> Event:
        raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_before_that_ends_the_program_keeps_no_event_from_other_destinations(
    error: BaseException,
) -> None:
    here, there = MemoryTransport(), MemoryTransport()
    also = Tracker(there, mode="manual")
    tracker = Tracker(here, mode="manual", before=Leaving(error), also=[also])
    session = tracker.open("s1", PLAN)
    for name, after in (("play", 0), ("playing", 0), ("exit", 5)):
        with pytest.raises(type(error)):
            session.receive(name, position=0.0, at=NOON + after)
    stats = tracker.close()
    also.close()
    assert there.events == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Exited",
    ]
    assert (here.events, stats.undeliverable) == ([], {"interrupted": 3})
