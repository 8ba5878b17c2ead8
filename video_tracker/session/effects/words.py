"""The session's words: the events, each in one place."""

from collections.abc import Mapping
from typing import Any

from video_tracker.events import (
    AdEvent,
    ContentEvent,
    NowPlaying,
    PlannedAd,
    PlaybackEvent,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import MID, POST, PRE
from video_tracker.session.data.tolerances import DUST
from video_tracker.session.effects import positions


def next_number(s: State) -> int:
    s.sequence += 1
    return s.sequence


def custom_properties(s: State) -> Mapping[str, Any]:
    if s.rare is None:
        return s.plan.properties
    if s.annotation is None:
        return s.properties
    return {**s.properties, **s.annotation}


def now_playing_ids(s: State) -> NowPlaying:
    """The ids of what plays (S34)."""
    ad = s.ad
    if ad is not None:
        both = s.settings.ids == "both"
        return NowPlaying(
            s.asset.asset_id if both else None,
            s.pod_id if both else None,
            ad.asset_id,
            s.ad_break.pod_id,
            s.placement,
        )
    if s.where == "content":
        return NowPlaying(s.asset.asset_id, s.pod_id)
    return NowPlaying()


def last_played_ids(s: State) -> NowPlaying:
    """The ids of the last thing played: a post-roll's last ad, else the content (S34)."""
    if s.last_ad is not None:
        return s.last_ad
    if s.pod_id is None:
        return NowPlaying()
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
    total = positions.total_length(s)
    length = None if total is None else positions.whole(total)
    place = positions.playback_position(s, at=at) if position is None else position
    s.out.append(
        kind(
            at,
            next_number(s),
            s.session_id,
            custom_properties(s),
            place if length is None or place is None else min(place, length),
            length,
            s.player,
            now_playing_ids(s) if playing is None else playing,
            *more,
        )
    )


def say_playback_started(s: State, at: float) -> None:
    """Playback Started with all ids known (S52)."""
    assets = s.timeline.assets
    say_playback(
        s,
        PlaybackStarted,
        at,
        tuple(asset.asset_id for asset in assets),
        tuple(pod_id for asset in assets for pod_id in asset.pod_ids),
        tuple(planned_ads_now(s)),
        playing=NowPlaying(),
    )


def planned_ads_now(s: State) -> list[PlannedAd]:
    breaks = sorted(
        s.timeline.breaks,
        key=lambda part: (part.asset_index, rank_of(part.placement), part.offset),
    )
    return [
        PlannedAd(part.ad_id(place), part.pod_id, part.placement or MID)
        for part in breaks
        for place in range(len(part.ads))
    ]


def rank_of(placement: str | None) -> int:
    return {PRE: 0, POST: 2}.get(placement or MID, 1)


def say_content(s: State, kind: type[ContentEvent], at: float, position: int | None = None) -> None:
    """Say an event of the open content pod (S2, S5)."""
    content = s.timeline.assets[s.asset_index].content
    player = s.player
    length = None
    place: int | None
    if player.livestream:
        place = positions.live_position(s, at=at)
    else:
        place = int(s.position + DUST)
        if s.duration is not None:
            length = int(s.duration + DUST)
            place = min(place, length)
        if s.rare is not None and s.place_unknown:
            place = None
    s.sequence += 1
    s.out.append(
        kind(
            at,
            s.sequence,
            s.session_id,
            s.plan.properties if s.rare is None else custom_properties(s),
            place if position is None else position,
            length,
            content,
            content.asset_id or "",
            s.pod_id or "",
            player,
        )
    )


def say_ad(s: State, kind: type[AdEvent], at: float, quartile: int | None = None) -> None:
    """Say an event of the open ad (S2, S5, S53)."""
    ad, part = s.ad, s.ad_break
    if ad is None:
        return
    length = None if ad.ad.duration is None else positions.whole(ad.ad.duration)
    position = positions.whole(ad.position)
    asset = s.timeline.assets[part.asset_index]
    s.out.append(
        kind(
            at,
            next_number(s),
            s.session_id,
            custom_properties(s),
            position if length is None else min(position, length),
            length,
            ad.ad,
            ad.asset_id,
            part.pod_id,
            s.placement or MID,
            ad.place + 1,
            part.size(),
            asset.content,
            asset.asset_id,
            s.pod_id,
            positions.content_position_said(s, at),
            positions.content_length_said(s),
            s.player,
            quartile,
        )
    )


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
    dropped = s.dropped_frames
    total = positions.total_length(s)
    length = None if total is None else positions.whole(total)
    place = positions.playback_position(s, at=at)
    if place is not None and length is not None:
        place = min(place, length)
    s.out.append(
        QualityUpdated(
            at,
            next_number(s),
            s.session_id,
            custom_properties(s),
            place,
            length,
            bitrate,
            framerate,
            startup,
            None if dropped is None else int(dropped),
        )
    )
