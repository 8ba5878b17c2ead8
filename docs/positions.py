"""Pictures of what a position is made of, drawn of viewings that are simulated and played."""

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.events import AdEvent, ContentEvent, Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.session import Session, SessionPosition, restore, snapshot
from video_tracker.testing import Scenario, simulate
from video_tracker.transcript import short_name

BESIDE: Final = 50
"""Pixels of a picture beside its panels."""
CLOCK: Final = 0.25
"""Seconds between two words of the player's clock."""

COLOURS: Final[Mapping[str, Mapping[str, str]]] = {
    "light": {
        "content": "#56b4e9",
        "ad": "#e69f00",
        "pause": "#c3c8cc",
        "seek": "#cc79a7",
        "dot": "#1b3a57",
        "offset": "#009e73",
        "ink": "#37474f",
        "grid": "#e3e7ea",
        "on bar": "#10222f",
        "page": "#ffffff",
    },
    "dark": {
        "content": "#3187b8",
        "ad": "#c98500",
        "pause": "#5d666d",
        "seek": "#b3689a",
        "dot": "#ffffff",
        "offset": "#3fd0a4",
        "ink": "#cfd8dc",
        "grid": "#3a424a",
        "on bar": "#ffffff",
        "page": "#1e2129",
    },
}
"""Colours that colour-blind people tell apart (Okabe and Ito)."""

Rows = list[dict[str, Any]]


def film(length: float | None = 60, **more: Any) -> Scenario:
    """What is watched in the pictures: a second to start, a second between content and ads."""
    return Scenario(length, name="film", startup=1, **{"gaps": 1, **more})


SCENES: Final[Mapping[str, Scenario]] = {
    "pre-roll": film(20).ads("pre", [5]).play().watch_to_end(),
    "mid-roll": film(24).play().ads("mid", [6, 4], at=10).watch_to_end(),
    "seek-over-a-break": (
        film().play().ads("mid", [6], at=10).watch(14).seek(5).watch(3).seek(30).watch(4).exit()
    ),
    "unseen-break": film().ads("mid", [6], at=20).play().watch(10).seek(30).watch(6).exit(),
    "stitched": film(24, ads="stitched").play().ads("mid", [6, 4], at=10).watch_to_end(),
    "live": (
        film(None, window=600, gaps=1)
        .play()
        .watch(8)
        .ads("mid", [5])
        .watch(4)
        .pause(8)
        .watch(8)
        .exit()
    ),
}
"""The viewings by the names of their pictures."""


@attrs.frozen
class Played:
    """A viewing that was played.

    Args:
        events: What came of it, heartbeats and quartiles left out.
        places: What the position was made of, each quarter of a second.
        borne: Which position an event would have borne at the same times.
        start: The Unix time of the first event.
    """

    events: tuple[Event, ...]
    places: tuple[tuple[float, SessionPosition], ...]
    borne: tuple[tuple[float, int | None], ...]
    start: float


@functools.cache
def played(name: str, settings: Settings | None = None) -> Played:
    """Play a viewing, and look at the position each time the player says something."""
    viewing = simulate(SCENES[name], "signals", poll=CLOCK)
    plan = attrs.evolve(viewing.plan, settings=settings or viewing.plan.settings)
    session = Session(f"picture of {name}", _known(plan))
    events: list[Event] = []
    places: list[tuple[float, SessionPosition]] = []
    borne = []
    for signal in viewing.signals:
        while places and signal.at - places[-1][0] > 1.5 * CLOCK:
            at = places[-1][0] + CLOCK
            places.append((at, session.position_now()))
            borne.append((at, _if_left(session, at)))
        events += session.receive(signal)
        places.append((signal.at, session.position_now()))
        if session.over:
            break
        borne.append((signal.at, _if_left(session, signal.at)))
    start = events[0].at
    told = (event for event in events if not event.name.endswith("Playing"))
    return Played(
        tuple(told),
        tuple((at - start, place) for at, place in places),
        tuple((at - start, position) for at, position in borne),
        start,
    )


def _if_left(session: Session, at: float) -> int | None:
    """The position that Playback Exited would bear; None before there is a playback."""
    said = restore(snapshot(session)).exit(at)
    return said[-1].position if said else None


def _known(plan: SessionPlan) -> SessionPlan:
    """A session whose viewer is known, as every session's must be."""
    return attrs.evolve(plan, user_id=plan.user_id or "viewer")


# -- the table -------------------------------------------------------------------------------------


def rows_of(name: str) -> Iterator[tuple[str, ...]]:
    """The events of a viewing: number, second, name, what plays, position, what it is made of."""
    scene = played(name)
    for number, event in enumerate(scene.events, 1):
        at = event.at - scene.start
        ids = (getattr(event, "asset_id", None), getattr(event, "pod_id", None))
        which = " in ".join(f"`{each}`" for each in ids if each)
        yield str(number), f"{at:.0f}", short_name(event.name), which, *_sum(scene, event)


