"""The session's words: positions and lengths as they leave the library, and the events.

Positions and lengths are whole seconds, rounded down (S3); livestreams have their own (S6, S8).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.events import (
    AdEvent,
    AdPlaying,
    ContentEvent,
    ContentPlaying,
    Event,
    NowPlaying,
    PlannedAd,
    PlaybackEvent,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.session.ledger import Ledger
from video_tracker.session.state import NEVER, AdPlay
from video_tracker.session.timeline import MID, POST, PRE

__all__ = ["Speaker"]

NEAR: Final = 1.0
"""Within this many seconds of a known end, the end is meant (S3, S31, S44, S75)."""
SAME_SPOT: Final = 0.5
"""A break lies "at" a position at most this much before it: players resume a little early."""
DUST: Final = 1e-6
"""What floating point may take off a whole second."""
ON_TIME: Final = 1e-3
LAST_QUARTILE: Final = 3


def whole(seconds: float) -> int:
    """Whole seconds, rounded down, forgiving the last bit of floating point."""
    return int(seconds + DUST)


class Speaker(Ledger):
    """A session that can say where it is and what happened."""

    __slots__ = ()

    # -- positions -----------------------------------------------------------------------------

    def _session_position(self, content: float | None = None) -> float:
        """Seconds on the stitched timeline for a content position of the current asset (S1)."""
        position = self.position if content is None else content
        if self.duration is not None:
            position = min(position, self.duration)
        total = self.left_behind + position
        ad = self.ad
        for index, place, seconds in self._ads_counted():
            playing = ad is not None and index == self.open_break and place == ad.place
            if not playing and self._counts(index, position):
                total += seconds
        return total + self._ad_seconds_counted()

    def _ad_seconds_counted(self) -> float:
        """The seconds of the open ad that count in the session position (S1)."""
        ad = self.ad
        return 0.0 if ad is None else min(ad.played, ad.position, ad.ad.duration or NEVER)

    def _counts(self, index: int, position: float) -> bool:
        """Whether an ad's seconds lie at or before a content position of the current asset."""
        part = self.timeline.breaks[index]
        if part.asset_index != self.asset_index:
            return part.asset_index < self.asset_index
        if index == self.open_break:
            return True
        if part.placement == POST:
            return self.completed
        return part.offset <= position + SAME_SPOT

    def _said_position(self, content: float | None = None) -> int:
        """A playback event's position: the session position, or the live one (S1, S8)."""
        if self._live:
            return self._live_position()
        return whole(self._session_position(content))

    def _live_position(self, content: float | None = None) -> int:
        """Where a livestream plays, as the setting ``live_position`` wants it told (S8).

        Args:
            content: A position of the content; None is the current one.
        """
        choice = self.settings.live_position
        if choice == "elapsed":
            return whole(self.content_played)
        place = self._in_stream(content)
        if choice == "playhead":
            return whole(max(place, 0.0))
        if choice == "epoch" and self.start_date is not None:
            return whole(max(self.start_date + place, 0.0))
        if choice == "offset" and self.completed:
            return 0  # the stream has ended here
        now = self.accrued if self.completed else self.clock
        origin = self.live_origin
        behind = 0.0 if origin is None else max(now - origin - place, 0.0)
        return -whole(behind) if choice == "offset" else whole(max(now - behind, 0.0))

    def _in_stream(self, content: float | None) -> float:
        """A content position on the player's own clock, which runs through stitched ads (S9)."""
        place = self.position if content is None else content
        stitch = None if self.rare is None else self.stitch
        if stitch is None:
            return place
        if content is None and self.ad is not None and stitch.inside >= 0:
            return stitch.ad_start + self.ad.position
        if content is None and self.where != "content":
            return stitch.playhead
        return place + stitch.shift

    def _total_length(self) -> float | None:
        """Contents and ads of the session known so far; None when a content's is unknown (S4)."""
        content = self.timeline.content_length
        if content is None or self._live:
            return None
        untold = self.ad.position if self.ad is not None and self.ad.ad.duration is None else 0.0
        return content + self.timeline.ad_length + untold - self._dropped_length()

    def _dropped_length(self) -> float:
        dropped = 0.0
        for index, place in self.ads_dropped or ():
            ads = self.timeline.breaks[index].ads
            if place < len(ads):
                dropped += ads[place].duration or 0.0
        return dropped

    def _content_position(self) -> int:
        if self._live:
            return self._live_position()
        position = whole(self.position)
        return position if self.duration is None else min(position, whole(self.duration))

    def _content_length(self) -> int | None:
        return None if self.duration is None or self._live else whole(self.duration)

    def _to_content_end(self) -> float | None:
        """Seconds of content to the asset's known end; None when unknown or live."""
        if self.duration is None or self._live:
            return None
        return self.duration - self.position

    def _near_content_end(self) -> bool:
        left = self._to_content_end()
        return left is not None and left <= NEAR

    def _to_ad_end(self) -> float | None:
        ad = self.ad
        if ad is None or ad.ad.duration is None:
            return None
        return ad.ad.duration - ad.position

    # -- events --------------------------------------------------------------------------------

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence

    def _properties(self) -> Mapping[str, Any]:
        if self.annotation is None:
            return self.properties
        return {**self.properties, **self.annotation}

    def _now_playing(self) -> NowPlaying:
        """The ids of what plays (S34)."""
        ad = self.ad
        if ad is not None:
            both = self.settings.ids == "both"
            return NowPlaying(
                self._asset.asset_id if both else None,
                self.pod_id if both else None,
                ad.asset_id,
                self._break.pod_id,
                self.placement,
            )
        if self.where == "content":
            return NowPlaying(self._asset.asset_id, self.pod_id)
        return NowPlaying()

    def _playback(
        self,
        out: list[Event],
        kind: type[PlaybackEvent],
        at: float,
        *more: Any,
        position: int | None = None,
        playing: NowPlaying | None = None,
    ) -> None:
        """Say a playback event; ``more`` are the kind's own fields."""
        total = self._total_length()
        length = None if total is None else whole(total)
        place = self._said_position() if position is None else position
        out.append(
            kind(
                at,
                self._next(),
                self.session_id,
                self._properties(),
                place if length is None else min(place, length),
                length,
                self._player(),
                self._now_playing() if playing is None else playing,
                *more,
            )
        )

    def _player(self) -> Any:
        """The player's attributes; a livestream content makes it one (S6)."""
        player = self.player
        if player.livestream is None and self._asset.content.livestream is not None:
            self.player = player = _with_livestream(player, self._asset.content.livestream)
        return player

    def _playback_started(self, out: list[Event], at: float) -> None:
        """Playback Started with all ids known (S52)."""
        assets = self.timeline.assets
        self._playback(
            out,
            PlaybackStarted,
            at,
            tuple(asset.asset_id for asset in assets),
            tuple(pod_id for asset in assets for pod_id in asset.pod_ids),
            tuple(self._planned_ads()),
            playing=NowPlaying(),
        )

    def _planned_ads(self) -> list[PlannedAd]:
        breaks = sorted(
            self.timeline.breaks,
            key=lambda part: (part.asset_index, _rank(part.placement), part.offset),
        )
        return [
            PlannedAd(part.ad_id(place), part.pod_id, part.placement or MID)
            for part in breaks
            for place in range(len(part.ads))
        ]

    def _content(
        self, out: list[Event], kind: type[ContentEvent], at: float, position: int | None = None
    ) -> None:
        """Say an event of the open content pod (S2, S5)."""
        content = self.timeline.assets[self.asset_index].content
        player = self.player
        if player.livestream is None and content.livestream is not None:
            player = self._player()
        length = None
        if player.livestream:
            place = self._live_position()
        else:
            place = whole(self.position)
            if self.duration is not None:
                length = whole(self.duration)
                place = min(place, length)
        self.sequence += 1
        out.append(
            kind(
                at,
                self.sequence,
                self.session_id,
                self.properties if self.rare is None else self._properties(),
                place if position is None else position,
                length,
                content,
                content.asset_id or "",
                self.pod_id or "",
                player,
            )
        )

    def _ad(
        self, out: list[Event], kind: type[AdEvent], at: float, quartile: int | None = None
    ) -> None:
        """Say an event of the open ad (S2, S5, S53)."""
        ad, part = self.ad, self._break
        if ad is None:
            return
        length = None if ad.ad.duration is None else whole(ad.ad.duration)
        position = whole(ad.position)
        asset = self.timeline.assets[part.asset_index]
        out.append(
            kind(
                at,
                self._next(),
                self.session_id,
                self._properties(),
                position if length is None else min(position, length),
                length,
                ad.ad,
                ad.asset_id,
                part.pod_id,
                self.placement or MID,
                ad.place + 1,
                part.size(),
                asset.content,
                asset.asset_id,
                self.pod_id,
                self._content_position(),
                self._content_length(),
                self._player(),
                quartile,
            )
        )

    def _quality(
        self, out: list[Event], at: float, bitrate: float | None, framerate: float | None
    ) -> None:
        """Video Quality Updated; the first one carries the startup time (S25, S54)."""
        startup = None
        if not self.quality_told and self.startup_time is not None:
            startup = round(self.startup_time * 1000)
            self.quality_told = 1.0
        dropped = self.dropped_frames
        total = self._total_length()
        length = None if total is None else whole(total)
        place = self._said_position()
        out.append(
            QualityUpdated(
                at,
                self._next(),
                self.session_id,
                self._properties(),
                place if length is None else min(place, length),
                length,
                bitrate,
                framerate,
                startup,
                None if dropped is None else int(dropped),
            )
        )

    # -- heartbeats ----------------------------------------------------------------------------

    def _restart_beats(self, at: float) -> None:
        """The grid starts anew (S41)."""
        self.beat_left = self.settings.heartbeat
        self.beat_due = at + self.beat_left

    def _beat(self, out: list[Event], at: float) -> None:
        """Say the heartbeat that fell due, one for a whole gap, and stay on the grid (S40-S42)."""
        late = at - self.beat_due
        # A seek that is not told yet comes before its first beat.
        if late < -ON_TIME or self.seek is not None:
            return
        step = self.settings.heartbeat
        self.beat_due += step * (int(max(late, 0.0) / step) + 1)
        if self.where == "content":
            self._say_content_beat(out, at)
        else:
            self._say_ad_beat(out, at)

    def _say_content_beat(self, out: list[Event], at: float) -> None:
        """A content heartbeat, unless the pod is about to end (S44)."""
        if not self._pod_ends_soon():
            self.heartbeats += 1
            self._content(out, ContentPlaying, at)

    def _pod_ends_soon(self) -> bool:
        """Whether the known end of the pod is less than a second away (S44)."""
        position, soon = self.position, NEAR - ON_TIME
        if self.duration is not None and self.duration - position < soon and not self._live:
            return True
        for index, place, offset in self.timeline.mids:
            if (
                0.0 <= offset - position < soon
                and place == self.asset_index
                and not self.breaks_opened >> index & 1
            ):
                return True
        return False

    def _was_opened(self, index: int) -> bool:
        return bool(self.breaks_opened >> index & 1)

    def _say_ad_beat(self, out: list[Event], at: float, *, resumed: bool = False) -> None:
        """An ad heartbeat, unless the ad is about to end or a quartile will say it (S44, S45)."""
        ad = self.ad
        if ad is None:
            return
        left = self._to_ad_end()
        if left is not None and left < NEAR - ON_TIME:
            return
        if not resumed and self._quartile_in() < NEAR:
            return
        quartile = self._crossed_quartile() if self.settings.quartiles == "tag" else None
        self.heartbeats += 1
        self.beat_at = at
        self._ad(out, AdPlaying, at, quartile)

    def _quartile_in(self) -> float:
        """Seconds of the ad until its next quartile."""
        return NEVER if self.ad is None else self.ad.quartile_due - self.ad.position

    def _crossed_quartile(self) -> int | None:
        """The highest quartile passed and not reported yet; reported by asking."""
        ad = self.ad
        if ad is None or not ad.ad.duration:
            return None
        reached = min(int((ad.position + ON_TIME) / ad.ad.duration * 4), LAST_QUARTILE)
        if reached <= ad.quartile:
            return None
        ad.quartile = reached
        self._set_quartile_due(ad)
        return reached

    def _set_quartile_due(self, ad: AdPlay) -> None:
        """Where in the ad the next quartile lies, when quartiles are told (S45)."""
        told = self.settings.quartiles == "emit" and ad.ad.duration and ad.quartile < LAST_QUARTILE
        ad.quartile_due = (ad.ad.duration or 0.0) * (ad.quartile + 1) / 4 if told else NEVER

    def _say_quartile(self, out: list[Event], at: float) -> None:
        """One Ad Playing for the quartiles passed; a heartbeat due within 1 s is in it (S45)."""
        if self.settings.quartiles != "emit" or at == self.beat_at:
            return
        quartile = self._crossed_quartile()
        if quartile is None:
            return
        if self.beat_due - at < NEAR:
            late = max(at - self.beat_due, 0.0)
            step = self.settings.heartbeat
            self.beat_due += step * (int(late / step) + 1)
        self.heartbeats += 1
        self._ad(out, AdPlaying, at, quartile)


def _rank(placement: str | None) -> int:
    return {PRE: 0, POST: 2}.get(placement or MID, 1)


def _with_livestream(player: Any, livestream: bool) -> Any:
    return attrs.evolve(player, livestream=livestream)
