"""The events of a session in the words of the expectation."""

from tests.session.model.expected import clock
from tests.session.model.told import T0
from video_tracker.events import (
    AdEvent,
    AdPlaying,
    ContentEvent,
    Event,
    PlaybackCompleted,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
)


def rows_of(events: list[Event]) -> list[str]:
    """Events, one a row."""
    return [row_of(event) for event in events]


def row_of(event: Event) -> str:
    """Time, event, position/length, ids."""
    place = f"{number(event.position)}/{number(event.total_length)}"
    name = event.name.removeprefix("Video ")
    return " ".join([clock(event.at - T0), name, place, *ids_of(event)])


def number(value: int | None) -> str:
    """A position or length."""
    return "-" if value is None else str(value)


def ids_of(event: Event) -> list[str]:
    """What an event says of pods, ads and places sought."""
    match event:
        case ContentEvent():
            return [f"{event.asset_id}/{event.pod_id}"]
        case AdEvent():
            ids = [f"{event.pod_id}/{event.asset_id}", event.ad_type]
            ids.append(f"{event.pod_position} of {number(event.pod_length)}")
            if isinstance(event, AdPlaying) and event.quartile is not None:
                ids.append(f"q{event.quartile}")
            return ids
        case PlaybackStarted():
            ads = [f"{ad.pod_id}/{ad.asset_id}/{ad.ad_type}" for ad in event.planned_ads]
            lists = (event.content_asset_ids, event.content_pod_ids, ads)
            return [",".join(each) for each in lists]
        case PlaybackEvent():
            return [] if isinstance(event, PlaybackCompleted) else playing(event)
    return []


def playing(event: PlaybackEvent) -> list[str]:
    """The ids of what plays, and what else a playback event says."""
    now = event.playing
    ids = []
    if now.ad_pod_id is not None:
        ids += [f"@{now.ad_pod_id}/{now.ad_asset_id}", str(now.ad_type)]
    elif now.content_pod_id is not None:
        ids.append(f"@{now.content_asset_id}/{now.content_pod_id}")
    if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted):
        ids.append(f">{number(event.seek_position)}")
    if isinstance(event, PlaybackInterrupted):
        ids.append(str(event.method))
    return ids
