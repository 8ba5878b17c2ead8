"""What each player's adapter reads, found by running it: for the page of callbacks.

Its callbacks stand in the adapter's own rows. The keys of ``state`` and ``detail`` are those that
it asks for, or without which other signals come, while the project's own cases and recordings of
that player run through it; what a key is needed for are the signals that change without it.
"""

import functools
import gzip
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.errors import UnknownPlayerError
from video_tracker.ingest.cmcd_log import in_order, read_bodies
from video_tracker.players.base import Adapter, Callback, Ignored, Mapped
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.signals import SIGNALS
from video_tracker.testing.callbacks import Listening
from video_tracker.trace import read_trace

TESTS: Final = Path(__file__).parents[1] / "tests"
LOGS: Final = 12
"""Cases, and recordings, of a player that are looked at."""
LONGEST: Final = 240
"""Callbacks of a log that are looked at."""
TRIED: Final = 6
"""Logs from which a key is taken away, to see what it is needed for."""
NAMED: Final = 5
"""Signals that are named for a key."""

NAMES: Final = {kind.__name__: name for name, kind in SIGNALS.items()}

Path_ = tuple[str, ...]
Log = tuple[Callback, ...]

SECONDS: Final = (
    "currentTime duration position seconds time bufferedEnd seekableEnd start end startTime "
    "endTime edge offset timeOffset scheduleTime rendertime playerTime remaining remainingTime "
    "seekTarget timeShift currentMediaTime currentBreakClipTime"
)
UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(SECONDS.split(), "seconds"),
    **dict.fromkeys(("durationMs", "positionMs", "contentPositionMs"), "milliseconds"),
    **dict.fromkeys(("bitrate", "bandwidth", "videoBandwidth", "streamBitrate"), "bits a second"),
    **dict.fromkeys(("frameRate", "fps"), "frames a second"),
    **dict.fromkeys(("height", "videoHeight"), "pixels"),
    **dict.fromkeys(("startDate", "playheadDate"), "ISO 8601, or Unix milliseconds"),
    "durationUs": "microseconds",
    "droppedFrames": "frames since the start",
    "playbackRate": "1 is normal",
    "seekable": "pairs of seconds",
    "volume": "0 to 1",
}
"""Units by a key's last word."""
OWN_UNITS: Final[Mapping[tuple[str, str], str]] = {
    **{
        ("media3", key): "milliseconds"
        for key in ("contentPosition", "contentDuration", "currentPosition", "duration")
    },
    ("avplayer", "time"): "CMTime, or seconds",
    **{("cmcd", key): "milliseconds" for key in ("bl", "msd", "ttlb")},
    ("cmcd", "br"): "kbit a second, each with its type",
    ("cmcd", "pr"): "1 is normal",
    ("cmcd", "ts"): "Unix milliseconds",
    ("jwplayer", "volume"): "0 to 100 (up to 1 in `state`)",
    ("youtube", "volume"): "0 to 100",
    ("bitmovin", "volume"): "0 to 1 (`targetVolume` 0 to 100)",
}
"""Units that a player has for itself."""


@attrs.frozen
class Key:
    """A key that an adapter reads.

    Args:
        where: ``state`` or ``detail``.
        path: The key, and those within it.
        kinds: What its values are in the logs.
        events: The callbacks with which it is read.
        needed: The signals that are lost or change without it.
    """

    where: str
    path: Path_
    kinds: tuple[str, ...]
    events: tuple[str, ...]
    needed: tuple[str, ...]


# -- the project's own logs ------------------------------------------------------------------------


def logs_of(player: str) -> list[Log]:
    """Cases of the player, and recordings."""
    both = (itertools.islice(source(player), LOGS) for source in (_cases, _recordings))
    return [log[:LONGEST] for log in itertools.chain.from_iterable(both)]


def _cases(player: str) -> Iterator[Log]:
    for path in sorted((TESTS / "cases").glob("*/*.json")):
        case = json.loads(path.read_text("utf-8"))
        if case.get("player") == player:
            lines = "".join(json.dumps(line) + "\n" for line in case["log"])
            yield tuple(read_trace(io.BytesIO(lines.encode()), path.name))


def _recordings(player: str) -> Iterator[Log]:
    for path in sorted((TESTS / "recordings" / "data").glob("*.gz")):
        if _player_of(path) == player:
            yield _recording(path)
    if player == "cmcd":
        for path in sorted((TESTS / "recordings" / "cmcd").glob("*.events.jsonl")):
            yield tuple(in_order(read_bodies(path.read_bytes().splitlines(), path.name)))


@functools.cache
def _player_of(path: Path) -> str | None:
    try:
        return adapter_for_channels({call.player for call in _recording(path)})
    except UnknownPlayerError:
        return None


@functools.cache
def _recording(path: Path) -> Log:
    with gzip.open(path, "rb") as log:
        return tuple(itertools.islice(read_trace(log, path.name), LONGEST))


# -- the keys --------------------------------------------------------------------------------------


