"""Ad breaks found in the stream, before, while or after the playhead is in them (S9)."""

import math
from typing import Any, Final

import attrs

from video_tracker.plan import Ad, AdRange
from video_tracker.session.data.input import Input
from video_tracker.session.data.state import State
from video_tracker.session.data.stitch import Stretch, lengths_of
from video_tracker.session.data.timeline import MID, PLACEMENTS, POST, PRE, Break
from video_tracker.session.data.tolerances import DUST, LEAP, MOST_RANGES, NEAR, SAME_PLACE
from video_tracker.session.effects import beats, ledger, positions, stream_place
from video_tracker.session.rules import breaks, inputs, lengths
from video_tracker.session.stream import borders, playing, telling


def on_ad_ranges(s: State, at: float, ranges: Any) -> None:
    """Ad breaks were found in the stream; one at a content's border may be the next one's (S11)."""
    if s.converted:
        s.ignored(at, "ad_ranges", "content_positions")
        return
    mark = s.last_input
    told = ranges if isinstance(ranges, tuple) else ()
    starts = [each.start for each in told if isinstance(each, AdRange)]
    if starts and s.stitch is None:
        lengths.become_stitched(s)
    if s.where == "content" and opens_next(s, starts):
        playing.enter_next(s, at, playing.stream_border(s))
    take_ranges(s, at, ranges)
    s.last_input = mark  # what it made the session tell itself repeats nothing
    if s.stitch is not None:
        telling.measure_short_way(s)


def take_ranges(s: State, at: float, ranges: Any) -> None:
    """Lay the told ranges out, and meet them where the playhead is."""
    if not s.may_enter("ad_ranges", at):
        return
    told = ranges_of(ranges)
    if told is None:
        s.ignored(at, "ad_ranges", "invalid_value")
        return
    if s.stitch is None:
        lengths.become_stitched(s)
    playhead = stream_place.playhead_of(s)
    for each in sorted(told, key=by_start):
        take_range(s, each)
    lengths.lay_out(s, at)
    measure_ads(s)
    meet_ranges(s, at, playhead)
    s.clock = max(s.clock, at)


AD_RANGES: Final = Input(name="ad_ranges", means=on_ad_ranges, decides=False)


def take_range(s: State, told: AdRange) -> None:
    """A range that is known already is replaced; another one is added."""
    stitch = stream_place.stitch_of(s)
    part = same_range(s, told)
    if part is None:
        part = new_stretch(s, told)
        stitch.stretches.append(part)
    elif told.start != part.start:
        part.start = told.start
    known = s.timeline.breaks[part.index]
    declared = part.lengths if part.fixed else lengths_of(known)
    if told.ads or told.pod_length:
        known = breaks.fill_break(s, known, told.ads[:MOST_RANGES], count_told(told.pod_length))
    part.lengths = merged_lengths(declared, told.ads[:MOST_RANGES], known.size() or 0)
    part.replaces = told.replaces
    part.resume = known.resume_offset if told.resume_offset is None else told.resume_offset
    part.told = part.fixed = True
    part.told_id = told.pod_id if part.told_id is None else part.told_id
    part.told_end = math.inf if told.end is None else told.end


def same_range(s: State, told: AdRange) -> Stretch | None:
    """The stretch that this range tells again: by its id, or by its place."""
    stitch, breaks = stream_place.stitch_of(s), s.timeline.breaks
    if told.pod_id is not None:
        for part in stitch.stretches:
            if told.pod_id in (part.told_id, breaks[part.index].pod_id):
                return part
    near = [
        part
        for part in stitch.stretches
        if (part.told or part.fixed)
        and abs(part.start - told.start) <= (SAME_PLACE if part.told else LEAP)
        and (told.pod_id is None or part.told_id is None)
    ]
    return min(near, key=lambda part: abs(part.start - told.start), default=None)


def new_stretch(s: State, told: AdRange) -> Stretch:
    """A new range: a break of the plan that no range has told yet, or a break of its own."""
    stitch = stream_place.stitch_of(s)
    content = stitch.to_content(told.start)
    part = planned_for(s, told, content)
    if part is None:
        part = unplanned_break(s, told, content)
    elif part.placement == MID:
        s.timeline = s.timeline.with_offset(part, content)
    stitch.stretches = [each for each in stitch.stretches if each.index != part.index]
    return Stretch(part.index, told.start, math.inf, content, told_id=told.pod_id)


