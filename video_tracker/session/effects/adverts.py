"""Ads: started, accounted for, closed."""

import operator
from collections.abc import Iterable
from typing import Final

import attrs

from video_tracker.compact import ads_seen, put_ad_in_book
from video_tracker.events import AdCompleted, AdError, AdSkipped, AdStarted
from video_tracker.plan import Ad
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.timeline import Break
from video_tracker.session.data.tolerances import LONGEST, NEAR, NEVER, ROUNDED
from video_tracker.session.effects import beats, ledger, pods, positions, words

_fields: Final = operator.attrgetter(*(field.name for field in attrs.fields(Ad)))


def open_ad(
    s: State, at: float, told: Ad | None, place: int | None, duration: float | None
) -> None:
    """Ad Started: the ad is looked up in its break, or added to it."""
    ledger.accrue(s, at)
    s.let_go("moved")
    place = place_of(s, told, place)
    ad = take_ad(s, place, told, duration)
    pods.first_frame(s, at)
    s.ad = AdPlay(place, ad, s.ad_break.ad_id(place))
    s.ad_run = s.ad_joined = s.ad_jumped = 0.0
    s.ad_told = s.ad_disproved = s.ad_unheard = False
    s.ad_restarted_at = None
    if s.stitch is not None and s.stitch.begins > 0:
        join_ad(s, s.ad, s.stitch.begins)
    beats.set_quartile_due(s, s.ad)
    s.last_place = place
    put_ad_in_book(s, s.open_break, place, 0.0)
    if s.ads_dropped is not None:
        s.ads_dropped.discard((s.open_break, place))
    s.ads_started += 1
    words.go_on(s, at)
    s.moves("settle")
    words.say_ad(s, AdStarted, at)
    beats.begin_run(s, at)


def learn_length(s: State, ad: AdPlay, length: float | None) -> None:
    """The start of an ad that was seen to play comes late: it says how long that is (S62, S83)."""
    if s.ad_unheard and length is not None:
        positions.set_ad_duration(s, ad, length)
        beats.set_quartile_due(s, ad)
    s.ad_unheard = False


def join_ad(s: State, ad: AdPlay, position: float) -> None:
    """Playback joins an ad of the stream in its middle: what lies before was not crossed."""
    ad.position = s.ad_joined = position
    ad.quartile = beats.quartile_reached(ad)
    beats.set_quartile_due(s, ad)


def place_of(s: State, told: Ad | None, place: int | None) -> int:
    """The ad's place in its pod: as told, by its id, or the next after those told so far (S12)."""
    if place is not None:
        return place - 1
    following, told_id = s.last_place + 1, None if told is None else told.asset_id
    ids = [ad.asset_id for ad in s.ad_break.ads[following:] if told_id is not None]
    return following + (ids.index(told_id) if told_id in ids else 0)


def take_ad(s: State, place: int, told: Ad | None, duration: float | None) -> Ad:
    """The break's ad at a place, with what the player says of it (S12)."""
    part = s.ad_break
    if place < len(part.ads) and tells_nothing_new(part.ads[place], told, duration):
        return part.ads[place]
    ads = [*part.ads, *[Ad()] * (place + 1 - len(part.ads))]
    known = found = ads[place]
    said = told if duration is None else attrs.evolve(told or Ad(), duration=duration)
    if said is not None and known != Ad() and is_planned(s, known, said):
        if known.asset_id is not None and said.asset_id not in (None, known.asset_id):
            s.ad_names = {**(s.ad_names or {}), str(said.asset_id): known.asset_id}
            said = attrs.evolve(said, asset_id=None)  # from now on both ids name it
        found = merged_ad(known, said)
    elif said is not None:
        # Another ad than the planned one: a known id lends what it has, and leaves (S4, S12).
        homes = ads_named(s.timeline.breaks, said.asset_id)
        lent = next((s.timeline.breaks[index].ads[at] for index, at in homes), None)
        gone = ads_seen(s) | (s.ads_dropped or set())
        drop(s, [home for home in homes if home not in gone][:1])
        if lent is not None and said.duration is not None:
            lent = attrs.evolve(lent, duration=None)
        found = said if lent is None else merged_ad(lent, said)
    if found != known or len(ads) != len(part.ads):
        ads[place] = found
        s.timeline = s.timeline.with_break(attrs.evolve(part, ads=tuple(ads)))
    return ads[place]


