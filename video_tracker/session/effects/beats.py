"""Heartbeats and quartiles (S40-S45)."""

from functools import lru_cache
from typing import Final

from video_tracker.events import AdPlaying, ContentPlaying
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.tolerances import LAST_QUARTILE, MOST_BEATS, NEAR, NEVER, ON_TIME
from video_tracker.session.effects import annotations, ledger, positions, words

SOON: Final = NEAR - ON_TIME  # what ends in less says no more beat: its end says as much (S44)


def begin_run(s: State, at: float) -> None:
    """A run of playing begins: the grid starts anew, and nobody knows its polls (S41, S63)."""
    ledger.forget_polls(s, at)
    s.beat_left = left = s.settings.heartbeat or NEVER
    told_at = max(at, said_last(s))  # where its start is told, and no beat with it (S40, S86)
    s.beat_due = told_at + left if s.how == "playing" else NEVER


def halt_beats(s: State, at: float) -> None:
    if s.beat_due != NEVER:
        s.beat_left = max(s.beat_due - at, 0.0)
        s.beat_due = NEVER


def say_beat(s: State, at: float) -> None:
    """Say the heartbeat that fell due, one for a whole gap, and stay on the grid (S40-S42)."""
    late, step = at - s.beat_due, s.settings.heartbeat
    # A seek that is not told yet comes before its first beat.
    if late < 0 or s.seek is not None or step is None:
        return
    said = said_last(s)
    if at < said - ON_TIME:
        s.beat_due = said + step - (said - s.beat_due) % step
        return  # no beat lies before what was said already (S86)
    soon = s.where != "content" or ends_soon(s)
    if soon:  # nothing else can play beyond its known end
        positions.yield_to_play(s, at, "progress")
        soon = ends_soon(s)
        if soon and positions.positions_told(s):
            return  # owed, if the end does not come (S44)
    s.beat_due += step if late < step else step * (int(late / step) + 1)
    if not soon:
        say_playing(s, at)


def said_last(s: State) -> float:
    return max([s.newest, *[event.at for event in s.out]]) if s.out else s.newest


def say_playing(s: State, at: float, *, resumed: bool = False) -> None:
    """A heartbeat of what plays; in an ad a quartile that is near will say it (S45)."""
    ad = s.ad
    if s.where == "content":
        s.heartbeats += 1
        words.say_content(s, ContentPlaying, at)
    elif ad is not None and (resumed or ad.quartile_due - ad.position >= NEAR):
        s.heartbeats += 1
        s.beat_at = at
        quartile = crossed_quartile(s, ad) if s.settings.quartiles == "tag" else None
        words.say_ad(s, AdPlaying, at, quartile)


def beat_after(s: State, at: float, what: str) -> None:
    """A beat at once after Resumed, Seek Completed or Buffer Completed, where wanted (S33, S43)."""
    wanted = s.how == "playing" and what in s.settings.beat_after
    if wanted and s.settings.heartbeat is not None and not ends_soon(s):
        say_playing(s, at, resumed=True)


def ends_soon(s: State) -> bool:
    """Whether the known end of what plays is less than a second away (S44)."""
    if s.where != "content":
        left = positions.to_ad_end(s)
        return left is not None and left < SOON
    if s.rare is not None and s.place_unknown:
        return False  # from where nobody knows (S33)
    position = s.position
    if s.duration is not None and s.duration - position < SOON and not s.live:
        return True
    for part in s.timeline.mids:
        soon = part.offset >= position and part.offset - position < SOON
        if soon and part.asset_index == s.asset_index and not s.breaks_opened >> part.index & 1:
            return True
    return False


def quartile_reached(ad: AdPlay) -> int:
    length = ad.ad.duration
    return min(int((ad.position + ON_TIME) / length * 4), LAST_QUARTILE) if length else 0


def crossed_quartile(s: State, ad: AdPlay) -> int | None:
    """The highest quartile passed and not reported yet; reported by asking."""
    reached = quartile_reached(ad)
    if reached <= ad.quartile:
        return None
    ad.quartile = reached
    set_quartile_due(s, ad)
    return reached


def set_quartile_due(s: State, ad: AdPlay) -> None:
    """Where in the ad the next quartile lies, when quartiles are told (S45)."""
    told = s.settings.quartiles == "emit" and ad.ad.duration and ad.quartile < LAST_QUARTILE
    ad.quartile_due = place_of_quartile(ad.ad.duration, ad.quartile + 1) if told else NEVER


@lru_cache(maxsize=512)
def place_of_quartile(length: float | None, quartile: int) -> float:
    """Where in an ad of this length a quartile lies; one number for all sessions in that ad."""
    return (length or 0.0) * quartile / 4


def say_quartile(s: State, at: float) -> None:
    """One Ad Playing for the quartiles passed; a heartbeat due within 1 s is in it (S45)."""
    # A seek that is not told yet comes before its first quartile.
    if s.settings.quartiles != "emit" or at == s.beat_at or s.seek is not None or s.ad is None:
        return
    quartile = crossed_quartile(s, s.ad)
    if quartile is None:
        return
    positions.yield_to_play(s, at, "ad_progress")
    if s.ad.ad.duration is None:
        return  # beyond its known end it has none
    step = s.settings.heartbeat
    if step is not None and s.beat_due - at < NEAR:
        s.beat_due += step * (int(max(at - s.beat_due, 0.0) / step) + 1)
    s.heartbeats += 1
    words.say_ad(s, AdPlaying, at, quartile)


@annotations.held_by(None)
def play_whole(s: State, at: float, *, ends: bool = False) -> None:
    """A stretch that its closing word counts whole; its beats lie on the grid (S42, S63).

    ``ends``: that word ends the item, so its Completed says what a last beat would (S44).
    """
    known = s.duration if s.ad is None else s.ad.ad.duration
    last = at - NEAR if ends and known is not None else at + ON_TIME
    for _ in range(MOST_BEATS):
        due = s.beat_due
        if due > min(last, s.accrued + ledger.playing_patience(s)):
            break
        ledger.accrue_whole(s, due)
        say_beat(s, due)
        if s.beat_due <= due:
            break
    ledger.accrue_whole(s, at)
