"""The conformance checks of adapters pass what is sound and tell of each thing that is not."""

import gzip
import json
import math
import os
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recordings.replaying import HERE as RECORDINGS
from video_tracker.errors import TraceError
from video_tracker.players.base import Adapter, Callback, Ignored, Mapped
from video_tracker.players.registry import adapter_for_channels, find_adapter, player_names
from video_tracker.signals import Pause, Play, Playing, Progress, Signal, Tick
from video_tracker.testing import adapters, check_adapter
from video_tracker.trace import read_trace

START = 1_790_000_000.0
SEEDS = int(os.environ.get("ADAPTER_SEEDS", "1"))
"""From how many seeds on each adapter is given callbacks; a seed takes a second."""


class Sound(Adapter):
    """An adapter that the faulty ones below differ from in one thing."""

    name = "sound"
    channels = frozenset({"sound"})
    vocabulary = {  # noqa: RUF012 - as adapters write it
        ("sound", "PLAY"): Mapped("play playing"),
        ("sound", "TIME"): Mapped("progress"),
        ("sound", "STOP"): Mapped("pause"),
        ("sound", "LOAD"): Ignored("loading is no playback"),
    }

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        at, position = callback.at, callback.number("currentTime")
        if callback.event == "PLAY":
            return [Play(at, position), Playing(at, position)]
        return [Progress(at, position) if callback.event == "TIME" else Pause(at, position)]


def found(adapter: Any, **arguments: Any) -> list[str]:
    return check_adapter(adapter, rounds=5, **arguments)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("player", player_names())
def test_every_adapter_of_ours_is_sound(player: str, seed: int) -> None:
    assert check_adapter(find_adapter(player), seed=seed) == []


def recorded() -> Iterator[tuple[str, Path]]:
    for path in sorted((RECORDINGS / "data").glob("*.gz")):
        with gzip.open(path) as file:
            channels = {callback.player for callback in read_trace(file)}
        yield adapter_for_channels(channels), path


def test_what_real_players_said_passes_too() -> None:
    """S60: the tables say what the recordings make of each callback."""
    logs: dict[str, list[Path]] = {}
    for player, path in recorded():
        logs.setdefault(player, []).append(path)

    assert logs
    for player, paths in logs.items():
        assert check_adapter(find_adapter(player), rounds=0, logs=paths) == []


def test_a_small_adapter_is_sound() -> None:
    assert check_adapter(Sound) == []


def test_the_same_seed_gives_the_same_findings_and_another_one_other_callbacks() -> None:
    seen: list[list[str]] = []

    class Listening(Sound):
        def _answer(self, callback: Callback) -> Iterable[Signal]:
            seen[-1].append(repr(callback))
            return super()._answer(callback)

    for seed in (1, 1, 2):
        seen.append([])
        assert found(Listening, seed=seed) == []

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


# -- the class -------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", [None, Sound(), int, "sound"])
def test_what_is_no_adapter_class_is_told(thing: object) -> None:
    assert found(thing) == [f"{thing!r:.80} is no subclass of Adapter"]


def changed(**members: Any) -> type[Adapter]:
    return type("Changed", (Sound,), members)


TABLE = dict(Sound.vocabulary)
ROW = ("sound", "PLAY")


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"name": ""}, "it has no name"),
        ({"channels": {"sound"}}, "its channels are {'sound'}, not a frozenset of names"),
        ({"channels": frozenset()}, "its channels are frozenset(), not a frozenset of names"),
        ({"vocabulary": {}}, "it has no vocabulary"),
        (
            {"channels": frozenset({"sound", "html5"})},
            "its table has no callback of its channel 'html5'",
        ),
        ({"vocabulary": {"PLAY": Mapped("play")}}, "a key of its table is 'PLAY', not (channel,"),
        ({"vocabulary": {**TABLE, ("x", "y"): Ignored("no")}}, "x y: the channel is none of its"),
        ({"vocabulary": {**TABLE, ROW: "play"}}, "sound PLAY: neither Mapped nor Ignored but"),
        ({"vocabulary": {**TABLE, ROW: Mapped("plai")}}, "sound PLAY: no signal is called plai"),
        ({"vocabulary": {**TABLE, ROW: Mapped()}}, "sound PLAY: mapped to no signal, and no note"),
        ({"vocabulary": {**TABLE, ROW: Ignored(" ")}}, "sound PLAY: ignored without a reason"),
        ({"settings": {"min_bufer": 1.0}}, "its settings are wrong"),
        ({"settings": {"min_buffer": -1.0}}, "its settings are wrong"),
    ],
)
def test_a_faulty_class_is_told(members: dict[str, Any], fault: str) -> None:
    assert any(text.startswith(fault) for text in found(changed(**members)))


