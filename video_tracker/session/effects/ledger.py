"""Every instant in one bucket, every watched second in a range; the figures that come of it.

Buckets are filled lazily: ``accrued`` moves when something is known of the time before it. While
content or an ad plays, only callbacks that carry evidence move it, and the evidence decides how
much of the time was played (S63), stood still (S65) or was slept through.
"""

from collections.abc import Iterator
from fractions import Fraction

from video_tracker.compact import add_watched, furthest_watched, watched
from video_tracker.session.data import tolerances as t
from video_tracker.session.data.state import AdPlay, State
from video_tracker.summary import Range, Summary, merge_ranges


def accrue(s: State, at: float, position: float | None = None) -> None:
    """Assign the time up to ``at``; ``position`` is seconds into what plays, content or ad."""
    where, how = s.where, s.how
    if where in ("idle", "over"):
        s.accrued = at
    elif how == "playing" and where in ("content", "ad"):
        if where == "content" or position is not None or at > s.accrued:
            accrue_play(s, at, position)
    elif at > s.accrued:
        if how in ("paused", "buffering") and s.live:  # its window moves on
            s.live_paused += at - s.accrued
        spend(s, bucket_now(s), at - s.accrued)
        s.accrued = at


def bucket_now(s: State) -> str:
    if s.silence is not None:
        return s.silence
    if s.how != "playing":
        return "seeking" if s.how == "seeking_paused" else s.how
    return "startup" if s.where == "starting" and s.startup_time is None else "gap"


def spend(s: State, bucket: str, seconds: float) -> None:
    setattr(s, bucket, getattr(s, bucket) + seconds)


def last_heard(s: State) -> float:
    return max(s.heard, s.accrued)


def accrue_play(s: State, at: float, position: float | None) -> None:
    """Content or an ad plays: a position proves how much, silence is believed for a while (S63)."""
    ad, rare = s.ad, s.rare is not None
    if position is not None:
        if at - s.accrued > t.SLACK:
            note_poll(s, at)
    elif rare and s.standing > s.accrued:
        # It was told to stand still: nothing is extrapolated over it.
        position = s.position if ad is None else ad.position
    unknown = rare and s.place_unknown and ad is None
    if position is None or unknown:
        played = play_on(s, at, most_unheard(s))
        if position is not None:
            jump(s, position)  # where the seek went is told at last (S33)
    elif ad is None:
        played = proven_play(s, at, position)
    else:
        played = proven_ad_play(s, ad, at, position)
    assign(s, at, played)
    if rare:
        s.standing = 0.0
        if s.lag > 0 or s.turned_at is not None:  # they lie behind what was accrued
            s.lag, s.turned_at = 0.0, None
            s.tune()


def accrue_whole(s: State, at: float) -> None:
    """A stretch without any position told, and whose end was said: all of it was played (S63)."""
    if at > s.accrued:
        assign(s, at, play_on(s, at, playing_patience(s)))
        s.standing = s.lag = 0.0


def assign(s: State, at: float, played: float) -> None:
    """So much of the time up to ``at`` was played; for the rest of it the beats wait."""
    count_played(s, played)
    s.beat_due += at - s.accrued - played
    s.accrued = at


def play_on(s: State, at: float, most: float) -> float:
    """Nobody says where what plays is: no more seconds than ``most`` move it, and count."""
    played = believed(s, at - s.accrued, most)
    if played > 0:
        media = played * rate_over(s, at)
        if s.ad is not None:
            s.ad.position += media
        elif not s.place_unknown:  # whither a seek went nobody told: nothing is moved (S33)
            s.position = extrapolated(s, media)
            s.estimated = True
            s.tune()
    return played


def accrue_leap(s: State, at: float) -> None:
    """The time before a jump: no more of it was played than silence may hide (S63)."""
    note_poll(s, at)
    accrue(s, max(s.standing, s.accrued))
    count_played(s, believed(s, max(at - s.accrued, 0.0), ordinary(s)))
    s.accrued = max(at, s.accrued)