def tells_nothing_new(known: Ad, told: Ad | None, duration: float | None) -> bool:
    """Whether all that is told of an ad is known of it: nearly always, and so asked first."""
    if duration not in (None, known.duration):
        return False
    return told is None or all(
        value in (None, {}, was) for value, was in zip(_fields(told), _fields(known), strict=True)
    )


def is_planned(s: State, known: Ad, told: Ad) -> bool:
    """Whether the ad told at a place is the one known there (S12)."""
    if known.asset_id is not None and told.asset_id is not None:
        if told.asset_id == known.asset_id:
            return True
        if not s.ad_break.planned or ads_named(s.timeline.breaks, told.asset_id):
            return False
    return is_as_long(known.duration, told.duration, NEAR)


def is_as_long(known: float | None, told: float | None, within: float) -> bool:
    return known is None or told is None or abs(known - told) <= within


def ads_named(parts: Iterable[Break], asset_id: str | None) -> list[tuple[int, int]]:
    ads = ((part.index, place, ad) for part in parts for place, ad in enumerate(part.ads))
    return [(index, place) for index, place, ad in ads if ad.asset_id == asset_id is not None]


def drop(s: State, ads: Iterable[tuple[int, int]]) -> None:
    """Ads that do not come leave the whole (S4)."""
    s.ads_dropped = (s.ads_dropped or set()).union(ads) or None


def merged_ad(known: Ad, told: Ad) -> Ad:
    """What is told of an ad beside what was known; a length that differs little stays as known."""
    said = attrs.asdict(told, recurse=False)
    changes = {name: value for name, value in said.items() if value not in (None, {})}
    if known.duration is not None and is_as_long(known.duration, told.duration, NEAR / 2):
        changes.pop("duration", None)
    return attrs.evolve(known, **changes) if changes else known


def account_for_ad(s: State, at: float, position: float | None) -> None:
    """Account for the ad's last stretch; without a position the time since tells its length."""
    ad = s.ad
    if ad is None:
        return
    length, playing = ad.ad.duration, s.how == "playing"
    if position == ad.position and s.ad_told:
        position = None  # only repeated with its end, it says nothing about the end (S84)
    silent = position is None and s.standing <= s.accrued < at
    if silent and playing and length is not None:
        position = min(length, ad.position + (at - s.accrued) * ledger.ad_pace(s))
    ledger.accrue(s, at, position)
    if not playing and position is not None:
        ad.position = max(ad.position, position)


def close_ad(s: State, at: float, *, fate: str | None = None) -> None:
    """The ad is over, and its time accounted for already; its seconds are settled (S1, S72).

    ``fate``: ``skipped``, ``failed`` or ``cut``; None: completed or skipped, as it was played.
    """
    ad = s.ad
    if ad is None:
        return
    if fate is None:
        fate = "completed" if ad_was_watched(s) else "skipped"
    if fate == "completed":
        complete_ad(s, ad, at)
    elif fate == "skipped":
        s.ads_skipped += 1
        words.say_extra(s, AdSkipped, at)
    elif fate == "failed":
        s.ads_failed += 1
        words.say_extra(s, AdError, at)
    put_ad_in_book(s, s.open_break, ad.place, s.ad_watched())
    s.ad_played += s.ad_run
    s.last_ad = words.now_playing_ids(s) if s.completed else None
    s.let_go("far")
    s.ad = None
    s.beat_due = NEVER
    s.moves("settle")


def complete_ad(s: State, ad: AdPlay, at: float) -> None:
    """An ad whose length nobody declared is as long as it played (S4)."""
    reached = min(ad.position, LONGEST)
    if s.ad_disproved and ad.ad.duration is None:  # then it is so for this very word (S80)
        positions.set_ad_duration(s, ad, reached)
    length = ad.ad.duration
    if length is not None and ad.position >= length - NEAR:
        ad.position = length
    s.ads_completed += 1
    words.say_ad(s, AdCompleted, at)
    if length is None and reached > 0:
        positions.set_ad_duration(s, ad, reached)


def ad_was_watched(s: State) -> bool:
    """Whether the ad went by to within its tolerance of its declared length (S72, S84, S90)."""
    length = None if s.ad is None else s.ad.ad.duration
    return length is None or s.ad_watched() >= watch_needed(s, length)


def watch_needed(s: State, length: float) -> float:
    return length - s.ad_joined - min(NEAR, length / 4) - ROUNDED
