"""Prints one readable line for each event, to watch a session while developing."""

import datetime
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from video_tracker.delivery.outcome import DELIVERED, Outcome, Refused, TryLater
from video_tracker.interruption import interrupts
from video_tracker.wire import Record

__all__ = ["ConsoleTransport"]


class ConsoleTransport:
    """A transport for the eye, a line for each event.

    Such as::

        13:23:39.000  s1  Video Content Playing     20 / 360  content-1 asset-1

    Args:
        stream: A text stream; None is standard error, looked up anew at each call. It stays
            open: it is the caller's.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, records: Sequence[Record]) -> Outcome:
        """Print the records; a stream that cannot be written is an outcome."""
        text = "".join(line(record) + "\n" for record in records)
        with self._lock:
            stream = sys.stderr if self._stream is None else self._stream
            if stream is None:  # a program without a console has none
                return Refused("closed", "there is no standard error")
            try:
                stream.write(text.encode(_encoding(stream), "replace").decode(_encoding(stream)))
                stream.flush()
            except ValueError as error:
                return Refused("closed", str(error))
            except OSError as error:
                if interrupts(error):
                    raise
                return TryLater("io_error", str(error))
        return DELIVERED

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent's may hold for ever."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Nothing to do."""


def _encoding(stream: TextIO) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def line(record: Record) -> str:
    """Return one event as a line for people.

    Args:
        record: Any record; one whose body is not a JSON object is shown by its name only.

    Returns:
        The line without its end. Control characters are shown escaped, so that an id given by a
        viewer cannot steer the terminal.
    """
    try:
        message = json.loads(record.body)
    except ValueError:
        message = None
    if not isinstance(message, Mapping):
        message = {}
    properties = message.get("properties")
    if not isinstance(properties, Mapping):
        properties = {}
    parts = [
        _clock_time(message.get("timestamp")),
        record.session_id,
        f"{record.event:<32}",
        f"{_place(properties):>12}",
        _what(properties),
    ]
    return _printable("  ".join(part for part in parts if part).rstrip())


def _clock_time(timestamp: object) -> str:
    try:
        moment = datetime.datetime.fromisoformat(str(timestamp))
    except ValueError:
        return "--:--:--.---"
    return moment.time().isoformat("milliseconds")


def _place(properties: Mapping[str, Any]) -> str:
    position = properties.get("position")
    if position is None:
        return ""
    if "total_length" not in properties:
        return str(position)
    length = properties["total_length"]
    return f"{position} / {'live' if length is None else length}"


_TELLING = (
    "type",
    "ad_type",
    "ad_pod_id",
    "ad_asset_id",
    "content_pod_id",
    "content_asset_id",
    "pod_id",
    "asset_id",
    "method",
)


def _what(properties: Mapping[str, Any]) -> str:
    return " ".join(str(properties[key]) for key in _TELLING if properties.get(key) is not None)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
