"""Timelines as one Vega-Lite specification: plain dicts, of which every picture is made."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from video_tracker.timeline.figures import clock, figure_phrases, in_lines, seconds_words
from video_tracker.timeline.lanes import LANES
from video_tracker.timeline.theme import DASHES, FATES, THEMES, Theme, ThemeName

if TYPE_CHECKING:
    from video_tracker.timeline.model import Timeline

__all__ = ["vega_lite"]

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
_NAMES: Final = 146
"""Pixels left of the rows for their names."""
_PADDING: Final = 14
_OVERHANG: Final = 14
"""Pixels by which the last time on an axis stands out."""
_ROW: Final = 20
_EVENT_ROW: Final = 15
_PLAYHEAD: Final = 120
_LETTER: Final = 6.6
"""Pixels that a letter takes."""
_CLOCK: Final = (
    "(datum.value >= 3600000 ? floor(datum.value / 3600000) + ':' : '')"
    " + utcFormat(datum.value, datum.value >= 3600000 ? '%M:%S' : '%-M:%S')"
    " + (datum.value % 1000 ? utcFormat(datum.value, '.%L') : '')"
)
"""A time of the session on an axis: 1:05, 1:01:05."""
_BREAKS: Final = "ad break"
_HEARTBEATS: Final = ("Content Playing", "Ad Playing")

_Rows = list[dict[str, Any]]


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
    inside = width - _NAMES - 2 * _PADDING - _OVERHANG
    length = max(*(each.length for each in timelines), 1e-3)
    several = len(timelines) > 1
    sessions = [
        [*_views(each, number if several else 0, colours, inside, length)]
        for number, each in enumerate(timelines, 1)
    ]
    strips = [
        strip
        for number, each in enumerate(timelines, 1)
        for strip in _strips(each, f" ({number})" if several else "", colours, inside)
    ]
    own = {"color": "independent", "strokeDash": "independent", "shape": "independent"}
    resolve = {"scale": {"x": "shared", **own}}
    charts = [{"vconcat": views, "spacing": 10, "resolve": resolve} for views in sessions]
    time = {"vconcat": charts, "spacing": 28, "resolve": resolve}
    top: dict[str, Any] = {
        "$schema": _SCHEMA,
        "background": colours.background,
        "padding": _PADDING,
        "config": colours.config(),
        "vconcat": [time, *strips],
        "resolve": {"scale": own},
        "spacing": 14,
    }
    if zoom:
        names = [view["name"] for views in sessions for view in views]
        top["params"] = [
            {
                "name": "time",
                "select": {"type": "interval", "encodings": ["x"]},
                "bind": "scales",
                "views": names,
            }
        ]
    return top


# -- the views on wall time ------------------------------------------------------------------------


def _views(
    timeline: "Timeline", number: int, theme: Theme, width: int, length: float
) -> Iterable[dict[str, Any]]:
    scale = {"type": "utc", "domain": [0, _ms(length)], "nice": False}
    x = {"field": "start", "type": "temporal", "scale": scale, "axis": None}
    first = _lanes(timeline, theme, width, length, x)
    lines = in_lines(figure_phrases(timeline.figures), int((width + _NAMES) / _LETTER))
    title = f"{number}  {timeline.title}" if number else timeline.title
    yield {
        "name": f"lanes_{number}",
        "title": {"text": title, "subtitle": lines},
        **first,
    }
    if timeline.playhead:
        yield {"name": f"playhead_{number}", **_playhead(timeline, theme, width, x)}
    yield {"name": f"events_{number}", **_events(timeline, theme, width, x)}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _span(start: float, end: float, **told: Any) -> dict[str, Any]:
    """The datum of a stretch, with what its tooltip says."""
    return {
        "start": _ms(start),
        "end": _ms(end),
        "from": _moment(start),
        "to": _moment(end),
        "takes": seconds_words(end - start),
        **told,
    }


def _moment(seconds: float) -> str:
    whole, part = divmod(round(seconds, 1), 1)
    return f"{clock(whole)}.{round(part * 10)}"


def _tooltip(*fields: str) -> list[dict[str, str]]:
    return [{"field": field, "type": "nominal", "title": field} for field in fields]


def _rows(names: Sequence[str]) -> dict[str, Any]:
    """The rows of a view, with their names on the left."""
    axis = {
        "title": None,
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelPadding": 8,
        "minExtent": _NAMES,
        "maxExtent": _NAMES,
    }
    scale = {"domain": list(names), "paddingInner": 0.15, "paddingOuter": 0.05}
    return {"field": "row", "type": "nominal", "scale": scale, "axis": axis, "sort": list(names)}


def _lanes(
    timeline: "Timeline", theme: Theme, width: int, length: float, x: Mapping[str, Any]
) -> dict[str, Any]:
    bars = [
        _span(
            bar.start,
            bar.end,
            row=LANES[bar.lane],
            lane=bar.lane,
            what=" ".join(filter(None, (LANES[bar.lane], bar.label))),
        )
        for bar in timeline.bars
    ]
    present = [name for lane, name in LANES.items() if timeline.lane(lane)]
    if timeline.ads and LANES["ad_played"] not in present:
        present.append(LANES["ad_played"])
    if timeline.ad_pods:
        present.insert(present.index(LANES["ad_played"]), _BREAKS)
    y = _rows(present)
    x2 = {"field": "end"}
    colour = {
        "field": "lane",
        "type": "nominal",
        "scale": {"domain": list(theme.lanes), "range": list(theme.lanes.values())},
        "legend": None,
    }
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": _frames(timeline)},
            "mark": {"type": "rect", "color": theme.frame, "cornerRadius": 2},
            "encoding": {"x": x, "x2": x2, "y": y, "tooltip": _tooltip("what", "from", "to")},
        },
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "cornerRadius": 1.5, "strokeWidth": 1},
            "encoding": {
                "x": x,
                "x2": x2,
                "y": y,
                "color": colour,
                "stroke": {**colour},
                "tooltip": _tooltip("what", "from", "to", "takes"),
            },
        },
        {
            "data": {"values": _breaks(timeline)},
            "mark": {
                "type": "bar",
                "filled": False,
                "stroke": theme.lanes["ad_played"],
                "strokeWidth": 1.5,
                "cornerRadius": 2,
            },
            "encoding": {"x": x, "x2": x2, "y": y, "tooltip": _tooltip("what", "from", "to")},
        },
        *_fates(timeline, theme, x, y),
        *_labels(timeline, theme, width, length, x, y),
    ]
    return {"width": width, "height": {"step": _ROW}, "layer": layers}


def _frames(timeline: "Timeline") -> _Rows:
    """The whole of each content pod, behind what played of it."""
    return [
        _span(
            pod.start,
            pod.end,
            row=LANES["content_played"],
            what=f"{pod.asset_id} {pod.pod_id}{'' if pod.completed else ', not completed'}",
        )
        for pod in timeline.content_pods
        if timeline.lane("content_played")
    ]


def _breaks(timeline: "Timeline") -> _Rows:
    return [
        _span(
            pod.start, pod.end, row=_BREAKS, what=" ".join(filter(None, (pod.ad_type, pod.pod_id)))
        )
        for pod in timeline.ad_pods
    ]


def _fates(timeline: "Timeline", theme: Theme, x: Mapping[str, Any], y: Mapping[str, Any]) -> _Rows:
    """A symbol at the end of each ad that was not completed."""
    values = [
        {
            "start": _ms(ad.end),
            "row": LANES["ad_played"],
            "fate": ad.fate,
            "what": f"{ad.asset_id} {FATES[ad.fate][1]}".strip(),
            "at": _moment(ad.end),
        }
        for ad in timeline.ads
        if ad.fate in FATES
    ]
    shape = {
        "field": "fate",
        "type": "nominal",
        "scale": {"domain": list(FATES), "range": [shape for shape, _ in FATES.values()]},
        "legend": None,
    }
    mark = {
        "type": "point",
        "filled": True,
        "size": 70,
        "opacity": 1,
        "color": theme.repaired,
        "stroke": theme.background,
        "strokeWidth": 1,
    }
    encoding = {"x": x, "y": y, "shape": shape, "tooltip": _tooltip("what", "at")}
    return [{"data": {"values": values}, "mark": mark, "encoding": encoding}] if values else []


def _labels(
    timeline: "Timeline",
    theme: Theme,
    width: int,
    length: float,
    x: Mapping[str, Any],
    y: Mapping[str, Any],
) -> _Rows:
    """Names upon the bars that are wide enough."""
    texts: dict[str, _Rows] = {}

    def label(start: float, end: float, text: str, row: str, colour: str) -> None:
        room = int((end - start) / length * width / _LETTER) - 1
        if text and room >= min(len(text), 4):
            shown = text if len(text) <= room else f"{text[: room - 1]}…"
            middle = _ms((start + end) / 2)
            texts.setdefault(colour, []).append({"start": middle, "row": row, "text": shown})

    for pod in timeline.content_pods:
        inside = [
            (max(bar.start, pod.start), min(bar.end, pod.end))
            for bar in timeline.lane("content_played")
            if bar.start < pod.end and bar.end > pod.start
        ]
        if inside:
            start, end = max(inside, key=lambda each: each[1] - each[0])
            colour = theme.texts["content_played"]
            label(start, end, pod.asset_id, LANES["content_played"], colour)
    symbol = 2 * _LETTER / width * length
    for ad in timeline.ads:
        end = ad.end - symbol if ad.fate in FATES else ad.end
        label(ad.start, end, ad.asset_id, LANES["ad_played"], theme.texts["ad_played"])
    for each in timeline.ad_pods:
        label(each.start, each.end, each.ad_type, _BREAKS, theme.ink)
    return [
        {
            "data": {"values": values},
            "mark": {"type": "text", "color": colour, "fontSize": 11, "tooltip": None},
            "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
        }
        for colour, values in texts.items()
    ]


def _playhead(
    timeline: "Timeline", theme: Theme, width: int, x: Mapping[str, Any]
) -> dict[str, Any]:
    values = [
        _span(
            line.start,
            line.end,
            position=line.start_position * 1000,
            moves_to=line.end_position * 1000,
            kind=line.kind,
            what=" ".join(filter(None, (LANES[line.kind], line.asset_id))),
            place=f"{_moment(line.start_position)} to {_moment(line.end_position)}",
        )
        for line in timeline.playhead
    ]
    ads = [_span(pod.start, pod.end, what=pod.ad_type) for pod in timeline.ad_pods]
    y = {
        "field": "position",
        "type": "temporal",
        "scale": {"type": "utc", "nice": False, "zero": False},
        "axis": {
            "title": "playhead",
            "titleAngle": 0,
            "titleAlign": "right",
            "titleX": -8,
            "titleY": -4,
            "labelExpr": _CLOCK,
            "tickCount": 4,
            "minExtent": _NAMES,
            "maxExtent": _NAMES,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    kinds = {"field": "kind", "type": "nominal", "legend": None}
    domain = list(theme.lanes)
    return {
        "width": width,
        "height": _PLAYHEAD,
        "layer": [
            {
                "data": {"values": ads},
                "mark": {"type": "rect", "color": theme.lanes["ad_played"], "opacity": 0.16},
                "encoding": {"x": x, "x2": {"field": "end"}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "rule", "strokeWidth": 2.2, "strokeCap": "butt"},
                "encoding": {
                    "x": x,
                    "x2": {"field": "end"},
                    "y": y,
                    "y2": {"field": "moves_to"},
                    "color": {
                        **kinds,
                        "scale": {"domain": domain, "range": list(theme.lanes.values())},
                    },
                    "strokeDash": {
                        **kinds,
                        "scale": {"domain": domain, "range": [list(DASHES[k]) for k in domain]},
                    },
                    "tooltip": _tooltip("what", "from", "to", "place"),
                },
            },
        ],
    }


def _events(timeline: "Timeline", theme: Theme, width: int, x: Mapping[str, Any]) -> dict[str, Any]:
    values: _Rows = [
        {
            "start": _ms(tick.at),
            "row": tick.name,
            "kind": "heartbeat" if tick.name in _HEARTBEATS else "event",
            "event": tick.name,
            "at": _moment(tick.at),
            "told": tick.detail,
        }
        for tick in timeline.ticks
    ]
    notes: _Rows = [
        {
            "start": _ms(note.at),
            "row": _DONE[note.kind],
            "kind": note.kind,
            "event": f"{note.input}: {note.reason}",
            "at": _moment(note.at),
            "told": "",
        }
        for note in timeline.notes
        if note.kind in _DONE
    ]
    rows = list(dict.fromkeys(each["row"] for each in [*values, *notes]))
    axis = {
        "title": None,
        "orient": "bottom",
        "labelExpr": _CLOCK,
        "tickCount": 10,
        "grid": True,
        "labelOverlap": True,
    }
    kinds = {"event": theme.events, "heartbeat": theme.faint, "repair": theme.repaired,
             "reject": theme.repaired}  # fmt: skip
    return {
        "width": width,
        "height": {"step": _EVENT_ROW},
        "data": {"values": [*values, *notes]},
        "mark": {"type": "tick", "thickness": 2, "bandSize": 11},
        "encoding": {
            "x": {**x, "axis": axis},
            "y": _rows(rows),
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": list(kinds), "range": list(kinds.values())},
                "legend": None,
            },
            "tooltip": _tooltip("event", "at", "told"),
        },
    }


_DONE: Final = {"repair": "repaired", "reject": "rejected"}


# -- the heat strips -------------------------------------------------------------------------------


def _strips(timeline: "Timeline", which: str, theme: Theme, width: int) -> Iterable[dict[str, Any]]:
    """For each content a strip of its seconds: how often each was watched."""
    most = max((part.times for part in timeline.watched), default=1)
    for asset_id in dict.fromkeys(part.asset_id for part in timeline.watched):
        parts = [part for part in timeline.watched if part.asset_id == asset_id]
        length = max(timeline.lengths.get(asset_id, 0.0), *(part.end for part in parts))
        name = f"seen{which} {asset_id}".rstrip()
        x = {
            "field": "start",
            "type": "temporal",
            "scale": {"type": "utc", "domain": [0, _ms(length)], "nice": False},
            "axis": {"title": None, "labelExpr": _CLOCK, "tickCount": 10, "grid": False},
        }
        values = [
            _span(part.start, part.end, row=name, times=part.times, watched=_times(part.times))
            for part in parts
        ]
        whole = [{"start": 0, "end": _ms(length), "row": name}]
        yield {
            "width": width,
            "height": {"step": _ROW},
            "layer": [
                {
                    "data": {"values": whole},
                    "mark": {"type": "rect", "filled": False, "stroke": theme.faint,
                             "strokeWidth": 1, "strokeDash": [2, 2]},
                    "encoding": {"x": x, "x2": {"field": "end"}, "y": _rows([name])},
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "rect"},
                    "encoding": {
                        "x": x,
                        "x2": {"field": "end"},
                        "y": _rows([name]),
                        "color": {
                            "field": "times",
                            "type": "quantitative",
                            "scale": {"domain": [1, max(most, 2)], "range": list(theme.heat)},
                            "legend": None,
                        },
                        "tooltip": _tooltip("watched", "from", "to"),
                    },
                },
                {
                    "data": {"values": _repeats(values, width / _ms(length))},
                    "mark": {"type": "text", "fontSize": 11, "color": theme.background},
                    "encoding": {
                        "x": x,
                        "y": _rows([name]),
                        "text": {"field": "text", "type": "nominal"},
                    },
                },
            ],
        }  # fmt: skip


def _repeats(values: _Rows, scale: float) -> _Rows:
    """How often, in figures, where it is more than once and there is room."""
    return [
        {
            "start": (each["start"] + each["end"]) // 2,
            "row": each["row"],
            "text": f"{each['times']}x",
        }
        for each in values
        if each["times"] > 1 and (each["end"] - each["start"]) * scale > 3 * _LETTER
    ]


def _times(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")
