"""The ad breaks of an HLS media playlist: DATERANGE and CUE markers, and interstitials (S9).

Give a playlist's text, get ranges::

    playlist = read_playlist(text)
    tracker.ad_ranges(playlist.ad_ranges())

Two kinds of ads are told apart. *Markers* (``SCTE35-OUT`` and ``SCTE35-IN`` in EXT-X-DATERANGE, or
EXT-X-CUE-OUT and EXT-X-CUE-IN) say where the stream itself holds ads, and
:meth:`MediaPlaylist.ad_ranges` places them on its timeline. *Interstitials* are played from
elsewhere, and the content's own clock stands still or jumps: :meth:`MediaPlaylist.schedule` places
them on the content's timeline, the integrated one, and the one of all that is played.

Nothing here raises, whatever the text is: what cannot be read is left out.
"""

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from video_tracker.plan import AdRange

__all__ = ["DateRange", "MediaPlaylist", "ScheduleItem", "Segment", "read_playlist"]

INTERSTITIAL: Final = "com.apple.hls.interstitial"
JOINT: Final = 0.02
"""Content between two interstitials that is shorter than this is none."""
MOST: Final = 1_000
"""More markers than these are a mistake."""
_LONGEST: Final = 1e9
_ATTRIBUTE: Final = re.compile(r'([A-Za-z0-9-]+)=("[^"]*"|[^,]*)(?:,|$)')
_UNKNOWN: Final = math.inf


@attrs.frozen
class Segment:
    """One media segment.

    Args:
        start: Where it begins, in seconds of the playlist.
        duration: Its length in seconds.
        date: When it begins, in Unix seconds; None when no EXT-X-PROGRAM-DATE-TIME says.
    """

    start: float
    duration: float
    date: float | None

    @property
    def end(self) -> float:
        """Where it ends, in seconds of the playlist."""
        return self.start + self.duration

    def holds(self, date: float) -> bool:
        """Whether it is playing at that time."""
        return self.date is not None and self.date <= date < self.date + self.duration


@attrs.frozen
class DateRange:
    """One EXT-X-DATERANGE; the attributes of those with one ID are put together.

    Args:
        id: Its ID.
        attributes: All attributes as they stand there, without quotes.
    """

    id: str
    attributes: Mapping[str, str]

    @property
    def is_interstitial(self) -> bool:
        """Whether something else is played at its date: its class says so, or its asset does."""
        own = self.attributes.get("CLASS") == INTERSTITIAL
        return own and bool({"X-ASSET-URI", "X-ASSET-LIST"} & set(self.attributes))

    @property
    def date(self) -> float | None:
        """Its START-DATE in Unix seconds."""
        return _date(self.attributes.get("START-DATE"))

    @property
    def duration(self) -> float | None:
        """Its length: DURATION, END-DATE, or as long as nothing better is known what was planned.

        X-PLAYOUT-LIMIT ends an interstitial early.
        """
        told = self._seconds("DURATION")
        end, start = _date(self.attributes.get("END-DATE")), self.date
        if told is None and end is not None and start is not None and end >= start:
            told = end - start
        if told is None:
            told = self._seconds("PLANNED-DURATION")
        limit = self._seconds("X-PLAYOUT-LIMIT")
        if told is None or limit is None:
            return told if limit is None else limit
        return min(told, limit)

    @property
    def resume_offset(self) -> float | None:
        """X-RESUME-OFFSET; without one an interstitial stands for as much content as it lasts.

        One below zero is taken as it is written: the content goes on from before the interstitial.
        """
        told = _number(self.attributes.get("X-RESUME-OFFSET"))
        return self.duration if told is None else told

    @property
    def cue(self) -> frozenset[str]:
        """The words of CUE (X-CUE before protocol version 12): ``PRE``, ``POST``, ``ONCE``."""
        return self._words("CUE") | self._words("X-CUE")

    @property
    def snap(self) -> frozenset[str]:
        """The words of X-SNAP: ``OUT``, ``IN``."""
        return self._words("X-SNAP")

    @property
    def occupies_range(self) -> bool:
        """Whether it takes its length on the integrated timeline (X-TIMELINE-OCCUPIES)."""
        return self.attributes.get("X-TIMELINE-OCCUPIES") == "RANGE"

    def _seconds(self, name: str) -> float | None:
        return _seconds(self.attributes.get(name))

    def _words(self, name: str) -> frozenset[str]:
        return frozenset(word.strip() for word in self.attributes.get(name, "").split(","))


