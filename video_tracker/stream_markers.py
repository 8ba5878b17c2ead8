"""Finds the ads that lie in the stream by the markers that its playlist or manifest holds (S9).

Three kinds are read: HLS date ranges with SCTE-35 (an open-ended ``SCTE35-OUT`` with a planned
length is the break, ranges with an ad's id inside it are its ads), date ranges whose class names
ads, and DASH events whose scheme does. Players tell of them when they become active, a little late
and all at once, or ahead of time; a range is told again when more of it is known (players-notes
D20).
"""

import contextlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.payload import finite, part_of, text_of
from video_tracker.plan import Ad, AdRange
from video_tracker.signals import AdRanges, Progress, Signal

__all__ = [
    "AD_IDS",
    "Marker",
    "StreamMarkers",
    "date_ranges",
    "is_ad_scheme",
    "stream_event",
    "timeline_region",
]

AD_IDS: Final = ("X-AD-ID", "X-ASSET-ID", "X-AD-CREATIVE-ID")
"""Attributes that name an ad, the best first."""
_PLACES: Final = ("X-POD-POSITION", "X-AD-POD-POSITION")
_COUNTS: Final = ("X-ADS", "X-POD-SIZE", "X-AD-POD-SIZE", "X-AD-COUNT")
_INTERSTITIAL: Final = frozenset({"X-ASSET-URI", "X-ASSET-LIST"})
"""Attributes of ads that are no part of the stream: the player plays them instead of it."""
_AD_WORD: Final = re.compile(
    r"(?<![a-z])(ads?|adbreak|advert\w*|commercial|scte-?35)(?![a-z])", re.IGNORECASE
)
_IDENTIFIER: Final = re.compile(r"[\w.:-]{1,64}")
_JOINT: Final = 0.5
"""Seconds between two ads of one break at most, and by which markers miss each other."""
_LATE: Final = 0.3
"""Seconds behind its beginning at which an ad is told at the latest (D20)."""
_LONGEST: Final = 1e9
_MOST: Final = 1_000
"""Breaks of one stream that are remembered; a hostile log cannot grow an adapter further."""


@attrs.frozen
class Marker:
    """A break, or one ``ad`` in it, as a marker tells it: in seconds of the stream.

    Nobody may know yet where it ends. An ad has a place in its break, counted from 1, a break a
    count of ads. A marker that ``closes`` only says that the break before it is over.
    """

    start: float
    end: float | None = None
    marker_id: str | None = None
    ad: bool = False
    asset_id: str | None = None
    place: int | None = None
    count: int | None = None
    closes: bool = False


def is_ad_scheme(name: object) -> bool:
    """Whether a scheme or a class says that it marks ads (``urn:scte:scte35:2013:xml``...)."""
    return isinstance(name, str) and _AD_WORD.search(name) is not None


def date_ranges(told: object) -> Iterator[Marker]:
    """The ads among HLS date ranges.

    They are a list or stand under their ids, each an object with ``start`` or ``startTime``
    (seconds of the stream), ``end`` or ``duration``, and its attributes under their names in the
    playlist, in itself or in ``attr``.
    """
    each = told.values() if isinstance(told, Mapping) else told
    for one in each if isinstance(each, Iterable) and not isinstance(each, str) else ():
        if isinstance(one, Mapping):
            yield from _date_range(one)


def _date_range(one: Mapping[str, Any]) -> Iterator[Marker]:
    attributes = {**one, **part_of(one, "attr")}
    start, end = _span(one, attributes, "DURATION", "duration", "PLANNED-DURATION")
    if start is None or not _INTERSTITIAL.isdisjoint(attributes):
        return
    name = text_of(one.get("id")) or text_of(attributes.get("ID"))
    ad = next((found for key in AD_IDS if (found := text_of(attributes.get(key)))), None)
    if ad is not None:
        yield Marker(start, end, name, True, ad, _count(attributes, _PLACES))
    elif "SCTE35-OUT" in attributes or is_ad_scheme(attributes.get("CLASS")):
        yield Marker(start, end, name, count=_count(attributes, _COUNTS))
    elif "SCTE35-IN" in attributes:
        yield Marker(start, marker_id=name, closes=True)


