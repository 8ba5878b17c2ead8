"""What is told of the ads in a stream: as ranges of it, or by the callbacks of a framework (S9)."""

import math
from typing import Any, Final

import attrs

from video_tracker.plan import Ad, AdRange
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.data.stitch import AdSpan, Stretch, lengths_of
from video_tracker.session.data.timeline import MID, PLACEMENTS, POST, PRE, Break
from video_tracker.session.data.tolerances import DUST, LEAP, MOST_RANGES, NEAR, SAME_PLACE
from video_tracker.session.effects import adverts, beats, ledger, motion, positions, stream
from video_tracker.session.rules import breaks, inputs, leaps, on_ads, values
from video_tracker.session.stream import borders, playing


def on_ad_ranges(s: State, at: float, ranges: Any) -> None:
    """Ad breaks were found in the stream: lay them out, and meet them where the playhead is."""
    if s.converted:
        s.ignored(at, "ad_ranges", "content_positions")
        return
    if not s.may_enter("ad_ranges", at):
        return
    listed = isinstance(ranges, list | tuple) and len(ranges) <= MOST_RANGES
    if not (listed and all(isinstance(each, AdRange) for each in ranges)):
        s.ignored(at, "ad_ranges", "invalid_value")
        return
    leaps.jumped(s)
    values.become_stitched(s)
    if s.where == "content" and opens_next(s, [told.start for told in ranges]):
        borders.enter_next(s, at, borders.next_content_at(s))
    playhead = stream.playhead(s)
    for told in sorted(ranges, key=lambda told: told.start):
        take_range(s, told)
    values.lay_out(s, at)
    measure_ads(s)
    meet_ranges(s, at, playhead)
    s.clock = max(s.clock, at)
    stream.measure_short_way(s)


def opens_next(s: State, starts: list[float]) -> bool:
    """Whether a break told at the content's border is the next content's pre-roll (S11)."""
    border = borders.next_content_at(s)
    reached = stream.playhead(s) >= border - NEAR
    told = any(abs(start - border) <= NEAR for start in starts)
    ahead = breaks.planned(s, s.asset_index + 1, PRE)
    awaited = any(not positions.was_opened(s, part.index) for part in ahead)
    return reached and told and awaited and not breaks.to_come(s, POST)


AD_RANGES: Final = Input(name="ad_ranges", means=on_ad_ranges, decides=False)


def take_range(s: State, told: AdRange) -> None:
    part = same_range(s, told) or new_stretch(s, told)
    shift = part.start - part.content
    known = s.timeline.breaks[part.index]
    declared = part.lengths if part.fixed else lengths_of(known)
    ads, size = told.ads[:MOST_RANGES], min(int(told.pod_length or 0), MOST_RANGES)
    known = breaks.fill_break(s, known, ads, size or None)
    part.start, part.told_end = told.start, math.inf if told.end is None else told.end
    merged = [*declared, *[None] * (max(known.size() or 0, len(ads)) - len(declared))]
    for place, ad in enumerate(ads):  # what is told now stands before what was declared
        merged[place] = merged[place] if ad.duration is None else ad.duration
    part.lengths, part.replaces = tuple(merged), told.replaces
    part.resume = known.resume_offset if told.resume_offset is None else told.resume_offset
    part.told = part.fixed = True
    part.told_id = told.pod_id if part.told_id is None else part.told_id
    part.settle(shift)  # by it the next range of the same word finds its content


def same_range(s: State, told: AdRange) -> Stretch | None:
    for part in s.stream.stretches if told.pod_id is not None else ():
        if told.pod_id in (part.told_id, s.timeline.breaks[part.index].pod_id):
            return part
    near = [
        part
        for part in s.stream.stretches
        if part.fixed
        and abs(part.start - told.start) <= (SAME_PLACE if part.told else LEAP)
        and (told.pod_id is None or part.told_id is None)
    ]
    return min(near, key=lambda part: abs(part.start - told.start), default=None)


