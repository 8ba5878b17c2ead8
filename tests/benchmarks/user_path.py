"""The path that users run, as workloads for ``gate.py``: a tracker, an adapter, beacons, events.

One viewer plays content of an hour, a callback each quarter of a second; heartbeats are among
them. Each layer is measured on the same callbacks, so that one is told as a multiple of another.
"""

import gc
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.floor import Floor
from tests.ingest.streams import RECORDINGS, recorded
from video_tracker.ingest import Beacon, decode_beacons
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.registry import adapter_for_channels
from video_tracker.record import Record
from video_tracker.session import Session
from video_tracker.tracker import Tracker
from video_tracker.transports import Delivered, Outcome
from video_tracker.wire import Encoder

__all__ = ["BODIES", "CALLBACKS", "EVENTS", "LIVE", "MEASURED", "RECORDED", "WORKLOADS", "viewer"]

CALLBACKS: Final = 800
"""Timeupdates of a round."""
BODIES: Final = 40
"""Bodies of beacons of a round, which hold them all."""
EVENTS: Final = 200
"""Pauses and their ends of a round: an event each."""
RECORDED: Final = RECORDINGS[::8]
"""Recordings of real players, of each kind that there are some."""
LIVE: Final = 500
"""Players that are live at once, in the workloads of many players."""

_START: Final = 1_790_000_000.0
_LENGTH: Final = 3600.0
_PLAN: Final = SessionPlan(
    user_id="user-1",
    contents=[Content(asset_id="film", duration=_LENGTH, title="A Walk")],
    ad_breaks=[AdBreak(at=3000.0, ads=[Ad(asset_id="ad-1", duration=15.0)])],
)
_STATE: Final[Mapping[str, Any]] = {
    "duration": _LENGTH,
    "paused": False,
    "ended": False,
    "seeking": False,
    "readyState": 4,
    "playbackRate": 1,
    "volume": 1,
    "muted": False,
    "src": "https://media.example.com/film.m3u8",
}

Step = tuple[float, float]


class Nowhere:
    """A transport that takes everything."""

    def send(self, records: Sequence[Record]) -> Outcome:  # noqa: ARG002
        """Say that they arrived."""
        return Delivered()

    def close(self) -> None:
        """Nothing to close."""


def steps() -> list[Step]:
    """Times and positions of the timeupdates of a round."""
    return [(_START + 1.0 + n * 0.25, n * 0.25) for n in range(1, CALLBACKS + 1)]


def _state(position: float) -> dict[str, Any]:
    """A snapshot as pages post it: what is buffered and the frames move with the clock."""
    moves = {"currentTime": position, "bufferedEnd": position + 30.0}
    return {**_STATE, **moves, "droppedFrames": 0, "totalFrames": int(position * 25)}


