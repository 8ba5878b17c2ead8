"""Timelines as one Vega-Lite specification: plain dicts, of which every picture is made."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from video_tracker.timeline.figures import figure_phrases, in_lines
from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.spec_lanes import lanes_view
from video_tracker.timeline.spec_parts import (
    LETTER,
    ROW,
    Canvas,
    Rows,
    axis,
    layer,
    moment,
    ms,
    span,
    tooltip,
)
from video_tracker.timeline.theme import DASHES, THEMES, ThemeName

if TYPE_CHECKING:
    from video_tracker.timeline.model import Strip, Timeline

__all__ = ["vega_lite"]

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
_PADDING: Final = 14
_OVERHANG: Final = 14
"""Pixels by which the last time on an axis stands out."""
_WIDEST_NAMES: Final = 146
"""Pixels for the names of rows, at the most."""
_EVENT_ROW: Final = 15
_PLAYHEAD: Final = 120
_NEAR_THE_START: Final = 0.2
_HEARTBEATS: Final = ("Content Playing", "Ad Playing")
_NOTED: Final = {"repair": "repaired", "reject": "rejected"}
_TIMES: Final = {1: "once", 2: "twice"}


def vega_lite(
    timelines: "Sequence[Timeline]",
    *,
    theme: ThemeName = "light",
    width: int = 1000,
    zoom: bool = False,
) -> dict[str, Any]:
    """The specification of a picture of timelines, above each other on one time axis.

    Args:
        timelines: What is drawn.
        theme: ``light`` or ``dark``.
        width: Pixels, 400 or more.
        zoom: Whether the time axis can be moved and zoomed.
    """
    colours = THEMES[theme]
    numbers = ["" if len(timelines) == 1 else str(n) for n in range(1, len(timelines) + 1)]
    numbered = list(zip(numbers, timelines, strict=True))
    longest = max(len(name) for number, each in numbered for name in _names(each, number))
    names = min(round(longest * LETTER), _WIDEST_NAMES)
    inside = width - names - 2 * _PADDING - _OVERHANG
    length = max(*(each.length for each in timelines), 1e-3)
    canvas = Canvas(colours, inside, names, length, zoom)
    sessions = [_session(each, number, canvas) for number, each in numbered]
    own = {"color": "independent", "strokeDash": "independent", "shape": "independent"}
    resolve = {"scale": {"x": "shared", **own}}
    charts = [{"vconcat": views, "spacing": 10, "resolve": resolve} for views in sessions]
    time = {"vconcat": charts, "spacing": 28, "resolve": resolve}
    return {
        "$schema": _SCHEMA,
        "background": colours.background,
        "padding": _PADDING,
        "config": colours.config(),
        "vconcat": [time, *(strip for number, each in numbered for strip in
                            _strips(each, number, canvas))],
        "resolve": {"scale": own},
        "spacing": 14,
        **(_zoom(sessions) if zoom else {}),
    }  # fmt: skip


def _names(timeline: "Timeline", number: str) -> Iterator[str]:
    """What stands on the left of the rows."""
    yield "repaired"  # as long as playhead and ad break
    yield from (LANES[lane] for lane in timeline.lanes)
    yield from (tick.name for tick in timeline.ticks)
    yield from (_strip_name(strip, number) for strip in timeline.strips)


def _session(timeline: "Timeline", number: str, canvas: Canvas) -> list[dict[str, Any]]:
    """The views of one session on wall time."""
    width = int((canvas.width + canvas.names) / LETTER)
    title = {
        "text": f"{number} · {timeline.title}" if number else timeline.title,
        "subtitle": in_lines(figure_phrases(timeline.figures), width),
    }
    views = [lanes_view(timeline, canvas)] if timeline.lanes else []
    views += [_playhead(timeline, canvas)] if timeline.playhead else []
    views += [_events(timeline, canvas)] if timeline.ticks or not views else []
    views[0]["title"] = title
    _with_axis(views[-1], canvas)
    return views


def _with_axis(view: dict[str, Any], canvas: Canvas) -> None:
    """The last view of a session bears the time axis."""
    marks = {**axis(0.0, canvas.length, canvas.marks), "grid": True}
    if canvas.zoom:
        del marks["values"]  # they are found anew with every turn of the wheel
    for unit in view.get("layer", [view]):
        unit["encoding"]["x"] = {**unit["encoding"]["x"], "axis": marks}


def _zoom(sessions: Iterable[Iterable[dict[str, Any]]]) -> dict[str, Any]:
    # One layer of a view takes the mouse: of two each would define the same signals.
    units = [view.get("layer", [view])[0] for views in sessions for view in views]
    for number, unit in enumerate(units):
        unit["name"] = f"time_{number}"
    select = {"type": "interval", "encodings": ["x"]}
    views = [unit["name"] for unit in units]
    return {"params": [{"name": "time", "select": select, "bind": "scales", "views": views}]}


# -- the playhead ----------------------------------------------------------------------------------


def _playhead(timeline: "Timeline", canvas: Canvas) -> dict[str, Any]:
    theme = canvas.theme
    values = [
        span(
            line.start,
            line.end,
            position=ms(line.start_position),
            moves_to=ms(line.end_position),
            kind=line.kind,
            what=" ".join(filter(None, (LANES[line.kind], line.asset_id))),
            place=f"{moment(line.start_position)} to {moment(line.end_position)}",
        )
        for line in timeline.playhead
    ]
    low, high = _places(timeline)
    y = {
        "field": "position",
        "type": "temporal",
        "scale": {"type": "utc", "nice": False, "domain": [ms(low), ms(high)]},
        "axis": {
            **axis(low, high, 4),
            "title": "playhead",
            "titleAngle": 0,
            "titleAlign": "right",
            "titleX": -8,
            "titleY": -13,
            "minExtent": canvas.names,
            "maxExtent": canvas.names,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    kinds: dict[str, Any] = {"field": "kind", "type": "nominal", "legend": None}
    domain = list(theme.lanes)
    colours = {"domain": domain, "range": list(theme.lanes.values())}
    dashes = {"domain": domain, "range": [list(DASHES[kind]) for kind in domain]}
    place: dict[str, Any] = {"x": canvas.x, "x2": {"field": "end"}}
    breaks = [span(pod.start, pod.end) for pod in timeline.ad_pods]
    curve: dict[str, Any] = {
        **place,
        "y": y,
        "y2": {"field": "moves_to"},
        "color": {**kinds, "scale": colours},
        "strokeDash": {**kinds, "scale": dashes},
        "tooltip": tooltip("what", "from", "to", "place"),
    }
    shade = {"type": "rect", "color": theme.lanes["ad_played"], "opacity": 0.16}
    return {
        "width": canvas.width,
        "height": _PLAYHEAD,
        "layer": [
            layer(breaks, shade, place),
            layer(values, {"type": "rule", "strokeWidth": 2.2, "strokeCap": "butt"}, curve),
        ],
    }


def _places(timeline: "Timeline") -> tuple[float, float]:
    """From where to where the playhead went; from the beginning on, if that is not far."""
    lines = timeline.playhead
    places = [place for line in lines for place in (line.start_position, line.end_position)]
    low, high = min(places), max(places)
    low = 0.0 if 0 <= low < _NEAR_THE_START * high else float(low // 1)
    return low, max(high, low + 1.0)


# -- the events ------------------------------------------------------------------------------------


def _events(timeline: "Timeline", canvas: Canvas) -> dict[str, Any]:
    theme = canvas.theme
    values = [
        {
            "start": ms(tick.at),
            "row": tick.name,
            "kind": "heartbeat" if tick.name in _HEARTBEATS else "event",
            "event": tick.name,
            "at": moment(tick.at),
            "told": tick.detail,
        }
        for tick in timeline.ticks
    ] + _notes(timeline)
    names = list(dict.fromkeys(str(each["row"]) for each in values))
    kinds = {
        "event": theme.events,
        "heartbeat": theme.faint,
        "repair": theme.repaired,
        "reject": theme.repaired,
    }
    colours = {"domain": list(kinds), "range": list(kinds.values())}
    encoding = {
        "x": canvas.x,
        "y": canvas.rows(names),
        "color": {"field": "kind", "type": "nominal", "scale": colours, "legend": None},
        "tooltip": tooltip("event", "at", "told"),
    }
    return {
        "width": canvas.width,
        "height": {"step": _EVENT_ROW},
        **layer(values, {"type": "tick", "thickness": 2, "bandSize": 11}, encoding),
    }


def _notes(timeline: "Timeline") -> Rows:
    """What was repaired and rejected; what was ignored is no news."""
    return [
        {
            "start": ms(note.at),
            "row": _NOTED[note.kind],
            "kind": note.kind,
            "event": f"{note.input}: {note.reason}",
            "at": moment(note.at),
            "told": "",
        }
        for note in timeline.notes
        if note.kind in _NOTED
    ]


# -- what was seen of each content -----------------------------------------------------------------


def _strip_name(strip: "Strip", number: str) -> str:
    which = f"seen ({number})" if number else "seen"
    return f"{which} {strip.asset_id}".rstrip()


def _strips(timeline: "Timeline", number: str, canvas: Canvas) -> Iterable[dict[str, Any]]:
    most = max((part.times for part in timeline.watched), default=1)
    for strip in timeline.strips:
        yield _strip(strip, _strip_name(strip, number), most, canvas)


def _strip(strip: "Strip", name: str, most: int, canvas: Canvas) -> dict[str, Any]:
    """How often each second of a content was watched."""
    theme, width = canvas.theme, canvas.width
    domain = [ms(strip.start), ms(strip.end)]
    x = {
        "field": "start",
        "type": "temporal",
        "scale": {"type": "utc", "domain": domain, "nice": False},
        "axis": {**axis(strip.start, strip.end, canvas.marks), "grid": False},
    }
    place = {"x": x, "x2": {"field": "end"}, "y": canvas.rows([name])}
    values = [
        span(part.start, part.end, row=name, times=part.times, watched=_times(part.times))
        for part in strip.parts
    ]
    colour = {
        "field": "times",
        "type": "quantitative",
        "scale": {"domain": [1, max(most, 2)], "range": list(theme.heat)},
        "legend": None,
    }
    outline = {
        "type": "rect",
        "filled": False,
        "stroke": theme.faint,
        "strokeWidth": 1,
        "strokeDash": [2, 2],
    }
    whole: Rows = [{"start": domain[0], "end": domain[1], "row": name}]
    figure = {"type": "text", "fontSize": 11, "color": theme.background}
    repeats = _repeats(values, width / (domain[1] - domain[0]))
    text = {"field": "text", "type": "nominal"}
    return {
        "width": width,
        "height": {"step": ROW},
        "layer": [
            layer(
                values,
                {"type": "rect"},
                {**place, "color": colour, "tooltip": tooltip("watched", "from", "to")},
            ),
            layer(whole, outline, place),
            layer(repeats, figure, {"x": x, "y": place["y"], "text": text}),
        ],
    }


def _repeats(values: Rows, scale: float) -> Rows:
    """How often, in figures, where it is more than once and there is room."""
    return [
        {
            "start": (each["start"] + each["end"]) // 2,
            "row": each["row"],
            "text": f"{each['times']}x",
        }
        for each in values
        if each["times"] > 1 and (each["end"] - each["start"]) * scale > 3 * LETTER
    ]


def _times(times: int) -> str:
    return _TIMES.get(times, f"{times} times")
