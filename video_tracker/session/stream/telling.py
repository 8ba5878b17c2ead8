"""How the session is told what the playhead of a stream with ads shows (S9)."""

import math
from typing import Any

from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stretch
from video_tracker.session.data.timeline import MID, POST, PRE
from video_tracker.session.data.tolerances import CERTAIN, DUST, FAR_BEYOND, LEAP, NEAR
from video_tracker.session.effects import stream_place
from video_tracker.session.rules import inputs, values


def tell(s: State, row: Input, at: float, *args: Any) -> None:
    """Give the session an input as a player of client ads would."""
    inputs.take(s, row, at, *args)


def tell_past(s: State, row: Input, at: float, *args: Any) -> None:
    """The same, of something that was found only now."""
    if at + s.skew < s.clock and s.behind is None:
        s.clock = max(at + s.skew, s.accrued)
    inputs.take(s, row, at, *args)


def hear(s: State, at: float) -> None:
    """The player spoke, and nothing else is to be done."""
    now = stream_place.now_of(s, at)
    s.clock = max(s.clock, now)
    s.heard = max(s.heard, now)


def not_late(s: State, at: float, name: str) -> float:
    """A time as it was told, but not before the newest one: clamped, and counted (S64)."""
    if at + s.skew >= s.clock:
        return at
    s.repaired(s.clock, name, "clock_stepped_back")
    return s.clock - s.skew


def heed(s: State) -> None:
    """Nothing is ever dated before what was said already."""
    if s.out and s.stitch is not None:
        s.stitch.said_at = max(s.stitch.said_at, *(event.at for event in s.out))


def told_place(s: State, value: Any, at: float, name: str) -> float | None:
    """A stream position; far beyond a known length it is a mistake of units (S3)."""
    seconds = values.seconds_told(s, value, at, name)
    length = stream_place.stitch_of(s).length
    if seconds is None or s.player.livestream or length is None:
        return seconds
    if seconds > 2 * length + FAR_BEYOND:
        s.ignored(at, name, "invalid_position")
        return None
    return seconds


def local_place(s: State, place: float | None) -> float | None:
    """A stream position as one of what plays; None when it lies elsewhere."""
    stitch = stream_place.stitch_of(s)
    if place is None or stitch.waits:
        return None
    if s.ad is not None:
        if stitch.inside < 0 or not stitch.ad_start - LEAP <= place < stitch.ad_end + NEAR:
            return None
        return min(max(place - stitch.ad_start, 0.0), stitch.ad_end - stitch.ad_start)
    if s.where == "content":
        here = stream_place.playhead_of(s)
        if abs(place - here) > DUST and stitch.between(here, place):
            return None
        return max(place - stitch.shift, 0.0)
    return stitch.to_content(place)


def fits(s: State, at: float, place: float) -> bool:
    """Whether playing on would have brought the playhead here."""
    step = place - stream_place.playhead_of(s)
    return s.how == "playing" and -CERTAIN <= step <= stream_place.expected_since(s, at) + NEAR


def content_at(s: State, place: float) -> float:
    """The content position of a place in content, which plays from now on."""
    stitch = stream_place.stitch_of(s)
    content = stitch.to_content(place)
    stitch.shift = place - content
    stitch.playhead = place
    stitch.waits = False
    return content


def declared_by(s: State, part: Stretch) -> str | None:
    """What a break's place declares when it begins (S10)."""
    known = s.timeline.breaks[part.index]
    if known.placement == POST or (known.placement == MID and ends_with(s, part)):
        return "post"
    if known.placement == PRE:
        return "pre"
    planned = any(each.pod_id == known.pod_id for each in s.plan.ad_breaks)
    return "pre" if not s.begun and not s.ever_completed and not planned else None


def ends_with(s: State, part: Stretch) -> bool:
    """Whether the content is over where a break stands."""
    return s.duration is not None and not s.live and part.content >= s.duration - NEAR


def in_client_ad(s: State) -> bool:
    """An ad beside the stream plays: the stream's clock stands still."""
    return s.where in ("ad", "ad_break") and stream_place.stitch_of(s).inside < 0


def quick_until(s: State) -> float:
    """How far in the stream a word of the playhead means nothing but playing on."""
    stitch = stream_place.stitch_of(s)
    if stitch.landed_at is not None or stitch.waits or in_client_ad(s):
        return -math.inf
    if s.ad is not None:
        return min(stitch.ad_end, stitch.ad_start + s.ad.quartile_due)
    border = stream_place.border_ahead(s) if s.where == "content" else -math.inf
    ends = math.inf if s.duration is None or s.live else s.duration + stitch.shift
    return min(math.inf if border is None else border, ends) - NEAR


def measure_short_way(s: State) -> None:
    """How far in the stream the playhead just plays on from here."""
    if s.stitch is not None:
        s.stitch.until = quick_until(s)
