"""What each figure of a summary is made of: stretches of time, ranges of content, occurrences."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from video_tracker.explain.record import Cause, Record, Stretch, Watched
from video_tracker.session.data.state import State
from video_tracker.summary import Summary, merge_ranges

__all__ = ["Figure", "Occurrence", "Share", "figures_of"]

_BUCKETS: Final[Mapping[str, str]] = {
    "startup": "waiting for the first frame after the intent to play (S25)",
    "content_played": "content that played; stalls and seeks left out",
    "ad_played": "ads that played",
    "paused": "paused by the viewer (S30)",
    "seeking": "from a seek's start to its end (S33)",
    "buffering": "standing still for want of data, told or not (S32, S65)",
    "gap": "in an ad break but in no ad, or between the content's end and the session's (S67)",
    "interrupted": "between Interrupted and what undid it (S26)",
    "suspended": "silence that no progress proves to be playing (S63)",
}
_COUNTS: Final[Mapping[str, str]] = {
    "pauses": "pauses of the viewer (S30)",
    "seeks": "seeks, a scrub counted once (S33)",
    "rebuffers": "stalls outside seeks (S32)",
    "heartbeats": "heartbeats and quartiles that were told (S40, S45)",
    "breaks": "ad breaks that began",
    "ads_started": "ads whose first frame moved (S71)",
    "ads_completed": "ads that were played to their end (S72)",
    "ads_skipped": "ads that were skipped or cut (S13, S72)",
    "ads_failed": "ads that failed (S13, S71)",
}


@attrs.frozen
class Share:
    """A stretch of time, or a range of content, that counts in a figure.

    Args:
        name: The bucket, or the content's asset id.
        start: Where it begins: Unix seconds of a stretch, content seconds of a range.
        end: Where it ends, likewise.
        seconds: What of it counts; less than ``end - start`` where only so much of that time is
            proven, and nobody knows which.
        opened: The input at its start; None for a range.
        closed: The input at its end; None at the end of the log.
    """

    name: str
    start: float
    end: float
    seconds: Fraction
    opened: Cause | None = None
    closed: Cause | None = None


@attrs.frozen
class Occurrence:
    """An input that changed a count by ``step``; of ``diagnostics`` with the reason's code."""

    step: int
    cause: Cause
    reason: str = ""


@attrs.frozen
class Figure:
    """A figure of the summary.

    Args:
        name: Its key in ``Summary.to_dict()``.
        value: Its value there.
        meaning: What it counts.
        shares: What it is made of, in order.
        rounding: What floating point lost on the way: ``shares`` and it add up to the figure
            exactly.
        occurrences: Of a count, what changed it.
        formula: How it comes of other figures, where it does.
    """

    name: str
    value: Any
    meaning: str
    shares: tuple[Share, ...] = ()
    rounding: Fraction = Fraction(0)
    occurrences: tuple[Occurrence, ...] = ()
    formula: str = ""

    @property
    def total(self) -> Fraction:
        """The sum of the shares, with what was rounded: the exact figure."""
        return sum((share.seconds for share in self.shares), self.rounding)


def figures_of(s: State, record: Record, summary: Summary) -> dict[str, Figure]:
    """Each figure of a summary, in the order of ``Summary.to_dict()``."""
    told = summary.to_dict()
    shares = [_share(each) for each in record.stretches] + _tail(s, record, summary)
    found = {"elapsed": _summed("elapsed", told, "the sum of the buckets", shares, _all(summary))}
    for name in Summary.BUCKETS:
        own = [share for share in shares if share.name == name]
        found[name] = _summed(name, told, _BUCKETS[name], own, summary.buckets[name])
    found |= _of_ranges(s, record, summary, told)
    exact = summary.startup_time
    opened = _until(shares, (s.started_at or 0.0) + float(exact or 0))
    meaning = "from the intent to play to the first frame (S25)"
    if exact is None:
        found["startup_time"] = Figure("startup_time", None, meaning)
    else:
        found["startup_time"] = _summed("startup_time", told, meaning, opened, exact)
    for name in Summary.COUNTS:
        steps = tuple(Occurrence(c.step, c.cause) for c in record.counted if c.name == name)
        found[name] = Figure(name, told[name], _COUNTS[name], occurrences=steps)
    found["ended"] = Figure("ended", told["ended"], "how it ended")
    found["diagnostics"] = _diagnostics(record, told)
    return found


