"""The figures of a session as an immutable value that merges exactly."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, ClassVar

import attrs

__all__ = ["Summary", "merge_ranges"]

Range = tuple[float, float]


def merge_ranges(ranges: Iterable[Range]) -> list[Range]:
    """The union of ranges of seconds, ascending; ranges that touch become one."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


@attrs.frozen(kw_only=True)
class Summary:
    """What was watched in a session, or in several.

    Seconds are exact fractions inside, so that merging is associative to the last bit; ``to_dict``
    gives floats. The buckets sum to ``elapsed``, which runs from Playback Started to the end (or to
    the newest time seen). ``content_played`` excludes stalls and seeks; CTA-2066 watched time is
    ``content_played + ad_played + seeking + buffering``.

    Args:
        session_ids: The sessions in it, in order.
        buckets: Seconds in each bucket (``BUCKETS``).
        media_seconds: Seconds of content media played, repeats included.
        watched: For each asset id its watched ranges of content seconds.
        startup_time: Seconds from the intent to play to the first frame; None when there was none.
        counts: Each of ``COUNTS``.
        ended: completed, exited, timeout or open; of the last session.
        diagnostics: How often each reason code came.
    """

    BUCKETS: ClassVar[tuple[str, ...]] = (
        "startup",
        "content_played",
        "ad_played",
        "paused",
        "seeking",
        "buffering",
        "gap",
        "interrupted",
        "suspended",
    )
    COUNTS: ClassVar[tuple[str, ...]] = (
        "pauses",
        "seeks",
        "rebuffers",
        "heartbeats",
        "breaks",
        "ads_started",
        "ads_completed",
        "ads_skipped",
        "ads_failed",
    )

    session_ids: tuple[str, ...]
    buckets: Mapping[str, Fraction]
    media_seconds: Fraction
    watched: Mapping[str, tuple[Range, ...]]
    startup_time: Fraction | None
    counts: Mapping[str, int]
    ended: str
    diagnostics: Mapping[str, int]

    @classmethod
    def of(
        cls,
        *,
        session_id: str,
        buckets: Mapping[str, float],
        media_seconds: float,
        watched: Mapping[str, Iterable[Range]],
        startup_time: float | None,
        counts: Mapping[str, int],
        ended: str,
        diagnostics: Mapping[str, int],
    ) -> "Summary":
        """The summary of one session, from its plain figures (seconds as floats)."""
        return cls(
            session_ids=(session_id,),
            buckets={name: Fraction(seconds) for name, seconds in buckets.items()},
            media_seconds=Fraction(media_seconds),
            watched={asset: tuple(parts) for asset, parts in watched.items()},
            startup_time=None if startup_time is None else Fraction(startup_time),
            counts=dict(counts),
            ended=ended,
            diagnostics=dict(diagnostics),
        )

    @property
    def elapsed(self) -> float:
        """Seconds from Playback Started to the end: the sum of the buckets."""
        return float(sum(self.buckets.values()))

    @property
    def unique_seconds(self) -> float:
        """Seconds of content seen at least once, over all assets."""
        return sum(end - start for parts in self.watched.values() for start, end in parts)

    @property
    def furthest(self) -> dict[str, float]:
        """For each asset the furthest content second that was seen."""
        return {asset: max(end for _, end in parts) for asset, parts in self.watched.items()}

    @property
    def average_rate(self) -> float | None:
        """Media seconds for each second of playing content; None when none was played."""
        played = self.buckets["content_played"]
        return float(self.media_seconds / played) if played else None

    def merge(self, *others: "Summary") -> "Summary":
        """This summary and others as one; exact, in any grouping.

        Buckets and counts add up; watched ranges are united for each asset; the startup time is the
        first one known; ``ended`` is the last session's.
        """
        merged = self
        for other in others:
            merged = merged._with(other)
        return merged

    def _with(self, other: "Summary") -> "Summary":
        assets = list(dict.fromkeys([*self.watched, *other.watched]))
        return Summary(
            session_ids=self.session_ids + other.session_ids,
            buckets=_added(self.buckets, other.buckets),
            media_seconds=self.media_seconds + other.media_seconds,
            watched={
                asset: tuple(
                    merge_ranges([*self.watched.get(asset, ()), *other.watched.get(asset, ())])
                )
                for asset in assets
            },
            startup_time=self.startup_time if self.startup_time is not None else other.startup_time,
            counts=_added(self.counts, other.counts),
            ended=other.ended,
            diagnostics=_added(self.diagnostics, other.diagnostics),
        )

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON-able values, with the keys that ``semantics.md`` names."""
        return {
            "session_id": self.session_ids[0],
            **({"session_ids": list(self.session_ids)} if len(self.session_ids) > 1 else {}),
            "elapsed": self.elapsed,
            **{name: float(self.buckets[name]) for name in self.BUCKETS},
            "content_media_seconds": float(self.media_seconds),
            "unique_seconds": self.unique_seconds,
            "watched": {asset: [list(part) for part in parts] for asset, parts in self.watched.items()},
            "furthest": self.furthest,
            "average_rate": self.average_rate,
            "startup_time": None if self.startup_time is None else float(self.startup_time),
            **{name: self.counts[name] for name in self.COUNTS},
            "ended": self.ended,
            "diagnostics": dict(self.diagnostics),
        }


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in dict.fromkeys([*one, *other])}