def new_stretch(s: State, told: AdRange) -> Stretch:
    """A new range: a break of the plan that no range has told yet, or a break of its own."""
    stitch, content = s.stream, s.stream.to_content(told.start)
    placement = POST if stream.content_ends_at(s, content) else MID
    if content <= DUST and told.start <= DUST and not s.live:
        placement = PRE
    placement = PLACEMENTS.get(told.placement or "", placement)
    part = planned_for(s, told, content, placement)
    if part is None:  # known before it plays, it counts as planned
        place = (s.asset_index, placement, {PRE: 0.0, POST: math.inf}.get(placement, content))
        s.timeline, part = s.timeline.new_break(place, told.pod_id, planned=True)
    else:  # where the plan alone would have put it counts no more
        stitch.stretches = [each for each in stitch.stretches if each.index != part.index]
        content = stitch.to_content(told.start)
        if part.placement == MID:
            s.timeline = s.timeline.with_offset(part, content)
    made = Stretch(part.index, told.start, math.inf, content, told_id=told.pod_id)
    stitch.stretches = sorted((*stitch.stretches, made), key=lambda each: each.start)
    return made


def planned_for(s: State, told: AdRange, content: float, placement: str) -> Break | None:
    """The planned break that a range tells of: by its id, its place, or its turn."""
    taken = {part.index for part in s.stream.stretches if part.fixed}
    free = [part for part in breaks.planned(s, s.asset_index) if part.index not in taken]
    named = [part for part in free if part.pod_id == told.pod_id]
    end = math.inf if s.duration is None else s.duration

    def away(part: Break) -> float:
        return abs((end if part.offset == math.inf else part.offset) - content)

    near = [part for part in free if away(part) <= SAME_PLACE]
    if named or near:  # of two names for one place the plan's wins (S12)
        return named[0] if named else min(near, key=away)
    names = breaks.names_of_others(s, told.pod_id)
    turn = [part for part in breaks.to_come(s, placement) if part.index not in taken]
    others = (part for part in turn if part.pod_id not in names)
    return min(others, key=lambda part: part.offset, default=None)


def measure_ads(s: State) -> None:
    """An ad whose length nobody declared is as long as its range leaves it (S4)."""
    for part in s.stream.stretches:
        if not part.told or part.end <= part.start + DUST:
            continue
        known = s.timeline.breaks[part.index]
        ads = list(known.ads)
        for place, span in enumerate(part.spans()):
            declared = part.lengths[place] if part.lengths else None
            if declared is None and span.length is not None:
                ads += [Ad()] * (place + 1 - len(ads))
                ads[place] = attrs.evolve(ads[place], duration=span.length)
        if tuple(ads) != known.ads:
            s.timeline = s.timeline.with_break(attrs.evolve(known, ads=tuple(ads)))
        if s.ad is not None and s.stream.inside == part.index:
            s.ad.ad = ads[s.ad.place] if s.ad.place < len(ads) else s.ad.ad
            beats.set_quartile_due(s, s.ad)


def meet_ranges(s: State, at: float, playhead: float) -> None:
    """What the session holds of its playhead follows what is known of the stream now."""
    stitch = s.stream
    if stitch.open is not None:
        meet_in_break(s, at, stitch.open, playhead)
        return
    if s.where != "content" or stitch.waits:
        return
    part = stitch.at(playhead) if s.how in ("playing", "buffering", "paused") else None
    if part is None and s.how == "playing" and stitch.said_at > 0:
        # It may have run over a whole break since the last word was said.
        heard = playhead - (s.accrued - stitch.said_at) * s.rate
        passed = (each for each in stitch.stretches if heard - DUST <= each.start < each.end - DUST)
        unsaid = (each for each in passed if not positions.was_opened(s, each.index))
        part = next((each for each in unsaid if each.end <= playhead), None)
    if part is not None:
        enter_late(s, part, playhead)
        return
    # The same playhead is elsewhere in the content, if breaks before it have changed.
    content = borders.content_at(s, playhead)
    if abs(content - s.position) > DUST:
        ledger.jump(s, content)


def meet_in_break(s: State, at: float, part: Stretch, playhead: float) -> None:
    """The open break was told anew: its ads may lie elsewhere, or it may be over."""
    stitch = s.stream
    if playhead < part.start - LEAP:
        return
    if s.ad is None:
        stitch.playhead = playhead
    else:
        span = next(iter(part.spans()[stitch.part :]), AdSpan(stitch.ad_start, part.end))
        stitch.ad_start, stitch.ad_end = span.start, span.end
        s.ad.position = max(min(playhead, stitch.ad_end) - stitch.ad_start, 0.0)
    borders.run_to(s, at, playhead)
    if s.where == "content" and playhead > stream.playhead(s):
        inputs.take(s, inputs.PROGRESS, at, max(playhead - stitch.shift, 0.0), None)


