"""A session's events as text that a person reads: one aligned line an event, and two side by side.

The items are events, or messages of the wire as JSON objects. A line says when it happened, what,
to which asset and pod, at which position of which length, and what else is worth reading::

     0     Playback Started   -               0/75   planned=p1
     0.25  Ad Started         p1/ad-1         0/15   pre-roll pod=1/1
    15.25  Ad Completed       p1/ad-1        15/15   pre-roll pod=1/1
    15.25  Content Started    film/content-1  0/60

White space, ``*`` and ``%`` within an id are written ``%20`` and the like, so that a line has its
columns.
"""

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from video_tracker.events import Event, PlaybackEvent, PlaybackStarted, QualityUpdated
from video_tracker.plan import is_number
from video_tracker.transcript_alignment import Pair, align

__all__ = [
    "COLUMNS",
    "GAP",
    "Item",
    "Row",
    "about_of",
    "ad_type_of",
    "columns_that_differ",
    "compare_rows",
    "compare_transcripts",
    "name_of",
    "parse_timestamp",
    "read_transcript",
    "row_of",
    "rows_beside",
    "rows_of",
    "seconds_text",
    "short_name",
    "time_of",
    "transcript",
    "value_of",
]

Item = Event | Mapping[str, Any]
"""An event, or a message of the wire."""

COLUMNS: Final = ("time", "name", "ids", "position", "rest")
"""What the cells of a line are called where they differ."""


class Row(NamedTuple):
    """The cells of a line, as text.

    Args:
        time: Seconds since the origin, to the millisecond; ``-`` when the item has no time.
        name: The name without ``Video``.
        ids: ``asset/pod``; ``-`` when there is none.
        position: ``position/total_length``, each ``-`` when unknown.
        rest: What else is worth reading, as words; empty when there is nothing.
    """

    time: str
    name: str
    ids: str
    position: str
    rest: str


GAP: Final = Row("", "...", "", "", "")
"""Stands for any lines in between, none included."""


def transcript(events: Iterable[Item], *, origin: float | None = None) -> str:
    """Write events down, a line each.

    Args:
        events: Events or messages, in the order in which they came.
        origin: The Unix time that is second 0; by default that of the first of them.

    Returns:
        The lines, aligned, without a newline at the end.
    """
    return "\n".join(_laid_out(rows_of(events, origin=origin)))


def compare_transcripts(
    left: Iterable[Item] | str,
    right: Iterable[Item] | str,
    *,
    titles: tuple[str, str] = ("expected", "got"),
    origin: float | None = None,
    context: int | None = None,
    width: int | None = None,
) -> str:
    """Write two streams side by side and mark each difference.

    Lines of both that tell of the same event stand beside each other, so that one event which is
    missing shifts nothing. In the middle stands ``|`` where the two differ, followed at the end by
    the columns that do; ``<`` where only the left has it; ``>`` where only the right does.

    Args:
        left: Events or messages, or what :func:`transcript` wrote of them.
        right: Likewise.
        titles: What stands above each.
        origin: The Unix time that is second 0 of both; by default the first time of each.
        context: How many equal lines to show around a difference; None shows all.
        width: Characters of a line. Where two do not fit beside each other, they stand below each
            other, ``-`` before those of the left and ``+`` before those of the right.
    """
    ours, theirs = (
        read_transcript(each) if isinstance(each, str) else rows_of(each, origin=origin)
        for each in (left, right)
    )
    pairs = rows_beside(ours, theirs)
    return compare_rows(ours, theirs, pairs, titles=titles, context=context, width=width)


def rows_beside(left: Sequence[Row], right: Sequence[Row]) -> list[Pair]:
    """Which rows tell of the same event, and what differs; each row is in one pair."""

    def differing(i: int, j: int) -> Sequence[str]:
        return columns_that_differ(left[i], right[j])

    return align(left, right, differing)


def columns_that_differ(one: Row, other: Row) -> list[str]:
    """The names of the columns in which two rows differ."""
    cells = zip(COLUMNS, one, other, strict=True)
    return [column for column, ours, theirs in cells if ours != theirs]


# -- a row of an item ------------------------------------------------------------------------------


def rows_of(items: Iterable[Item], *, origin: float | None = None) -> list[Row]:
    """The rows of some items; ``origin`` as for :func:`transcript`."""
    listed = list(items)
    if origin is None:
        times = (time_of(item) for item in listed)
        origin = next((at for at in times if at is not None), 0.0)
    return [row_of(item, origin) for item in listed]


