"""What frameworks say of the ads in a stream (S9)."""

import math
from typing import Any

import attrs

from video_tracker.plan import Ad
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.stitch import Stretch, lengths_of
from video_tracker.session.data.tolerances import LEAP, NEAR
from video_tracker.session.effects import adverts, stream_place
from video_tracker.session.rules import breaks, inputs, lengths, on_ads, values
from video_tracker.session.stream import borders, ranges, telling


def stream_ad_break_start(s: State, at: float, *args: Any) -> None:
    """A framework speaks of a break of the stream: only its ads are news."""
    part = stream_place.stitch_of(s).open or break_near(s)
    if part is None or telling.in_client_ad(s):
        telling.tell(s, inputs.AD_BREAK_START, at, *args)
        return
    ads, size = on_ads.ads_told(s, args[-1], at)
    known = breaks.fill_break(s, s.timeline.breaks[part.index], ads, size)
    part.lengths = lengths_of(known)
    lengths.lay_out(s, at)
    telling.hear(s, at)


def break_near(s: State) -> Stretch | None:
    """A break of the stream whose border is so near that a callback may mean it."""
    here = stream_place.playhead_of(s)
    for part in stream_place.stitch_of(s).stretches:
        if abs(part.start - here) <= LEAP or abs(part.end - here) <= LEAP:
            return part
    return None


def stream_ad_break_end(s: State, at: float) -> None:
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is not None and part.end == math.inf:
        at = telling.not_late(s, at, "ad_break_end")
        here = max(stream_place.playhead_of(s) + run_since(s, at), part.start)
        part.told_end = here
        lengths.lay_out(s, at)
        ranges.meet_in_break(s, at, here)
        telling.hear(s, at)
    elif telling.in_client_ad(s):
        telling.tell(s, inputs.AD_BREAK_END, at)
    else:
        telling.hear(s, at)


def run_since(s: State, at: float) -> float:
    """How far the playhead came since it was last heard of, as far as that is believed."""
    return min(stream_place.expected_since(s, at), LEAP) if s.how == "playing" else 0.0


def stream_ad_start(s: State, at: float, asset_id: Any, pod_position: Any, duration: Any) -> None:
    """A framework names an ad of the stream; where nobody knew, it shows where one begins."""
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is None or telling.in_client_ad(s):
        if telling.in_client_ad(s) or break_near(s) is None:
            telling.tell(s, inputs.AD_START, at, asset_id, pod_position, duration)
        else:
            telling.hear(s, at)
        return
    at = telling.not_late(s, at, "ad_start")
    told = on_ads.as_ad(s, asset_id, at)
    place = on_ads.place_told(s, pod_position, at)
    length = values.seconds_told(s, duration, at, "ad_start") or None
    if s.ad is not None and stitch.ad_end == math.inf and is_next(s, told, place):
        cut_ad(s, at, part)
    elif s.where == "ad_break" and part.end == math.inf:
        begin_next_ad(s, at, part)
    if s.ad is not None and not is_other_ad(s, s.ad, told, place):
        name_ad(s, told, length)
    telling.hear(s, at)


def begin_next_ad(s: State, at: float, part: Stretch) -> None:
    """Another ad of a break of which nobody knows how many it has."""
    stitch = stream_place.stitch_of(s)
    here = stream_place.playhead_of(s) + run_since(s, at)
    lengths = list(part.lengths or (None,))
    lengths[stitch.part] = here - stitch.ad_start
    if len(lengths) == stitch.part + 1:
        lengths.append(None)
    part.lengths = tuple(lengths)
    borders.begin_ad(s, at, part, stitch.part + 1, here)


def is_other_ad(s: State, ad: AdPlay, told: Ad | None, place: int | None) -> bool:
    """Whether a callback around a border speaks of another ad than the open one."""
    if place is not None:
        return place - 1 != ad.place
    names = {known.asset_id for known in s.ad_break.ads} - {None}
    return told is not None and told.asset_id in names and told.asset_id != ad.asset_id


def is_next(s: State, told: Ad | None, place: int | None) -> bool:
    """Whether an ad of unknown end is followed by this one."""
    ad = s.ad
    if ad is None or ad.position <= NEAR:
        return False
    if place is not None:
        return place - 1 > ad.place
    return told is not None and told.asset_id not in (None, ad.asset_id)


def cut_ad(s: State, at: float, part: Stretch) -> None:
    """The open ad ends where the next one begins."""
    stitch = stream_place.stitch_of(s)
    here = stream_place.playhead_of(s) + run_since(s, at)
    number = stitch.part
    lengths = list(part.lengths or (None,))
    lengths[number] = here - stitch.ad_start
    if len(lengths) == number + 1:
        lengths.append(None)
    part.lengths = tuple(lengths)
    stitch.ad_end = here
    borders.run_to(s, at, here)


def name_ad(s: State, told: Ad | None, length: float | None) -> None:
    """What is told of the open ad beside what was known; its id stays as it was said."""
    ad = s.ad
    if ad is None or told is None:
        return
    known = attrs.evolve(told, asset_id=ad.ad.asset_id or ad.asset_id, duration=length)
    ad.ad = adverts.take_ad(s, ad.place, known, None)


def stream_ad_end(s: State, at: float, position: Any, asset_id: Any) -> None:
    """Where an ad of the stream ends its length says, if it is known."""
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is not None and s.ad is not None and stitch.ad_end == math.inf:
        cut_open_end(s, telling.not_late(s, at, "ad_end"), part)
    elif telling.in_client_ad(s):
        telling.tell(s, inputs.AD_END, at, position, asset_id)
    else:
        telling.hear(s, at)


def cut_open_end(s: State, at: float, part: Stretch) -> None:
    stitch = stream_place.stitch_of(s)
    here = stream_place.playhead_of(s) + run_since(s, at)
    lengths = list(part.lengths or (None,))
    lengths[stitch.part] = here - stitch.ad_start
    part.lengths = tuple(lengths)
    telling.tell(s, inputs.AD_END, at, here - stitch.ad_start, None)
    stitch.playhead = here


def stream_ad_progress(s: State, at: float, position: Any) -> None:
    if telling.in_client_ad(s):
        telling.tell(s, inputs.AD_PROGRESS, at, position)
    else:
        telling.hear(s, at)


def stream_ad_skip(s: State, at: float, position: Any) -> None:
    stitch = stream_place.stitch_of(s)
    if stitch.inside >= 0:
        stitch.playhead = stream_place.playhead_of(s)
        position = None
    telling.tell(s, inputs.AD_SKIP, at, position)


def stream_ad_error(s: State, at: float, *args: Any) -> None:
    stream_place.stitch_of(s).playhead = stream_place.playhead_of(s)
    telling.tell(s, inputs.AD_ERROR, at, *args)
