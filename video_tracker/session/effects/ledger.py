"""Every instant in one bucket, every watched second in a range.

Buckets are filled lazily: ``accrued`` moves when something is known of the time before it. While
content or an ad plays, only callbacks that carry evidence move it, and the evidence decides how
much of the time was played (S63), stood still (S65) or was slept through.
"""

from collections.abc import Iterator
from typing import Final

from video_tracker.session.data import watched
from video_tracker.session.data.compact import ads_in_book, put_ad_in_book
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import PRE
from video_tracker.session.data.tolerances import (
    FASTEST_PLAY,
    LEAP,
    NEAR,
    NUDGE,
    PLAYING_TIMEOUT,
    SLACK,
    STILL,
    UNHEARD,
)

_HALTED: Final = {
    "interrupted": "interrupted",
    "paused": "paused",
    "seeking": "seeking",
    "seeking_paused": "seeking",
    "buffering": "buffering",
}


def accrue(s: State, at: float, position: float | None = None) -> None:
    """Assign the time up to ``at``; ``position`` is seconds into what plays, content or ad."""
    where, how = s.where, s.how
    if where in ("idle", "over"):
        s.accrued = at
    elif how == "playing" and where == "content":
        accrue_content(s, at, position)
    elif how == "playing" and where == "ad":
        accrue_ad(s, at, position)
    elif at > s.accrued:
        if how == "paused" and s.live:
            s.live_paused += at - s.accrued
        spend(s, bucket_now(s), at - s.accrued)
        s.accrued = at


def bucket_now(s: State) -> str:
    """The bucket of the time that is neither content nor ad play."""
    if s.silence is not None:
        return s.silence
    halted = _HALTED.get(s.how)
    if halted is not None:
        return halted
    return "startup" if s.where == "starting" and s.startup_time is None else "gap"


def spend(s: State, bucket: str, seconds: float) -> None:
    setattr(s, bucket, getattr(s, bucket) + seconds)


def last_heard(s: State) -> float:
    return max(s.heard, s.accrued)


def accrue_content(s: State, at: float, position: float | None) -> None:
    passed = at - s.accrued
    if position is None and s.rare is not None and s.standing > s.accrued:
        position = s.position  # it was told to stand still: nothing is extrapolated over it (S63)
    unknown = s.rare is not None and s.place_unknown
    if position is None or unknown:
        played = min(passed, s.settings.heartbeat or UNHEARD)
        suspend(s, passed - played)
        if unknown and position is not None:
            jump(s, position)  # where the seek went is told at last (S33)
            s.place_unknown = s.estimated = False
            s.tune()
        elif played > 0 and not unknown:
            s.position = extrapolated(s, played * rate_over(s, at))
            s.estimated = True
    else:
        played = proven_play(s, at, position)
        learn_interval(s, at, passed)
    s.content_played += played
    s.beat_due += passed - played
    s.accrued = at
    if s.rare is not None:
        s.standing = s.lag = 0.0
        forget_turn(s)


def forget_turn(s: State) -> None:
    """A change of rate lies behind what was accrued."""
    if s.rare is not None and "turned_at" in s.rare:
        s.turned_at = None
        s.tune()


def stand_still(s: State, at: float) -> None:
    """The content position was heard to stand still; what that means its next move decides."""
    heard = max(s.standing, s.accrued)
    if at - heard <= SLACK:
        s.standing = at
        return
    stood = heard - s.accrued
    if s.ad is not None and stood <= STILL:
        s.ad_run += stood
    else:
        spend(s, "buffering" if stood > STILL else "content_played", stood)
    suspend(s, at - heard)
    if s.ad is None:
        s.lag += at - s.accrued
    s.beat_due += at - s.accrued
    s.accrued = at
    s.standing = 0.0


def accrue_leap(s: State, at: float) -> None:
    """The time before a jump: no more of it was played than silence may hide (S63)."""
    passed = max(at - s.accrued, 0.0)
    played = min(passed, LEAP)
    if s.ad is not None:
        s.ad_run += played
    else:
        s.content_played += played
    suspend(s, passed - played)
    s.accrued = max(at, s.accrued)


def extrapolated(s: State, media: float) -> float:
    guess = s.position + media
    return guess if s.duration is None else max(s.position, min(guess, s.duration))


def proven_play(s: State, at: float, position: float) -> float:
    """How many seconds since ``accrued`` the position proves played; the rest is spent."""
    passed = at - s.accrued
    step = position - s.position
    rate = rate_over(s, at)
    needed = max(step, 0.0) / rate
    follow(s, position, passed, rate)
    s.estimated = False
    if step < -NUDGE:
        needed = min(passed, SLACK)
    return passed - spend_still(s, at, passed, needed)


def spend_still(s: State, at: float, passed: float, needed: float) -> float:
    """Spend what media progress does not explain; returns those seconds."""
    if passed <= needed:
        return 0.0
    heard = max(s.standing, s.accrued)
    silent = at - heard - needed
    if silent > patient(s):
        stood = heard - s.accrued
        suspend(s, silent)
        if stood > STILL:
            s.buffering += stood
            return silent + stood
        return silent
    if passed - needed > STILL:
        s.buffering += passed - needed
        return passed - needed
    return 0.0


