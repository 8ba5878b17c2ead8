"""What was told, read once, at the door: values, times, lengths, and whose a position is.

A told position is that of the open ad while its clock can have reached it, else the content's near
where the content stood, else nothing's (S78). Bounds are those of the item it is found to belong
to (S3).
"""

import marshal
import math
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeGuard, TypeVar

from video_tracker.diagnostics import REJECT
from video_tracker.session.data import tolerances as t
from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.stitch import Stitch
from video_tracker.session.data.timeline import MID
from video_tracker.session.effects import positions

UNREAD: Final = math.nan
"""What a report's meaning gets when it told something that is no position: not the same as none."""
T = TypeVar("T")


def floats(row: Input, at: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Whole numbers are numbers: 11 and 11.0 are one time and one position."""
    place = row.place
    if type(at) is int and abs(at) < t.LATEST_TIME:
        at = float(at)
    if place is not None and type(args[place]) is int and abs(args[place]) < t.LATEST_TIME:
        args = (*args[:place], float(args[place]), *args[place + 1 :])
    return at, args


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_seconds(s: State, value: Any) -> bool:
    most = t.LATEST_TIME if s.live else t.LONGEST  # a livestream's clock may count from 1970
    return is_number(value) and 0 <= value <= most


def in_bounds(s: State, place: float, length: float | None) -> bool:
    """Far beyond a known length it is a mistake of units (S3)."""
    return length is None or place <= 2 * length + t.FAR_BEYOND or s.live


def kept(s: State, value: T, good: bool, at: float, name: str) -> T | None:
    """What was told when it is good; what is wrong is left out, and counted (S60)."""
    if good or value is None:
        return value
    s.ignored(at, name, "invalid_value")
    return None


def seconds_told(
    s: State, value: Any, at: float, name: str, length: float | None = None
) -> float | None:
    """A position or length in seconds, within an item's ``length``; None when it is none (S3)."""
    if value is None:
        return None
    if is_seconds(s, value) and in_bounds(s, value, length):
        return float(value)
    s.ignored(at, name, "invalid_position")
    return None


def number_told(s: State, value: Any, at: float, name: str, end: float = t.LONGEST) -> float | None:
    """A number from 0; what lies on a live clock may count from 1970, up to ``LATEST_TIME``."""
    return kept(s, value, is_number(value) and 0 <= value < end, at, name)


def text_told(s: State, value: Any, at: float, name: str) -> str | None:
    told = kept(s, value, isinstance(value, str) and bool(value), at, name)
    if told is not None and len(told) > t.LONGEST_TEXT:
        s.repaired(at, name, "out_of_range")
    return None if told is None else told[: t.LONGEST_TEXT]


def custom_told(s: State, value: Any, at: float, name: str) -> dict[str, Any] | None:
    if kept(s, value, isinstance(value, Mapping), at, name) is None:
        return None
    told = {key: part for key, part in value.items() if isinstance(key, str)}
    kept(s, value, len(told) >= len(value), at, name)
    return told


def instance_told(s: State, value: Any, kind: type[T], at: float, name: str) -> T | None:
    return kept(s, value, isinstance(value, kind), at, name)


# -- times -----------------------------------------------------------------------------------------
def readable(at: object) -> float | None:
    """A time in Unix seconds; None when it is none. An aware ``datetime`` is one."""
    at = seconds_of(at)
    if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < t.LATEST_TIME:
        at = float(at)
    return at if isinstance(at, float) and 0.0 <= at < t.LATEST_TIME else None


def seconds_of(at: object) -> Any:
    """An aware ``datetime`` in Unix seconds; a naive one names no time, anything else stays."""
    if not isinstance(at, datetime):
        return at
    try:
        return at.timestamp() if at.utcoffset() is not None else None
    except Exception:  # noqa: BLE001 - a caller's time zone may raise anything
        return None


def moment_of(s: State, at: object, name: str) -> float | None:
    """A time as taken: None when unreadable, clamped when the clock stepped back (S64)."""
    if s.rare is None and type(at) is float and s.clock <= at < t.LATEST_TIME:
        return at
    at = readable(at)
    if at is None:
        s.note(s.clock, name, REJECT, "invalid_time")
        return None
    rare = s.rare or ()
    if "skew" in rare:
        return max(at + s.skew, s.clock)
    if at >= s.clock:
        if "behind" in rare:
            s.behind = s.late_position = None
            s.tune()
        return at
    s.repaired(s.clock, name, "clock_stepped_back")
    if s.behind is None or at < s.behind:
        s.behind, s.late_position = at, None
        s.tune()
    return s.clock


def suspect_clock(s: State, at: object, position: object) -> None:
    """After a time behind the newest: late callback, or a clock that stepped back (S64)?"""
    behind = s.behind
    if behind is None or type(at) is not float or type(position) is not float or at <= behind:
        return
    before = s.position if s.ad is None else s.ad.position
    there = before if s.late_position is None else s.late_position
    if s.where == "idle":
        before = there  # nothing was heard yet from which the first step could be measured
    first, moved = (there - before) / s.rate, (position - there) / s.rate
    # If it moves on in step with the clock as it is now, and by more than the clamped times allow,
    # that has stepped: it is read on from the newest time; the playhead tells how long that took.
    in_step = 0.0 <= first <= t.FIRST_STEP and moved <= at - behind + t.CLOCK_PROOF
    heard = s.heard  # a tick ahead of the callbacks says nothing of their clock (S88)
    if in_step and first + moved > max(at - heard, 0.0) + t.CLOCK_PROOF:
        s.skew = heard + first - behind
        s.behind = s.late_position = None
        s.tune()


def came_late(s: State, place: float | None) -> bool:
    """Progress behind the newest time moves nothing; its first place is kept (S64)."""
    late = s.rare is not None and "behind" in s.rare
    if late and s.said_at == s.behind:
        s.late_position = place
    return late


def mark_of(name: str, at: float, args: tuple[Any, ...]) -> float:
    """By which an input is known when it comes again, the same in every process; 0: by nothing."""
    told: Any = (name, at, args)
    try:
        return zlib.crc32(marshal.dumps(told, 2))
    except ValueError:  # a value of a class of ours, or of the caller's
        pass
    try:
        return zlib.crc32(repr(told).encode("utf-8", "replace"))
    except Exception:  # noqa: BLE001 - a hostile value's own repr may raise anything
        return 0


def is_repeated(s: State, name: str, mark: float, moment: float) -> bool:
    """Whether the very same input came just before: duplicates change no figure."""
    if not mark or mark != s.last_input:
        return False
    s.ignored(moment, name, "repeated")
    return True


# -- lengths: what the player says, and what playing proves (S61, S80) -----------------------------
def take_duration(s: State, value: Any, at: float, name: str) -> None:
    """The player says the content's length; close to the known one it changes nothing (S61)."""
    seconds = None if value == math.inf else seconds_told(s, value, at, name)
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
    elif s.duration is None or abs(s.duration - seconds) > t.SAME_LENGTH:
        if s.begun:  # it is of what comes next, if that is at once (S80)
            s.length_told = (at, s.duration, seconds)
        if s.begun and s.position > seconds + t.NEAR:
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
    tolerance = min(ads / 4, max(t.SAME_STREAM, ads * t.PADDING))
    if ads < t.SHORTEST_ADS or abs(seconds - own) <= tolerance:
        return False
    last = max(part.offset for part in breaks)  # where content that is not all there stops
    return any(abs(seconds - length - ads) <= tolerance for length in (own, last))


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
    follow_ranges(s)
    if own is None and stitch.length is not None and not s.live and s.where != "after_content":
        take_duration(s, stitch.to_content(stitch.length), at, "progress")


def follow_ranges(s: State) -> None:
    """The breaks of told ranges, and the borders of pods, lie where the stream has them (S9)."""
    known = s.timeline.breaks
    moved = [
        part
        for part in s.stream.stretches
        if part.told
        and part.index != s.open_break
        and known[part.index].placement == MID
        and abs(known[part.index].offset - part.content) > t.DUST
    ]
    back = [part for part in moved if part.content < known[part.index].offset]
    ahead = [part for part in moved if part.content > known[part.index].offset]
    for part in (*back, *reversed(ahead)):  # so none passes another on its way
        s.timeline = s.timeline.with_offset(known[part.index], part.content)


# -- whose a position is (S78) ---------------------------------------------------------------------
def whose_place(s: State, row: Input, at: float, told: Any) -> tuple[str | None, Any]:
    """Whose position an input tells, and the position as its meaning gets it."""
    place = told
    if not (type(told) is float and 0.0 <= told <= t.LONGEST):
        place = seconds_told(s, told, at, row.name)
    whose = None if place is None else whose_it_is(s, row, at, place)
    if whose is not None:
        return whose, place
    return None, UNREAD if row.reports else None


def whose_it_is(s: State, row: Input, at: float, place: float) -> str | None:
    """The ad's while its clock can stand there, else the content's near where it stood."""
    ad, reason = s.ad, "invalid_position"
    if row.of == AD and ad is None:
        return AD
    if row.of != CONTENT and ad is not None and in_bounds(s, place, ad.ad.duration):
        if ad_reached(s, ad, row, at, place):
            # Beyond the ad's known end, where both clocks fit, it is content's.
            beyond = ad.ad.duration is not None and place > ad.ad.duration + t.NEAR
            return CONTENT if beyond and row.of != AD and is_contents(s, row, at, place) else AD
        reason = "position_of_nothing"
    if row.of != AD:
        if is_contents(s, row, at, place):
            return CONTENT
        if in_bounds(s, place, s.duration):
            reason = "position_of_nothing"
    s.ignored(at, row.name, reason)
    return None


def ad_reached(s: State, ad: AdPlay, row: Input, at: float, place: float) -> bool:
    """Whether the open ad's clock can be there: elapsed time times rate, and some slack (S84)."""
    if s.how in ("seeking", "seeking_paused"):
        return True
    rate, held = max(s.rate, 1.0), s.held
    least = 0.0 if row.reports else ad.position - t.NEAR
    if not least <= place <= ad.position + unheard(s, at) * rate + t.SLACK:
        if not row.reports:
            return False
        # Twice in step it is the ad's clock, wherever it was joined.
        far_at, far = held.far_at, held.far_position
        if far_at is None or not 0 < place - far <= (at - far_at) * rate + t.CERTAIN:
            held = s.holding()
            held.far_at, held.far_position = at, place
            return False
    s.let_go("far")
    return True


def unheard(s: State, at: float) -> float:
    """So long nothing was heard of what plays; it may have played on through a timeout (S26)."""
    return max(at - (s.accrued if s.silent_from is None else s.silent_from), 0.0)


def is_contents(s: State, row: Input, at: float, place: float) -> bool:
    """Whether the content can be there: near where it stood, or where it was sought."""
    follows = s.where in ("after_content", "over")  # what plays then has bounds of its own
    if not (follows or in_bounds(s, place, s.duration)):
        return False
    unbegun = s.where == "idle" or (s.where == "starting" and not s.begun)
    sought = s.seek is not None or s.estimated
    beyond = row.ends and s.asset_index > 0 and place > (s.duration or t.LONGEST) + t.NEAR
    if row.leads or (unbegun and not beyond) or sought or follows:
        return True
    if s.live:
        return place > 0 or s.position <= t.NEAR
    if row.ends and s.duration is not None and abs(place - s.duration) <= t.NEAR:
        return True
    if s.held.far_at is not None and place >= s.held.far_position - t.SLACK:
        return True  # what is far ahead waits for this word to show whether the content is there
    reach = (unheard(s, at) + s.lag) * s.rate
    return s.position - t.SLACK <= place <= s.position + reach + t.SLACK
