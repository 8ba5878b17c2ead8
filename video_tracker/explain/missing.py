"""What did not come, and the nearest miss: a table with an entry for each event.

An entry looks at what was recorded and says what was nearest. Tolerances are read where the session
reads them.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from video_tracker.events import QualityUpdated
from video_tracker.explain import of_items, of_playback
from video_tracker.explain.record import Record
from video_tracker.explain.view import Entry, Miss, View, never, refused
from video_tracker.session.data.state import State
from video_tracker.summary import Summary

__all__ = ["MISSING", "misses_of"]


def quality_updated(v: View) -> Iterator[Miss]:
    if not v.made(QualityUpdated):
        yield from never(v, "quality", "quality")


def _extra(name: str) -> Entry:
    """An event that is not standard."""

    def entry(v: View) -> Iterator[Miss]:
        said = v.inputs(name)
        if not said:
            yield Miss(f"Nobody said {name}.")
        elif not v.s.settings.extra_events:
            yield Miss(f"{name} was said, but the setting extra_events is off (S13).", said[0])
        else:
            yield from refused(v, name)

    return entry


MISSING: Final[Mapping[str, Entry]] = {
    "Video Playback Started": of_playback.playback_started,
    "Video Playback Paused": of_playback.paused,
    "Video Playback Interrupted": of_playback.interrupted,
    "Video Playback Buffer Started": of_playback.buffer_started,
    "Video Playback Buffer Completed": of_playback.buffer_completed,
    "Video Playback Seek Started": of_playback.seek_started,
    "Video Playback Seek Completed": of_playback.seek_completed,
    "Video Playback Resumed": of_playback.resumed,
    "Video Playback Completed": of_playback.playback_completed,
    "Video Playback Exited": of_playback.playback_exited,
    "Video Content Started": of_items.content_started,
    "Video Content Playing": of_items.content_playing,
    "Video Content Completed": of_items.content_completed,
    "Video Ad Started": of_items.ad_started,
    "Video Ad Playing": of_items.ad_playing,
    "Video Ad Completed": of_items.ad_completed,
    "Video Quality Updated": quality_updated,
    "Video Ad Skipped": _extra("ad_skip"),
    "Video Ad Clicked": _extra("ad_click"),
    "Video Ad Error": _extra("ad_error"),
    "heartbeat": of_items.heartbeat,
    "quartile": of_items.quartile,
}
"""For each event, and for heartbeats and quartiles, what is nearest to one that did not come."""


def misses_of(s: State, record: Record, summary: Summary) -> dict[str, tuple[Miss, ...]]:
    """For each entry what did not come; empty where nothing of it is missing."""
    view = View(s, record, summary)
    return {name: tuple(dict.fromkeys(entry(view))) for name, entry in MISSING.items()}