def stand_still(s: State, at: float) -> None:
    """The content position was heard to stand still; what that means its next move decides."""
    note_poll(s, at)
    if at - max(s.standing, s.accrued) <= ordinary(s):
        s.standing = at
        return
    passed = at - s.accrued
    if s.ad is None:
        s.lag += passed
        s.tune()  # the short way knows of none
    assign(s, at, passed - spend_still(s, at, 0.0))
    s.standing = 0.0


def count_played(s: State, seconds: float) -> None:
    if s.ad is not None:
        s.ad_run += seconds
    else:
        s.content_played += seconds


def believed(s: State, passed: float, most: float) -> float:
    """Of a stretch without a position no more seconds than ``most`` count as played (S63)."""
    if passed > most:
        s.suspended += passed - most
    return min(passed, most)


def proven_play(s: State, at: float, position: float) -> float:
    """How many seconds since ``accrued`` the position proves played; the rest is spent."""
    passed, step, rate = at - s.accrued, position - s.position, rate_over(s, at)
    follow(s, position, passed, rate)
    know_place(s)
    needed = min(passed, ordinary(s)) if step < -t.NUDGE else max(step, 0.0) / rate
    return passed - spend_still(s, at, needed)


def ordinary(s: State) -> float:
    """How long silence between two told positions says nothing (S63)."""
    return max(t.SLACK, s.usual * (1.0 + t.JITTER))


def note_poll(s: State, at: float) -> None:
    """A position is told: of a player that speaks rarely it teaches the usual interval (S63)."""
    heard = max(s.standing, s.accrued)
    passed = at - heard
    if passed > t.SLACK and heard - s.poll_end > t.SLACK:  # short ones lie between: no habit yet
        forget_polls(s, at)
    elif passed > t.SLACK:
        s.usual, s.poll, s.poll_end = sorted((s.usual, s.poll, passed))[1], passed, at


def forget_polls(s: State, at: float) -> None:
    s.poll_end = at
    if s.poll:
        s.usual = s.poll = 0.0


def played_through(s: State, at: float, passed: float, step: float) -> bool:
    """Whether a step over more than ``SLACK`` takes the short way; the interval is noted then."""
    patience, length, rare = s.settings.idle_timeout, s.duration, s.rare
    if passed >= (t.PLAYING_TIMEOUT if patience is None else patience) or s.live:
        return False
    ends = length is not None and s.position + step > length - t.NEAR
    stands = rare is not None and "standing" in rare
    if ends or stands or passed - step / s.rate > t.STILL:
        return False
    note_poll(s, at)
    return True


def proven_ad_play(s: State, ad: AdPlay, at: float, position: float) -> float:
    """The same of the open ad; what no time explains was jumped over (S84)."""
    step, passed = max(position - ad.position, 0.0), at - s.accrued
    played = passed - spend_still(s, at, step / max(ad_pace(s), 1.0))
    leapt = step - passed * t.FASTEST_PLAY
    if leapt > t.NUDGE:
        s.ad_jumped += leapt
    ad.position = position
    return played


def spend_still(s: State, at: float, needed: float) -> float:
    """Spend what media progress does not explain; returns those seconds."""
    rest = at - s.accrued - needed
    if rest <= t.STILL:
        return 0.0
    silent = min(rest, at - s.standing - needed)
    if silent <= ordinary(s):
        silent = 0.0
    s.suspended += silent
    if rest - silent <= t.STILL:
        return silent
    s.buffering += rest - silent
    return rest


def extrapolated(s: State, media: float) -> float:
    guess = s.position + media
    return guess if s.duration is None else max(s.position, min(guess, s.duration))


def rate_over(s: State, at: float) -> float:
    """The mean rate since the last position, as it was told in between (S63)."""
    if s.rare is None:
        return s.rate
    turned, passed = s.turned_at, at - s.accrued
    if turned is None or turned <= s.accrued or passed <= 0:
        return s.rate
    return (s.turned_media + max(at - turned, 0.0) * s.rate) / passed


def reach(s: State, at: float) -> float:
    """How far playing can have come since the last position, at the rates told meanwhile (S63)."""
    return (at - s.accrued + s.lag) * rate_over(s, at)


