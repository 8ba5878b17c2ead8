"""The short way of an element's clock gives what the long way gives, in whatever log."""

import random
from collections.abc import Iterable, Iterator, Sequence

import attrs
import pytest

from tests.players.matrix.cells import CELLS, seen_by
from tests.players.matrix.viewing import heard
from tests.recordings.replaying import LOGS, adapter_of, recorded
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.html5 import Html5Adapter
from video_tracker.players.ima import ImaAdapter
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.players.theoplayer import TheoplayerAdapter
from video_tracker.signals import Progress
from video_tracker.testing.callbacks import Courses

STATE = {"duration": 60, "paused": False, "readyState": 4, "src": "film.mp4", "volume": 1}


def quick_position(adapter: Adapter, callback: Callback) -> float | None:
    if callback.detail or callback.element is not None:
        return None
    said = (callback.at, callback.player, callback.event, callback.state)
    position = adapter.quick(*said)
    if position is not None:
        adapter.step(callback.at, position)
    return position


def told(adapter: Adapter, log: Iterable[Callback], *, quick: bool) -> Iterator[str]:
    for callback in log:
        position = quick_position(adapter, callback) if quick else None
        known = position is not None
        out = (Progress(callback.at, position),) if known else adapter.translate(callback)
        yield f"{out} {adapter.wake_at()}"
    yield f"{adapter.flush(log_end(adapter))} {adapter.ignored} {adapter.notes}"
    yield f"{adapter.understood} {adapter.astray}"


def log_end(adapter: Adapter) -> float:
    return adapter._told_at + 1.0


def both_ways_agree(kind: type[Adapter], log: Sequence[Callback]) -> None:
    assert list(told(kind(), log, quick=True)) == list(told(kind(), log, quick=False))


def damaged(log: Sequence[Callback], seed: int) -> list[Callback]:
    """The log with callbacks lost, doubled, swapped and early."""
    chance, out = random.Random(seed), list[Callback]()
    for callback in log:
        kind = chance.random()
        if kind < 0.03:
            continue
        out.append(callback)
        if kind > 0.98:
            out.append(callback)
        if 0.96 < kind < 0.98 and len(out) > 1:
            out[-2:] = out[:-3:-1]
        if 0.94 < kind < 0.96:
            out[-1] = attrs.evolve(callback, at=callback.at - chance.uniform(0.0, 1.0))
    return out


@pytest.mark.parametrize("name", sorted(LOGS))
def test_in_recordings(name: str) -> None:
    log = recorded(name)
    kind = type(adapter_of(name))

    both_ways_agree(kind, log)
    both_ways_agree(kind, damaged(log, 1))


@pytest.mark.parametrize("player", player_names())
def test_in_viewings_of_the_matrix(player: str) -> None:
    kind = find_adapter(player)
    own = [cell for cell in CELLS if cell[0].player == player]
    for number, (dialect, situation) in enumerate(random.Random(player).sample(own, 12)):
        moments = heard(seen_by(dialect, situation), situation.hearing, dialect.every)
        log = [word for word in dialect.speak(moments) if isinstance(word, Callback)]

        both_ways_agree(kind, log)
        both_ways_agree(kind, damaged(log, number))


@pytest.mark.parametrize("player", player_names())
def test_in_callbacks_of_any_kind(player: str) -> None:
    kind = find_adapter(player)
    for seed in range(3):
        for log in Courses(kind, seed).likely(3):
            both_ways_agree(kind, log)


def test_in_a_stream_whose_clock_runs_into_an_ad_that_no_word_began() -> None:
    """S9, S88: the ad's range is known, and where the clock was heard last counts."""
    ranges = {"cuepoints": [{"start": 30.0, "end": 45.0}]}
    log = [
        Callback(0.0, "ima", "cuepointsChanged", {}, ranges),
        Callback(0.0, "html5", "play", {**STATE, "currentTime": 0.0}),
        Callback(0.5, "html5", "playing", {**STATE, "currentTime": 0.0}),
        *clock_of(STATE, 1.0, 30.0),
        Callback(31.6, "ima", "started", {}, {"ad": {"adId": "a", "duration": 15}}),
        *clock_of(STATE, 31.25, 40.0),
    ]

    both_ways_agree(ImaAdapter, log)


def test_in_a_stream_that_tells_of_its_first_ad_alone() -> None:
    """S9: where a break begins that no cue point told is where the clock was heard last."""
    log = [
        Callback(0.0, "html5", "play", {**STATE, "currentTime": 0.0}),
        Callback(0.5, "html5", "playing", {**STATE, "currentTime": 0.0}),
        *clock_of(STATE, 1.0, 30.0),
        Callback(30.5, "ima", "started", {}, {"ad": {"adId": "a", "duration": 15}}),
        *clock_of(STATE, 31.0, 45.0),
        Callback(45.5, "ima", "adBreakEnded", {}),
        *clock_of(STATE, 45.5, 50.0),
    ]

    both_ways_agree(ImaAdapter, log)