def _sum(scene: Played, event: Event) -> tuple[str, str]:
    position = "" if event.position is None else f"**{event.position}**"
    if isinstance(event, AdEvent):
        return position, "seconds into the ad"
    if isinstance(event, ContentEvent):
        return position, "content"
    place = _place_at(scene, event)
    parts = [f"{place.content:.0f} of content"]
    parts += [f"{part.seconds:.0f} of `{part.asset_id}`" for part in place.ads]
    return position, " + ".join(parts)


def _place_at(scene: Played, event: Event) -> SessionPosition:
    """What the position was made of that an event bears: that of its own time."""
    at = event.at - scene.start
    around = [place for when, place in scene.places if abs(when - at) <= 2 * CLOCK]
    same = [place for place in around if place.position == event.position]
    return (same or around)[0]


# -- the picture -----------------------------------------------------------------------------------


def position_spec(name: str, scheme: str, width: int) -> dict[str, Any]:
    """A picture of so many pixels in the language of Vega-Lite."""
    scene, ink = played(name), COLOURS[scheme]
    until = scene.places[-1][0] + 0.5
    pixel = until / (width - BESIDE)
    panels: list[dict[str, Any]] = [
        _numbers(scene, ink, until, pixel),
        _areas(scene, ink, until, pixel),
    ]
    if name == "live":
        panels.append(_offset(name, ink, until))
    panels.append(_strip(scene, ink, until, pixel))
    rows = [{**panel, "width": width - BESIDE} for panel in panels]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "vconcat": rows,
        "spacing": 6,
        "background": None,
        "config": {
            "font": "Helvetica, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {
                "labelColor": ink["ink"],
                "titleColor": ink["ink"],
                "gridColor": ink["grid"],
                "domainColor": ink["grid"],
                "tickColor": ink["grid"],
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
            },
        },
    }


def _x(until: float, *, shown: bool = False) -> dict[str, Any]:
    axis = {"title": "seconds since play was pressed", "grid": False} if shown else None
    return {
        "field": "at",
        "type": "quantitative",
        "scale": {"domain": [-0.5, until], "nice": False},
        "axis": axis,
    }


def _panel(height: int, layers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"height": height, "layer": list(layers)}


def _numbers(scene: Played, ink: Mapping[str, str], until: float, pixel: float) -> dict[str, Any]:
    """The numbers of the events; those of one moment stand together."""
    rows: Rows = []
    for number, event in enumerate(scene.events, 1):
        at = round(event.at - scene.start, 2)
        if rows and at - rows[-1]["at"] < 11 * pixel:
            rows[-1]["text"] += f",{number}"
        else:
            rows.append({"at": at, "text": str(number)})
    text = {"type": "text", "fontSize": 12, "fontWeight": "bold", "color": ink["ink"]}
    encoding = {"x": _x(until), "text": {"field": "text"}}
    return _panel(16, [{"data": {"values": rows}, "mark": text, "encoding": encoding}])


def _areas(scene: Played, ink: Mapping[str, str], until: float, pixel: float) -> dict[str, Any]:
    """Content at the bottom, on it each ad that counts; on top is the playback events' position."""
    bands = _bands(scene)
    dots: Rows = []
    for event in scene.events:
        if isinstance(event, AdEvent) or event.position is None:
            continue
        at = round(event.at - scene.start, 2)
        kind = "content events" if isinstance(event, ContentEvent) else "playback events"
        if {"at": at, "place": event.position, "kind": kind} not in dots:
            dots.append({"at": at, "place": event.position, "kind": kind})
    y = {
        "field": "low",
        "type": "quantitative",
        "axis": {"title": "position in seconds", "tickCount": 6},
    }
    area = {
        "data": {"values": bands},
        "mark": {"type": "area", "stroke": ink["page"], "strokeWidth": 0.8, "opacity": 1},
        "encoding": {
            "x": _x(until),
            "y": y,
            "y2": {"field": "high"},
            "detail": {"field": "run"},
            "color": {
                "field": "kind",
                "scale": {"domain": ["content", "ad"], "range": [ink["content"], ink["ad"]]},
                "legend": {
                    "title": None,
                    "orient": "top-left",
                    "labelColor": ink["ink"],
                    "labelFontSize": 12,
                    "labelExpr": "datum.label == 'ad' ? 'ads that count' : 'content'",
                },
            },
        },
    }
    places = {"x": _x(until), "y": {"field": "place", "type": "quantitative"}}
    dot = {
        "data": {"values": dots},
        "mark": {"type": "point", "filled": True, "size": 46, "color": ink["dot"], "opacity": 1},
        "encoding": {
            **places,
            "shape": {
                "field": "kind",
                "scale": {
                    "domain": ["playback events", "content events"],
                    "range": ["circle", "diamond"],
                },
                "legend": {
                    "title": None,
                    "orient": "top-left",
                    "labelColor": ink["ink"],
                    "labelFontSize": 12,
                    "symbolFillColor": ink["dot"],
                    "symbolStrokeColor": ink["dot"],
                },
            },
        },
    }
    text = {"type": "text", "fontSize": 12, "dy": -11, "color": ink["ink"]}
    number = {
        "data": {"values": _alone(dots, pixel)},
        "mark": text,
        "encoding": {**places, "text": {"field": "place"}},
    }
    return _panel(230, [area, dot, number])