def row_of(item: Item, origin: float) -> Row:
    """The row of one item; ``origin`` is the Unix time that is second 0."""
    at = time_of(item)
    return Row(
        "-" if at is None else seconds_text(at - origin),
        short_name(name_of(item)),
        "/".join(_word(each) for each in about_of(item) if each is not None) or "-",
        "/".join(_word(value_of(item, key)) for key in ("position", "total_length")),
        " ".join(_details(item)),
    )


def read_transcript(text: str) -> list[Row]:
    """The rows that :func:`transcript` wrote, read back.

    Raises:
        ValueError: A line is none of a transcript.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = re.split(r" {2,}", line.strip())
        if not 4 <= len(cells) <= 5:
            raise ValueError(f"line {number} is none of a transcript: {line.strip()!r}")
        rows.append(Row(*cells, *([""] if len(cells) == 4 else [])))
    return rows


def short_name(name: object) -> str:
    """A name without ``Video``, its words one space apart."""
    return " ".join(str(name).removeprefix("Video ").split())


def seconds_text(seconds: float) -> str:
    """``12.5`` of 12.5, ``12`` of 12.0: to the millisecond."""
    text = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def parse_timestamp(value: object) -> float | None:
    """Read an ISO 8601 time with a zone as Unix seconds; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    seconds = moment.timestamp()
    return seconds if math.isfinite(seconds) else None


def name_of(item: Item) -> object:
    """The whole name of an item."""
    return item.name if isinstance(item, Event) else item.get("event")


def time_of(item: Item) -> float | None:
    """When it happened, in Unix seconds; None when it does not tell."""
    if isinstance(item, Event):
        return float(item.at) if is_number(item.at) else None
    return parse_timestamp(item.get("timestamp"))


def about_of(item: Item) -> tuple[object, object]:
    """The ids of the asset and the pod; those of Playback Started are plans, and stand apart."""
    if isinstance(item, Event):
        return item.about
    found = {key: value_of(item, key) for key in _IDS}
    if item.get("event") == PlaybackStarted.name:
        return None, None
    if not str(item.get("event")).startswith("Video Playback "):
        return found["asset_id"], found["pod_id"]
    of_ad = found["ad_asset_id"], found["ad_pod_id"]
    return of_ad if of_ad != (None, None) else (found["content_asset_id"], found["content_pod_id"])


_IDS: Final = (
    "asset_id", "pod_id", "ad_asset_id", "ad_pod_id", "content_asset_id", "content_pod_id",
)  # fmt: skip

_WIRE_NAMES: Final = {"startup_time": "startupTime", "dropped_frames": "droppedFrames"}

_QUALITY: Final = ("bitrate", "framerate", "startup_time", "dropped_frames")
"""Worth reading where they are the news; else they are the player's state."""


def value_of(item: Item, key: str) -> Any:
    """A value by the name of the event's field; None when it has none."""
    if isinstance(item, Event):
        return getattr(item, key, None)
    properties = item.get("properties")
    wire = _WIRE_NAMES.get(key, key)
    return properties.get(wire) if isinstance(properties, Mapping) else None


def ad_type_of(item: Item) -> Any:
    """pre-roll, mid-roll or post-roll; None when it does not tell."""
    if isinstance(item, PlaybackEvent):
        return item.playing.ad_type
    if isinstance(item, Event):
        return value_of(item, "ad_type")
    of_ad = str(item.get("event")).startswith("Video Ad ")
    return value_of(item, "type" if of_ad else "ad_type")


def _planned(item: Item) -> list[object]:
    """The ids of the ads that were known at Playback Started (S52)."""
    if isinstance(item, Event):
        return [ad.asset_id for ad in item.planned_ads] if isinstance(item, PlaybackStarted) else []
    told = value_of(item, "ad_asset_id") if item.get("event") == PlaybackStarted.name else None
    return told if isinstance(told, list) else [] if told is None else [told]


def _details(item: Item) -> Iterable[str]:
    planned = _planned(item)
    if planned:
        yield "planned=" + ",".join(map(_word, planned))
    elif isinstance(kind := ad_type_of(item), str):
        yield _word(kind)
    if (place := value_of(item, "pod_position")) is not None:
        yield f"pod={_word(place)}/{_word(value_of(item, 'pod_length'))}"
    if (quartile := value_of(item, "quartile")) is not None:
        yield f"q{_word(quartile)}"
    if (target := value_of(item, "seek_position")) is not None:
        yield f"to={_word(target)}"
    if (method := value_of(item, "method")) is not None:
        yield f"method={_text(method)}"
    for key in _QUALITY if name_of(item) == QualityUpdated.name else ():
        if (value := value_of(item, key)) is not None:
            yield f"{key}={_word(value)}"