@attrs.frozen
class ScheduleItem:
    """A stretch of content, or an interstitial.

    Args:
        id: The interstitial's id; None is content.
        start: Where it begins on the content's timeline, in seconds.
        end: Where it ends there; an interstitial ends where the content goes on.
        integrated: Start and end on the timeline that interstitials of kind RANGE lengthen.
        playout: Start and end on the timeline of all that is played.
        once: Whether it is played only once (CUE ONCE).
    """

    id: str | None
    start: float
    end: float
    integrated: tuple[float, float]
    playout: tuple[float, float]
    once: bool = False

    @property
    def resume_offset(self) -> float:
        """The content seconds that it stands for; below zero where the content goes back."""
        return self.end - self.start


@attrs.frozen
class MediaPlaylist:
    """What a media playlist says of time and ads.

    Args:
        segments: In order; the first one begins at 0.
        date_ranges: In order of appearance.
        cues: Breaks of EXT-X-CUE-OUT and EXT-X-CUE-IN: start and end in seconds of the playlist;
            an infinite end is not known yet.
        ended: Whether nothing will be added (EXT-X-ENDLIST).
    """

    segments: tuple[Segment, ...] = ()
    date_ranges: tuple[DateRange, ...] = ()
    cues: tuple[tuple[float, float], ...] = ()
    ended: bool = False

    @property
    def duration(self) -> float:
        """The length of all segments in seconds."""
        return self.segments[-1].end if self.segments else 0.0

    def place(self, date: float) -> float | None:
        """Where a time lies in the playlist, in seconds; None when no date is told.

        Args:
            date: Unix seconds.
        """
        dated = [(segment, segment.date) for segment in self.segments if segment.date is not None]
        if not dated:
            return None
        holding = [one for one in dated if one[0].holds(date)]
        before = [one for one in dated if one[1] <= date]
        segment, told = holding[0] if holding else (before or dated[:1])[-1]
        return segment.start + date - told

    # -- ads in the segments -------------------------------------------------------------------

    def ad_ranges(self, origin: float = 0.0) -> tuple[AdRange, ...]:
        """The breaks that lie in the stream, as its markers say.

        Args:
            origin: The player's position of the first segment, in seconds: 0 in most players; of
                a window that slides, what the player's clock says there.

        Returns:
            The ranges in order, with the markers' ids. A break whose end is not told ends with
            its planned length, or is open.
        """
        found: dict[str, tuple[float, float]] = {}
        for marker in self._dated(interstitials=False):
            self._take_marker(found, *marker)
        ranges = [
            AdRange(start=start + origin, end=_end(end, origin), pod_id=name)
            for name, (start, end) in found.items()
        ]
        ranges += [AdRange(start=start + origin, end=_end(end, origin)) for start, end in self.cues]
        return tuple(sorted(ranges, key=lambda part: part.start)[:MOST])

    def _dated(self, *, interstitials: bool) -> list[tuple[DateRange, float]]:
        """Date ranges with their places, in order."""
        placed = []
        for part in self.date_ranges:
            place = None if part.date is None else self.place(part.date)
            if (
                place is not None
                and part.is_interstitial is interstitials
                and abs(place) < _LONGEST
            ):
                placed.append((part, place))
        return sorted(placed, key=lambda one: one[1])

    @staticmethod
    def _take_marker(found: dict[str, tuple[float, float]], part: DateRange, place: float) -> None:
        out, back = (name in part.attributes for name in ("SCTE35-OUT", "SCTE35-IN"))
        length = part.duration
        if out:
            found[part.id] = (place, _UNKNOWN if length is None else place + length)
        elif back and found:  # an end of its own closes the last one that is open or planned longer
            name, (start, end) = list(found.items())[-1]
            closes = place + (length or 0.0)
            if start <= closes < end:
                found[name] = (start, closes)

    # -- interstitials -------------------------------------------------------------------------

    def schedule(self) -> tuple[ScheduleItem, ...]:
        """Content and interstitials in the order of playing, on three timelines.

        One that begins beyond the end of an ended playlist is never played. Interstitials at one
        place follow each other, and each begins where the one before it lets the content go on. One
        of unknown length counts no seconds.
        """
        items: list[ScheduleItem] = []
        content = integrated = playout = 0.0
        for part, at in self._interstitials():
            start = max(at, content)
            if start - content > JOINT:
                step = start - content
                items.append(_content(content, start, integrated, playout))
                integrated, playout = integrated + step, playout + step
            length = part.duration or 0.0
            end = max(start + (part.resume_offset or 0.0), 0.0)
            if "IN" in part.snap:
                end = max(self._snapped(end), min(start, end))
            taken = length if part.occupies_range else 0.0
            spans = (integrated, integrated + taken), (playout, playout + length)
            items.append(ScheduleItem(part.id, start, end, *spans, "ONCE" in part.cue))
            content, integrated, playout = end, integrated + taken, playout + length
        if self.duration - content > JOINT:
            items.append(_content(content, self.duration, integrated, playout))
        return tuple(items)

    def interstitial_ranges(self) -> tuple[AdRange, ...]:
        """The interstitials as ranges of the playout timeline, for a player whose clock is that.

        One after which the content goes on from before it stands for none: content that is seen
        again is a jump of the player's.
        """
        return tuple(
            AdRange(
                start=item.playout[0],
                end=item.playout[1],
                pod_id=item.id,
                resume_offset=max(item.resume_offset, 0.0),
            )
            for item in self.schedule()
            if item.id is not None
        )

    def _interstitials(self) -> list[tuple[DateRange, float]]:
        """Interstitials with their places in the content: pre-rolls first, post-rolls last."""
        placed = []
        for part in self.date_ranges:
            if not part.is_interstitial:
                continue
            place = None if part.date is None else self.place(part.date)
            if "PRE" in part.cue:
                placed.append((-1.0, part, 0.0))
            elif "POST" in part.cue:
                if self.ended:
                    placed.append((_LONGEST, part, self.duration))
            elif place is not None and -_LONGEST < place < self._last:
                place = max(self._snapped(place) if "OUT" in part.snap else place, 0.0)
                placed.append((place, part, place))
        placed.sort(key=lambda one: one[0])
        return [(part, place) for _, part, place in placed[:MOST]]

    @property
    def _last(self) -> float:
        """The place before which an interstitial may begin."""
        return self.duration + JOINT if self.ended else _LONGEST

    def _snapped(self, place: float) -> float:
        """The nearest border of the segment in which a place lies; elsewhere the place itself."""
        for segment in self.segments:
            if segment.start <= place < segment.end:
                nearer = place - segment.start < segment.end - place
                return segment.start if nearer else segment.end
        return place