def _alone(dots: Rows, pixel: float) -> Rows:
    """One number for dots that lie on each other, or beside each other at one height."""
    kept: Rows = []
    for dot in dots:
        near = (
            other
            for other in kept
            if other["place"] == dot["place"] and abs(other["at"] - dot["at"]) < 32 * pixel
        )
        if next(near, None) is None:
            kept.append(dot)
    return kept


def _bands(scene: Played) -> Rows:
    """The lower and the upper edge of each part at each time; a part that is gone begins anew."""
    rows: Rows = []
    runs: dict[str, int] = {}
    numbers = itertools.count()
    for at, place in scene.places:
        high = place.content
        rows.append({"at": round(at, 2), "low": 0, "high": high, "kind": "content", "run": "film"})
        here: dict[str, int] = {}
        for part in place.ads:
            name = f"{part.pod_id} {part.asset_id}"
            here[name] = runs[name] if name in runs else next(numbers)
            edges = {"low": high, "high": high + part.seconds}
            run = f"{name} {here[name]}"
            rows.append({"at": round(at, 2), **edges, "kind": "ad", "run": run})
            high += part.seconds
        runs = here
    return [{**row, "low": round(row["low"], 2), "high": round(row["high"], 2)} for row in rows]


def _offset(name: str, ink: Mapping[str, str], until: float) -> dict[str, Any]:
    """The same viewing of a livestream with the setting that Nielsen wants (S8)."""
    scene = played(name, Settings(live_position="offset"))
    rows = [{"at": round(at, 2), "place": position} for at, position in scene.borne]
    line = {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "step-after", "color": ink["offset"]},
        "encoding": {
            "x": _x(until),
            "y": {
                "field": "place",
                "type": "quantitative",
                "axis": {"title": "offset", "tickCount": 4},
            },
        },
    }
    return _panel(70, [line])


def _strip(scene: Played, ink: Mapping[str, str], until: float, pixel: float) -> dict[str, Any]:
    """What played when, with the ids of the pods and of the ads."""
    bars = [bar for bar in _bars(scene.events, scene.start) if bar["end"] - bar["at"] > 0.1]
    kinds = ("content", "ad", "pause", "seek")
    bar = {
        "data": {"values": bars},
        "mark": {"type": "bar", "height": 20, "cornerRadius": 3},
        "encoding": {
            "x": _x(until, shown=True),
            "x2": {"field": "end"},
            "color": {
                "field": "kind",
                "scale": {"domain": list(kinds), "range": [ink[kind] for kind in kinds]},
                "legend": None,
            },
        },
    }
    wide = [
        {**bar, "at": (bar["at"] + bar["end"]) / 2}
        for bar in bars
        if bar["end"] - bar["at"] > 7 * len(bar["label"]) * pixel
    ]
    label = {
        "data": {"values": wide},
        "mark": {"type": "text", "fontSize": 12, "color": ink["on bar"]},
        "encoding": {"x": _x(until, shown=True), "text": {"field": "label"}},
    }
    return {
        **_panel(24, [bar, label]),
        "resolve": {"scale": {"color": "independent"}},
    }


def _bars(events: Sequence[Event], start: float) -> Iterator[dict[str, Any]]:
    """From one event to the next: what played, or why nothing did."""
    playing: tuple[str, str] | None = None
    halted: tuple[str, str] | None = None
    for event, after in itertools.pairwise(events):
        match short_name(event.name):
            case "Content Started":
                playing = ("content", str(getattr(event, "pod_id", "")))
            case "Ad Started":
                playing = ("ad", str(getattr(event, "asset_id", "")))
            case "Content Completed" | "Ad Completed":
                playing = None
            case "Playback Paused":
                halted = ("pause", "paused")
            case "Playback Seek Started":
                halted = ("seek", "seek")
            case "Playback Resumed" | "Playback Seek Completed":
                halted = None
        shown = halted or playing
        if shown is not None:
            span = {"at": round(event.at - start, 2), "end": round(after.at - start, 2)}
            yield {**span, "kind": shown[0], "label": shown[1]}
