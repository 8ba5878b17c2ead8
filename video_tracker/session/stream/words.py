"""What players and their frameworks say of a stream, beside what its playhead shows (S9)."""

import math
from typing import Any

import attrs

from video_tracker.plan import Ad
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.stitch import Stretch, lengths_of
from video_tracker.session.data.tolerances import LEAP, NEAR
from video_tracker.session.effects import adverts, stream
from video_tracker.session.rules import breaks, inputs, lengths, on_ads, on_content, values
from video_tracker.session.stream import borders, playing, ranges


def tell_here(s: State, row: Input, at: float, place: float | None) -> None:
    """An input that means what it always does, with a position of what plays."""
    inputs.take(s, row, at, None if stream.in_client_ad(s) else stream.local_place(s, place))


def on_play(s: State, row: Input, at: float, place: float | None) -> None:
    if s.stream.waits and s.how == "paused":
        playing.wake_waiting(s, at)
    elif s.where in ("idle", "starting"):
        inputs.take(s, row, at, None if place is None else borders.content_at(s, place))
    else:
        tell_here(s, row, at, place)


def on_playing(s: State, row: Input, at: float, place: float | None) -> None:
    stitch = s.stream
    if stitch.landed_at is not None:
        borders.hear(s, at)
    elif stitch.waits:
        playing.wake_waiting(s, at)
    elif s.how in ("seeking", "seeking_paused") and place is not None:
        playing.on_seek_end(s, row, at, place)
    elif s.where in ("idle", "starting"):
        start = stitch.playhead if place is None else place
        part = stitch.at(start)
        if part is not None:
            borders.enter_break(s, at, part, start)
        else:
            untold = place is None and start == 0
            inputs.take(s, row, at, None if untold else borders.content_at(s, start))
    else:
        tell_here(s, row, at, place)


def on_end(s: State, row: Input, at: float, place: float | None) -> None:
    """The stream ran out: whatever is open in it is over, and nothing of the plan can follow."""
    if not stream.in_client_ad(s) and s.where not in ("idle", "after_content"):
        end = place
        if end is None and s.how == "playing":
            end = min(stream.playhead(s) + stream.expected(s, at), s.stream.length or math.inf)
        if end is not None and stream.fits(s, at, end):
            borders.run_to(s, at, end)
        if s.stream.inside >= 0:
            borders.finish_stream(s, at)
    if s.where == "content":
        s.stream.playhead = stream.playhead(s)
        if place is not None and stream.fits(s, at, place):
            s.stream.playhead = place
    inputs.take(s, row, at, stream.local_place(s, place))
    if row is inputs.CONTENT_END and s.where == "after_content":
        for part in s.timeline.breaks_of(s.asset_index):
            if part.offset == math.inf:
                s.breaks_opened |= 1 << part.index


def on_exit(s: State, row: Input, at: float, place: float | None) -> None:
    """Who leaves a stream played to its end, wherever its content's is, has completed it (S75)."""
    if place is not None and stream.ends_at(s, place):
        if s.stream.inside >= 0 and stream.fits(s, at, place):
            borders.finish_stream(s, at)
        still = s.how in ("playing", "paused", "buffering") and not s.stream.waits
        here = s.begun and s.where in ("content", "starting")
        if still and here and stream.ends_at(s, stream.playhead(s) + NEAR):
            on_end(s, inputs.CONTENT_END, at, place)
    tell_here(s, row, at, place)


def on_load(s: State, row: Input, at: float, plan: Any, duration: Any, *args: Any) -> None:
    if args[-1] == "content":
        inputs.take(s, row, at, plan, duration, *args)
        return
    inputs.take(s, row, at, plan, None, *args)
    borders.follow_asset(s)
    take_stream_length(s, duration, at, row.name)
    lengths.lay_out(s, at)


def on_update(s: State, row: Input, at: float, *args: Any) -> None:
    *before, duration, live_edge, start_date, properties = args
    inputs.take(s, row, at, *before, None, live_edge, start_date, properties)
    take_stream_length(s, duration, at, row.name)


def take_stream_length(s: State, value: Any, at: float, name: str) -> None:
    """The player says how long the stream is (S4, S5)."""
    if value is None or value == math.inf or s.where == "over":
        return
    seconds = values.seconds_told(s, value, at, name)
    if not seconds or s.stream.length == seconds:
        return
    s.stream.length = seconds
    if s.live:
        s.live_origin = at - seconds  # it grows: the edge, and no length (S6, S8)
    else:
        lengths.lay_out(s, at)


def on_content_start(s: State, row: Input, at: float, asset_id: Any, place: float | None) -> None:
    """In an open break of the stream only another content begins: the playhead says when."""
    stitch = s.stream
    within = stitch.inside >= 0 and (place is None or stitch.at(place) is stitch.open)
    if within and not on_content.is_other(s, on_content.as_content(s, asset_id, at, row.name)):
        borders.hear(s, at)
        return
    inputs.take(s, row, at, asset_id, None if place is None else stitch.to_content(place))
    borders.follow_asset(s)
    if s.where == "content":
        borders.content_at(s, stream.playhead(s) if place is None else place)
        s.stream.inside = -1