def _bodies() -> list[bytes]:
    """The callbacks as a page posts them, several a request."""
    callbacks = [
        *(("play", _START, 0.0), ("playing", _START + 1.0, 0.0)),
        *(("timeupdate", at, position) for at, position in steps()),
    ]
    beacons = _told_as_beacons(callbacks)
    size = -(-len(beacons) // BODIES)
    return [
        json.dumps(
            {"session_id": "s1", "player": "html5", "beacons": beacons[n : n + size]},
            separators=(",", ":"),
        ).encode()
        for n in range(0, len(beacons), size)
    ]


def _told_as_beacons(callbacks: Sequence[tuple[str, float, float]]) -> list[dict[str, Any]]:
    return [
        {"seq": n, "t": at * 1000, "event": event, "state": _state(position)}
        for n, (event, at, position) in enumerate(callbacks)
    ]


def _sessions() -> Iterator[str]:
    return (f"s{number}" for number in itertools.count(1))


def _floor(rounds: int) -> None:
    told = steps()
    for _ in range(rounds):
        floor = Floor("s1", _PLAN)
        floor.load(_START, duration=_LENGTH)
        floor.play(_START, 0.0)
        floor.playing(_START + 1.0, 0.0)
        for at, position in told:
            floor.progress(at, position)


def _session(rounds: int) -> None:
    told = steps()
    for _ in range(rounds):
        session = Session("s1", _PLAN)
        session.play(_START, 0.0)
        session.playing(_START + 1.0, 0.0)
        for at, position in told:
            session.progress(at, position)


def _tracker() -> Tracker:
    return Tracker(Nowhere(), mode="manual", plan=_PLAN)


def _tracked(rounds: int) -> None:
    told, tracker, names = steps(), _tracker(), _sessions()
    for _ in range(rounds):
        session = tracker.open(next(names))
        session.play(0.0, at=_START)
        session.playing(0.0, at=_START + 1.0)
        for at, position in told:
            session.progress(position, at=at)


def _player(rounds: int) -> None:
    told = [(at, _state(position)) for at, position in steps()]
    tracker, names = _tracker(), _sessions()
    for _ in range(rounds):
        player = tracker.open(next(names), player="html5")
        player.callback("play", _state(0.0), at=_START)
        player.callback("playing", _state(0.0), at=_START + 1.0)
        for at, state in told:
            player.callback("timeupdate", state, at=at)


def _beacons(rounds: int) -> None:
    bodies, tracker = _bodies(), _tracker()
    for number in range(rounds):
        viewer = tracker.open(
            "s1" if not number else f"s{number + 1}", player="html5", beacons=True
        )
        for body in bodies:
            decoded = decode_beacons(body, session_id="s1")
            said = _named(decoded.beacons, viewer.key)
            viewer.push(said, received_at=said[-1].at + 0.5)


def _named(beacons: Sequence[Beacon], key: str) -> Sequence[Beacon]:
    """The beacons as they are in the first round, of another viewer in the others."""
    if key == "s1":
        return beacons
    return [Beacon(key, each.sequence, each.at, each.said, each.weight) for each in beacons]


def _decode(rounds: int) -> None:
    bodies = _bodies()
    for _ in range(rounds):
        for body in bodies:
            decode_beacons(body, session_id="s1")


def _json_loads(rounds: int) -> None:
    bodies = _bodies()
    for _ in range(rounds):
        for body in bodies:
            json.loads(body)


def _session_events(rounds: int) -> None:
    encoder, sent = Encoder(), list[Record]()
    for _ in range(rounds):
        session = Session("s1", _PLAN)
        session.play(_START, 0.0)
        session.playing(_START, 0.0)
        for at, name in _pauses():
            for event in getattr(session, name)(at, 0.0):
                sent.append(encoder.encode(event, session.envelope()))


def _tracked_events(rounds: int) -> None:
    tracker, names = _tracker(), _sessions()
    for _ in range(rounds):
        session = tracker.open(next(names))
        session.play(0.0, at=_START)
        session.playing(0.0, at=_START)
        for at, name in _pauses():
            getattr(session, name)(0.0, at=at)


def _pauses() -> Iterator[tuple[float, str]]:
    for number in range(EVENTS):
        yield _START + 1.0 + number, "play" if number % 2 else "pause"


def _recorded_bodies() -> list[tuple[str, list[tuple[bytes, float]]]]:
    """Of each recording its player, and the bodies with their times as the example's page posts."""
    return [
        (adapter_for_channels({each.player for each in said}), list(_posted(said)))
        for said in map(recorded, RECORDED)
    ]


def _posted(said: Sequence[Callback]) -> Iterator[tuple[bytes, float]]:
    for first in range(0, len(said), 20):
        some = said[first : first + 20]
        sent_at = some[-1].at + 0.1
        beacons = [
            {
                "seq": first + n,
                "t": round(each.at * 1000),
                "player": each.player,
                "event": each.event,
                "state": each.state,
                "el": each.element,
                **({"detail": each.detail} if each.detail else {}),
            }
            for n, each in enumerate(some)
        ]
        body = {"sent_at": round(sent_at * 1000), "beacons": beacons}
        written = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        yield written.encode(), sent_at + 0.1


def _recorded_beacons(rounds: int) -> None:
    viewings, tracker, names = _recorded_bodies(), _tracker(), _sessions()
    for _ in range(rounds):
        for player, posted in viewings:
            name = next(names)
            viewer = tracker.open(name, player=player, beacons=True)
            for body, came in posted:
                viewer.push(decode_beacons(body, session_id=name), received_at=came)


def _recorded_decode(rounds: int) -> None:
    viewings = _recorded_bodies()
    for _ in range(rounds):
        for _, posted in viewings:
            for body, _ in posted:
                decode_beacons(body, session_id="s1")


def _recorded_json_loads(rounds: int) -> None:
    viewings = _recorded_bodies()
    for _ in range(rounds):
        for _, posted in viewings:
            for body, _ in posted:
                json.loads(body)


# -- many viewers ----------------------------------------------------------------------------------


def viewer(
    tracker: Tracker, number: int, player: str | None = None, *, beacons: bool = False
) -> Any:
    """Begin a session of its own id, times and positions and leave it while content plays.

    Args:
        tracker: Where it is opened.
        number: Makes its id, times and positions its own.
        player: ``html5``; None: the session's inputs are told.
        beacons: Whether the player's callbacks come as beacons.
    """
    at, own = _START + number * 0.37, (number % 997) * 0.001
    told = [(at + 1.0 + n * 0.25 + own, n * 0.25 + own) for n in range(1, 8)]
    if player is None:
        session = tracker.open(f"session-{number}")
        session.play(0.0, at=at)
        session.playing(0.0, at=at + 1.0)
        for when, position in told:
            session.progress(position, at=when)
        return session
    if beacons:
        watched_from_afar = tracker.open(f"session-{number}", player=player, beacons=True)
        callbacks = [("play", at, 0.0), ("playing", at + 1.0, 0.0)]
        callbacks += [("timeupdate", when, position) for when, position in told]
        body = {"beacons": _told_as_beacons(callbacks), "player": player}
        decoded = decode_beacons(json.dumps(body).encode(), session_id=f"session-{number}")
        watched_from_afar.push(decoded, received_at=told[-1][0] + 0.5)
        return watched_from_afar
    watched = tracker.open(f"session-{number}", player=player)
    watched.callback("play", _state(0.0), at=at)
    watched.callback("playing", _state(0.0), at=at + 1.0)
    for when, position in told:
        watched.callback("timeupdate", _state(position), at=when)
    return watched


def _one_player(rounds: int) -> None:
    tracker = _tracker()
    _in_turn([viewer(tracker, 0, "html5")] * LIVE, rounds)


def _many_players(rounds: int) -> None:
    tracker = _tracker()
    players = [viewer(tracker, number, "html5") for number in range(LIVE)]
    _in_turn(players, rounds)


def _in_turn(players: Sequence[Any], rounds: int) -> None:
    """Give each a timeupdate a round, so little apart that no heartbeat falls due."""
    state = _state(2.0)
    begun = [(player, player.newest.clock, player.newest.position) for player in players]
    for turn in range(1, rounds + 1):
        for number, (player, at, position) in enumerate(begun):
            passed = (turn * LIVE + number) * 0.0001
            state["currentTime"] = position + passed
            player.callback("timeupdate", state, at=at + passed)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _collection() -> float:
    """Milliseconds of a full collection."""
    start = time.perf_counter()
    gc.collect()
    return (time.perf_counter() - start) * 1e3


def _memory_of(player: str | None, *, beacons: bool = False) -> Callable[[int], dict[str, float]]:
    """What a viewer takes among so many, and what the collector takes to look at all of them."""

    def measure(number: int) -> dict[str, float]:
        tracker = _tracker()
        viewers: list[Any] = [viewer(tracker, 0, player, beacons=beacons)] * number
        gc.collect()
        before = _resident()
        for one in range(number):
            viewers[one] = viewer(tracker, one + 1, player, beacons=beacons)
            if not one % 100:
                tracker.flush()
        tracker.flush()
        gc.collect()
        each = (_resident() - before) / number
        assert tracker.stats().sessions >= number
        unfrozen = _collection()
        tracker.freeze()
        for session in viewers:
            session.tick(at=session.newest.clock + 0.01)
        return {"bytes": each, "unfrozen": unfrozen, "frozen": _collection()}

    return measure


def _freezing(number: int) -> dict[str, float]:
    """The longest hold-up, in milliseconds, while viewers come and are frozen as they do."""
    tracker, viewers, longest = _tracker(), list[Any](), 0.0
    tracker.freeze()
    for one in range(number):
        viewers.append(viewer(tracker, one, "html5"))
        if not one % 100:
            tracker.flush()
            start = time.perf_counter()
            tracker.freeze()
            longest = max(longest, time.perf_counter() - start)
    return {"longest": longest * 1e3}


MEASURED: Final[Mapping[str, Callable[[int], dict[str, float]]]] = {
    "viewer_memory": _memory_of(None),
    "html5_memory": _memory_of("html5"),
    "beacons_memory": _memory_of("html5", beacons=True),
    "freezing": _freezing,
}
"""What is measured with so many viewers."""

WORKLOADS: Final[Mapping[str, Callable[[int], None]]] = {
    "steady_floor": _floor,
    "steady_session": _session,
    "steady_tracker": _tracked,
    "steady_player": _player,
    "steady_beacons": _beacons,
    "decode": _decode,
    "json_loads": _json_loads,
    "recorded_beacons": _recorded_beacons,
    "recorded_decode": _recorded_decode,
    "recorded_json_loads": _recorded_json_loads,
    "events_session": _session_events,
    "events_tracker": _tracked_events,
    "one_player": _one_player,
    "many_players": _many_players,
}
