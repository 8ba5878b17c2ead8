"""A timeline for a terminal: lanes of blocks, as wide as is asked for."""

import io
import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from video_tracker.errors import VideoTrackerError
from video_tracker.timeline.figures import clock, figure_phrases, in_lines, step_of
from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.model import AdShown, Timeline

__all__ = ["terminal_timeline"]

NARROWEST: Final = 40
_FILL: Final = {
    "startup": "░",
    "content_played": "█",
    "ad_played": "▓",
    "paused": "=",
    "seeking": ">",
    "buffering": "x",
    "gap": "·",
    "interrupted": "!",
    "suspended": "~",
}
"""What each lane is drawn with: told apart without colours."""
_STYLES: Final = {
    "content_played": "blue",
    "ad_played": "yellow",
    "paused": "cyan",
    "seeking": "magenta",
    "buffering": "red",
    "gap": "dim",
    "interrupted": "bold red",
    "suspended": "dim",
    "playhead": "blue",
    "watched": "green",
    "title": "bold",
    "dim": "dim",
}
_ENDS: Final = {"skipped": "»", "failed": "!", "cut": "|", "open": "…"}
"""How an ad ended that was not completed."""
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_PLAYHEAD_ROWS: Final = 3
_SHORTEST_STRIP: Final = 12
"""Columns of the seconds of a content, however long its name."""
_SHADES: Final = " ░▒▓█"
_HEARTBEATS: Final = ("Content Playing", "Ad Playing")

_Line = list[tuple[str, str]]
"""A line as pairs of a style and a text."""


def terminal_timeline(
    *timelines: Timeline,
    width: int = 100,
    colour: bool = False,
    titles: bool = True,
    figures: bool = True,
) -> str:
    """Draw timelines as text, above each other on one time axis.

    Args:
        *timelines: What is drawn; each begins at its own second 0.
        width: Columns of the terminal, 40 or more.
        colour: Whether to colour it (the extra ``cli``, rich); the text is the same without.
        titles: Whether each timeline's title and end stand above it.
        figures: Whether its figures stand below it.

    Returns:
        The lines, without a newline at the end.

    Raises:
        ValueError: It is narrower than that, or there is nothing to draw.
        VideoTrackerError: ``colour`` is wanted, and rich is not installed.
    """
    if not timelines:
        raise ValueError("there is no timeline to draw")
    if width < NARROWEST:
        raise ValueError(f"a timeline needs {NARROWEST} columns or more, not {width}")
    parts = [_drawn(each, timelines, width, titles, figures) for each in timelines]
    lines = list(parts[0])
    for part in parts[1:]:
        lines += [[], *part]
    return _coloured(lines) if colour else "\n".join(map(_plain, lines))


def _plain(line: _Line) -> str:
    return "".join(text for _, text in line).rstrip()


def _coloured(lines: Iterable[_Line]) -> str:
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra, only for colours
        from rich.text import Text  # noqa: PLC0415
    except ImportError as error:
        raise VideoTrackerError(
            'colours need rich: pip install "video-tracker[cli]", or colour=False'
        ) from error
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system="standard", width=10_000,
                      highlight=False, no_color=False)  # fmt: skip
    for line in lines:
        text = Text()
        for style, part in line:
            text.append(part, style=_STYLES.get(style, ""))
        text.rstrip()
        console.print(text, no_wrap=True, end="\n", soft_wrap=True)
    return file.getvalue().removesuffix("\n")


# -- the rows --------------------------------------------------------------------------------------


@attrs.frozen
class _Scale:
    """Seconds as columns."""

    length: float
    columns: int

    def column(self, at: float) -> int:
        """In which column a time lies."""
        return max(0, min(int(at / self.length * self.columns), self.columns - 1))

    def cells(self, start: float, end: float) -> range:
        """The columns of a stretch: one at least."""
        first = self.column(start)
        past = math.ceil(end / self.length * self.columns - 1e-9)
        return range(first, max(min(past, self.columns), first + 1))


def _drawn(
    timeline: Timeline, together: Sequence[Timeline], width: int, titles: bool, figures: bool
) -> Iterator[_Line]:
    margin = max(map(len, LANES.values())) + 2
    scale = _Scale(max(*(each.length for each in together), 1e-3), width - margin)

    def row(name: str, style: str, cells: str) -> _Line:
        return [("dim", name.ljust(margin)), (style, cells)]

    if titles:
        yield [("title", timeline.title[:width])]
    yield row("", "dim", _axis(scale))
    for lane in timeline.lanes:
        yield row(LANES[lane], lane, _bars(timeline, lane, scale))
    if timeline.playhead:
        top = max(max(line.start_position, line.end_position) for line in timeline.playhead)
        names = [f"to {clock(top)}", "playhead", f"from {clock(_lowest(timeline))}"]
        for name, cells in zip(names, _playhead(timeline, scale, top), strict=True):
            yield row(name, "playhead", cells)
    yield row("events", "dim", _ticks(timeline, scale))
    if any(note.kind != "ignore" for note in timeline.notes):
        yield row("repaired", "seeking", _repairs(timeline, scale))
    yield from _heat(timeline, row, scale)
    if figures:
        for line in in_lines(figure_phrases(timeline.figures), width):
            for text in textwrap.wrap(line, width):
                yield [("", text)]


