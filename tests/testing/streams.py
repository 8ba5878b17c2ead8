"""A right event stream to spoil: pre-roll, content, mid-roll of two ads, content, post-roll."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from video_tracker.events import (
    EVENTS,
    AdEvent,
    ContentEvent,
    Event,
    NowPlaying,
    PlannedAd,
    PlaybackEvent,
)
from video_tracker.plan import Ad, Content, PlayerAttributes

PLAYER = PlayerAttributes(video_player="html5", sound=55)
FILM = Content(asset_id="film", duration=60)
START = 1_795_000_000.0

Row = tuple[float, str, int | None, dict[str, Any]]


def content(pod: str) -> dict[str, Any]:
    return {"asset_id": "film", "pod_id": pod}


def ad(
    asset: str, pod: str, ad_type: str, place: int = 1, of: int = 1, **more: Any
) -> dict[str, Any]:
    return {
        "asset_id": asset,
        "pod_id": pod,
        "ad_type": ad_type,
        "pod_position": place,
        "pod_length": of,
        **more,
    }


IN_1 = {"playing": NowPlaying("film", "content-1")}
IN_MID = {"playing": NowPlaying(ad_asset_id="m2", ad_pod_id="ad-2", ad_type="mid-roll")}

ROWS: tuple[Row, ...] = (
    (0.0, "Video Playback Started", 0, {"content_asset_ids": ("film",)}),
    (0.5, "Video Ad Started", 0, ad("p1", "ad-1", "pre-roll")),
    (1.75, "Video Ad Playing", 1, ad("p1", "ad-1", "pre-roll", quartile=1)),
    (5.5, "Video Ad Completed", 5, ad("p1", "ad-1", "pre-roll")),
    (6.0, "Video Content Started", 0, content("content-1")),
    (8.0, "Video Quality Updated", 2, {"bitrate": 3000.0, "startup_time": 500}),
    (16.0, "Video Content Playing", 10, content("content-1")),
    (18.0, "Video Playback Paused", 17, IN_1),
    (28.0, "Video Playback Resumed", 17, IN_1),
    (28.0, "Video Content Playing", 12, content("content-1")),
    (29.0, "Video Playback Seek Started", 18, IN_1 | {"seek_position": 25}),
    (29.5, "Video Playback Buffer Started", 25, IN_1),
    (30.5, "Video Playback Buffer Completed", 25, IN_1),
    (31.0, "Video Playback Seek Completed", 25, IN_1 | {"seek_position": 25}),
    (35.0, "Video Playback Interrupted", 29, IN_1 | {"method": "network loss"}),
    (36.0, "Video Playback Resumed", 29, IN_1),
    (36.0, "Video Content Playing", 24, content("content-1")),
    (42.0, "Video Content Completed", 30, content("content-1")),
    (42.0, "Video Ad Started", 0, ad("m1", "ad-2", "mid-roll", 1, 2)),
    (47.0, "Video Ad Completed", 5, ad("m1", "ad-2", "mid-roll", 1, 2)),
    (47.0, "Video Ad Started", 0, ad("m2", "ad-2", "mid-roll", 2, 2)),
    (48.0, "Video Playback Paused", 41, IN_MID),
    (49.0, "Video Playback Resumed", 41, IN_MID),
    (49.0, "Video Ad Playing", 1, ad("m2", "ad-2", "mid-roll", 2, 2)),
    (53.0, "Video Ad Completed", 5, ad("m2", "ad-2", "mid-roll", 2, 2)),
    (53.0, "Video Content Started", 30, content("content-2")),
    (63.0, "Video Content Playing", 40, content("content-2")),
    (83.0, "Video Content Completed", 60, content("content-2")),
    (83.0, "Video Ad Started", 0, ad("e1", "ad-3", "post-roll")),
    (88.0, "Video Ad Completed", 5, ad("e1", "ad-3", "post-roll")),
    (88.0, "Video Playback Completed", 80, {}),
)


def build(row: Row, sequence: int = 1, session_id: str = "s1") -> Event:
    """Make one event of a row: seconds since the start, name, position, what is its own."""
    at, name, position, own = row
    kind = EVENTS[name]
    fields: dict[str, Any] = {
        "at": START + at,
        "sequence": sequence,
        "session_id": session_id,
        "properties": {},
        "position": position,
        "total_length": None,
    }
    if issubclass(kind, PlaybackEvent):
        fields |= {"player": PLAYER, "playing": NowPlaying(), "total_length": 80}
    elif issubclass(kind, ContentEvent):
        fields |= {"player": PLAYER, "content": FILM, "total_length": 60}
    elif issubclass(kind, AdEvent):
        fields |= {
            "player": PLAYER,
            "ad": Ad(),
            "total_length": 5,
            "content": FILM,
            "content_asset_id": "film",
            "content_pod_id": None,
            "content_position": 0,
            "content_length": 60,
        }
    return kind(**fields | own)


def stream(rows: Iterable[Row] = ROWS, session_id: str = "s1") -> list[Event]:
    """Make a stream, numbered from 1."""
    return [build(row, number, session_id) for number, row in enumerate(rows, start=1)]


def changed(events: list[Event], name: str, **fields: Any) -> list[Event]:
    """The same stream with the first event of that name changed."""
    at = next(place for place, event in enumerate(events) if event.name == name)
    return [*events[:at], attrs.evolve(events[at], **fields), *events[at + 1 :]]


Spoil = Callable[[list[Event]], list[Event]]

PLANNED = (PlannedAd("p1", "ad-1", "pre-roll"),)
