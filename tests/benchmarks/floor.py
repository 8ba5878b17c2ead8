"""The floor: what half an hour of viewing costs when it is written by hand and nothing is checked.

The same arithmetic as the session's (positions with the ads seen in them, a bucket for every
instant, watched ranges, the heartbeat grid, ad quartiles, suspended time), as one slotted class
with an ``if`` where the session has a chart, and an event as a dict literal of the spec's
properties. It believes every input: no types, no NaN, no clock that steps back, no callback that is
lost or comes twice, no reasons, no settings beyond the heartbeat. It understands the player of
``trace.py`` only.

``gate.py`` measures the session as a multiple of it, so keep it honest in both directions: what a
correct session must do stays in, and nothing is written more slowly than one would by hand.
"""

from typing import Any, Final

import attrs

from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes, SessionPlan

__all__ = ["Floor"]

Event = dict[str, Any]
_NOTHING: Final[tuple[Event, ...]] = ()
_NEVER: Final = float("inf")


@attrs.define(eq=False, weakref_slot=False, on_setattr=attrs.setters.NO_OP)
class Floor:
    """One playback, tracked with the least that gives the right events and figures."""

    session_id: str
    plan: SessionPlan
    heartbeat: float = 10.0

    # Where and how: idle, starting, content, ad, break, paused, seeking, buffering, over.
    state: str = "idle"
    goes_on: str = "content"
    at: float = 0.0
    sequence: int = 0

    # The player's attributes.
    sound: float | None = None
    bitrate: float | None = None
    framerate: float | None = None
    quality_name: str | None = None
    rate: float = 1.0
    total_length: int = 0

    # The content and its pod.
    position: float = 0.0
    content_length: float = 0.0
    pod: int = 0
    pod_end: float = _NEVER
    range_from: float = 0.0
    ranges: list[tuple[float, float]] = attrs.field(factory=list)

    # The ad break and its ad.
    break_index: int = -1
    seen: list[tuple[float, float]] = attrs.field(factory=list)
    in_break: float = 0.0
    ad: Ad | None = None
    ad_place: int = 0
    ad_position: float = 0.0
    ad_length: float = 0.0
    quartile: int = 0
    next_quartile: float = _NEVER

    # The heartbeat grid: when the next beat is due, moved on by every second that does not count.
    next_beat: float = _NEVER

    # The ledger.
    began: float = 0.0
    startup_time: int | None = None
    startup: float = 0.0
    content_played: float = 0.0
    media_seconds: float = 0.0
    ad_played: float = 0.0
    paused: float = 0.0
    seeking: float = 0.0
    buffering: float = 0.0
    gap: float = 0.0
    suspended: float = 0.0
    pauses: int = 0
    seeks: int = 0
    rebuffers: int = 0
    heartbeats: int = 0
    ads_started: int = 0
    ads_completed: int = 0

    # ---------------------------------------------------------------- the two that are 99 % of all

    def progress(self, at: float, position: float) -> tuple[Event, ...]:
        if self.state != "content":
            return self._spend(at)
        elapsed = at - self.at
        moved = position - self.position
        self.at = at
        self.position = position
        if elapsed > 2.0:
            elapsed = self._supported(elapsed, moved)
        self.content_played += elapsed
        self.media_seconds += moved
        if at >= self.next_beat:
            return self._content_beat(at)
        return _NOTHING

    def ad_progress(self, at: float, position: float) -> tuple[Event, ...]:
        if self.state != "ad":
            return self._spend(at)
        elapsed = at - self.at
        moved = position - self.ad_position
        self.at = at
        self.ad_position = position
        if elapsed > 2.0:
            elapsed = self._supported(elapsed, moved)
        self.ad_played += elapsed
        if position >= self.next_quartile:
            return self._ad_quartile(at)
        if at >= self.next_beat:
            return self._ad_beat(at)
        return _NOTHING

    def _supported(self, elapsed: float, moved: float) -> float:
        """How much of a gap counts as played (S63); the rest is suspended, and no grid time."""
        supported = moved / self.rate + 2.0
        if elapsed <= supported:
            return elapsed
        self.suspended += elapsed - supported
        self.next_beat += elapsed - supported
        return supported

    def _content_beat(self, at: float) -> tuple[Event, ...]:
        self._next_beat(at)
        if self.pod_end - self.position <= 1.0:
            return _NOTHING
        self.heartbeats += 1
        return (self._content_event("Video Content Playing", at, int(self.position)),)

    def _ad_beat(self, at: float) -> tuple[Event, ...]:
        if self.next_quartile - self.ad_position <= 1.0:  # that one will say it
            return _NOTHING
        self._next_beat(at)
        if self.ad_length - self.ad_position <= 1.0:
            return _NOTHING
        self.heartbeats += 1
        return (self._ad_event("Video Ad Playing", at, int(self.ad_position)),)

    def _ad_quartile(self, at: float) -> tuple[Event, ...]:
        quarter = self.ad_length / 4
        self.quartile = min(int(self.ad_position / quarter), 3)
        self.next_quartile = (self.quartile + 1) * quarter if self.quartile < 3 else _NEVER
        if at >= self.next_beat - 1.0:
            self._next_beat(at)
        self.heartbeats += 1
        event = self._ad_event("Video Ad Playing", at, int(self.ad_position))
        event["quartile"] = self.quartile
        return (event,)

    def _next_beat(self, at: float) -> None:
        late = max(at - self.next_beat, 0.0)
        self.next_beat += self.heartbeat * (int(late / self.heartbeat) + 1)

    # ---------------------------------------------------------------- all others

    def _spend(self, at: float) -> tuple[Event, ...]:
        """Put the time since the last input into the bucket of the state."""
        elapsed = at - self.at
        self.at = at
        state = self.state
        if state == "content":
            self.content_played += elapsed
        elif state == "ad":
            self.ad_played += elapsed
        elif state == "paused":
            self.paused += elapsed
        elif state == "buffering":
            self.buffering += elapsed
            self.next_beat += elapsed
        elif state == "seeking":
            self.seeking += elapsed
        elif state == "break":
            self.gap += elapsed
        elif state == "starting":
            self.startup += elapsed
        return _NOTHING

    def _at_position(self, at: float, position: float) -> tuple[Event, ...]:
        """Let time pass with a position that belongs to whatever plays."""
        if self.state == "content":
            return self.progress(at, position)
        if self.state == "ad":
            return self.ad_progress(at, position)
        return self._spend(at)

    def load(self, at: float, *, duration: float) -> tuple[Event, ...]:
        self.at = self.began = at
        self.content_length = duration
        ads = (ad.duration or 0.0 for ad_break in self.plan.ad_breaks for ad in ad_break.ads)
        self.total_length = int(duration + sum(ads))
        player = self.plan.player
        self.sound, self.quality_name = player.sound, player.quality
        self.bitrate, self.framerate = player.bitrate, player.framerate
        return _NOTHING

    def play(self, at: float, position: float) -> tuple[Event, ...]:
        self._spend(at)
        if self.state == "idle":
            self.state = "starting"
            self.began = at
            self.position = self.range_from = position
            return (self._started(at),)
        if self.state != "paused":
            return _NOTHING
        self.state = self.goes_on
        self.next_beat = at + self.heartbeat
        self.heartbeats += 1
        resumed = self._playback_event("Video Playback Resumed", at)
        if self.state == "ad":
            return (resumed, self._ad_event("Video Ad Playing", at, int(self.ad_position)))
        return (resumed, self._content_event("Video Content Playing", at, int(self.position)))

    def playing(self, at: float, position: float) -> tuple[Event, ...]:
        if self.state not in {"starting", "break"}:
            return self._at_position(at, position)
        self._spend(at)
        self._first_frame(at)
        self.state = "content"
        self.position = position
        self.pod += 1
        self.pod_end = self._end_of_pod()
        self.next_beat = at + self.heartbeat
        return (self._content_event("Video Content Started", at, int(position)),)

    def _end_of_pod(self) -> float:
        for ad_break in self.plan.ad_breaks[self.break_index + 1 :]:
            if not isinstance(ad_break.at, str):
                return ad_break.at
        return self.content_length

    def _first_frame(self, at: float) -> None:
        if self.startup_time is None:
            self.startup_time = int((at - self.began) * 1000)

    def pause(self, at: float, position: float) -> tuple[Event, ...]:
        due = self._at_position(at, position)
        self.goes_on = self.state
        self.state = "paused"
        self.pauses += 1
        return (*due, self._playback_event("Video Playback Paused", at))

    def seek_start(self, at: float, position: float, to: float) -> tuple[Event, ...]:
        due = self._at_position(at, position)
        self.state = "seeking"
        self.seeks += 1
        self.ranges.append((self.range_from, self.position))
        event = self._playback_event("Video Playback Seek Started", at)
        event["seek_position"] = int(self._session_position(to))
        return (*due, event)

    def seek_end(self, at: float, position: float) -> tuple[Event, ...]:
        self._spend(at)
        self.state = "content"
        self.position = self.range_from = position
        self.next_beat = at + self.heartbeat
        event = self._playback_event("Video Playback Seek Completed", at)
        event["seek_position"] = int(self._session_position(position))
        return (event,)

    def buffer_start(self, at: float, position: float) -> tuple[Event, ...]:
        due = self._at_position(at, position)
        self.goes_on = self.state
        self.state = "buffering"
        self.rebuffers += 1
        return (*due, self._playback_event("Video Playback Buffer Started", at))

    def buffer_end(self, at: float, position: float) -> tuple[Event, ...]:  # noqa: ARG002
        self._spend(at)
        self.state = self.goes_on
        return (self._playback_event("Video Playback Buffer Completed", at),)

    def quality(
        self, at: float, bitrate: float, framerate: float, quality: str, dropped_frames: int
    ) -> tuple[Event, ...]:
        self._spend(at)
        self.bitrate, self.framerate, self.quality_name = bitrate, framerate, quality
        self.sequence += 1
        return (
            {
                "event": "Video Quality Updated",
                "at": at,
                "sequence": self.sequence,
                "session_id": self.session_id,
                "position": int(self._session_position(self.position)),
                "bitrate": bitrate,
                "framerate": framerate,
                "startupTime": self.startup_time,
                "droppedFrames": dropped_frames,
            },
        )

    def update(self, at: float, *, sound: float) -> tuple[Event, ...]:
        self._spend(at)
        self.sound = sound
        return _NOTHING

    def ad_break_start(self, at: float) -> tuple[Event, ...]:
        self._spend(at)
        self.break_index += 1
        self.in_break = 0.0
        self.ad_place = 0
        started, self.state = self.pod > 0, "break"
        if not started:
            return _NOTHING
        return (self._content_event("Video Content Completed", at, int(self.position)),)

    def ad_start(
        self,
        at: float,
        asset_id: str,  # noqa: ARG002 - the place in the pod tells
        pod_position: int,
        duration: float,
    ) -> tuple[Event, ...]:
        self._spend(at)
        self._first_frame(at)
        self.state = "ad"
        self.ad = self.plan.ad_breaks[self.break_index].ads[pod_position - 1]
        self.ad_place = pod_position
        self.ad_position = 0.0
        self.ad_length = duration
        self.quartile = 0
        self.next_quartile = duration / 4
        self.ads_started += 1
        self.next_beat = at + self.heartbeat
        return (self._ad_event("Video Ad Started", at, 0),)

    def ad_end(self, at: float, position: float) -> tuple[Event, ...]:
        due = self.ad_progress(at, position)
        completed = self._ad_event("Video Ad Completed", at, int(position))
        self.state = "break"
        self.in_break += position
        self.ad = None
        self.ad_position = 0.0
        self.ads_completed += 1
        return (*due, completed)

    def ad_break_end(self, at: float) -> tuple[Event, ...]:
        self._spend(at)
        offset = self.plan.ad_breaks[self.break_index].at
        self.seen.append((0.0 if isinstance(offset, str) else offset, self.in_break))
        self.in_break = 0.0
        return _NOTHING

    def content_end(self, at: float, position: float) -> tuple[Event, ...]:
        due = self.progress(at, position)
        self.ranges.append((self.range_from, self.position))
        self.state = "over"
        return (*due, self._content_event("Video Content Completed", at, int(self.content_length)))

    def end(self, at: float, position: float) -> tuple[Event, ...]:  # noqa: ARG002 - it ended before
        return (self._playback_event("Video Playback Completed", self.at),)

    # ---------------------------------------------------------------- events

    def _session_position(self, position: float) -> float:
        """Content seconds and the ads seen at or before them (S1)."""
        for offset, seconds in self.seen:
            if offset <= position:
                position += seconds
        return position + self.in_break + self.ad_position

    def _ad_type(self) -> str:
        offset = self.plan.ad_breaks[self.break_index].at
        return {"start": "pre-roll", "end": "post-roll"}.get(str(offset), "mid-roll")

    def _playback_event(self, name: str, at: float) -> Event:
        self.sequence += 1
        player = self.plan.player
        ad = self.ad
        return {
            "event": name,
            "at": at,
            "sequence": self.sequence,
            "session_id": self.session_id,
            "content_asset_id": self.plan.contents[0].asset_id if ad is None else None,
            "content_pod_id": f"content-{self.pod}" if ad is None and self.pod else None,
            "ad_asset_id": None if ad is None else ad.asset_id,
            "ad_pod_id": None if ad is None else f"ad-{self.break_index + 1}",
            "ad_type": None if ad is None else self._ad_type(),
            "position": int(self._session_position(self.position)),
            "total_length": self.total_length,
            "bitrate": self.bitrate,
            "framerate": self.framerate,
            "video_player": player.video_player,
            "sound": self.sound,
            "full_screen": player.full_screen,
            "ad_enabled": player.ad_enabled,
            "quality": self.quality_name,
            "livestream": player.livestream,
        }

    def _started(self, at: float) -> Event:
        breaks = self.plan.ad_breaks
        event = self._playback_event("Video Playback Started", at)
        event["content_asset_ids"] = [content.asset_id for content in self.plan.contents]
        event["content_pod_ids"] = [f"content-{n}" for n in range(1, len(breaks) + 1)]
        event["ad_asset_id"] = breaks[0].ads[0].asset_id
        event["ad_pod_id"] = "ad-1"
        event["ad_type"] = "pre-roll"
        return event

    def _content_event(self, name: str, at: float, position: int) -> Event:
        self.sequence += 1
        content = self.plan.contents[0]
        return {
            "event": name,
            "at": at,
            "sequence": self.sequence,
            "session_id": self.session_id,
            "asset_id": content.asset_id,
            "pod_id": f"content-{self.pod}",
            "title": content.title,
            "description": content.description,
            "keywords": content.keywords,
            "season": content.season,
            "episode": content.episode,
            "genre": content.genre,
            "program": content.program,
            "publisher": content.publisher,
            "channel": content.channel,
            "full_episode": content.full_episode,
            "livestream": content.livestream,
            "airdate": content.airdate,
            "position": position,
            "total_length": int(self.content_length),
            "bitrate": self.bitrate,
            "framerate": self.framerate,
        }

    def _ad_event(self, name: str, at: float, position: int) -> Event:
        self.sequence += 1
        ad = self.ad
        assert ad is not None
        ad_break: AdBreak = self.plan.ad_breaks[self.break_index]
        content: Content = self.plan.contents[0]
        player: PlayerAttributes = self.plan.player
        return {
            "event": name,
            "at": at,
            "sequence": self.sequence,
            "session_id": self.session_id,
            "asset_id": ad.asset_id,
            "pod_id": f"ad-{self.break_index + 1}",
            "title": ad.title,
            "publisher": ad.publisher,
            "type": self._ad_type(),
            "pod_position": self.ad_place,
            "pod_length": len(ad_break.ads),
            "position": position,
            "total_length": int(self.ad_length),
            "load_type": ad.load_type,
            "quartile": None,
            "content": {
                "session_id": self.session_id,
                "asset_id": content.asset_id,
                "pod_id": f"content-{self.pod or 1}",
                "title": content.title,
                "description": content.description,
                "keywords": content.keywords,
                "season": content.season,
                "episode": content.episode,
                "genre": content.genre,
                "program": content.program,
                "publisher": content.publisher,
                "channel": content.channel,
                "full_episode": content.full_episode,
                "livestream": player.livestream,
                "airdate": content.airdate,
                "position": int(self.position),
                "total_length": int(self.content_length),
                "bitrate": self.bitrate,
                "framerate": self.framerate,
            },
        }
