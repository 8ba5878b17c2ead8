"""Reads a recorded callback log (JSON Lines) and says exactly where it is wrong.

A line is ``{"seq": 17, "t": 663.8, "wall": "2026-11-23T10:56:22.104Z", "player": "html5",
"event": "playing", "el": "ad", "state": {...}, "detail": {...}}``; ``player``, ``event`` and one
of ``wall`` and ``t`` are needed; ``session_id``, ``user_id`` and ``anonymous_id`` say whose it is
where the log has several. The reader is a generator: what came before a damaged line has
been delivered when :class:`~video_tracker.errors.TraceError` is raised.
"""

import datetime
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from video_tracker.errors import TraceError
from video_tracker.players.base import Callback

__all__ = ["NOBODY", "LineError", "Owner", "Owners", "owner_of", "parse_line", "read_trace"]

_CLOCK_STEP: Final = 0.5
"""Seconds by which wall and monotonic clock may differ before the wall clock was set."""
_LONGEST_PAGE: Final = 1e11
"""Milliseconds (about three years) that no page lives."""
_EARLIEST: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).timestamp()
_LATEST: Final = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC).timestamp()


class LineError(ValueError):
    """What is wrong with a line, before it is known which one it is."""


class Owner(NamedTuple):
    """Whose a line of a log is; None is what it does not say.

    Args:
        session_id: The session.
        user_id, anonymous_id: Who watches.
    """

    session_id: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None


NOBODY: Final = Owner()
"""The owner of a line that names none."""


def _no_constant(name: str) -> object:
    raise LineError(f"{name} is no JSON number")


def parse_line(line: str | bytes) -> dict[str, Any] | None:
    """The object of one line of a JSON Lines file.

    Args:
        line: The line, as text or UTF-8.

    Returns:
        The object; None for a blank line.

    Raises:
        LineError: It is not UTF-8, not JSON, or no object.
    """
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        text = text.removeprefix("\ufeff")
        if not text.strip():
            return None
        value = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: {error.reason}") from error
    except RecursionError as error:
        raise LineError("nested too deeply") from error
    except LineError:
        raise
    except ValueError as error:
        raise LineError(f"malformed JSON: {error}") from error
    if not isinstance(value, dict):
        raise LineError(f"not a JSON object but {type(value).__name__}")
    return value


def _fault(field: str, wanted: str, value: object) -> LineError:
    return LineError(f'field "{field}" must be {wanted}, not {value!r:.60}')


def _field(line: Mapping[str, Any], field: str, kind: type, wanted: str) -> Any:
    value = line.get(field)
    if value is not None and not isinstance(value, kind):
        raise _fault(field, wanted, value)
    return value


def _name(line: Mapping[str, Any], field: str) -> str:
    if field not in line:
        raise LineError(f'field "{field}" is missing')
    value = line[field]
    if not isinstance(value, str) or not value:
        raise _fault(field, "a non-empty string", value)
    return value


class Owners:
    """Tells of which session each line of a log is: of its own, or of that of its viewer."""

    def __init__(self) -> None:
        self._seen: dict[Owner, None] = {}

    def session_of(self, owner: Owner) -> Owner:
        """The session of the next line: it names one, or the viewer whose only one it is.

        Args:
            owner: Whose the line is. One that names nobody is of the only session so far.

        Raises:
            LineError: It names nobody, and there are several.
        """
        key = owner if owner.session_id is None else Owner(owner.session_id)
        if key == NOBODY and self._seen and NOBODY not in self._seen:
            if len(self._seen) > 1:
                raise LineError(_WHOSE)
            (key,) = self._seen
        self._seen[key] = None
        return key


_WHOSE: Final = (
    "whose is it? it names neither session nor viewer, and the log has several: give each line its "
    "session_id, or the user_id or anonymous_id of who watches"
)


def owner_of(line: Mapping[str, Any]) -> Owner:
    """Whose a line is.

    Args:
        line: The decoded object; an id that is null is as if it were left out.

    Raises:
        LineError: An id is no string, or an empty one.
    """
    for field in Owner._fields:
        value = line.get(field)
        if value is not None and not (isinstance(value, str) and value):
            raise _fault(field, "a non-empty string", value)
    return Owner(*map(line.get, Owner._fields))


def _wall(line: Mapping[str, Any]) -> float | None:
    value = _field(line, "wall", str, "an ISO 8601 string")
    if value is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError as error:
        raise LineError(f'field "wall" is no ISO 8601 time: {value!r:.60}') from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    try:
        seconds = moment.timestamp()
    except OverflowError:
        seconds = math.inf
    if not _EARLIEST <= seconds <= _LATEST:
        raise LineError(f'field "wall" is an absurd time: {value!r:.60}')
    return seconds


def _page_seconds(line: Mapping[str, Any]) -> float | None:
    value = line.get("t")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _fault("t", "milliseconds", value)
    if isinstance(value, float) and not math.isfinite(value):
        raise LineError('field "t" is not a finite number')
    if not -1 <= value <= _LONGEST_PAGE:
        wanted = "it is milliseconds since the page began, and wall has the date"
        raise LineError(f'field "t" is an absurd time: {value!r:.60}; {wanted}')
    return value / 1000


class _Clock:
    """Unix seconds of a line: the wall clock, as long as nobody sets it.

    When the wall clock departs from the page's monotonic one, the monotonic one is believed,
    anchored at the first line. A monotonic clock that starts anew (the page was loaded again)
    is anchored anew.
    """

    def __init__(self) -> None:
        self._anchor: float | None = None
        self._last = -math.inf

    def at(self, wall: float | None, page: float | None) -> float:
        if page is None:
            if wall is None:
                raise LineError('one of the fields "wall" and "t" is needed')
            return wall
        if page < self._last - _CLOCK_STEP:
            self._anchor = None
        self._last = page
        if wall is None:
            return page if self._anchor is None else self._anchor + page
        if self._anchor is None:
            self._anchor = wall - page
        steady = self._anchor + page
        return wall if abs(wall - steady) <= _CLOCK_STEP else steady


def read_trace(
    lines: Iterable[str | bytes],
    file: str = "-",
    on_owner: Callable[[Owner], object] = lambda _owner: None,
) -> Iterator[Callback]:
    """The callbacks of a recorded log, in its order.

    Args:
        lines: The log's lines, as text or UTF-8; blank ones are skipped.
        file: Its name for the error message; ``-`` is standard input.
        on_owner: Told whose each callback is, right before it is yielded.

    Yields:
        One :class:`~video_tracker.players.base.Callback` a line; its ``at`` is ``wall``, or ``t``
        where there is no ``wall``, or ``t`` anchored at the first line where the two fall apart.

    Raises:
        TraceError: A line cannot be read; all callbacks before it have been delivered.
    """
    clock = _Clock()
    for number, raw in enumerate(lines, start=1):
        try:
            line = parse_line(raw)
            if line is None:
                continue
            owner = owner_of(line)
            callback = Callback(
                at=clock.at(_wall(line), _page_seconds(line)),
                player=_name(line, "player"),
                event=_name(line, "event"),
                state=_field(line, "state", dict, "an object") or {},
                detail=_field(line, "detail", dict, "an object") or {},
                element=_field(line, "el", str, "a string"),
            )
        except LineError as error:
            raise TraceError(file, number, str(error)) from error
        on_owner(owner)
        yield callback
