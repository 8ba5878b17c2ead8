"""Content pods: when content opens, is left, is completed, and when the next asset comes."""

import math
from typing import Any, Final

import attrs

from video_tracker.events import (
    ContentCompleted,
    ContentStarted,
    Event,
    NowPlaying,
    PlaybackCompleted,
    PlaybackExited,
)
from video_tracker.plan import Content
from video_tracker.session.ledger import triples
from video_tracker.session.reasons import IGNORE, REPAIR
from video_tracker.session.speaker import NEAR, SAME_SPOT, Speaker, whole
from video_tracker.session.state import NEVER, Seek
from video_tracker.session.timeline import MID, PRE

__all__ = ["Pods"]

CERTAIN: Final = 0.5
"""Content that moved this many seconds where a pre-roll was due is content indeed (S73)."""
SAME_LENGTH: Final = 0.5
"""A player's length this close to the known one is the same: files are padded (S72)."""
SHORTEST_ADS: Final = 2.0
"""Planned ads shorter than this in all do not show in a length."""
SAME_STREAM: Final = 1.0
PADDING: Final = 0.02
"""How far a stitched stream may be from the sum of its parts: seconds, or a part of its ads."""
TAKEN_BACK: Final = 2.0
"""Seconds before an ad break at which a player takes the content up again at most (S21)."""


