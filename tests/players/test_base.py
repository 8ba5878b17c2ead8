"""What all adapters share: callbacks and the vocabulary."""

import math
from collections.abc import Iterable

import pytest

from video_tracker.players.base import (
    Adapter,
    Callback,
    Ignored,
    Mapped,
    finite,
    on,
)
from video_tracker.signals import Pause, Play, Signal


class Small(Adapter):
    name = "small"
    channels = frozenset({"small", "html5"})
    vocabulary = {  # noqa: RUF012 - as adapters write it
        ("small", "play"): Mapped("play"),
        ("html5", "play"): Mapped("play"),
        ("html5", "progress"): Ignored("data arrived"),
    }

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


# -- what is held back -----------------------------------------------------------------------


class Two(Adapter):
    """Holds pauses for a quarter of a second and marks for half a second."""

    name = "two"
    channels = frozenset({"two"})
    vocabulary = {  # noqa: RUF012 - as adapters write it
        ("two", event): Mapped("pause", "held") for event in ("pause", "mark", "play")
    }

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, float] = {}

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.event != "play":
            self.held[callback.event] = callback.at
            return ()
        explained = self.held.pop("pause", None)
        return () if explained is not None else (Play(callback.at),)

    def wake_at(self) -> float | None:
        waits = {"pause": 0.25, "mark": 0.5}
        return min((at + waits[event] for event, at in self.held.items()), default=None)

    def flush(self, at: float) -> tuple[Signal, ...]:
        held, self.held = sorted(self.held.values()), {}
        return tuple(Pause(when) for when in held if when <= at)

    def _let_go(self, at: float) -> tuple[Signal, ...]:
        event, when = min(self.held.items(), key=lambda item: item[1])
        assert when <= at
        del self.held[event]
        return (Pause(when),)


def test_what_fell_due_before_a_callback_is_settled_before_it_with_its_own_date() -> None:
    """S88: as if somebody had let time pass."""
    adapter = Two()
    adapter.translate(Callback(10.0, "two", "pause"))

    assert adapter.translate(Callback(10.3, "two", "play")) == (Pause(10.0), Play(10.3))


def test_at_the_same_time_the_callback_goes_first() -> None:
    """S88: it may explain what is held."""
    adapter = Two()
    adapter.translate(Callback(10.0, "two", "pause"))

    assert adapter.translate(Callback(10.25, "two", "play")) == ()


def test_time_that_passes_lets_go_of_what_is_due_and_of_nothing_else() -> None:
    adapter = Two()
    adapter.translate(Callback(10.0, "two", "pause"))
    adapter.translate(Callback(10.1, "two", "mark"))

    assert adapter.settle(10.2) == ()
    assert adapter.settle(10.4) == (Pause(10.0),)
    assert adapter.wake_at() == 10.6
    assert adapter.translate(Callback(11.0, "two", "play")) == (Pause(10.1), Play(11.0))


def test_nothing_is_dated_before_what_was_let_go() -> None:
    """S88: it may have been told already."""

    class Back(Two):
        def _answer(self, callback: Callback) -> Iterable[Signal]:
            out = super()._answer(callback)
            return [Play(callback.at - 1.0)] if out else out

    adapter = Back()
    adapter.translate(Callback(10.0, "two", "pause"))

    assert adapter.translate(Callback(10.5, "two", "play")) == (Pause(10.0), Play(10.0))


def test_an_adapter_that_keeps_wanting_the_same_is_asked_once() -> None:
    class Stubborn(Two):
        def wake_at(self) -> float | None:
            return 10.0

        def _let_go(self, at: float) -> tuple[Signal, ...]:
            return (Pause(at),)

    assert Stubborn().translate(Callback(11.0, "two", "play")) == (Pause(10.0), Play(11.0))


# -- callbacks that go astray ----------------------------------------------------------------


class Wide(Small):
    vocabulary = {  # noqa: RUF012 - as adapters write it
        **Small.vocabulary,
        ("page", "pagehide"): Mapped("play"),
        ("page", "focus"): Ignored("the window has the keyboard"),
    }
    channels = frozenset({"small", "html5", "page"})


def test_an_event_that_one_channel_knows_is_taken_whatever_channel_it_names() -> None:
    """S60: and it is counted and said."""
    adapter = Wide()
    heard: list[str] = []
    adapter.on_astray = heard.append

    for channel in ("html5", "small", "window"):
        assert adapter.translate(Callback(10.0, channel, "pagehide")) == (Play(10.0),)
    said = [f"pagehide: told as '{name}', it is page's" for name in ("html5", "small", "window")]
    assert heard == said
    assert adapter.astray == adapter.notes == dict.fromkeys(said, 1)
    assert adapter.understood == 3


def test_another_players_channel_is_never_taken_for_this_ones() -> None:
    adapter = Wide()

    assert adapter.translate(Callback(10.0, "videojs", "pagehide")) == ()
    assert adapter.ignored == {"pagehide: not this player's channel": 1}
    assert adapter.understood == 0


def test_an_event_that_two_channels_know_is_not_guessed() -> None:
    adapter = Wide()

    assert adapter.translate(Callback(10.0, "page", "play")) == ()
    assert adapter.translate(Callback(10.0, "window", "play")) == ()
    assert list(adapter.ignored) == [
        "play: not in the vocabulary of 'page', but of html5 and small",
        "play: not this player's channel",
    ]


def test_an_unknown_event_is_told_with_the_name_that_may_be_meant() -> None:
    adapter = Wide()
    adapter.translate(Callback(10.0, "html5", "pageHide"))
    adapter.translate(Callback(10.0, "html5", "sparkle"))

    assert list(adapter.astray) == [
        "pageHide: not in the vocabulary; did you mean 'pagehide'?",
        "sparkle: not in the vocabulary",
    ]


def test_events_made_up_without_end_are_counted_together() -> None:
    """S60: a stranger can make no adapter grow."""
    adapter = Wide()
    for number in range(1200):
        adapter.translate(Callback(10.0, "html5", f"{number:04}" * 20))

    assert len(adapter.astray) <= 501
    assert adapter.astray["others"] == 700
    assert all(len(name) < 100 for name in adapter.astray)


class Patient(Adapter):
    """Holds a pause for a second, and says so only in its own ``flush`` and ``wake_at``."""

    name = "patient"
    since: float | None = None

    @on("patient", "pause", "pause")
    def _on_pause(self, callback: Callback) -> list[Signal]:
        self.since = callback.at
        return []

    def flush(self, at: float) -> tuple[Signal, ...]:
        since, self.since = self.since, None
        more = super().flush(at)
        return more if since is None else (Pause(since), *more)

    def wake_at(self) -> float | None:
        return None if self.since is None else self.since + 1.0


def test_an_adapter_s_own_flush_lets_go_when_that_falls_due() -> None:
    """S88: by a tick and before the next callback alike; at the end nothing is left."""
    adapter = Patient()
    assert adapter.translate(Callback(10.0, "patient", "pause")) == ()
    assert adapter.settle(10.5) == ()
    assert adapter.settle(11.0) == (Pause(10.0),)
    adapter.translate(Callback(20.0, "patient", "pause"))
    assert adapter.translate(Callback(30.0, "patient", "pause")) == (Pause(20.0),)
    assert adapter.flush(30.5) == (Pause(30.0),)
    assert adapter.flush(31.0) == ()