def test_in_the_echoes_of_a_players_element_before_a_servers_break() -> None:
    """S9: where content was left is what the clock showed last, whoever told it."""
    alone = {"currentTime": 0.0}
    log = [
        Callback(0.0, "theoplayer", "play", {}, alone),
        *clock_of({}, 3.0, 30.0),
        Callback(30.6, "theoplayer", "adbreakbegin", {}, {"adBreak": {"integration": "uplynk"}}),
        Callback(30.6, "theoplayer", "adbegin", {}, {"ad": {"id": "a", "duration": 10}}),
        *(word("theoplayer", at, at - 0.5) for at in (31.0, 33.0, 35.0, 37.0, 40.0)),
        Callback(40.6, "theoplayer", "adend", {}, {"ad": {"id": "a"}}),
        Callback(40.6, "theoplayer", "adbreakend", {}),
        *(word("theoplayer", at, at - 0.5) for at in (41.0, 42.0)),
    ]

    both_ways_agree(TheoplayerAdapter, log)


def clock_of(state: dict[str, object], since: float, until: float) -> Iterator[Callback]:
    """An element's clock four times a second, half a second behind the time."""
    for quarter in range(int((until - since) * 4) + 1):
        at = since + quarter / 4
        yield Callback(at + 0.5, "html5", "timeupdate", {**state, "currentTime": at})


def word(player: str, at: float, position: float) -> Callback:
    return Callback(at, player, "timeupdate", {}, {"currentTime": position})


def test_a_clock_that_runs_in_an_unchanged_snapshot_takes_it() -> None:
    """Else nothing here would say a thing of it."""
    adapter = Html5Adapter()
    for at, event, place in ((0, "play", 0.0), (0.5, "playing", 0.0), (1.0, "timeupdate", 0.5)):
        adapter.translate(Callback(at, "html5", event, {**STATE, "currentTime": place}))

    def quick(at: float, place: float, **more: object) -> float | None:
        state = {**STATE, "currentTime": place, **more}
        return quick_position(adapter, Callback(at, "html5", "timeupdate", state))

    assert [quick(1.5, 1.0), quick(2.0, 1.5)] == [1.0, 1.5]
    assert quick(2.5, 2.0, volume=0.5) is None
    assert quick(2.5, 2.0, seeking=True) is None
    assert quick(2.5, 30.0) is None
    assert quick(2.5, 2.0) == 2.0


def test_a_clock_takes_it_with_all_that_moves_beside_it_in_a_real_snapshot() -> None:
    adapter = Html5Adapter()

    def state(place: float) -> dict[str, object]:
        frames = {"totalFrames": int(place * 25), "droppedFrames": int(place)}
        return {**STATE, "currentTime": place, "bufferedEnd": place + 20, **frames}

    for at, event, place in ((0, "play", 0.0), (0.5, "playing", 0.0), (1.0, "timeupdate", 0.5)):
        adapter.translate(Callback(at, "html5", event, state(place)))

    for place in (1.0, 1.5, 2, 2.25, 3):  # a browser's JSON writes whole seconds as integers
        told = quick_position(adapter, Callback(0.5 + place, "html5", "timeupdate", state(place)))
        assert told == place
    other = state(3.5)
    other["frames"] = other.pop("totalFrames")
    assert quick_position(adapter, Callback(4.0, "html5", "timeupdate", other)) is None
    lacks = state(3.5)
    del lacks["totalFrames"]
    assert quick_position(adapter, Callback(4.0, "html5", "timeupdate", lacks)) is None


def test_a_clock_alone_takes_it_and_a_jump_that_no_word_explained_keeps_it_from_it() -> None:
    adapter = Html5Adapter()
    alone = [("play", 0.0, 0.0), ("playing", 0.5, 0.0), ("timeupdate", 1.0, 0.5)]
    for event, at, place in alone:
        adapter.translate(Callback(at, "html5", event, {"currentTime": place}))

    def quick(at: float, place: float) -> float | None:
        callback = Callback(at, "html5", "timeupdate", {"currentTime": place})
        position = quick_position(adapter, callback)
        if position is None:
            adapter.translate(callback)
        return position

    assert [quick(1.5, 1.0), quick(2.0, 1.5)] == [1.0, 1.5]
    assert quick(2.5, 30.0) is None
    # A seek's word may come for two seconds: what only repeats where it landed waits for it.
    assert [quick(at, 30.0 + at - 2.5) for at in (3.0, 4.0, 4.5, 4.75)] == [None] * 4
    assert [quick(at, 30.0 + at - 2.5) for at in (5.0, 5.25)] == [32.5, 32.75]