def ad_pace(s: State) -> float:
    """Seconds of the open ad for each second: as its own positions say, else the player's (S84)."""
    if s.ad is None or not s.ad_told or s.ad_run < t.PACED:
        return s.rate
    return s.ad_watched() / s.ad_run or s.rate


def most_unheard(s: State) -> float:
    """How long what plays may be believed to play without a word of its position (S63)."""
    if s.ad is None or s.ad.ad.duration is None:
        return s.settings.heartbeat or t.UNHEARD
    return max(s.ad.ad.duration - s.ad.position, 0.0) / s.rate


def playing_patience(s: State) -> float:
    return t.PLAYING_TIMEOUT if s.settings.idle_timeout is None else s.settings.idle_timeout


def follow(s: State, position: float, passed: float, rate: float) -> None:
    step = position - s.position
    if step < -t.NUDGE / 2 or step > passed * rate + t.NUDGE:
        jump(s, position)
    else:
        s.position = max(position, s.position)


def jump(s: State, position: float) -> None:
    """The playhead is elsewhere now."""
    close_range(s)
    if position < s.position - t.NUDGE:
        let_breaks_come_again(s, position)
    s.position = s.range_start = position
    know_place(s)


def know_place(s: State) -> None:
    """Where the content stands was told: it is no guess any more, nor unknown (S33)."""
    if s.estimated:
        s.estimated = s.place_unknown = False
        s.tune()


def let_breaks_come_again(s: State, position: float) -> None:
    """The breaks of the current asset that lie at a place or ahead, those played too (S12)."""
    for part in s.timeline.breaks_of(s.asset_index):
        if position <= part.offset + t.NEAR:
            s.breaks_spent &= ~(1 << part.index)
            s.breaks_passed &= ~(1 << part.index)


def close_range(s: State) -> None:
    if s.position > s.range_start:
        s.media_seconds += s.position - s.range_start
        add_watched(s, s.asset_index, s.range_start, s.position)
    s.range_start = s.position


def left_behind_of(s: State, index: int) -> Iterator[tuple[int, float]]:
    """The assets that were begun and stand before ``index``, and the seconds that each counts."""
    for place, asset in enumerate(s.timeline.assets[:index]):
        if s.assets_begun >> place & 1:
            seconds = s.live_left.get(place, asset.duration)
            yield place, furthest_watched(s, place) if seconds is None else seconds


def summary_of(s: State) -> Summary:
    """The figures of the session so far (end of ``semantics.md``); buckets sum to ``elapsed``."""
    s.settle()
    spent = {name: getattr(s, name) for name in Summary.BUCKETS}
    if s.ad is not None:
        spent["ad_played"] += s.ad_run
    if s.started_at is not None and s.where != "over" and s.clock > s.accrued:
        spend_tail(s, spent, s.clock - s.accrued)
    ranges, media = watched(s), s.media_seconds
    if s.position > s.range_start:
        ranges.append((s.asset_index, s.range_start, s.position))
        media += s.position - s.range_start
    seen: dict[str, list[Range]] = {}
    for index, start, end in ranges:
        seen.setdefault(s.timeline.assets[index].asset_id, []).append((start, end))
    return Summary(
        session_ids=(s.session_id,),
        buckets={name: Fraction(seconds) for name, seconds in spent.items()},
        media_seconds=Fraction(media),
        watched={asset: tuple(merge_ranges(parts)) for asset, parts in seen.items()},
        startup_time=None if s.startup_time is None else Fraction(s.startup_time),
        counts={name: getattr(s, name) for name in Summary.COUNTS},
        ended=s.ended,
        diagnostics=s.diagnostics_counted,
    )


def spend_tail(s: State, spent: dict[str, float], tail: float) -> None:
    """Time after the last evidence is silence: in a pause pause, else suspended (S26, S63)."""
    stood = s.standing - s.accrued
    if s.where == "after_content":
        spent["gap"] += tail
    elif s.how != "playing" or s.where not in ("content", "ad"):
        spent[bucket_now(s)] += tail
    elif stood > t.STILL:
        spent["buffering"] += stood
        spent["suspended"] += tail - stood
    else:
        spent["suspended"] += tail
