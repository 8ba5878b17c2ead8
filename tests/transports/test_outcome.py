"""How an outcome is read against the records it is about."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.delivery import (
    DELIVERED,
    Delivered,
    Mixed,
    Refused,
    Settlement,
    TryLater,
    settle,
)
from video_tracker.transports import Record

MakeRecord = Callable[..., Record]


def test_delivered_settles_every_record(make_record: MakeRecord) -> None:
    records = (make_record(1), make_record(2))
    assert settle(records, DELIVERED) == Settlement(delivered=records)
    assert Delivered() == DELIVERED


def test_an_outcome_without_names_holds_for_every_record(make_record: MakeRecord) -> None:
    records = (make_record(1), make_record(2))
    later, refused = TryLater("network"), Refused("rejected")
    assert settle(records, later).later == ((records[0], later), (records[1], later))
    assert settle(records, refused).refused == ((records[0], refused), (records[1], refused))


def test_a_record_that_is_not_named_was_delivered(make_record: MakeRecord) -> None:
    one, two, three = (make_record(number) for number in (1, 2, 3))
    refused = Refused("rejected", which=("s1-1",))
    later = TryLater("network", which=("s1-3",))
    settled = settle((one, two, three), Mixed((refused, later)))
    assert settled == Settlement((two,), ((three, later),), ((one, refused),))


def test_a_name_nobody_bears_may_mean_any_record(make_record: MakeRecord) -> None:
    """A slip of a transport's own must not pass for a delivery."""
    (record,) = records = (make_record(1),)
    later = TryLater("busy")
    assert settle(records, TryLater("busy", which=("other",))).later == ((record, later),)
    assert settle(records, TryLater("busy", which=())).delivered == records


@pytest.mark.parametrize("answer", [None, True, 200, "ok", object(), []])
def test_what_is_no_outcome_counts_as_refused(make_record: MakeRecord, answer: Any) -> None:
    """A transport of the user's own that forgets to answer must not pass for a delivery."""
    (record,) = records = (make_record(1),)
    ((settled, refusal),) = settle(records, answer).refused
    assert settled is record
    assert refusal.reason == "no_outcome"
    assert type(answer).__name__ in refusal.detail


@pytest.mark.parametrize("after", [float("nan"), float("inf"), -1.0])
def test_a_wait_that_makes_no_sense_is_unknown(after: float) -> None:
    assert TryLater("throttled", after=after).after is None


def test_a_long_detail_is_cut() -> None:
    assert len(Refused("rejected", "x" * 10_000).detail) == 500


def test_one_name_may_be_given_as_a_string() -> None:
    assert Refused("rejected", which="s1-1").which == ("s1-1",)


IDS = st.sampled_from(["a", "b", "c", "d"])
PARTS = st.lists(
    st.builds(
        lambda kind, which: kind("why", which=which),
        st.sampled_from([TryLater, Refused]),
        st.none() | st.lists(IDS),
    )
)


@given(names=st.lists(IDS, unique=True), parts=PARTS)
def test_a_settlement_is_a_partition_in_order(
    names: list[str], parts: list[TryLater | Refused]
) -> None:
    """The account's law (S55): a record is in exactly one part, whatever the outcome says."""
    records = [Record(message_id=name, session_id="s", event="e", body=b"{}") for name in names]
    settled = settle(records, Mixed(parts))
    later = [record for record, _ in settled.later]
    refused = [record for record, _ in settled.refused]
    groups = [list(settled.delivered), later, refused]
    assert sorted(record.message_id for group in groups for record in group) == sorted(names)
    for group in groups:
        assert group == sorted(group, key=records.index)


def part(kind: type[TryLater | Refused], reason: Any, which: Any = None) -> TryLater | Refused:
    """A part as a program without types may write it."""
    return kind(reason, which=which)


def mixture(parts: Any) -> Mixed:
    """A mixture as a program without types may write it."""
    return Mixed(parts)


NONSENSE = {
    "a mapping in place of parts": mixture({"s1-1": Refused("rejected")}),
    "a part that is None": mixture((None,)),
    "parts that are numbers": mixture([1, 2]),
    "numbers in place of ids, to try later": part(TryLater, "network", which=[0]),
    "numbers in place of ids, refused": part(Refused, "rejected", which=[0]),
    "a reason that is none": part(TryLater, None),
    "a reason that cannot be counted": part(Refused, ["rejected"]),
    "a class in place of an outcome": Delivered,
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_slip_in_an_outcome_never_passes_for_a_delivery(
    make_record: MakeRecord, name: str
) -> None:
    records = (make_record(1), make_record(2))
    settled = settle(records, NONSENSE[name])
    assert settled.delivered == ()
    assert len(settled.later) + len(settled.refused) == 2


def test_a_slip_beside_sound_parts_spoils_none_of_them(make_record: MakeRecord) -> None:
    one, two, three = (make_record(number) for number in (1, 2, 3))
    refused, later = Refused("rejected", which=("s1-1",)), TryLater("network", which=("s1-2",))
    settled = settle((one, two, three), mixture((None, refused, later)))
    assert settled.later == ((two, later),)
    assert [(each, part.reason) for each, part in settled.refused] == [
        (one, "rejected"),
        (three, "no_outcome"),
    ]


def test_a_mixture_inside_a_mixture_is_read(make_record: MakeRecord) -> None:
    one, two, three = (make_record(number) for number in (1, 2, 3))
    refused, later = Refused("rejected", which=("s1-1",)), TryLater("network", which=("s1-2",))
    inner = mixture((refused, DELIVERED))
    settled = settle((one, two, three), mixture((inner, later)))
    assert settled == Settlement((three,), ((two, later),), ((one, refused),))