def timeline_region(detail: Mapping[str, Any]) -> Iterator[Marker]:
    """The ad that a region of Shaka Player's timeline marks: a date range, or a DASH event.

    The region, or the event around it, has ``startTime``, ``endTime``, ``id`` and ``schemeIdUri``;
    of a date range the attributes are ``values`` (``key`` and ``data``).
    """
    one = part_of(detail, "detail") or part_of(detail, "region") or detail
    values = one.get("values")
    if not isinstance(values, list):
        return stream_event(one)
    frames = (each for each in values if isinstance(each, Mapping))
    attributes = {str(each.get("key")): each.get("data") for each in frames}
    return date_ranges([{**one, "attr": attributes}])


def stream_event(detail: Mapping[str, Any], scheme: object = None) -> Iterator[Marker]:
    """The ad that a DASH event marks, or a region of the timeline.

    The payload has ``start`` or ``startTime`` and ``duration`` or ``end``, or an object of these in
    it. The ``scheme`` counts when the payload does not say.
    """
    inner = part_of(detail, "event") or part_of(detail, "detail") or part_of(detail, "region")
    one = inner or detail
    start, end = _span(one, one, "duration")
    if not is_ad_scheme(text_of(one.get("schemeIdUri")) or scheme):
        return
    if start is None or end is None or end == start:
        return  # a point in time: nothing says how long the ad is
    said = one.get("messageData")
    named = isinstance(said, str) and _IDENTIFIER.fullmatch(said)
    mark = one.get("id")
    yield Marker(start, end, None if mark is None else str(mark), True, said if named else None)