def enter_late(s: State, part: Stretch, playhead: float) -> None:
    """The playhead is in a break already: it began before, and what content took is given back."""
    motion.tell_seek(s)
    now, said = s.accrued, max([s.stream.said_at, *(event.at for event in s.out)])
    floor = now if said < 0 or s.how != "playing" else max(said, s.started_at or 0.0)
    back = max(min((playhead - part.start) / s.rate, now - floor, s.content_played), 0.0)
    s.content_played -= back
    s.accrued = s.clock = now - back
    place = playhead - back * s.rate
    if positions.was_opened(s, part.index) and s.position - s.range_start < back * s.rate + NEAR:
        part = rest_of(s, part, place)
    if part.content < s.range_start:
        ledger.jump(s, part.content)
    s.position = part.content
    ledger.know_place(s)
    borders.enter_break(s, s.accrued - s.skew, part, place)
    if back > 0:
        playing.progress_in_stream(s, now - s.skew, playhead)


def rest_of(s: State, part: Stretch, place: float) -> Stretch:
    """What is left of a break that grew after content had followed it is another one (S14)."""
    number = part.ad_at(place)
    if not number:
        return part
    start, known = part.spans()[number].start, s.timeline.breaks[part.index]
    where = (s.asset_index, known.placement, known.offset)
    s.timeline, made = s.timeline.new_break(where, None, known.ads[number:], planned=True)
    rest = attrs.evolve(part, index=made.index, start=start, lengths=part.lengths[number:])
    rest.told, rest.fixed, rest.told_id = True, True, None
    part.lengths, part.told_end, part.resume = part.lengths[:number], start, 0.0
    s.stream.stretches.append(rest)
    s.stream.reckon(s.timeline, s.asset.content.duration)
    return rest


def on_ad_break_start(s: State, row: Input, at: float, *args: Any) -> None:
    """A framework speaks of a break of the stream: only its ads are news."""
    part = break_near(s)
    if part is None:
        inputs.take(s, row, at, *args)
    else:
        ads, size = on_ads.ads_told(s, args[-1], at)
        part.lengths = lengths_of(breaks.fill_break(s, s.timeline.breaks[part.index], ads, size))
        values.lay_out(s, at)


def on_ad_break_end(s: State, row: Input, at: float, *_: Any) -> None:
    part = s.stream.open
    if part is not None and part.end == math.inf:
        at = not_late(s, at, row.name)
        part.told_end = here = max(stream.about_here(s, at), part.start)
        values.lay_out(s, at)
        meet_in_break(s, at, part, here)


def on_ad_end(s: State, row: Input, at: float, *_: Any) -> None:
    """Where an ad of the stream is, and ends, its playhead says, if its length is known."""
    part = s.stream.open
    if row is not inputs.AD_END or part is None or s.ad is None or s.stream.ad_end != math.inf:
        return
    at = not_late(s, at, row.name)
    here = cut_ad(s, at, part, more=False)
    inputs.take(s, row, at, here - s.stream.ad_start, None)
    s.stream.playhead = here


def break_near(s: State) -> Stretch | None:
    """The break that a callback may mean: the open one, or one with a border near by."""
    here, parts = stream.playhead(s), [] if s.where == "after_content" else s.stream.stretches
    near = (part for part in parts if min(abs(part.start - here), abs(part.end - here)) <= LEAP)
    return s.stream.open or next(near, None)


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
    other = told is not None and told.asset_id not in (None, ad.asset_id)
    return ad.position > NEAR and (other if place is None else place - 1 > ad.place)


def is_other_ad(s: State, ad: AdPlay, told: Ad, place: int | None) -> bool:
    """Whether a callback around a border speaks of another ad than the open one."""
    others = {known.asset_id for known in s.ad_break.ads} - {None, ad.asset_id}
    return told.asset_id in others if place is None else place - 1 != ad.place


def on_ad_off(s: State, row: Input, at: float, *args: Any) -> None:
    """An ad was skipped, or failed: the playhead is where it was; a place in the ad it says not."""
    s.stream.playhead = stream.playhead(s)
    skipped = row is inputs.AD_SKIP and s.stream.inside >= 0
    inputs.take(s, row, at, *((None,) if skipped else args))