def read_playlist(text: str | bytes) -> MediaPlaylist:
    """Read a media playlist.

    Args:
        text: The playlist; bytes are UTF-8.

    Returns:
        What it says of time and ads; of a text that is no playlist, nothing.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    reader = _Reader()
    for line in text.splitlines():
        reader.read(line.strip())
    return reader.playlist()


class _Reader:
    """Reads a playlist line by line."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._ranges: dict[str, dict[str, str]] = {}
        self._cues: list[tuple[float, float]] = []
        self._at = 0.0
        self._duration: float | None = None
        self._date: float | None = None
        self._ended = False

    def read(self, line: str) -> None:
        """Take one line."""
        tag, _, value = line.partition(":")
        if tag == "#EXTINF":
            self._duration = _seconds(value.partition(",")[0])
        elif tag == "#EXT-X-PROGRAM-DATE-TIME":
            self._date = _date(value)
        elif tag == "#EXT-X-DATERANGE":
            self._read_range(dict(_attributes(value)))
        elif tag in ("#EXT-X-CUE-OUT", "#EXT-X-CUE-OUT-CONT", "#EXT-X-CUE-IN"):
            self._read_cue(tag, value)
        elif tag == "#EXT-X-ENDLIST":
            self._ended = True
        elif line and not line.startswith("#") and self._duration is not None:
            self._add_segment(self._duration)

    def playlist(self) -> MediaPlaylist:
        """What was read."""
        ranges = tuple(DateRange(name, told) for name, told in self._ranges.items())
        return MediaPlaylist(tuple(self._segments), ranges, tuple(self._cues), self._ended)

    def _add_segment(self, duration: float) -> None:
        self._segments.append(Segment(self._at, duration, self._date))
        self._at += duration
        self._date = None if self._date is None else self._date + duration
        self._duration = None

    def _read_range(self, told: dict[str, str]) -> None:
        name = told.get("ID")
        if not name or (len(self._ranges) >= MOST and name not in self._ranges):
            return
        # A range told again adds to what was said; what it may not change stays.
        self._ranges[name] = told | self._ranges.get(name, {})

    def _read_cue(self, tag: str, value: str) -> None:
        opened = bool(self._cues) and self._cues[-1][1] > self._at
        start, _ = self._cues[-1] if self._cues else (0.0, 0.0)
        if tag == "#EXT-X-CUE-IN":
            if opened:
                self._cues[-1] = (start, self._at)
        elif not opened and len(self._cues) < MOST:
            elapsed, length = _cue_times(value) if tag != "#EXT-X-CUE-OUT" else (0.0, None)
            if tag == "#EXT-X-CUE-OUT":
                length = _cue_length(value)
            began = self._at - elapsed
            self._cues.append((began, _UNKNOWN if length is None else began + length))


