"""What all adapters share: callbacks, the vocabulary, twins."""

import math
from collections.abc import Iterable

import pytest

from video_tracker.players.base import (
    Adapter,
    Callback,
    Ignored,
    Mapped,
    TwinFilter,
    finite,
)
from video_tracker.signals import Play, Signal


class Small(Adapter):
    name = "small"
    channels = frozenset({"small", "html5"})
    vocabulary = {  # noqa: RUF012 - as adapters write it
        ("small", "play"): Mapped("play"),
        ("html5", "play"): Mapped("play"),
        ("html5", "progress"): Ignored("data arrived"),
    }

    def _twin_name(self, callback: Callback) -> str | None:
        return callback.event

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return [Play(callback.at)]


def test_a_mapped_callback_becomes_its_signals() -> None:
    adapter = Small()

    assert adapter.translate(Callback(10.0, "html5", "play")) == (Play(10.0),)
    assert adapter.ignored == {}


def test_an_ignored_callback_is_counted_with_its_reason() -> None:
    """S60: each callback is used or ignored with a stated reason."""
    adapter = Small()

    assert adapter.translate(Callback(10.0, "html5", "progress")) == ()
    assert adapter.translate(Callback(10.1, "html5", "progress")) == ()
    assert adapter.ignored == {"progress: data arrived": 2}


def test_an_event_nobody_documented_is_counted_and_does_no_harm() -> None:
    """S60: nothing is dropped silently."""
    adapter = Small()

    assert adapter.translate(Callback(10.0, "html5", "brandnew")) == ()
    assert adapter.translate(Callback(10.0, "other", "play")) == ()
    assert adapter.ignored == {
        "brandnew: not in the vocabulary": 1,
        "play: not this player's channel": 1,
    }


def test_the_same_event_of_library_and_element_counts_once() -> None:
    """S61, E4: twins within 5 ms, whichever source comes first."""
    adapter = Small()

    assert adapter.translate(Callback(10.0, "html5", "play")) == (Play(10.0),)
    assert adapter.translate(Callback(10.003, "small", "play")) == ()
    assert adapter.translate(Callback(12.0, "small", "play")) == (Play(12.0),)
    assert adapter.translate(Callback(12.005, "html5", "play")) == ()
    assert adapter.ignored == {"play: the same event came from the other channel": 2}


def test_an_event_that_comes_later_is_no_twin() -> None:
    """E4: the library repeats its element within 3 ms."""
    twins = TwinFilter()

    assert not twins.is_twin(10.0, "html5", "play")
    assert not twins.is_twin(10.006, "small", "play")


def test_one_source_repeating_itself_is_no_twin() -> None:
    twins = TwinFilter()

    assert not twins.is_twin(10.0, "html5", "play")
    assert not twins.is_twin(10.001, "html5", "play")


def test_each_event_has_one_twin_at_most() -> None:
    twins = TwinFilter()

    assert not twins.is_twin(10.0, "html5", "pause")
    assert twins.is_twin(10.001, "small", "pause")
    assert not twins.is_twin(10.002, "small", "pause")


def test_a_burst_of_other_events_does_not_hide_a_twin() -> None:
    twins = TwinFilter()
    for event in ("seeking", "waiting", "timeupdate"):
        assert not twins.is_twin(10.0, "html5", event)

    assert [twins.is_twin(10.002, "small", event) for event in ("seeking", "timeupdate")] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    "value", [None, True, "8", "Infinity", math.nan, math.inf, -math.inf, 10**400, [], {}]
)
def test_what_is_no_finite_number_is_none(value: object) -> None:
    """S3: NaN, infinities and other types never get any further."""
    assert finite(value) is None
    assert Callback(0.0, "html5", "play", {"currentTime": value}).number("currentTime") is None


def test_a_callback_reads_its_state_and_payload_by_type() -> None:
    callback = Callback(0.0, "html5", "play", {"paused": 1, "ended": True}, {"ad": "", "id": "a"})

    assert not callback.flag("paused")
    assert callback.flag("ended")
    assert callback.text("ad") is None
    assert callback.text("id") == "a"


def test_signal_names_may_be_written_in_one_string() -> None:
    assert Mapped("play playing") == Mapped(["play", "playing"])


def test_an_adapter_that_holds_nothing_has_nothing_to_flush() -> None:
    adapter = Small()

    assert adapter.wake_at() is None
    assert adapter.flush(99.0) == ()