class Pods(Speaker):
    """A session that opens and closes content pods."""

    __slots__ = ()

    # -- opening -------------------------------------------------------------------------------

    def _content_shows(self, out: list[Event], at: float, position: float | None) -> None:
        """Content frames move while none was playing: open the pod, or hold it back (S73)."""
        if position is not None:
            self._arrive(position)
        if self._pre_roll_due():
            held = self._holding()
            if held.opening_at is None:
                held.opening_at, held.opening_position = at, self.position
            return
        self._open_pod(out, at)

    def _arrive(self, position: float) -> None:
        """Content goes on here after a break, an item or a start offset; no seek (S70)."""
        if position != self.position:
            self._jump(position)

    def _pre_roll_due(self) -> bool:
        """Whether the plan holds a pre-roll of this asset that has not come yet."""
        if self.begun:
            return False
        return any(
            part.placement == PRE and part.planned and not self._was_opened(part.index)
            for part in self.timeline.breaks_of(self.asset_index)
        )

    def _open_pod(self, out: list[Event], at: float) -> None:
        """Content Started for the pod at the playhead."""
        if self.where == "starting":
            self._resume_for_ads(out, at)
            self._accrue(at)
            self._move_played_break()
        self._first_frame(at)
        self._goes("content_opens")
        self.begun = True
        self.completed = False
        self.last_ad = None
        self.pod_id = self._asset.pod_at(self.position)
        self._content(out, ContentStarted, at)
        self._restart_beats(at)

    def _move_played_break(self) -> None:
        """Content taken up a little before the break it gave way to lies behind it (S1, S21)."""
        if not self.begun:
            return
        for index, asset, offset in self.timeline.mids:
            back = offset - self.position
            if (
                SAME_SPOT < back <= TAKEN_BACK
                and asset == self.asset_index
                and self._was_opened(index)
            ):
                part = self.timeline.breaks[index]
                self.timeline = self.timeline.with_offset(part, self.position)

    def _first_frame(self, at: float) -> None:
        """The startup is over (S25)."""
        if self.startup_time is None and self.started_at is not None:
            self.startup_time = max(at - self.started_at, 0.0)

    def _confirm_opening(self, out: list[Event]) -> None:
        """What was held back was content: open its pod, dated and placed where it began."""
        held = self.held
        if held is None or held.opening_at is None:
            return
        at, now, landing = held.opening_at, self.position, self.where == "content"
        held.opening_at = held.place_left = None
        self._let_go()
        self.position = held.opening_position
        # The border that lay between may have turned out to lie elsewhere.
        if not landing or self._asset.pod_at(self.position) != self.pod_id:
            self._open_pod(out, at)
        if landing:
            self.position = now

    def _drop_opening(self, at: float, name: str) -> float | None:
        """What was held back was a glimpse: a break begins instead (S73, S21).

        Returns:
            Where a pod that was left by a seek had stopped.
        """
        held = self.held
        if held is None or held.opening_at is None:
            return None
        left, held.opening_at, held.place_left = held.place_left, None, None
        self._let_go()
        if self.where == "starting":
            self.range_start = self.position
            self._ignored(at, name, "glimpse_of_content")
        return left

    def _land(self, out: list[Event], at: float, seek: Seek) -> None:
        """After a seek: the pod landed in begins, unless it is the one left (S22).

        If an unwatched break lies behind, the player may yet play it; then the left pod is
        completed by that break (S21), and so the landing waits.
        """
        if self.rare is not None and self.stitch is not None and self.stitch.landing:
            self.stitch.place_left = seek.place_left
            return
        landed = self._asset.pod_at(self.position)
        if landed == seek.pod_left:
            return
        if self._unwatched_break_behind(seek.pod_left):
            held = self._holding()
            held.opening_at, held.opening_position = at, self.position
            held.place_left = seek.place_left
            return
        self._open_pod(out, at)

    def _unwatched_break_behind(self, pod_left: str | None) -> bool:
        asset = self._asset
        if pod_left not in asset.pod_ids:
            return False
        left = asset.borders[asset.pod_ids.index(pod_left)]
        return any(
            part.placement == MID
            and part.planned
            and left < part.offset <= self.position + SAME_SPOT
            and not self._was_opened(part.index)
            for part in self.timeline.breaks_of(self.asset_index)
        )

    def _resume_for_ads(self, out: list[Event], at: float) -> None:
        """Whatever stopped playback is over; ``motion`` knows how."""
        raise NotImplementedError

    # -- closing -------------------------------------------------------------------------------

    def _leave_pod(self) -> None:
        """The pod ends without Completed: nothing is said."""
        self._close_range()
        self.beat_due = NEVER

    def _complete_pod(self, out: list[Event], at: float, left: float | None = None) -> None:
        """Content Completed where the pod stops; within 1 s of the known end it is the end (S3).

        Args:
            out: Takes the event.
            at: When.
            left: Where a seek left the pod, if one did (S21).
        """
        if left is not None and not self._live:
            length = left if self.duration is None else self.duration
            self._content(out, ContentCompleted, at, whole(min(left, length)))
        else:
            end = self._content_length() if self._near_content_end() else None
            self._content(out, ContentCompleted, at, end)
        self._leave_pod()

    def _complete_asset(self) -> None:
        self.completed = self.ever_completed = True

    # -- the next asset ------------------------------------------------------------------------

    def _next_asset(self, content: Content | None) -> None:
        """Go on to the next content of the playlist, or one that nobody announced (S24)."""
        self._close_range()
        asset = self._asset
        length = asset.duration if asset.duration is not None else self._furthest_of_asset()
        index = self._index_after(content)
        if index is None:
            self.timeline = self.timeline.with_content(content)
            index = len(self.timeline.assets) - 1
        self.left_behind += length
        self._enter_asset(index)

    def _index_after(self, content: Content | None) -> int | None:
        """Where the playlist holds ``content`` (None: the next one)."""
        assets = self.timeline.assets
        if content is None or content.asset_id is None:
            following = self.asset_index + 1
            return following if following < len(assets) else None
        order = [*range(self.asset_index + 1, len(assets)), *range(self.asset_index)]
        wanted = content.asset_id
        return next((index for index in order if assets[index].asset_id == wanted), None)

    def _enter_asset(self, index: int) -> None:
        self.asset_index = index
        self.duration = self._asset.duration
        self.said_duration = None
        self.position = self.range_start = 0.0
        self.estimated = False
        self.pod_id = None
        self.begun = self.completed = False
        self.lag = self.standing = 0.0

    def _furthest_of_asset(self) -> float:
        ends = [end for index, _, end in triples(self.ranges) if index == self.asset_index]
        return max([self.position, *ends])

    def _take_content(self, content: Content) -> None:
        """Learn more of the current asset: its id when it had none, its metadata, its length."""
        asset = self._asset
        known = {
            field.name: getattr(content, field.name)
            for field in attrs.fields(Content)
            if getattr(content, field.name) not in (None, (), {})
        }
        if self.begun:
            known.pop("asset_id", None)  # an id that was told stays
        merged = attrs.evolve(asset.content, **known)
        duration = content.duration if content.duration is not None else asset.duration
        changed = attrs.evolve(
            asset, content=merged, duration=duration, named=asset.named or bool(content.asset_id)
        )
        self.timeline = self.timeline.with_asset(self.asset_index, changed)
        self.duration = duration

    def _take_duration(self, value: Any, at: float, name: str) -> None:
        """The player says the content's length; close to the known one it changes nothing (S61)."""
        if value == math.inf:
            return
        if self.where == "after_content":
            self._ignored(at, name, "content_over")
            return
        seconds = self._seconds(value, at, name)
        if seconds is None or seconds == 0:
            return
        self.said_duration = seconds
        if self._live:
            self.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
            return
        if self._holds_planned_ads(seconds):
            self._note(at, name, REPAIR, "stream_holds_ads")
            self._find_planned_ads_in_stream(at)
            return
        if self.duration is not None and abs(self.duration - seconds) <= SAME_LENGTH:
            return
        if self.duration is not None:
            self._note(at, name, IGNORE, "duration_changed")
        self.duration = seconds
        changed = attrs.evolve(self._asset, duration=seconds)
        self.timeline = self.timeline.with_asset(self.asset_index, changed)

    def _holds_planned_ads(self, seconds: float) -> bool:
        """Whether a length, told before anything played, is the content's with all planned ads."""
        own = self._asset.content.duration
        untouched = self.where in ("idle", "starting") and not (self.begun or self.ads_started)
        if own is None or not untouched or self.stitch is not None:
            return False
        breaks = self.timeline.breaks_of(self.asset_index)
        ads = sum(part.length() - part.resume_offset for part in breaks)
        tolerance = min(ads / 4, max(SAME_STREAM, ads * PADDING))
        return ads >= SHORTEST_ADS and abs(seconds - own - ads) <= tolerance

    def _find_planned_ads_in_stream(self, at: float) -> None:
        """From now on the ads of the plan lie in the stream; ``stitched_ranges`` knows how."""
        raise NotImplementedError

    # -- the end of the session ----------------------------------------------------------------

    def _complete_playback(self, out: list[Event], at: float) -> None:
        """Playback Completed, dated when everything had ended (S7, S23)."""
        total = self._total_length()
        reached = self._session_position()
        position = None
        if total is not None and abs(total - reached) <= NEAR:
            position = whole(total)
        self._playback(out, PlaybackCompleted, at, position=position, playing=self._last_played())
        self._finish(at, "completed")

    def _last_played(self) -> NowPlaying:
        """The ids of the last thing played: a post-roll's last ad, else the content (S34)."""
        if self.last_ad is not None:
            return self.last_ad
        if self.pod_id is None:
            return NowPlaying()
        return NowPlaying(self._asset.asset_id, self.pod_id)

    def _exit_playback(self, out: list[Event], at: float) -> None:
        """Playback Exited; open pods and ads stay open (S26)."""
        self._playback(out, PlaybackExited, at)
        self._finish(at, "exited")

    def _finish(self, at: float, ended: str) -> None:
        self._close_range()
        self.over_at = at
        self.ended = ended
        self.beat_due = NEVER
        self.held = None
        self.seek = None
        self._goes("completes")
