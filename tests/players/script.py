"""Callback sequences written as text, and the signals they became written the same way.

A line is ``ms event time/duration FLAGS key=value {payload}``, most of it optional::

    250  timeupdate 0.2/20            the content's element at 0.25 s
    900  pause 20/20 PE               P paused, E ended, S seeking, H hidden, M muted, F full screen
    950  ad/playing 0/5               an element of its own
    990  page:pagehide 3/20           another channel
    1000 ratechange 3/20 r=2          r rate, v volume, rs readyState, src source, buffered,
                                      seekable: the ends of what is buffered and may be sought

Signals come out as ``250 progress position=0.2``.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs

from video_tracker.players.base import Adapter, Callback
from video_tracker.signals import SIGNALS, Signal

START = 1_790_000_000.0
_DATES = 1e6
FLAGS = {
    "P": "paused",
    "E": "ended",
    "S": "seeking",
    "H": "hidden",
    "M": "muted",
    "F": "fullscreen",
}
KEYS = {
    "r": "playbackRate",
    "v": "volume",
    "rs": "readyState",
    "src": "src",
    "ns": "networkState",
    "dropped": "droppedFrames",
    "buffered": "bufferedEnd",
    "seekable": "seekableEnd",
}
NAMES = {kind: name for name, kind in SIGNALS.items()}


def callback(line: str) -> Callback:
    """One line of a script as a callback."""
    text, _, payload = line.partition("{")
    ms, event, *rest = text.split()
    channel, colon, name = event.partition(":")
    channel, event = (channel, name) if colon else ("", event)
    element, _, event = event.rpartition("/")
    state: dict[str, Any] = {name: False for name in FLAGS.values() if name != "fullscreen"}
    state |= {"playbackRate": 1, "readyState": 4}
    if channel != "page":
        state["src"] = "film.mp4"
    for word in rest:
        if "=" in word:
            key, _, value = word.partition("=")
            state[KEYS[key]] = value if key == "src" else float(value)
        elif re.fullmatch("[PESHMF]+", word):
            state |= {FLAGS[flag]: True for flag in word}
        else:
            position, _, duration = word.partition("/")
            state["currentTime"] = float(position)
            state["duration"] = None if duration in ("", "-") else _length(duration)
    return Callback(
        START + float(ms) / 1000,
        channel or "html5",
        event,
        state,
        json.loads("{" + payload) if payload else {},
        element or None,
    )


def _length(text: str) -> float | str:
    return text if text == "Infinity" else float(text)


def lines(text: str) -> Iterator[str]:
    """The lines of a text, without blank ones and surrounding space."""
    return (" ".join(line.split()) for line in text.splitlines() if line.strip())


def written(signal: Signal) -> str:
    """A signal as a line."""
    words = [f"{round((signal.at - START) * 1000)}", NAMES[type(signal)]]
    for field in attrs.fields(type(signal)):
        value = getattr(signal, field.name)
        if field.name != "at" and value != field.default:
            said = _short(value) if isinstance(value, float) else value
            words.append(f"{field.name}={said}")
    return " ".join(words)


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) < _DATES else f"{value:.0f}"


def run(adapter: Adapter, script: str) -> list[str]:
    """The signals that a script becomes, what is held at its end included."""
    signals: list[Signal] = []
    last = START
    for line in lines(script):
        said = callback(line)
        last = said.at
        signals += adapter.translate(said)
    return [written(signal) for signal in (*signals, *adapter.flush(last))]


def expected(text: str) -> list[str]:
    """Signals as a test writes them."""
    return list(lines(text))