@attrs.define
class _Break:
    """What is known of one break."""

    start: float
    end: float | None = None
    pod_id: str | None = None
    count: int | None = None
    marked: bool = False
    ads: list[Marker] = attrs.field(factory=list)

    def takes(self, ad: Marker) -> bool:
        """Whether an ad lies in it."""
        return self.start - _JOINT <= ad.start < self.limit() + _JOINT

    def is_told_by(self, marker: Marker) -> bool:
        """Whether a marker is of this break."""
        if None not in (self.pod_id, marker.marker_id):
            return self.pod_id == marker.marker_id
        return abs(self.start - marker.start) < _JOINT

    def limit(self) -> float:
        """Where it ends as far as anybody knows."""
        last = max((ad.end for ad in self.ads if ad.end is not None), default=self.start)
        return last if self.end is None else max(self.end, last)

    def range(self) -> AdRange:
        """It as it is told to the session."""
        limit, ads = self.limit(), tuple(self._listed())
        end = limit if limit > self.start else None
        more = self.count if self.count is not None and self.count > len(ads) else None
        return AdRange(start=self.start, end=end, ads=ads, pod_length=more, pod_id=self.pod_id)

    def _listed(self) -> Iterator[Ad]:
        """Its ads in order; ones that were missed before a known place leave their time."""
        reached, place = self.start, 0
        for ad in self.ads:
            missed = max((ad.place or place + 1) - place - 1, 0)
            gap = max(ad.start - reached, 0.0)
            if missed and gap > _JOINT:
                yield from [Ad(duration=gap / missed)] * missed
                place += missed
            length = None if ad.end is None else round(ad.end - ad.start, 3)
            yield Ad(asset_id=ad.asset_id, duration=length)
            reached, place = ad.start if ad.end is None else ad.end, place + 1


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class StreamMarkers:
    """The ad breaks of one stream, as far as its markers were told."""

    _breaks: tuple[_Break, ...] = ()
    _told: tuple[AdRange, ...] = ()
    unsure: bool = False
    """Whether the last progress was left out: nobody knows yet what plays."""

    def __bool__(self) -> bool:
        return bool(self._breaks)

    def take(self, at: float, markers: Iterable[Marker]) -> list[Signal]:
        """Learn of markers, perhaps told before; what is new of the ranges is told."""
        for marker in sorted(markers, key=lambda each: (each.ad, each.start)):
            if marker.closes:
                self._close(marker)
            elif marker.ad:
                self._take_ad(marker)
            else:
                self._take_break(marker)
        told = tuple(each.range() for each in self._breaks)
        new = tuple(
            one for n, one in enumerate(told) if n >= len(self._told) or self._told[n] != one
        )
        self._told = told
        return [AdRanges(at, new)] if new else []

    def settled(self, out: Iterable[Signal]) -> list[Signal]:
        """The signals without progress of which nobody knows yet whether it is content's.

        Ads that no break surrounds are told one by one, when each begins and a little late: right
        behind one there may be the next. A session finds from the next progress when the border
        was, so that nothing is lost by leaving one out (S73).
        """
        return [each for each in out if not (isinstance(each, Progress) and self._doubts(each))]

    def _doubts(self, progress: Progress) -> bool:
        place = progress.position
        ends = [each.limit() for each in self._breaks if not each.marked]
        self.unsure = place is not None and any(0 <= place - end < _LATE for end in ends)
        return self.unsure

    def _take_break(self, marker: Marker) -> None:
        known = next((each for each in self._breaks if each.is_told_by(marker)), None)
        if known is None:
            known = self._new(marker)
            known.marked = True
        known.end = marker.end if marker.end is not None else known.end
        known.count = marker.count if marker.count is not None else known.count

    def _take_ad(self, marker: Marker) -> None:
        home = next((each for each in self._breaks if each.takes(marker)), None)
        if home is None:
            home = self._new(attrs.evolve(marker, marker_id=None))
        for place, ad in enumerate(home.ads):
            if abs(ad.start - marker.start) < _JOINT:
                home.ads[place] = marker
                return
        if len(home.ads) < _MOST:
            home.ads.append(marker)
            home.ads.sort(key=lambda each: each.start)
        home.start = min(home.start, marker.start) if not home.marked else home.start

    def _close(self, marker: Marker) -> None:
        """A break is over where its ``SCTE35-IN`` lies."""
        opened = (each for each in self._breaks if each.start < marker.start and each.marked)
        last = max(opened, key=lambda each: each.start, default=None)
        if last is not None and (last.end is None or marker.start < last.end):
            last.end = marker.start

    def _new(self, marker: Marker) -> _Break:
        if len(self._breaks) >= _MOST:
            return _Break(math.inf)
        made = _Break(marker.start, pod_id=marker.marker_id)
        self._breaks += (made,)
        return made


def _span(
    one: Mapping[str, Any], attributes: Mapping[str, Any], *lengths: str
) -> tuple[float | None, float | None]:
    """Where a marker begins and ends, as far as it tells that."""
    start = _first_number(one, ("start", "startTime", "calculatedPresentationTime"))
    end, length = _first_number(one, ("end", "endTime")), _first_number(attributes, lengths)
    if start is None or abs(start) >= _LONGEST:
        return None, None
    if end is None and length is not None:
        end = start + length
    return start, end if end is not None and start <= end < _LONGEST else None


def _first_number(told: Mapping[str, Any], keys: Iterable[str]) -> float | None:
    """The first of the keys that holds a finite number, or the text of one."""
    for key in keys:
        value = told.get(key)
        with contextlib.suppress(ValueError):
            number = finite(float(value) if isinstance(value, str) else value)
            if number is not None:
                return number
    return None


def _count(attributes: Mapping[str, Any], keys: Iterable[str]) -> int | None:
    number = _first_number(attributes, keys)
    return int(number) if number is not None and 1 <= number <= _MOST else None
