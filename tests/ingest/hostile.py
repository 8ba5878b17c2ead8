"""Makes hostile bodies out of bytes, and holds whatever comes of them against the rules.

The same maker serves hypothesis (in every run of the tests) and atheris (``fuzz.py``): it reads
its choices from a string of bytes, so that a fuzzer that mutates bytes mutates choices.
"""

import contextlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from video_tracker.errors import EncodingError
from video_tracker.ingest import (
    REJECTIONS,
    ClockSkew,
    Decoded,
    Intake,
    Limits,
    PlayerFeed,
    ReorderWindow,
    decode_beacons,
)
from video_tracker.ingest.feed import Pair
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.session import Playback, Session
from video_tracker.signals import SIGNALS
from video_tracker.testing.grammar import check_messages
from video_tracker.wire import Encoder

__all__ = ["PLAYERS", "Choices", "T", "check_body", "hostile_body", "play_body"]

T: Final = 1_795_432_210_250
LIMITS: Final = Limits()
PLAYERS: Final = tuple(player_names())

_VOCABULARY: Final = {
    player: sorted(find_adapter(player).vocabulary) or [("x", "x")] for player in PLAYERS
}

_SCALARS: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 0.0, 1.5, 8.14, 30, 59.9, 60, 61, 1e9, -1e-9, 5e-324, 2**53 - 1),
    *(
        "",
        "x",
        "0",
        "NaN",
        "ad",
        "pre",
        "mid",
        "post",
        "film",
        "\u0000",
        "\ud800",
        "ünï",
        "x" * 300,
    ),
    *(float("nan"), float("inf"), float("-inf"), 10**30, -(2**60), "__proto__", "2026-11-23"),
)
_KEYS: Final = (
    *("currentTime", "duration", "paused", "ended", "seeking", "playbackRate", "volume", "muted"),
    *("fullscreen", "hidden", "src", "readyState", "pod", "id", "index", "ad", "ads", "position"),
    *("timeOffset", "podIndex", "adPosition", "totalAds", "error", "fatal", "data", "type", "name"),
    *(
        "offset",
        "start",
        "end",
        "level",
        "bitrate",
        "height",
        "width",
        "live",
        "streamType",
        "plan",
    ),
    *("contents", "ad_breaks", "properties", "asset_id", "__proto__", "", "constructor", "\u0000"),
    *("inAdMode", "inAdBreak", "event", "reason", "duration", "state", "at", "to", "from", "value"),
)


class Choices:
    """Reads choices from bytes; when they are used up, every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def below(self, limit: int) -> int:
        """A number from 0 to below the limit."""
        if self._place >= len(self._data):
            return 0
        number = self._data[self._place]
        self._place += 1
        if limit > 256 and self._place < len(self._data):
            number = number * 256 + self._data[self._place]
            self._place += 1
        return number % limit

    def of(self, options: Sequence[Any]) -> Any:
        """One of the options."""
        return options[self.below(len(options))]

    def left(self) -> bool:
        """Whether there are any."""
        return self._place < len(self._data)


def _value(choices: Choices, depth: int = 0) -> Any:
    kind = choices.below(8)
    if kind == 6 and depth < 4:
        return [_value(choices, depth + 1) for _ in range(choices.below(4))]
    if kind == 7 and depth < 4:
        return _object(choices, depth + 1)
    return choices.of(_SCALARS)


def _object(choices: Choices, depth: int = 0) -> dict[str, Any]:
    return {choices.of(_KEYS): _value(choices, depth) for _ in range(choices.below(6))}


def _beacon(choices: Choices, player: str, number: int) -> Any:
    step = choices.of((0, 1, 40, 250, 250, 1000, 4000, 15_000, 400_000, -500, -90_000))
    beacon: dict[str, Any] = {"seq": number, "t": T + number * 250 + step}
    if choices.below(3) == 0:
        beacon["signal"] = choices.of(tuple(SIGNALS))
        beacon.update({choices.of(_KEYS): _value(choices) for _ in range(choices.below(4))})
    else:
        channel, event = choices.of(_VOCABULARY[player])
        beacon |= {"player": channel, "event": event}
        beacon |= {"state": _object(choices), "detail": _object(choices)}
    if choices.below(8) == 7:
        beacon[choices.of(("seq", "t", "player", "event", "state", "session_id", "el"))] = _value(
            choices
        )
    return choices.of(_SCALARS) if choices.below(32) == 31 else beacon


def hostile_body(data: bytes, player: str) -> bytes:
    """A body of beacons in a player's words with any values, some of them spoilt."""
    choices = Choices(data)
    number = 0
    beacons: list[Any] = []
    while choices.left() and len(beacons) < 60:
        number += choices.of((1, 1, 1, 1, 1, 1, 0, 2, 50))
        beacons.append(_beacon(choices, player, number))
    body: dict[str, Any] = {"session_id": "s1", "beacons": beacons}
    if choices.below(4) == 1:
        body["sent_at"] = _value(choices)
    return json.dumps(body).encode()


def check_body(data: bytes) -> Decoded:
    """Decode a body; everything in it was taken or rejected for a reason that is known."""
    decoded = decode_beacons(data, LIMITS, session_id="s1")
    assert len(decoded.beacons) <= LIMITS.max_beacons
    assert {each.reason for each in decoded.rejected} <= set(REJECTIONS)
    assert all(each.count > 0 and len(each.message) <= 200 for each in decoded.rejected)
    assert {beacon.session_id for beacon in decoded.beacons} <= {"s1"}
    for beacon in decoded.beacons:
        assert beacon.at == beacon.said.at
        assert 0 <= beacon.at < 7.3e9
    return decoded


def _played(decoded: Decoded, player: str, order: Callable[[list[Any]], list[Any]]) -> list[bytes]:
    adapter = find_adapter(player)()
    settings = Settings(**adapter.settings)
    playback = Playback(Session("s1", SessionPlan(user_id="u1", settings=settings)))
    window: ReorderWindow[Any] = ReorderWindow(limit_items=1_000, limit_weight=10**9)
    intake = Intake(
        PlayerFeed(playback, adapter),
        session_id="s1",
        window=window,
        skew=ClockSkew(opened=(T / 1000, T / 1000)),
    )
    pairs: list[Pair] = []
    for part in order(list(decoded.beacons)):
        pairs += intake.push([part], T / 1000 + 100.0)
    pairs += _woken(intake)
    pairs += intake.finish()
    count = intake.count
    assert count.pending == 0
    assert count.received == count.released + count.late + count.duplicates + count.refused
    encoder = Encoder()
    bodies = []
    for envelope, event in pairs:
        with contextlib.suppress(EncodingError):  # a dead letter with its reason (S55)
            bodies.append(encoder.encode(event, envelope).body)
    return bodies


def _woken(intake: Intake[Pair]) -> list[Pair]:
    """Wake it whenever it says; it never asks for the same time twice (S46)."""
    pairs: list[Pair] = []
    last = 0.0
    for _ in range(200):
        due = intake.wake_at()
        if due is None:
            break
        assert due > last
        last = due
        pairs += intake.release(due)
    return pairs


def play_body(data: bytes, player: str) -> list[bytes]:
    """Let a body play: its events follow the grammar, and its order says nothing (S60, S68)."""
    decoded = check_body(data)
    bodies = _played(decoded, player, lambda beacons: beacons)
    assert check_messages([json.loads(body) for body in bodies]) == []
    numbers = [beacon.sequence for beacon in decoded.beacons]
    if None not in numbers and len(set(numbers)) == len(numbers):
        assert _played(decoded, player, lambda beacons: beacons[::-1]) == bodies
    return bodies
