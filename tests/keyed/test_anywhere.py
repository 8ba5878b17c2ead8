"""S88: a viewer who goes from snapshot to snapshot says the same bytes as one who stays."""

import random
from collections.abc import Callable, Iterable, Sequence

import pytest

from tests.ingest.streams import numbered
from tests.recordings.replaying import LOGS, adapter_of, recorded
from tests.tracker.test_recordings_through_trackers import plan_of, straight
from video_tracker.keyed import Arrival, Opening, Step, Told, advance, encoded, expire
from video_tracker.wire import Encoder

Steps = Iterable[Sequence[Told]]


def opening_for(name: str) -> Opening:
    plan = plan_of(name)
    return Opening(player=type(adapter_of(name)), plan=plan, settings=plan.settings)


def said_in_steps(steps: Steps, opening: Opening) -> list[bytes]:
    """The messages of a viewer whose snapshot is all that is left of him after each step."""
    encoder = Encoder()
    made: list[bytes] = []
    snapshot: bytes | None = None

    def keep(step: Step) -> Step:
        made.extend(record.body for record in encoded(step.events, encoder))
        return step

    deadline = None
    for told in steps:
        step = keep(advance(snapshot, "s1", told, opening))
        snapshot, deadline = step.snapshot, step.deadline
    while snapshot is not None:
        assert deadline is not None
        step = keep(expire(snapshot, "s1", deadline, opening))
        snapshot, deadline = step.snapshot, step.deadline
    assert snapshot is None
    return made


def one_each(told: Sequence[Told]) -> Steps:
    return [(each,) for each in told]


def in_lists(told: Sequence[Told]) -> Steps:
    chance = random.Random(7)
    left = list(told)
    while left:
        many = chance.randint(1, 9)
        yield left[:many]
        del left[:many]


@pytest.mark.parametrize("ways", [one_each, in_lists])
@pytest.mark.parametrize("name", sorted(LOGS))
def test_callbacks(name: str, ways: Callable[[Sequence[Told]], Steps]) -> None:
    assert said_in_steps(ways(recorded(name)), opening_for(name)) == list(straight(name))


@pytest.mark.parametrize("name", sorted(LOGS))
def test_beacons_that_are_shuffled_and_repeated(name: str) -> None:
    """S68: what waits for its turn is part of the snapshot, and a repetition changes nothing."""
    chance = random.Random(name)
    beacons = numbered(recorded(name))
    arrivals = [
        (each.at + 0.1 + chance.random() * 3.0, again, each) for each in beacons for again in (0, 1)
    ]
    ordered = sorted(arrivals, key=lambda arrival: arrival[:2])
    steps = [(Arrival(at, (beacon,), beacon.at),) for at, _, beacon in ordered]

    assert said_in_steps(steps, opening_for(name)) == list(straight(name))
