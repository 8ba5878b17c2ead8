"""Where the playhead of a stream with ads in it is (S9); read only."""

from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stitch


def stitch_of(s: State) -> Stitch:
    stitch = s.stitch
    if stitch is None:
        stitch = s.stitch = Stitch(playhead=s.position, asset_index=s.asset_index)
    return stitch


def now_of(s: State, at: float) -> float:
    """A time as the session takes it (S64)."""
    return max(at + s.skew, s.clock)


def playhead_of(s: State) -> float:
    stitch = stitch_of(s)
    if stitch.waits:
        return stitch.playhead
    if s.ad is not None and stitch.inside >= 0:
        return stitch.ad_start + s.ad.position
    if s.where == "content":
        return s.position + stitch.shift
    return stitch.playhead


def passed_since(s: State, at: float) -> float:
    return max(now_of(s, at) - s.accrued, 0.0)


def expected_since(s: State, at: float) -> float:
    """How far playing may have brought the playhead since it was last heard of."""
    return (passed_since(s, at) + s.lag) * s.rate


def border_ahead(s: State) -> float | None:
    """Where in the stream something begins or ends next."""
    stitch = stitch_of(s)
    part = stitch.open
    if part is None:
        here = stitch.following(playhead_of(s))
        return None if here is None else here.start
    if s.ad is not None:
        return stitch.ad_end
    spans = part.spans()
    following = stitch.part + 1
    return spans[following].start if following < len(spans) else part.end


def border_passed(s: State, at: float) -> bool:
    stitch = stitch_of(s)
    if stitch.landed_at is not None or stitch.waits:
        return True
    border = border_ahead(s)
    return border is not None and playhead_of(s) + expected_since(s, at - s.skew) >= border
