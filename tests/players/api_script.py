"""Scripts for players that show no media element: callbacks as text, and what comes of them.

A line is ``ms [channel:]event position/duration key=value {detail}``, most of it optional; what is
not in braces is the state that the application read from the player. A value is JSON, or a word.
:func:`run_api` gives the signals, :func:`view` the events of a session that got them.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.players.script import START, lines, written
from tests.session.story import rows
from video_tracker.events import Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.session import Playback, Session
from video_tracker.signals import Load, Signal
from video_tracker.testing.grammar import check_stream

Reader = Callable[[str], Callback]


def api_callback(line: str, player: str) -> Callback:
    """One line of a script as a callback of ``player``."""
    text, _, payload = line.partition("{")
    ms, event, *rest = text.split()
    channel, colon, name = event.partition(":")
    channel, event = (channel, name) if colon else (player, event)
    state: dict[str, Any] = {}
    for word in rest:
        key, equals, value = word.partition("=")
        if equals:
            state[key] = _value(value)
        else:
            position, _, duration = word.partition("/")
            state["currentTime"] = _value(position)
            if duration:
                state["duration"] = _value(duration)
    detail = json.loads("{" + payload) if payload else {}
    return Callback(START + float(ms) / 1000, channel, event, state, detail)


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return word


def translated(adapter: Adapter, callbacks: Iterable[Callback]) -> list[Signal]:
    """The signals of callbacks, time passing between them as in a program."""
    out: list[Signal] = []
    last = START
    for said in callbacks:
        due = adapter.wake_at()
        if due is not None and due <= said.at:
            out += adapter.flush(due)
        out += adapter.translate(said)
        last = said.at
    return [*out, *adapter.flush(last)]


def run_api(adapter: Adapter, script: str, reader: Reader) -> list[str]:
    """The signals that a script becomes."""
    return [_written(signal) for signal in translated(adapter, map(reader, lines(script)))]


def _written(signal: Signal) -> str:
    """A signal as a line; of a content, only what is known of it."""
    if not isinstance(signal, Load) or signal.content is None:
        return written(signal)
    known = attrs.asdict(signal.content, filter=lambda field, value: value != field.default)
    said = " ".join(f"{key}={value}" for key, value in known.items() if value)
    return f"{written(attrs.evolve(signal, content=None))} {said}"


def sessions(adapter: Adapter, callbacks: Iterable[Callback], **plan: Any) -> list[list[Event]]:
    """The events of each session, every stream held to the grammar (S20)."""
    made = SessionPlan(user_id="viewer", settings=Settings(**adapter.settings), **plan)
    playback = Playback(Session("s1", made))
    streams: dict[str, list[Event]] = {}
    for signal in translated(adapter, callbacks):
        for _, event in playback.receive(signal):
            streams.setdefault(event.session_id, []).append(event)
    for _, event in playback.finish():
        streams.setdefault(event.session_id, []).append(event)
    for stream in streams.values():
        assert check_stream(stream) == [], rows(stream, START)
    for session in playback.sessions:
        assert "internal_fault" not in session.summary().diagnostics
    return list(streams.values())


def view(adapter: Adapter, script: str, reader: Reader, **plan: Any) -> list[str]:
    """The events that a script becomes, a line between two sessions."""
    out: list[str] = []
    for stream in sessions(adapter, map(reader, lines(script)), **plan):
        out += [*(["--"] if out else []), *rows(stream, START)]
    return out


ABSURD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [None, True, False, -1, 0, 1, 2, 3, 5, 100, 1e300, 10**400, float("nan"), float("inf")]
    ),
    st.floats(),
    st.sampled_from(["", "x", "hd720", "pre", "mid", "post", "Infinity", [], {}, [None], [{}]]),
)
"""Values that a hostile or broken player may put anywhere."""


def chaos(
    adapter: type[Adapter], states: dict[str, Any], details: dict[str, Any]
) -> st.SearchStrategy[list[Callback]]:
    """Any callbacks in any order, with values that are mostly likely and sometimes absurd.

    Args:
        adapter: Whose vocabulary.
        states: Strategies of likely values of the state's keys.
        details: The same of the payload's keys.
    """

    def some(likely: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        keys = {key: st.one_of(value, value, value, ABSURD) for key, value in likely.items()}
        return st.fixed_dictionaries({}, optional=keys)

    said = st.tuples(
        st.sampled_from(sorted(adapter.vocabulary)),
        st.sampled_from([0.0, 0.01, 0.1, 0.2, 0.25, 0.5, 1.0, 5.0]),
        some(states),
        some(details),
    )
    return st.lists(said, max_size=40).map(_in_order)


def _in_order(said: Iterable[tuple[tuple[str, str], float, dict[str, Any], Any]]) -> list[Callback]:
    at, out = START, []
    for (channel, event), passed, state, detail in said:
        at += passed
        out.append(Callback(at, channel, event, state, detail))
    return out


def holds_up(adapter: Adapter, callbacks: list[Callback]) -> None:
    """What every adapter owes its callers: no exception, time in order, a stream in order (S60)."""
    fresh = type(adapter)()
    signals = translated(adapter, callbacks)
    times = [signal.at for signal in signals]
    assert times == sorted(times)
    for signal in signals:
        for field in attrs.fields(type(signal)):
            assert getattr(signal, field.name) == getattr(signal, field.name), "NaN"
    sessions(fresh, callbacks)