def _axis(scale: _Scale) -> str:
    step = step_of(scale.length, max(scale.columns // 10, 1))
    cells = [" "] * scale.columns
    at = 0.0
    while at <= scale.length:
        text = f"{at:g}s" if scale.length < 120 else clock(at)
        column = scale.column(at)
        if column + len(text) <= scale.columns:
            cells[column : column + len(text)] = text
        at += step
    return "".join(cells)


def _bars(timeline: Timeline, lane: str, scale: _Scale) -> str:
    cells = [" "] * scale.columns
    for bar in timeline.lane(lane):
        for column in scale.cells(bar.start, bar.end):
            cells[column] = _FILL[lane]
    if lane == "content_played":
        for pod in timeline.content_pods:
            _label(cells, scale.cells(pod.start, pod.end), pod.asset_id, _FILL[lane])
    if lane == "ad_played":
        for ad in timeline.ads:
            _ad(cells, scale, ad)
    return "".join(cells)


def _ad(cells: list[str], scale: _Scale, ad: AdShown) -> None:
    place = scale.cells(ad.start, ad.end)
    _label(cells, place, ad.asset_id, _FILL["ad_played"])
    if ad.fate in _ENDS:
        cells[place[-1]] = _ENDS[ad.fate]


def _label(cells: list[str], place: range, text: str, fill: str) -> None:
    """Write a name into its bar where it fits, with a block on each side."""
    stop = place.start + 1 + len(text)
    if text and stop < place.stop and all(cells[k] == fill for k in range(place.start, stop + 1)):
        cells[place.start + 1 : stop] = text


def _lowest(timeline: Timeline) -> float:
    return min(min(line.start_position, line.end_position) for line in timeline.playhead)


def _playhead(timeline: Timeline, scale: _Scale, top: float) -> list[str]:
    """The place in the content as columns of three rows, in eighths of a row."""
    low = _lowest(timeline)
    levels: list[int | None] = [None] * scale.columns
    for line in timeline.playhead:
        took = max(line.end - line.start, 1e-9)
        for column in scale.cells(line.start, line.end):
            at = min(max((column + 0.5) * scale.length / scale.columns, line.start), line.end)
            moved = (line.end_position - line.start_position) * (at - line.start) / took
            share = (line.start_position + moved - low) / max(top - low, 1e-9)
            levels[column] = 1 + round(share * (8 * _PLAYHEAD_ROWS - 1))
    rows = []
    for row in reversed(range(_PLAYHEAD_ROWS)):
        filled = (0 if level is None else max(0, min(level - 8 * row, 8)) for level in levels)
        rows.append("".join(_EIGHTHS[level] for level in filled))
    return rows


def _ticks(timeline: Timeline, scale: _Scale) -> str:
    """A bar where events lie, their number where there are several; a dot for heartbeats alone."""
    counts = [0] * scale.columns
    beats = [False] * scale.columns
    for tick in timeline.ticks:
        column = scale.column(tick.at)
        if tick.name in _HEARTBEATS:
            beats[column] = True
        else:
            counts[column] += 1
    marks = {0: " ", 1: "|"}
    return "".join(
        "." if beat and not count else marks.get(count, str(count) if count < 10 else "+")
        for count, beat in zip(counts, beats, strict=True)
    )


def _repairs(timeline: Timeline, scale: _Scale) -> str:
    cells = [" "] * scale.columns
    for note in timeline.notes:
        if note.kind != "ignore":
            cells[scale.column(note.at)] = "!" if note.kind == "reject" else "+"
    return "".join(cells)


def _heat(
    timeline: Timeline, row: Callable[[str, str, str], _Line], scale: _Scale
) -> Iterator[_Line]:
    """How often each part of a content was watched, over the whole of its length."""
    for strip in timeline.strips:
        name = f" {strip.asset_id} {clock(strip.start)} to {clock(strip.end)}"
        name = name[: max(scale.columns - _SHORTEST_STRIP - 2, 0)]
        of_asset = _Scale(strip.end - strip.start, scale.columns - len(name) - 2)
        cells = [0] * of_asset.columns
        for part in strip.parts:
            for column in of_asset.cells(part.start - strip.start, part.end - strip.start):
                cells[column] = max(cells[column], part.times)
        drawn = "".join(_SHADES[min(times, 4)] for times in cells)
        yield row("seen", "watched", f"[{drawn}]{name}")