def planned_for(s: State, told: AdRange, content: float) -> Break | None:
    """The planned break that a range tells of: by its id, its place, or its turn."""
    taken = {part.index for part in stream_place.stitch_of(s).stretches if part.told or part.fixed}
    free = [
        part
        for part in s.timeline.breaks_of(s.asset_index)
        if part.planned and part.index not in taken
    ]
    for part in free:
        if told.pod_id is not None and part.pod_id == told.pod_id:
            return part
    near = [part for part in free if abs(content_place(s, part) - content) <= SAME_PLACE]
    if near:  # of two names for one place the plan's wins (S12)
        return min(near, key=lambda part: abs(content_place(s, part) - content))
    if told.pod_id is not None:
        named = {each.pod_id for each in s.plan.ad_breaks}
        free = [part for part in free if part.pod_id not in named]
    wanted = placement_of_range(s, told, content)
    turn = [
        part
        for part in free
        if part.placement == wanted and not positions.was_opened(s, part.index)
    ]
    return min(turn, key=lambda part: part.offset, default=None)


def content_place(s: State, part: Break) -> float:
    if part.offset < math.inf or s.duration is None:
        return part.offset
    return s.duration


def placement_of_range(s: State, told: AdRange, content: float) -> str:
    declared = PLACEMENTS.get(told.placement or "")
    if declared is not None:
        return declared
    if content <= DUST and told.start <= DUST and not s.live:
        return PRE
    return POST if is_last_place(s, content) else MID


def is_last_place(s: State, content: float) -> bool:
    return s.duration is not None and not s.live and content >= s.duration - NEAR


def unplanned_break(s: State, told: AdRange, content: float) -> Break:
    """A break that only the stream knows; known before it plays, it counts as planned."""
    placement = placement_of_range(s, told, content)
    offset = {PRE: 0.0, POST: math.inf}.get(placement, content)
    s.timeline, part = s.timeline.new_break(
        s.asset_index, placement, offset, pod_id=told.pod_id, planned=True
    )
    if placement == MID and content > DUST:
        s.timeline = s.timeline.with_border(s.asset_index, content)
    return part


def meet_ranges(s: State, at: float, playhead: float) -> None:
    """What the session holds of its playhead follows what is known of the stream now."""
    stitch = stream_place.stitch_of(s)
    if stitch.inside >= 0:
        meet_in_break(s, at, playhead)
    elif s.where == "content" and not stitch.waits:
        part = stitch.at(playhead)
        passed = break_slept_through(s, playhead)
        if part is not None and s.how in ("playing", "buffering", "paused"):
            enter_late(s, part, playhead)
        elif passed is not None and s.how == "playing":
            enter_late(s, passed, playhead)
        else:
            anchor_content(s, playhead)


def break_slept_through(s: State, playhead: float) -> Stretch | None:
    """A break that lies wholly behind the last word said, and was not said yet."""
    stitch = stream_place.stitch_of(s)
    for part in stitch.stretches:
        heard = playhead - (s.accrued - stitch.said_at) * s.rate
        unsaid = stitch.said_at > 0 and heard <= part.start + DUST
        wholly = part.start + DUST < part.end <= playhead
        if unsaid and wholly and not positions.was_opened(s, part.index):
            return part
    return None


def anchor_content(s: State, playhead: float) -> None:
    """The content position of the same playhead, if breaks before it have changed."""
    content = stream_place.stitch_of(s).to_content(playhead)
    stream_place.stitch_of(s).shift = playhead - content
    if abs(content - s.position) > DUST:
        ledger.jump(s, content)


def enter_late(s: State, part: Stretch, playhead: float) -> None:
    """The playhead is in a break already: it began when the playhead was at its start.

    It is dated then, but never before what was said already; the seconds that were taken for
    content are given back.
    """
    now = s.accrued
    said = stream_place.stitch_of(s).said_at
    floor = now if said < 0 else min(max(said, s.started_at or 0.0), now)
    back = min((playhead - part.start) / s.rate, now - floor, s.content_played)
    if s.how != "playing":
        back = 0.0
    back = max(back, 0.0)
    s.content_played -= back
    s.accrued = s.clock = now - back
    place = playhead - back * s.rate
    followed = s.position - s.range_start - back * s.rate
    if positions.was_opened(s, part.index) and followed < NEAR:
        part = rest_of(s, part, place)
    anchor_before(s, part)
    borders.enter_break(s, s.accrued - s.skew, part, place)
    if back > 0:
        playing.progress_in_stream(s, now - s.skew, playhead)


