"""Callbacks of players with a vocabulary of their own, written as text, and what becomes of them.

A line is ``ms event key=value ... {payload} | state``: the payload is the callback's ``detail``,
``key=value`` adds to it (numbers, ``true``, ``false``, ``null`` or text), and what follows ``|`` is
its ``state``. The channel is the player's own; another one stands before a colon::

    100  play time=0
    350  timechanged time=0.25 | duration=20
    900  page:pagehide

Signals come out as in :mod:`tests.players.script`; :func:`events` gives what a session makes of
them, one event a line: ``350 Content Started position=0``.
"""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from tests.players.script import START, lines, written
from video_tracker.events import Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.session.playback import Playback
from video_tracker.session.session import Session
from video_tracker.signals import Signal
from video_tracker.testing.grammar import check_streams

EXTRAS = ("ad_asset_id", "ad_type", "content_asset_id", "quartile")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _words(text: str) -> dict[str, Any]:
    before, brace, payload = text.partition("{")
    pairs = (word.partition("=") for word in before.split())
    told = {key: _value(value) for key, _, value in pairs}
    return told | (json.loads(brace + payload) if brace else {})


def callback(line: str, player: str) -> Callback:
    """One line of a script as a callback."""
    said, _, state = line.partition(" | ")
    ms, event, *rest = said.split(maxsplit=2)
    channel, colon, name = event.partition(":")
    return Callback(
        START + float(ms) / 1000,
        channel if colon else player,
        name if colon else event,
        _words(state),
        _words(rest[0]) if rest else {},
    )


def signals(adapter: Adapter, script: str) -> list[Signal]:
    """The signals that a script becomes, what is held at its end included."""
    out: list[Signal] = []
    last = START
    for line in lines(script):
        said = callback(line, adapter.name)
        due = adapter.wake_at()
        if due is not None and due <= said.at:
            out += adapter.flush(due)
        last = said.at
        out += adapter.translate(said)
    return [*out, *adapter.flush(last)]


def run(adapter: Adapter, script: str) -> list[str]:
    """The signals of a script, one a line."""
    return [written(signal) for signal in signals(adapter, script)]


def events(adapter: Adapter, script: str, plan: SessionPlan | None = None) -> list[str]:
    """The events of a script, heartbeats left out, one a line; the order is checked (S20)."""
    playback = play(adapter, signals(adapter, script), plan)
    return [_line(event) for event in playback if not _is_beat(event)]


def play(adapter: Adapter, said: Iterable[Signal], plan: SessionPlan | None = None) -> list[Event]:
    """What sessions make of signals; the stream of each is held against the rules of order."""
    settings = Settings(**adapter.settings)
    plan = plan if plan is not None else SessionPlan(user_id="u", settings=settings)
    playback = Playback(Session("s", plan))
    out = [event for signal in said for _, event in playback.receive(signal)]
    out += [event for _, event in playback.finish()]
    assert check_streams(out) == []
    return out


def _is_beat(event: Event) -> bool:
    return event.name.endswith(" Playing") and getattr(event, "quartile", None) is None


def _line(event: Event) -> str:
    words = [f"{round((event.at - START) * 1000)}", event.name.removeprefix("Video ")]
    position = getattr(event, "position", None)
    if position is not None:
        words.append(f"position={position}")
    return " ".join(words)


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        -2,
        -1,
        0,
        1,
        2,
        5.5,
        30,
        1e300,
        10**400,
        1_790_000_000,
        float("nan"),
        float("inf"),
        "",
        "x",
        "pre",
        "Infinity",
        [],
        [{}],
        [{"id": "a"}, 3],
        {},
    ]
)


def payloads(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Payloads with some of ``keys``, a level deep at most, of all sorts of values."""
    flat = st.dictionaries(st.sampled_from(keys), VALUES, max_size=4)
    return st.dictionaries(st.sampled_from(keys), st.one_of(VALUES, flat), max_size=5)


def hold_against_the_rules(adapter: Adapter, said: Iterable[tuple[Any, ...]]) -> None:
    """Callbacks in any order: nothing raises, times never fall, the events keep the grammar."""
    out: list[Signal] = []
    at = START
    for step, (channel, event), state, detail in said:
        at += step
        due = adapter.wake_at()
        if due is not None and due <= at:
            out += adapter.flush(due)
        out += adapter.translate(Callback(at, channel, event, state, detail))
    out += adapter.flush(at + 10)
    times = [signal.at for signal in out]
    assert times == sorted(times)
    play(adapter, out)


def steps() -> st.SearchStrategy[float]:
    """Seconds between two callbacks."""
    return st.sampled_from([0.0, 0.01, 0.2, 0.25, 0.3, 1.0, 5.0, 12.0])