class WantsArguments(Sound):
    def __init__(self, user: str) -> None:
        super().__init__()
        self.user = user


class ForgetsTheBase(Sound):
    def __init__(self) -> None:
        self.mine = 1


class AwakeAtOnce(Sound):
    def wake_at(self) -> float | None:
        return START


class AwakeAtNoTime(Sound):
    def wake_at(self) -> Any:
        return math.nan


class AfraidOfWaking(Sound):
    def wake_at(self) -> float | None:
        raise ValueError("no")


# -- its answers -----------------------------------------------------------------------------------


class Raises(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return [Progress(callback.at, float(callback.state["currentTime"]))]


class RaisesOnAWord(Sound):
    """Only a value that the source itself names leads to the fault."""

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.text("reason") == "spliced":
            raise RuntimeError("never thought of")
        return super()._answer(callback)


class RaisesDeepDown(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        ad = callback.detail.get("ad")
        if isinstance(ad, dict):
            ad["pod"]["index"] += 0
        return super()._answer(callback)


class GivesAList(Sound):
    def translate(self, callback: Callback) -> Any:
        return list(super().translate(callback))


class GivesSomethingElse(Sound):
    def _answer(self, callback: Callback) -> Any:
        return [Signal(callback.at)]


class SaysMore(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return [*super()._answer(callback), Tick(callback.at)]


class KnowsEverything(Sound):
    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        return (Play(callback.at),)


class CountsNothing(Sound):
    def ignore(self, callback: Callback, reason: str) -> list[Signal]:  # noqa: ARG002
        return []


class IsEarly(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return super()._answer(Callback(callback.at + 1, "sound", callback.event))


class IsTimeless(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return super()._answer(Callback(math.nan, "sound", callback.event))


class IsFarBack(Sound):
    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        out = super().translate(callback)  # which itself puts its answers in their order
        return (Pause(callback.at - 100.0),) if callback.event == "STOP" else out


class IsUnordered(Sound):
    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        out = super().translate(callback)
        return (*out, Play(callback.at - 1)) if callback.event == "PLAY" else out


class Writes(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        callback.detail["seen"] = True  # type: ignore[index] # that is its fault
        return super()._answer(callback)


class Shares(Sound):
    seen: list[str] = []  # noqa: RUF012 - that is its fault

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.event in self.seen:
            self.seen.clear()
            return []
        self.seen.append(callback.event)
        return super()._answer(callback)


class Gambles(Sound):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return [Progress(callback.at, random.random())] if callback.event == "TIME" else []


class Holding(Sound):
    """Holds each pause for a quarter of a second, as an adapter may."""

    hold = 0.25

    def __init__(self) -> None:
        super().__init__()
        self.held: Pause | None = None

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        out = [*self.flush(callback.at)]
        for signal in super()._answer(callback):
            if isinstance(signal, Pause):
                self.held = signal
            else:
                out.append(signal)
        return out

    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002
        held, self.held = self.held, None
        return () if held is None else (held,)

    def wake_at(self) -> float | None:
        return None if self.held is None else self.held.at + self.hold


class HoldsLong(Holding):
    hold = 60.0


class NeverLetsGo(Holding):
    def flush(self, at: float) -> tuple[Signal, ...]:  # noqa: ARG002
        return ()


class LetsGoTwice(Holding):
    def flush(self, at: float) -> tuple[Signal, ...]:
        return super().flush(at) or (Pause(at),)


class FlushesInFear(Holding):
    def flush(self, at: float) -> tuple[Signal, ...]:
        raise KeyError(at)


class FlushesNone(Holding):
    def flush(self, at: float) -> Any:
        super().flush(at)


def test_an_adapter_that_holds_a_callback_for_a_moment_is_sound() -> None:
    """S31: until the same player's next one, 0.25 s at most."""
    assert found(Holding) == []
    assert any("holds something back" in text for text in found(Holding, longest_hold=0.1))


@pytest.mark.parametrize(
    ("adapter", "fault"),
    [
        (WantsArguments, "it cannot be made without arguments: TypeError"),
        (ForgetsTheBase, "its __init__ does not call Adapter.__init__"),
        (AwakeAtOnce, "a fresh one wants to be woken at 1.79e+09"),
        (AwakeAtNoTime, "wake_at gave nan, neither a time nor None"),
        (AfraidOfWaking, "wake_at raised ValueError: no"),
        (Raises, "sound PLAY raised KeyError: 'currentTime'"),
        (RaisesDeepDown, "sound PLAY raised KeyError: 'pod'"),
        (GivesAList, "sound PLAY gave list, not a tuple"),
        (GivesSomethingElse, "sound PLAY gave Signal, which is no signal"),
        (SaysMore, "sound PLAY gave tick, which its table does not say"),
        (KnowsEverything, "an unknown event gave play"),
        (KnowsEverything, "a foreign channel gave play"),
        (KnowsEverything, "sound LOAD is ignored in its table but was not counted (S60)"),
        (CountsNothing, "an unknown event was not counted as ignored (S60)"),
        (CountsNothing, "a foreign channel was not counted as ignored (S60)"),
        (IsEarly, "sound PLAY dated play later than the callback"),
        (IsTimeless, "sound PLAY dated play at nan"),
        (IsFarBack, "sound STOP dated pause more than 2 s back"),
        (IsUnordered, "sound PLAY gave play after a later signal: not in order of time"),
        (Writes, "sound PLAY changed the callback that it was given"),
        (Shares, "two instances share something: one's callbacks change the other"),
        (Gambles, "the same callbacks gave other signals the second time (likely)"),
        (HoldsLong, "after sound STOP it holds something back for 60 s"),
        (NeverLetsGo, "after flush it still holds something back"),
        (LetsGoTwice, "a second flush gave pause again"),
        (FlushesInFear, "flush raised KeyError"),
        (FlushesNone, "flush gave NoneType, not a tuple"),
    ],
)
def test_a_faulty_adapter_is_told(adapter: type[Adapter], fault: str) -> None:
    texts = found(adapter)

    assert [text for text in texts if text.startswith(fault)], texts


def test_a_word_that_only_the_source_names_is_tried() -> None:
    assert any("raised RuntimeError: never thought of" in text for text in found(RaisesOnAWord))


def test_a_session_that_breaks_the_grammar_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """S20: no adapter should be able to bring it about; if one does, it is said."""
    monkeypatch.setattr(adapters, "sessions_faults", lambda *_: ["event 1: out of order"])

    assert found(Sound) == ["its session is wrong: event 1: out of order"]


# -- recordings ------------------------------------------------------------------------------------


def line(ms: int, event: str, player: str = "sound", **state: Any) -> str:
    return json.dumps({"t": ms, "player": player, "event": event, "state": state})


LOG = [line(0, "PLAY", currentTime=0), line(1000, "TIME", currentTime=1), line(1100, "STOP")]


def test_a_log_is_a_path_or_its_lines_or_its_callbacks(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text("\n".join(LOG), "utf-8")
    packed.write_bytes(gzip.compress("\n".join(LOG).encode()))

    logs = [plain, str(packed), LOG, read_trace(LOG)]

    assert found(Sound, logs=logs) == []


def test_what_a_log_shows_is_told(tmp_path: Path) -> None:
    """S60: what a player really says belongs in the table."""
    damaged = [*LOG, "{"]
    texts = found(
        Sound,
        logs=[
            [*LOG, line(1200, "BRANDNEW"), line(1300, "whatever", player="page")],
            [line(0, "LOAD")],
            damaged,
            tmp_path / "none.jsonl",
        ],
    )

    assert texts[0] == "log 1: sound BRANDNEW is not in its table"
    assert texts[1] == "log 2: not one signal came of it"
    assert texts[2].startswith("log 3 cannot be read: the log:4")
    assert texts[3].startswith(f"{tmp_path / 'none.jsonl'} cannot be read")
    assert len(texts) == 4
    with pytest.raises(TraceError):
        list(read_trace(damaged))