def rest_of(s: State, part: Stretch, place: float) -> Stretch:
    """What is left of a break that grew after content had followed it is another one (S14)."""
    number = next((n for n, span in enumerate(part.spans()) if place < span.end - DUST), 0)
    if number == 0:
        return part
    start, known = part.spans()[number].start, s.timeline.breaks[part.index]
    s.timeline, made = s.timeline.new_break(
        s.asset_index, known.placement, known.offset, ads=known.ads[number:], planned=True
    )
    rest = Stretch(made.index, start, part.end, part.content, part.lengths[number:])
    rest.told = rest.fixed = True
    rest.resume, rest.replaces, rest.told_end = part.resume, part.replaces, part.told_end
    part.lengths, part.told_end, part.resume = part.lengths[:number], start, 0.0
    stitch = stream_place.stitch_of(s)
    stitch.stretches.append(rest)
    stitch.reckon(s.timeline, s.asset.content.duration)
    return rest


def anchor_before(s: State, part: Stretch) -> None:
    """The content stopped where the break stands."""
    if part.content < s.range_start:
        ledger.jump(s, part.content)
    else:
        s.position = part.content
    s.estimated = False


def meet_in_break(s: State, at: float, playhead: float) -> None:
    """The open break was told anew: its ads may lie elsewhere, or it may be over."""
    stitch = stream_place.stitch_of(s)
    part = stitch.open
    if part is None or playhead < part.start - LEAP:
        return
    spans = part.spans()
    if s.ad is not None:
        number = min(stitch.part, len(spans) - 1)
        if number == stitch.part:
            stitch.ad_start, stitch.ad_end = spans[number].start, spans[number].end
        else:
            stitch.ad_end = part.end
        s.ad.position = max(min(playhead, stitch.ad_end) - stitch.ad_start, 0.0)
    else:
        stitch.playhead = playhead
    borders.run_to(s, at, playhead)
    if s.where == "content" and playhead > stream_place.playhead_of(s):
        telling.tell(s, inputs.PROGRESS, at, max(playhead - stitch.shift, 0.0), None)


def measure_ads(s: State) -> None:
    """An ad whose length nobody declared is as long as its range leaves it (S4)."""
    for part in stream_place.stitch_of(s).stretches:
        if part.told and part.end > part.start + DUST:
            measure_break(s, part)


def measure_break(s: State, part: Stretch) -> None:
    known = s.timeline.breaks[part.index]
    ads = list(known.ads)
    for place, span in enumerate(part.spans()):
        declared = part.lengths[place] if place < len(part.lengths) else None
        if declared is None and span.length is not None:
            ads += [Ad()] * (place + 1 - len(ads))
            ads[place] = attrs.evolve(ads[place], duration=span.length)
    if tuple(ads) != known.ads:
        s.timeline = s.timeline.with_break(attrs.evolve(known, ads=tuple(ads)))
    if s.ad is not None and stream_place.stitch_of(s).inside == part.index:
        s.ad.ad = ads[s.ad.place] if s.ad.place < len(ads) else s.ad.ad
        beats.set_quartile_due(s, s.ad)


def opens_next(s: State, starts: list[float]) -> bool:
    if not starts or not playing.runs_on(s, math.inf):
        return False
    border = playing.stream_border(s)
    reached = stream_place.playhead_of(s) >= border - NEAR
    told = reached and any(abs(start - border) <= NEAR for start in starts)
    return told and pre_roll_of_next(s) and not post_roll_planned(s)


def pre_roll_of_next(s: State) -> bool:
    parts = s.timeline.breaks_of(s.asset_index + 1)
    return any(part.planned and part.placement == PRE for part in parts)


def post_roll_planned(s: State) -> bool:
    parts = s.timeline.breaks_of(s.asset_index)
    return any(
        part.planned and part.placement == POST and not positions.was_opened(s, part.index)
        for part in parts
    )


def ranges_of(told: Any) -> list[AdRange] | None:
    """The ranges as told; None when they are none."""
    if not isinstance(told, list | tuple) or len(told) > MOST_RANGES:
        return None
    return list(told) if all(isinstance(each, AdRange) for each in told) else None


def merged_lengths(
    declared: tuple[float | None, ...], told: tuple[Ad, ...], size: int
) -> tuple[float | None, ...]:
    """What is declared of the ads' lengths; what is told now stands before it."""
    lengths = list(declared) + [None] * (max(size, len(told)) - len(declared))
    for place, ad in enumerate(told):
        if ad.duration is not None:
            lengths[place] = ad.duration
    return tuple(lengths)


def count_told(told: float | None) -> int | None:
    return None if not told else min(int(told), MOST_RANGES)


def by_start(told: AdRange) -> float:
    return told.start