def _cue_length(value: str) -> float | None:
    """The length of ``EXT-X-CUE-OUT:30`` or ``:DURATION=30``."""
    told = {name.upper(): part for name, part in _attributes(value)}
    return _seconds(told.get("DURATION", value))


def _cue_times(value: str) -> tuple[float, float | None]:
    """What has passed and the length, of ``ElapsedTime=6,Duration=30`` or ``6/30``."""
    told = {name.upper(): part for name, part in _attributes(value)}
    elapsed, _, length = value.partition("/")
    passed = _seconds(told.get("ELAPSEDTIME", elapsed))
    return passed or 0.0, _seconds(told.get("DURATION", length))


def _attributes(value: str) -> Iterator[tuple[str, str]]:
    """The names and values of an attribute list; quotes are taken off."""
    for match in _ATTRIBUTE.finditer(value):
        yield match[1], match[2].strip().strip('"')


def _seconds(told: str | None) -> float | None:
    """Seconds, zero or more; None when it is no such number."""
    seconds = _number(told)
    return seconds if seconds is not None and seconds >= 0 else None


def _number(told: str | None) -> float | None:
    try:
        number = float(told or "")
    except ValueError:
        return None
    return number if abs(number) < _LONGEST else None


def _date(told: str | None) -> float | None:
    """An ISO 8601 time as Unix seconds; without a zone it is UTC."""
    try:
        moment = datetime.datetime.fromisoformat((told or "").strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _end(end: float, origin: float) -> float | None:
    return None if end == _UNKNOWN else end + origin


def _content(start: float, end: float, integrated: float, playout: float) -> ScheduleItem:
    step = end - start
    spans = (integrated, integrated + step), (playout, playout + step)
    return ScheduleItem(None, start, end, *spans)
