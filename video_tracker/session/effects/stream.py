"""Where the playhead of a stream with ads in it is (S9); read only."""

from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import CERTAIN, DUST, LEAP, NEAR, NEVER
from video_tracker.session.effects import ledger


def now_of(s: State, at: float) -> float:
    """A time as the session takes it (S64)."""
    return max(at + s.skew, s.clock)


def playhead(s: State) -> float:
    stitch = s.stream
    if stitch.waits:
        return stitch.playhead
    if s.ad is not None and stitch.inside >= 0:
        return stitch.ad_start + s.ad.position
    return s.position + stitch.shift if s.where == "content" else stitch.playhead


def expected(s: State, at: float) -> float:
    """How far playing may have brought the playhead since it was last heard of."""
    return ledger.reach(s, max(now_of(s, at), s.accrued))


def about_here(s: State, at: float) -> float:
    """Where the playhead is now, as far as playing on is believed."""
    return playhead(s) + (min(expected(s, at), LEAP) if s.how == "playing" else 0.0)


def fits(s: State, at: float, place: float) -> bool:
    """Whether playing on would have brought the playhead here."""
    return s.how == "playing" and -CERTAIN <= place - playhead(s) <= expected(s, at) + NEAR


def border_ahead(s: State) -> float:
    """Where in the stream something begins or ends next."""
    stitch, part = s.stream, s.stream.open
    if part is None:
        following = stitch.following(playhead(s))
        return NEVER if following is None else following.start
    if s.ad is not None:
        return stitch.ad_end
    return next((span.start for span in part.spans()[stitch.part + 1 :]), part.end)


def border_passed(s: State, at: float) -> bool:
    if s.stream.landed_at is not None or s.stream.waits:
        return True
    return not in_client_ad(s) and playhead(s) + expected(s, at - s.skew) >= border_ahead(s)


def in_client_ad(s: State) -> bool:
    """An ad beside the stream plays: the stream's clock stands still."""
    return s.where in ("ad", "ad_break") and s.stream.inside < 0


def local_place(s: State, place: float | None) -> float | None:
    """A stream position as one of what plays; None when it lies elsewhere."""
    stitch = s.stream
    if place is None or stitch.waits:
        return None
    if s.ad is not None:
        if stitch.inside < 0 or not stitch.ad_start - LEAP <= place < stitch.ad_end + NEAR:
            return None
        return min(max(place - stitch.ad_start, 0.0), stitch.ad_end - stitch.ad_start)
    if s.where != "content":
        return stitch.to_content(place)
    low, high = sorted((playhead(s), place))
    between = any(part.start < high - DUST and part.end > low + DUST for part in stitch.stretches)
    return None if between and high - low > DUST else max(place - stitch.shift, 0.0)


def ends_at(s: State, place: float) -> bool:
    length = s.stream.length
    return length is not None and not s.live and place >= length - NEAR


def content_ends_at(s: State, content: float, tolerance: float = NEAR) -> bool:
    return s.duration is not None and not s.live and content >= s.duration - tolerance


def measure_short_way(s: State) -> None:
    """How far in the stream a word of the playhead means nothing but playing on."""
    stitch = s.stitch
    if stitch is None:
        return
    stitch.until = -NEVER
    moves = stitch.landed_at is None and not (stitch.waits or in_client_ad(s))
    if moves and s.ad is not None:
        stitch.until = min(stitch.ad_end, stitch.ad_start + s.ad.quartile_due)
    elif moves and s.where == "content":
        ends = NEVER if s.duration is None or s.live else s.duration + stitch.shift
        stitch.until = min(border_ahead(s), ends) - NEAR