def on_ad_break_start(s: State, row: Input, at: float, *args: Any) -> None:
    """A framework speaks of a break of the stream: only its ads are news."""
    part = s.stream.open or break_near(s)
    if part is None:
        inputs.take(s, row, at, *args)
        return
    known = breaks.fill_break(s, s.timeline.breaks[part.index], *on_ads.ads_told(s, args[-1], at))
    part.lengths = lengths_of(known)
    lengths.lay_out(s, at)
    borders.hear(s, at)


def break_near(s: State) -> Stretch | None:
    """A break of the stream whose border is so near that a callback may mean it."""
    here = stream.playhead(s)
    for part in s.stream.stretches if s.where != "after_content" else ():
        if min(abs(part.start - here), abs(part.end - here)) <= LEAP:
            return part
    return None


def on_ad_break_end(s: State, row: Input, at: float) -> None:
    part = s.stream.open
    if part is not None and part.end == math.inf:
        at = not_late(s, at, row.name)
        part.told_end = here = max(stream.about_here(s, at), part.start)
        lengths.lay_out(s, at)
        ranges.meet_in_break(s, at, here)
    borders.hear(s, at)


def not_late(s: State, at: float, name: str) -> float:
    """A time as it was told, but not before the newest one: clamped, and counted (S64)."""
    if at + s.skew >= s.clock:
        return at
    s.repaired(s.clock, name, "clock_stepped_back")
    return s.clock - s.skew


def on_ad_start(s: State, row: Input, at: float, asset_id: Any, number: Any, duration: Any) -> None:
    """A framework names an ad of the stream; where nobody knew, it shows where one begins."""
    stitch, part = s.stream, s.stream.open
    if part is None:
        if break_near(s) is None:
            inputs.take(s, row, at, asset_id, number, duration)
        borders.hear(s, at)
        return
    at = not_late(s, at, row.name)
    told, place = on_ads.as_ad(s, asset_id, at), on_ads.place_told(s, number, at)
    length = values.seconds_told(s, duration, at, row.name) or None
    if s.ad is not None and stitch.ad_end == math.inf and is_next(s.ad, told, place):
        stitch.ad_end = cut_ad(s, at, part, more=True)
        borders.run_to(s, at, stitch.ad_end)
    elif s.where == "ad_break" and part.end == math.inf:
        borders.begin_ad(s, at, part, cut_ad(s, at, part, more=True), stitch.part + 1)
    if s.ad is not None and told is not None and not is_other_ad(s, s.ad, told, place):
        # What is told of the open ad beside what was known; its id stays as it was said.
        known = attrs.evolve(told, asset_id=s.ad.ad.asset_id or s.ad.asset_id, duration=length)
        s.ad.ad = adverts.take_ad(s, s.ad.place, known, None)
    borders.hear(s, at)


def cut_ad(s: State, at: float, part: Stretch, *, more: bool) -> float:
    """An ad of unknown length ends here; where nobody knows how many there are, more may come."""
    here, number = stream.about_here(s, at), s.stream.part
    known = list(part.lengths or (None,))
    known[number] = here - s.stream.ad_start
    if more and len(known) == number + 1:
        known.append(None)
    part.lengths = tuple(known)
    return here


def is_next(ad: AdPlay, told: Ad | None, place: int | None) -> bool:
    """Whether an ad of unknown end is followed by this one."""
    if ad.position <= NEAR:
        return False
    if place is not None:
        return place - 1 > ad.place
    return told is not None and told.asset_id not in (None, ad.asset_id)


def is_other_ad(s: State, ad: AdPlay, told: Ad, place: int | None) -> bool:
    """Whether a callback around a border speaks of another ad than the open one."""
    if place is not None:
        return place - 1 != ad.place
    names = {known.asset_id for known in s.ad_break.ads} - {None}
    return told.asset_id in names and told.asset_id != ad.asset_id


def on_ad_end(s: State, row: Input, at: float, _position: Any, _asset_id: Any) -> None:
    """Where an ad of the stream ends its length says, if it is known."""
    part = s.stream.open
    if part is None or s.ad is None or s.stream.ad_end < math.inf:
        borders.hear(s, at)
        return
    at = not_late(s, at, row.name)
    here = cut_ad(s, at, part, more=False)
    inputs.take(s, row, at, here - s.stream.ad_start, None)
    s.stream.playhead = here


def on_ad_progress(s: State, _row: Input, at: float, _position: Any) -> None:
    borders.hear(s, at)


def on_ad_off(s: State, row: Input, at: float, *args: Any) -> None:
    """An ad was skipped, or failed: the playhead is where it was; a place in the ad it says not."""
    s.stream.playhead = stream.playhead(s)
    skipped = row is inputs.AD_SKIP and s.stream.inside >= 0
    inputs.take(s, row, at, *((None,) if skipped else args))
