"""The session's words: the events, each in one place."""

from typing import Any

import attrs

from video_tracker.events import (
    AdEvent,
    ContentEvent,
    Event,
    NowPlaying,
    PlannedAd,
    PlaybackEvent,
    PlaybackResumed,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import MID, POST, PRE
from video_tracker.session.effects import ledger, positions


def say(
    s: State, kind: type[Event], at: float, place: int | None, length: int | None, *own: Any
) -> None:
    """Say an event, in no place beyond a known length (S1), with what was told for it (S51)."""
    s.sequence += 1
    rare = s.rare
    if length is not None and place is not None and place > length:
        place = length
    told = s.plan.properties if rare is None else s.properties
    event = kind(at, s.sequence, s.session_id, told, place, length, *own)
    if rare is not None and "annotation" in rare and s.annotation:
        added: Any = {name: {**getattr(event, name), **told} for name, told in s.annotation.items()}
        event = attrs.evolve(event, **added)
    s.out.append(event)


def now_playing_ids(s: State) -> NowPlaying:
    """The ids of what plays (S34)."""
    if s.ad is not None:
        both = s.settings.ids == "both"
        asset_id, pod_id = (s.asset.asset_id, s.pod_id) if both else (None, None)
        return NowPlaying(asset_id, pod_id, s.ad.asset_id, s.ad_break.pod_id, s.placement)
    return NowPlaying(s.asset.asset_id, s.pod_id) if s.where == "content" else NowPlaying()


def last_played_ids(s: State) -> NowPlaying:
    """The ids of the last thing played: a post-roll's last ad, else the content (S34)."""
    if s.last_ad is not None or s.pod_id is None:
        return s.last_ad or NowPlaying()
    return NowPlaying(s.asset.asset_id, s.pod_id)


def say_playback(
    s: State,
    kind: type[PlaybackEvent],
    at: float,
    *more: Any,
    position: int | None = None,
    playing: NowPlaying | None = None,
) -> None:
    """Say a playback event; ``more`` are the kind's own fields."""
    place = positions.playback_position(s, at) if position is None else position
    length, ids = positions.length_said(s), playing or now_playing_ids(s)
    say(s, kind, at, place, length, s.player, ids, *more)


def say_resumed(s: State, at: float, trigger: str) -> None:
    """Resumed: whatever stopped playback is undone, a timeout too (S26)."""
    s.moves(trigger)
    s.silence = s.silent_from = None
    s.pause_told = s.loaded_again = False
    s.ended = "open"
    say_playback(s, PlaybackResumed, at)


def go_on(s: State, at: float) -> None:
    """Playback goes on though it was paused or interrupted (S26, S30)."""
    if s.pause_told or s.how == "interrupted":
        ledger.accrue(s, at)
        say_resumed(s, at, "play")


def say_playback_started(s: State, at: float) -> None:
    """Playback Started with all ids known, the ads in the order of the timeline (S52)."""
    assets, rank = s.timeline.assets, {PRE: 0, POST: 2}
    breaks = sorted(
        s.timeline.breaks,
        key=lambda part: (part.asset_index, rank.get(part.placement or MID, 1), part.offset),
    )
    asset_ids = tuple(asset.asset_id for asset in assets)
    pod_ids = tuple(pod_id for asset in assets for pod_id in asset.pod_ids)
    ads = tuple(
        PlannedAd(part.ad_id(place), part.pod_id, part.placement or MID)
        for part in breaks
        for place in range(len(part.ads))
    )
    say_playback(s, PlaybackStarted, at, asset_ids, pod_ids, ads, playing=NowPlaying())


def say_content(s: State, kind: type[ContentEvent], at: float, position: int | None = None) -> None:
    content = s.timeline.assets[s.asset_index].content
    known, length = positions.content_said(s, at)
    place = known if position is None else position
    asset_id, pod_id = content.asset_id or "", s.pod_id or ""
    say(s, kind, at, place, length, content, asset_id, pod_id, s.player)


def say_ad(s: State, kind: type[AdEvent], at: float, quartile: int | None = None) -> None:
    ad, part = s.ad, s.ad_break
    if ad is None:
        return
    length = None if ad.ad.duration is None else positions.whole(ad.ad.duration)
    asset = s.timeline.assets[part.asset_index]
    of_ad = (ad.ad, ad.asset_id, part.pod_id, s.placement or MID, ad.place + 1, part.size())
    of_content = (asset.content, asset.asset_id, s.pod_id, *positions.content_said(s, at))
    place = positions.whole(ad.position)
    say(s, kind, at, place, length, *of_ad, *of_content, s.player, quartile)


def say_extra(s: State, kind: Any, at: float) -> None:
    """The events that are not standard, when asked for (S13)."""
    if s.settings.extra_events:
        say_ad(s, kind, at)


def say_quality(s: State, at: float, bitrate: float | None, framerate: float | None) -> None:
    """Video Quality Updated; the first one carries the startup time (S25, S54)."""
    startup = None
    if not s.quality_told and s.startup_time is not None:
        startup = round(s.startup_time * 1000)
        s.quality_told = True
    dropped = None if s.dropped_frames is None else int(s.dropped_frames)
    place, length = positions.playback_position(s, at), positions.length_said(s)
    say(s, QualityUpdated, at, place, length, bitrate, framerate, startup, dropped)
