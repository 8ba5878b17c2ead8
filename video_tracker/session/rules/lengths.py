"""How long is it? What the player says of lengths, and what playing proves of them (S61, S80)."""

import math
from typing import Any

from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.tolerances import (
    NEAR,
    PADDING,
    SAME_LENGTH,
    SAME_STREAM,
    SHORTEST_ADS,
)
from video_tracker.session.effects import positions
from video_tracker.session.rules import values


def take_duration(s: State, value: Any, at: float, name: str) -> None:
    """The player says the content's length; close to the known one it changes nothing (S61)."""
    seconds = None if value == math.inf else values.seconds_told(s, value, at, name)
    if not seconds:
        return
    if s.where == "after_content":
        s.length_told = (at, s.duration, seconds)  # of what comes next, if something does
        s.ignored(at, name, "content_over")
        return
    s.said_duration = seconds
    if s.live:
        s.live_origin = at - seconds
        return
    if holds_planned_ads(s, seconds):
        s.repaired(at, name, "stream_holds_ads")
        become_stitched(s).planned = True
        lay_out(s, at)
    elif s.duration is None or abs(s.duration - seconds) > SAME_LENGTH:
        if s.begun:  # it is of what comes next, if that is at once (S80)
            s.length_told = (at, s.duration, seconds)
        if s.begun and s.position > seconds + NEAR:
            s.ignored(at, name, "length_disproved")
            return
        if s.duration is not None:
            s.ignored(at, name, "duration_changed")
        positions.set_duration(s, seconds)


def holds_planned_ads(s: State, seconds: float) -> bool:
    """Whether a length, told before anything played, is the content's with all planned ads."""
    own = s.asset.content.duration
    untouched = s.where in ("idle", "starting") and not (s.begun or s.ads_started)
    if own is None or not untouched or s.converted or s.stitch is not None:
        return False
    breaks = list(s.timeline.breaks_of(s.asset_index))
    ads = sum(part.length() - part.resume_offset for part in breaks)
    tolerance = min(ads / 4, max(SAME_STREAM, ads * PADDING))
    if ads < SHORTEST_ADS or abs(seconds - own) <= tolerance:
        return False
    last = max(part.offset for part in breaks)  # where content that is not all there stops
    return any(abs(seconds - length - ads) <= tolerance for length in (own, last))


def take_party(s: State, positions: Any, at: float) -> None:
    """Who takes the ads of a stream out of the positions: the player, or the session (S78)."""
    if positions == "content":
        s.converted, s.stitch = True, None
        s.tune()
    elif positions == "stream":
        s.converted = False
        become_stitched(s).planned |= s.settings.ads == "stitched"
        lay_out(s, at)
    elif positions is not None:
        s.ignored(at, "load", "invalid_value")


def become_stitched(s: State) -> Stitch:
    """From now on positions are the stream's; up to now content and stream were the same."""
    if s.stitch is None:
        s.stream.length = s.said_duration
        own = s.asset.content.duration
        if own is not None and own != s.duration:
            positions.set_duration(s, own)  # what the player said was the stream's length
        s.tune()
    return s.stream


def lay_out(s: State, at: float) -> None:
    """Lay the breaks out anew, and the content's length if nobody told it."""
    stitch, own = s.stream, s.asset.content.duration
    stitch.reckon(s.timeline, own)
    if own is None and stitch.length is not None and not s.live and s.where != "after_content":
        take_duration(s, stitch.to_content(stitch.length), at, "progress")