def _all(summary: Summary) -> Fraction:
    return sum(summary.buckets.values(), Fraction(0))


def _until(shares: Iterable[Share], end: float) -> list[Share]:
    """What of some shares lies before a time."""
    before = (share for share in shares if share.start < end)
    return [
        share
        if share.end <= end
        else attrs.evolve(share, end=end, seconds=Fraction(end) - Fraction(share.start))
        for share in before
    ]


def _summed(
    name: str, told: Mapping[str, Any], meaning: str, shares: Iterable[Share], exact: Fraction
) -> Figure:
    listed = tuple(shares)
    rounding = exact - sum((share.seconds for share in listed), Fraction(0))
    return Figure(name, told[name], meaning, listed, rounding)


def _share(stretch: Stretch) -> Share:
    return Share(
        stretch.bucket,
        stretch.start,
        stretch.end,
        stretch.seconds,
        stretch.opened,
        stretch.closed,
    )


def _tail(s: State, record: Record, summary: Summary) -> list[Share]:
    """What the summary counts of the silence after the last word that proved anything."""
    if s.started_at is None or s.where == "over" or s.clock <= s.accrued:
        return []
    last = record.inputs[-1] if record.inputs else None
    found = []
    for name in Summary.BUCKETS:
        counted = getattr(s, name)
        if name == "ad_played" and s.ad is not None:
            counted += s.ad_run
        more = summary.buckets[name] - Fraction(counted)
        if more:
            found.append(Share(name, s.accrued, s.clock, more, None, last))
    return found


def _of_ranges(
    s: State, record: Record, summary: Summary, told: Mapping[str, Any]
) -> dict[str, Figure]:
    """The figures that are made of watched ranges of content."""
    ranges = [*record.watched]
    if s.position > s.range_start:
        step = Fraction(s.position - s.range_start)
        ranges.append(Watched(s.asset.asset_id, s.range_start, s.position, None, step))
    seen = [Share(r.asset_id, r.start, r.end, r.seconds, None, r.closed) for r in ranges]
    parts = {
        asset: merge_ranges((r.start, r.end) for r in ranges if r.asset_id == asset)
        for asset in summary.watched
    }
    united = [
        Share(asset, start, end, Fraction(end - start))
        for asset, merged in parts.items()
        for start, end in merged
    ]
    media = _summed(
        "content_media_seconds", told, "seconds of content played, repeats included", seen,
        summary.media_seconds,
    )  # fmt: skip
    unique = _summed(
        "unique_seconds", told, "seconds of content seen at least once", united,
        Fraction(summary.unique_seconds),
    )  # fmt: skip
    furthest = [max(own, key=lambda share: share.end) for own in _by_name(seen)]
    rate = "content_media_seconds / content_played"
    return {
        "content_media_seconds": media,
        "unique_seconds": unique,
        "watched": Figure("watched", told["watched"], "the ranges that were seen", tuple(seen)),
        "furthest": Figure(
            "furthest", told["furthest"], "the furthest second that was seen", tuple(furthest)
        ),
        "average_rate": Figure(
            "average_rate", told["average_rate"], "media seconds a second of playing", formula=rate
        ),
    }


def _by_name(shares: Iterable[Share]) -> list[list[Share]]:
    found: dict[str, list[Share]] = {}
    for share in shares:
        found.setdefault(share.name, []).append(share)
    return list(found.values())


def _diagnostics(record: Record, told: Mapping[str, Any]) -> Figure:
    steps = tuple(Occurrence(1, note.cause, note.diagnostic.reason) for note in record.notes)
    meaning = "inputs that were not simply accepted, by reason (S60)"
    return Figure("diagnostics", told["diagnostics"], meaning, occurrences=steps)