def suspend(s: State, seconds: float) -> None:
    if seconds > 0:
        s.suspended += seconds


def follow(s: State, position: float, passed: float, rate: float) -> None:
    """Take a new content position; a jump begins a new watched range."""
    step = position - s.position
    if step < -NUDGE / 2 or step > passed * rate + NUDGE:
        jump(s, position)
    else:
        s.position = max(position, s.position)


def jump(s: State, position: float) -> None:
    """The playhead is elsewhere now; what was watched before ends here."""
    close_range(s)
    if position < s.position:
        pass_breaks_again(s, position)
    s.position = s.range_start = position


def pass_breaks_again(s: State, position: float) -> None:
    """Before its place again, a break that was played may come once more (S12)."""
    for part in s.timeline.breaks:
        if part.asset_index == s.asset_index and (
            position < part.offset or (part.placement == PRE and position <= NEAR)
        ):
            s.breaks_spent &= ~(1 << part.index)
            s.breaks_passed &= ~(1 << part.index)


def close_range(s: State) -> None:
    """Write down the stretch that was watched last."""
    seconds = s.position - s.range_start
    if seconds > 0:
        s.media_seconds += seconds
        watched.add(s, s.asset_index, s.range_start, s.position)
    s.range_start = s.position


def accrue_ad(s: State, at: float, position: float | None) -> None:
    """Assign the time up to ``at`` to the open ad; ``position`` is seconds into it, when told."""
    ad = s.ad
    passed = at - s.accrued
    if ad is None or (passed <= 0 and position is None):
        return
    if position is None and s.standing > s.accrued:
        position = ad.position
    if position is None:
        played = min(passed, ad_cap(s))
        suspend(s, passed - played)
        ad.position += played * rate_over(s, at)
    else:
        step = max(position - ad.position, 0.0)
        played = passed - spend_still(s, at, passed, step / max(ad_pace(s), 1.0))
        leapt = step - passed * FASTEST_PLAY
        if leapt > NUDGE:
            s.ad_jumped += leapt
        ad.position = position
    s.ad_run += played
    s.beat_due += passed - played
    s.accrued = at
    s.standing = 0.0
    forget_turn(s)


def ad_pace(s: State) -> float:
    """Seconds of the open ad for each second: as its own positions say, else the player's (S84)."""
    ad = s.ad
    if ad is None or not s.ad_told or s.ad_run < 1.0:
        return s.rate
    return s.ad_watched() / s.ad_run or s.rate


def ad_cap(s: State) -> float:
    """How long an ad may be believed to play without a word of its position (S63)."""
    ad = s.ad
    if ad is None or ad.ad.duration is None:
        return s.settings.heartbeat or UNHEARD
    return max(ad.ad.duration - ad.position, 0.0) / s.rate


def count_ad_seconds(s: State, seconds: float) -> None:
    """An ad's seconds in the session position: played again they replace, never add (S1)."""
    ad = s.ad
    if ad is None:
        return
    put_ad_in_book(s, s.open_break, ad.place, seconds)


def ads_counted(s: State) -> Iterator[tuple[int, int, float]]:
    """Each ad seen: its break, its place, and the seconds of it played."""
    return ads_in_book(s)


def left_behind_of(s: State, index: int) -> Iterator[tuple[int, float]]:
    """The assets that were begun and stand before ``index``, and the seconds that each counts."""
    for place, asset in enumerate(s.timeline.assets[:index]):
        if not s.assets_begun >> place & 1:
            continue
        if place in s.live_left:
            yield place, s.live_left[place]
        elif asset.duration is not None:
            yield place, asset.duration
        else:
            yield place, watched.furthest(s, place)


def accrue_whole(s: State, at: float) -> None:
    """A stretch without any position told, and whose end was said: all of it was played (S63)."""
    passed = at - s.accrued
    played = min(passed, playing_patience(s))
    suspend(s, passed - played)
    if s.ad is not None:
        s.ad.position += played * rate_over(s, at)
        s.ad_run += played
    else:
        s.position = extrapolated(s, played * rate_over(s, at))
        s.estimated = True
        s.content_played += played
    s.beat_due += passed - played
    s.accrued = at
    s.standing = s.lag = 0.0


def playing_patience(s: State) -> float:
    return PLAYING_TIMEOUT if s.settings.idle_timeout is None else s.settings.idle_timeout


def rate_over(s: State, at: float) -> float:
    """The mean rate since the last position, as it was told in between (S63)."""
    if s.rare is None or "turned_at" not in s.rare:
        return s.rate
    turned, passed = (s.turned_at, at - s.accrued)
    if turned is None or turned <= s.accrued or passed <= 0:
        return s.rate
    return (s.turned_media + max(at - turned, 0.0) * s.rate) / passed


def learn_interval(s: State, at: float, passed: float) -> None:
    """A player that speaks rarely, but regularly: its interval is how long silence says nothing."""
    if passed > SLACK:
        s.usual = min(s.poll, passed) if s.poll_end == s.accrued else 0.0
        s.poll, s.poll_end = (passed, at)


def patient(s: State) -> float:
    return max(SLACK, s.usual)
