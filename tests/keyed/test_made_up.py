"""The oracle and the log of made-up viewers, with which stores and engines are judged."""

from collections import Counter, defaultdict

import pytest

from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Arrival, advance, encoded, expire
from video_tracker.record import Record
from video_tracker.testing.keyed import Came, differences, made_up, opening, oracle
from video_tracker.wire import Encoder


def by_key(came: list[Came]) -> dict[str, list[Came]]:
    bodies: defaultdict[str, list[Came]] = defaultdict(list)
    for each in came:
        bodies[each.key].append(each)
    return bodies


def in_steps(key: str, bodies: list[Came]) -> list[Record]:
    """The messages of a viewer of whom only a snapshot is left after each body."""
    snapshot, deadline, records, encoder = None, None, list[Record](), Encoder()
    for each in bodies:
        arrival = Arrival.of(decode_beacons(each.body, session_id=key), each.received_at)
        step = advance(snapshot, key, (arrival,), opening)
        records += encoded(step.events, encoder)
        snapshot, deadline = step.snapshot, step.deadline
    while snapshot is not None:
        assert deadline is not None
        step = expire(snapshot, key, deadline, opening)
        records += encoded(step.events, encoder)
        snapshot, deadline = step.snapshot, step.deadline
    return records


def test_the_same_arguments_give_the_same_log_and_another_seed_another() -> None:
    assert made_up(20, 30, seed=1) == made_up(20, 30, seed=1)
    assert made_up(20, 30, seed=1) != made_up(20, 30, seed=2)


def test_no_beacon_of_a_made_up_body_is_refused_and_all_dialects_speak() -> None:
    came = made_up(30, 50)
    decoded = [decode_beacons(each.body, session_id=each.key) for each in came]

    assert [each.rejected for each in decoded if each.rejected] == []
    assert Counter(key.split("-")[0] for key in by_key(came)) == {
        "signals": 10,
        "html5": 10,
        "hlsjs": 10,
    }
    assert {max(n for _, n in Counter(each.key for each in came).items()) <= 50} == {True}


def test_bodies_of_a_viewer_come_at_different_whole_milliseconds_in_the_logs_order() -> None:
    came = made_up(40, 50, apart=0.0)

    assert [each.received_at for each in came] == sorted(each.received_at for each in came)
    for bodies in by_key(came).values():
        assert len({each.received_at for each in bodies}) == len(bodies)
        assert [each.received_at for each in bodies] == [
            round(each.received_at * 1000) / 1000 for each in bodies
        ]


@pytest.mark.parametrize("left", [0.0, 1.0])
def test_who_leaves_in_the_middle_is_interrupted_and_others_are_not(left: float) -> None:
    names = [
        {record.event for record in records}
        for records in oracle(made_up(24, 200, left=left, dialects=("signals",))).values()
    ]
    ended = [{"Video Playback Completed", "Video Playback Exited"} & each for each in names]

    assert sum(map(bool, ended)) >= 20 if left == 0.0 else not any(ended)


def test_the_oracle_says_what_comes_of_snapshots() -> None:
    came = made_up(24, 50, seed=3)

    assert {key: in_steps(key, bodies) for key, bodies in by_key(came).items()} == oracle(came)


def test_what_is_missing_doubled_changed_or_too_much_is_told() -> None:
    expected = {"a": [Record(f"a-{n}", "a", "e", b"%d" % n) for n in range(1, 5)]}
    found = [("a-1", b"1"), ("a-2", b"2"), ("a-2", b"2"), ("a-3", b"x"), ("b-1", b"")]

    assert differences(expected, [(f"a-{n}", b"%d" % n) for n in range(1, 5)]) == []
    assert differences(expected, found) == [
        "a-4 is missing",
        "a-2 came 2 times",
        "b-1 was not to be",
        "a-3 is b'x', not b'3'",
    ]
