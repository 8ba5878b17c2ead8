"""What a session knows of the ads in its stream (S9): where each lies, and where the playhead is.

Breaks come from the plan, whose content positions give their places, or as ranges of the stream,
which are believed before it.
"""

from collections.abc import Iterator
from itertools import takewhile

import attrs

from video_tracker.session.data.timeline import Break, Timeline
from video_tracker.session.data.tolerances import DUST, NEVER, SAME_END

__all__ = ["AdSpan", "Stitch", "Stretch", "lengths_of"]


@attrs.frozen
class AdSpan:
    """Where one ad lies in the stream; its end is infinite while nobody knows it."""

    start: float
    end: float

    @property
    def length(self) -> float | None:
        """Its length; None while nobody knows it."""
        return None if self.end == NEVER else self.end - self.start


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)
class Stretch:
    """An ad break in the stream."""

    index: int  # its break in the session's timeline
    start: float
    end: float  # infinite while nobody knows it
    content: float  # its place on the content timeline
    lengths: tuple[float | None, ...] = ()  # of its ads, as they were told
    resume: float = 0.0  # its resume offset; of a replacement it follows from the length
    replaces: bool = False  # whether the content goes on beneath it
    told: bool = False  # as a range; otherwise it follows from the plan
    fixed: bool = False  # its start is settled: it was told, or has begun to play
    told_end: float = NEVER  # infinite when nobody told one
    told_id: str | None = None  # when the plan's is another

    @property
    def shift(self) -> float:
        """Stream minus content position behind it."""
        return self.end - self.content - self.resume

    def spans(self) -> tuple[AdSpan, ...]:
        """Where its ads lie, one after the other, as far as anybody can know it.

        One ad of unknown length takes what the others leave; no ads are one of unknown length.
        """
        spans: list[AdSpan] = []
        at, end, lengths = self.start, self.end, self.lengths or (None,)
        for place, length in enumerate(lengths):
            rest = lengths[place + 1 :]
            if length is None:
                if None in rest or end == NEVER:
                    return (*spans, AdSpan(at, end))
                length = max(end - at - sum(each or 0.0 for each in rest), 0.0)  # noqa: PLW2901
            closes = not rest and abs(at + length - end) <= SAME_END
            spans.append(AdSpan(at, end if closes else min(at + length, end)))
            at = spans[-1].end
        return tuple(spans)

    def ad_at(self, place: float) -> int | None:
        """The ad in which a place of it lies; None in the gap behind the last one."""
        spans = enumerate(self.spans())
        return next((number for number, span in spans if place < span.end - DUST), None)

    def settle(self, shift: float) -> None:
        """Its place, end and resume offset, given what lies before it."""
        self.content, end = max(self.start - shift, 0.0), self.told_end
        if end == NEVER and self.lengths and None not in self.lengths:
            end = self.start + sum(length or 0.0 for length in self.lengths)
        self.stop(end)

    def stop(self, end: float) -> None:
        """It ends here."""
        self.end = end
        if self.replaces:
            self.resume = 0.0 if self.end == NEVER else self.end - self.start


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)
class Stitch:
    """The ad breaks in the stream, and what the session has made of its playhead."""

    planned: bool = False  # whether the breaks of the plan lie in the stream (setting ``ads``)
    stretches: list[Stretch] = attrs.field(factory=list)  # the asset's, in the stream's order
    asset_index: int = 0
    length: float | None = None  # when the player said it
    playhead: float = 0.0  # where it is while neither content nor an ad plays
    shift: float = 0.0  # stream minus content position of the content that plays
    inside: int = -1  # the open break's index; -1 while none is open
    part: int = -1  # the ad of it that plays or played last, from 0
    ad_start: float = 0.0  # where that ad lies
    ad_end: float = 0.0
    said_at: float = -1.0  # when the newest event happened; negative while nobody knows
    landed_at: float | None = None  # of a seek that ended where ads begin or end,
    landed_to: float = 0.0  # while another may still continue it (S33)
    waits: bool = False  # whether the playhead rests in an ad that has not begun to move
    place_left: float | None = None  # by a seek: in the content pod that an ad will complete (S21)
    sought: float | None = None
    moved_at: float | None = None  # when the playhead was first heard in a seek, and where
    moved_to: float = 0.0
    base: float = 0.0  # where the current asset begins, if others lie before it
    plain: bool = attrs.field(default=False, init=False)  # whether what plays just plays
    until: float = attrs.field(default=-NEVER, init=False)  # the next border, for the short way
    landing: bool = attrs.field(default=False, init=False)  # the seek that ends leads into ads
    begins: float = attrs.field(default=0.0, init=False)  # the place in the ad that starts now

    @property
    def open(self) -> Stretch | None:
        """The stretch whose break is open."""
        return next((part for part in self.stretches if part.index == self.inside), None)

    def at(self, position: float) -> Stretch | None:
        """The stretch in which a stream position lies; its end lies behind it."""
        return next((part for part in self._begun(position) if position < part.end - DUST), None)

    def _begun(self, position: float) -> list[Stretch]:
        return list(takewhile(lambda part: part.start <= position + DUST, self.stretches))

    def following(self, position: float) -> Stretch | None:
        """The first stretch at or behind a stream position."""
        parts = (part for part in self.stretches if part.start >= position - DUST)
        return next((part for part in parts if part.end > part.start + DUST), None)

    def to_content(self, position: float) -> float:
        """The content position of a stream position."""
        part, begun = self.at(position), self._begun(position)
        if part is not None:
            return part.content
        return max(position - (begun[-1].shift if begun else self.base), 0.0)

    def reckon(self, timeline: Timeline, duration: float | None) -> None:
        """Lay all breaks out anew: fixed ones where they are, planned ones where they fall."""
        fixed = sorted((part for part in self.stretches if part.fixed), key=lambda part: part.start)
        planned = list(self._planned(timeline, {part.index for part in fixed}))
        self.stretches, shift = [], self.base
        while fixed or planned:
            if planned and not (fixed and fixed[0].start + DUST < planned[0].content + shift):
                part = planned.pop(0)
                part.start = self._start(part, shift, duration)
                replaced = self.stretches and part.start < self.stretches[-1].end - DUST
                if part.start == NEVER or replaced or any(later.told for later in fixed):
                    continue  # what a break stands for, or told ranges passed over, is not in it
            else:
                part = fixed.pop(0)
            if self.stretches:
                last = self.stretches[-1]
                last.stop(max(min(last.end, part.start), last.start))
                shift = last.shift
            part.settle(shift)
            self.stretches.append(part)
            if part.end == NEVER:
                planned.clear()  # how far it moves those behind it nobody knows yet
            shift = part.shift

    def _planned(self, timeline: Timeline, taken: set[int]) -> Iterator[Stretch]:
        parts = timeline.breaks_of(self.asset_index) if self.planned else ()
        for part in sorted(parts, key=lambda part: (part.offset, part.index)):
            known = lengths_of(part)
            if part.planned and part.index not in taken and known and None not in known:
                yield Stretch(part.index, NEVER, NEVER, part.offset, known, part.resume_offset)

    def _start(self, part: Stretch, shift: float, duration: float | None) -> float:
        """Where a planned break falls in the stream."""
        if part.content < NEVER:
            return part.content + shift
        if duration is not None:
            return duration + shift
        length = sum(length or 0.0 for length in part.lengths)
        return NEVER if self.length is None else max(self.length - length, 0.0)

    def for_replay(self, before: Timeline, timeline: Timeline) -> "Stitch":
        """What a replay of the asset begins with: the stream is the same (S24)."""
        indexes = {part.pod_id: part.index for part in timeline.breaks}
        again = Stitch(planned=self.planned, length=self.length)
        for part in self.stretches:
            index = indexes.get(before.breaks[part.index].pod_id)
            if part.fixed and index is not None:
                again.stretches.append(attrs.evolve(part, index=index))
        again.reckon(timeline, timeline.assets[0].content.duration)
        return again


def lengths_of(part: Break) -> tuple[float | None, ...]:
    """The lengths of a break's ads, with those of which only the number is known."""
    lengths: tuple[float | None, ...] = tuple(ad.duration for ad in part.ads)
    return lengths + (None,) * ((part.size() or 0) - len(lengths))