def _word(value: object) -> str:
    """A value as one word of a line."""
    if value is None:
        return "-"
    return re.sub(r"\s", _escaped, _text(value))


def _text(value: object) -> str:
    """A value as words; what means more than itself in an expectation is escaped."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return re.sub(r"[*%]|[^\S ]|(?<= ) ", _escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


# -- laying out ------------------------------------------------------------------------------------


def _laid_out(rows: Sequence[Row | None]) -> list[str]:
    """Rows as aligned lines; None is an empty one."""
    cells = [(_split(row) if row is not None else ("",) * 7) for row in rows]
    widths = [max(map(len, column), default=0) for column in zip(*cells, strict=True)]
    return [_line(each, widths) for each in cells]


def _split(row: Row) -> tuple[str, ...]:
    """The cells, with time and position taken apart where they are aligned."""
    whole, point, fraction = row.time.partition(".")
    place, slash, length = row.position.partition("/")
    return whole, point + fraction, row.name, row.ids, place, slash + length, row.rest


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if index in {0, 4} else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    whole, fraction, name, ids, place, length, rest = padded
    return f"{whole}{fraction}  {name}  {ids}  {place}{length}  {rest}".rstrip()


def compare_rows(
    left: Sequence[Row],
    right: Sequence[Row],
    pairs: Sequence[Pair],
    *,
    titles: tuple[str, str],
    context: int | None = None,
    width: int | None = None,
) -> str:
    """Lay two streams of rows out, as :func:`compare_transcripts` tells.

    Args:
        left: The rows of one stream.
        right: Those of the other.
        pairs: Which of them stand beside each other, and what differs.
        titles: What stands above each.
        context: How many equal lines to show around a difference; None shows all.
        width: Characters of a line.
    """
    ours = [None if pair.left is None else left[pair.left] for pair in pairs]
    theirs = [None if pair.right is None else right[pair.right] for pair in pairs]
    parts = _beside(ours, theirs, pairs, titles)
    if width is not None and max(len(line) for part in parts for line in part) > width:
        parts = _below(ours, theirs, pairs, titles)
    head, *written = parts
    shown = _near(pairs, context)
    lines, skipped = [*head], 0
    for index, part in enumerate(written):
        if index not in shown:
            skipped += 1
            continue
        lines += [*_skipped(skipped), *part]
        skipped = 0
    return "\n".join([*lines, *_skipped(skipped)])


def _beside(
    ours: Sequence[Row | None],
    theirs: Sequence[Row | None],
    pairs: Sequence[Pair],
    titles: tuple[str, str],
) -> list[list[str]]:
    """The head and each pair as lines, one stream beside the other."""
    left, right = _laid_out(ours), _laid_out(theirs)
    width = max(map(len, (*left, titles[0])))
    parts = [[f"{titles[0].ljust(width)}   {titles[1]}"]]
    for one, pair, other in zip(left, pairs, right, strict=True):
        line = f"{one.ljust(width)} {pair.mark} {other}".rstrip()
        parts.append([f"{line}{_differing(pair)}"])
    return parts


def _below(
    ours: Sequence[Row | None],
    theirs: Sequence[Row | None],
    pairs: Sequence[Pair],
    titles: tuple[str, str],
) -> list[list[str]]:
    """The head and each pair as lines, one stream below the other."""
    written = _laid_out([*ours, *theirs])
    left, right = written[: len(pairs)], written[len(pairs) :]
    parts = [[f"- {titles[0]}", f"+ {titles[1]}"]]
    for one, pair, other in zip(left, pairs, right, strict=True):
        if pair.mark == " ":
            parts.append([f"  {one}"])
        else:
            minus = [f"- {one}"] if one else []
            plus = [f"+ {other}{_differing(pair)}"] if other else []
            parts.append(minus + plus)
    return parts


def _differing(pair: Pair) -> str:
    return f"   <- {', '.join(pair.differing)}" if pair.differing else ""


def _near(pairs: Sequence[Pair], context: int | None) -> set[int]:
    if context is None:
        return set(range(len(pairs)))
    places = [index for index, pair in enumerate(pairs) if pair.mark != " "]
    return {near for place in places for near in range(place - context, place + context + 1)}


def _skipped(lines: int) -> list[str]:
    return [f"    ({lines} equal lines)" if lines > 1 else "    (1 equal line)"] if lines else []