def keys_of(player: str) -> list[Key]:
    """The keys that a player's adapter reads, those of ``state`` first."""
    adapter, logs = find_adapter(player), logs_of(player)
    asked: dict[tuple[str, Path_], set[str]] = {}
    present: dict[tuple[str, Path_], set[str]] = {}
    for log in logs:
        _listen(adapter, log, asked, present)
    keys = []
    for where, path in sorted(
        asked.keys() | present.keys(), key=lambda key: (key[0] == "detail", key)
    ):
        events, kinds = asked.get((where, path), set()), present.get((where, path), set())
        needed = _needed(adapter, logs, where, path) if kinds else ()
        if kinds and (events or needed) and not any(call in path for call in _names(adapter)):
            keys.append(Key(where, path, tuple(sorted(kinds)), tuple(sorted(events)), needed))
    return keys


def _names(adapter: type[Adapter]) -> frozenset[str]:
    return frozenset(event for _, event in adapter.vocabulary if len(event) > 12)


def _listen(
    adapter: type[Adapter],
    log: Log,
    asked: dict[tuple[str, Path_], set[str]],
    present: dict[tuple[str, Path_], set[str]],
) -> None:
    reads = adapter()
    for call in log:
        heard: dict[str, set[Path_]] = {"state": set(), "detail": set()}
        told = {"state": call.state, "detail": call.detail}
        listening = {where: Listening(told[where], heard[where].add) for where in told}
        reads.translate(attrs.evolve(call, **listening))
        for where, paths in heard.items():
            for path in paths:
                asked.setdefault((where, path), set()).add(call.event)
            for path, value in _leaves(told[where]):
                present.setdefault((where, path), set()).add(_kind(value))


def _leaves(told: Mapping[str, Any], path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    for key, value in told.items():
        if isinstance(value, Mapping) and len(path) < 2:
            yield from _leaves(value, (*path, key))
        elif value is not None:
            yield (*path, key), value


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def _needed(
    adapter: type[Adapter], logs: Iterable[Log], where: str, path: Path_
) -> tuple[str, ...]:
    """The signals that are lost or change without a key, those first that change most often."""
    changed: Counter[str] = Counter()
    having = (log for log in logs if any(_holds(getattr(call, where), path) for call in log))
    for log in itertools.islice(having, TRIED):
        spoilt = [
            attrs.evolve(call, **{where: _without(getattr(call, where), path)}) for call in log
        ]
        before, after = _signals(adapter, log), _signals(adapter, spoilt)
        for text in ((before - after) + (after - before)).elements():
            changed[NAMES[text.partition("(")[0]]] += 1
    return tuple(name for name, _ in changed.most_common(NAMED))


def _signals(adapter: type[Adapter], log: Iterable[Callback]) -> Counter[str]:
    reads = adapter()
    return Counter(repr(signal) for call in log for signal in reads.translate(call))


def _holds(told: Any, path: Path_) -> bool:
    for key in path:
        if not isinstance(told, Mapping) or key not in told:
            return False
        told = told[key]
    return True


def _without(told: Mapping[str, Any], path: Path_) -> Mapping[str, Any]:
    if not _holds(told, path):
        return told
    key, *rest = path
    if not rest:
        return {name: value for name, value in told.items() if name != key}
    return {**told, key: _without(told[key], tuple(rest))}


# -- the page --------------------------------------------------------------------------------------


def unit_of(player: str, key: Key) -> str:
    """The unit of a key's numbers, or what its values are."""
    last = key.path[-1]
    unit = OWN_UNITS.get((player, last)) or UNITS.get(last)
    if unit is not None and {"number", "list", "text", "object"} & set(key.kinds):
        return unit
    return " or ".join(key.kinds)


def rows_of_keys(player: str) -> Iterator[tuple[str, str, str, str]]:
    """Key, unit, with which callbacks, and for which signals."""
    for key in keys_of(player):
        with_ = (
            ", ".join(f"`{event}`" for event in key.events[:NAMED]) if key.where == "detail" else ""
        )
        many = len(key.events) > NAMED and key.where == "detail"
        needed = ", ".join(f"`{name}`" for name in key.needed)
        name = f"`{key.where}.{'.'.join(key.path)}`"
        yield name, unit_of(player, key), with_ + (", ..." if many else ""), needed


def rows_of_callbacks(player: str) -> Iterator[tuple[str, str, str]]:
    """Callbacks of one fate, what they may become, and what for or why not."""
    fates: dict[tuple[str, Mapped | Ignored], list[str]] = {}
    for (channel, event), entry in find_adapter(player).vocabulary.items():
        fates.setdefault((channel, entry), []).append(event)
    for (channel, entry), events in sorted(
        fates.items(), key=lambda fate: (isinstance(fate[0][1], Ignored), fate[0][0] != player)
    ):
        names = " ".join(f"`{event}`" for event in sorted(events))
        if isinstance(entry, Ignored):
            yield f"{channel}: {names}", "nothing", entry.reason
        else:
            signals = ", ".join(f"`{signal}`" for signal in entry.signals)
            yield f"{channel}: {names}", signals or "nothing by itself", entry.note
