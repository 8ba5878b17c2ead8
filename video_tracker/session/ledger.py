"""The session's book-keeping: every instant in one bucket, every watched second in a range.

Buckets are filled lazily: ``accrued`` moves when something is known of the time before it. While
content or an ad plays, only callbacks that carry evidence move it, and the evidence decides how
much of the time was played (S63), stood still (S65) or was slept through.
"""

from array import array
from collections.abc import Iterator
from typing import Final

from video_tracker.session.compact import MOST_BOOKED, own_book
from video_tracker.session.state import MANY_RANGES, SessionState
from video_tracker.session.summary import Summary, merge_ranges

__all__ = ["Ledger"]

SLACK: Final = 2.0
"""Seconds of silence without media progress before time counts as suspended (S63)."""
STILL: Final = 1.0
"""Seconds for which a position may stand still before it counts as buffering (S65)."""
NUDGE: Final = 0.5
"""A position change smaller than this is the player's own (S70)."""


_HALTED: Final = {
    "interrupted": "interrupted",
    "paused": "paused",
    "seeking": "seeking",
    "seeking_paused": "seeking",
    "buffering": "buffering",
}


class Ledger(SessionState):
    """A session that accounts for its time."""

    __slots__ = ()

    def _accrue(self, at: float, position: float | None = None) -> None:
        """Assign the time up to ``at``; ``position`` is seconds into what plays, content or ad."""
        where, how = self.where, self.how
        if where in ("idle", "over"):
            self.accrued = at
        elif how == "playing" and where == "content":
            self._accrue_content(at, position)
        elif how == "playing" and where == "ad":
            self._accrue_ad(at, position)
        elif at > self.accrued:
            self._spend(self._bucket(), at - self.accrued)
            self.accrued = at

    def _bucket(self) -> str:
        """The bucket of the time that is neither content nor ad play."""
        if self.silence is not None:
            return self.silence
        halted = _HALTED.get(self.how)
        if halted is not None:
            return halted
        return "startup" if self.where == "starting" and self.startup_time is None else "gap"

    def _spend(self, bucket: str, seconds: float) -> None:
        setattr(self, bucket, getattr(self, bucket) + seconds)

    # -- content -------------------------------------------------------------------------------

    def _accrue_content(self, at: float, position: float | None) -> None:
        passed = at - self.accrued
        if position is None:
            played = min(passed, self.settings.heartbeat)
            self._suspend(passed - played)
            if played > 0:
                self._move(self._guess(played * self.rate))
                self.estimated = True
        else:
            played = self._evidence(at, position)
        self.content_played += played
        self.beat_due += passed - played
        self.accrued = at
        self.standing = self.lag = 0.0

    def _stand(self, at: float) -> None:
        """The content position was heard to stand still; what that means its next move decides."""
        heard = max(self.standing, self.accrued)
        if at - heard <= SLACK:
            self.standing = at
            return
        stood = heard - self.accrued
        self._spend("buffering" if stood > STILL else "content_played", stood)
        self._suspend(at - heard)
        self.lag += at - self.accrued
        self.beat_due += at - self.accrued
        self.accrued = at
        self.standing = 0.0

    def _guess(self, media: float) -> float:
        guess = self.position + media
        return guess if self.duration is None else max(self.position, min(guess, self.duration))

    def _evidence(self, at: float, position: float) -> float:
        """How many seconds since ``accrued`` the position proves played; the rest is spent."""
        passed = at - self.accrued
        step = position - self.position
        needed = max(step, 0.0) / self.rate
        self._follow(position, passed)
        self.estimated = False
        if step < -NUDGE:
            needed = min(passed, SLACK)
        return passed - self._spend_still(at, passed, needed)

    def _spend_still(self, at: float, passed: float, needed: float) -> float:
        """Spend what media progress does not explain; returns those seconds."""
        if passed <= needed:
            return 0.0
        heard = max(self.standing, self.accrued)
        silent = at - heard - needed
        if silent > SLACK:
            stood = heard - self.accrued
            self._suspend(silent)
            if stood > STILL:
                self.buffering += stood
                return silent + stood
            return silent
        if passed - needed > STILL:
            self.buffering += passed - needed
            return passed - needed
        return 0.0

    def _suspend(self, seconds: float) -> None:
        if seconds > 0:
            self.suspended += seconds

    def _follow(self, position: float, passed: float) -> None:
        """Take a new content position; a jump begins a new watched range."""
        step = position - self.position
        if step < -NUDGE / 2 or step > passed * self.rate + NUDGE:
            self._jump(position)
        else:
            self._move(max(position, self.position))

    def _move(self, position: float) -> None:
        self.position = position

    def _jump(self, position: float) -> None:
        """The playhead is elsewhere now; what was watched before ends here."""
        self._close_range()
        if position < self.position:
            self._pass_breaks_again(position)
        self.position = self.range_start = position

    def _pass_breaks_again(self, position: float) -> None:
        """Before its place again, a break that was played may come once more (S12)."""
        for part in self.timeline.breaks:
            if part.asset_index == self.asset_index and position < part.offset:
                self.breaks_spent &= ~(1 << part.index)

    def _close_range(self) -> None:
        """Write down the stretch that was watched last."""
        watched = self.position - self.range_start
        if watched > 0:
            self.media_seconds += watched
            if self.ranges is None:
                self.ranges = array("d")
            self.ranges.extend((self.asset_index, self.range_start, self.position))
            if len(self.ranges) > MANY_RANGES * 3:
                self.ranges = _merged(self.ranges)
        self.range_start = self.position

    # -- ads -----------------------------------------------------------------------------------

    def _accrue_ad(self, at: float, position: float | None) -> None:
        ad = self.ad
        passed = at - self.accrued
        if ad is None or (passed <= 0 and position is None):
            return
        if position is None:
            played = min(passed, self._ad_cap())
            self._suspend(passed - played)
            ad.position += played
        else:
            needed = max(position - ad.position, 0.0)
            played = passed - self._spend_still(at, passed, needed)
            ad.position = position
        ad.played += played
        self.beat_due += passed - played
        self.accrued = at
        self.standing = 0.0

    def _ad_cap(self) -> float:
        """How long an ad may be believed to play without a word of its position (S63)."""
        ad = self.ad
        if ad is None or ad.ad.duration is None:
            return self.settings.heartbeat
        return max(ad.ad.duration - ad.position, 0.0)

    def _count_ad_seconds(self, seconds: float) -> None:
        """An ad's seconds in the session position: played again they replace, never add (S1)."""
        ad = self.ad
        if ad is None:
            return
        book = own_book(self)
        for start in range(MOST_BOOKED, len(book), 3):
            if book[start] == self.open_break and book[start + 1] == ad.place:
                book[start + 2] = seconds
                return
        # A sum has its exact size; extending an array takes room for more.
        self.book = book + array("d", (self.open_break, ad.place, seconds))

    def _ads_counted(self) -> Iterator[tuple[int, int, float]]:
        """Each ad seen: its break, its place, and the seconds of it played."""
        book = self.book
        for start in range(MOST_BOOKED, len(book), 3):
            yield int(book[start]), int(book[start + 1]), book[start + 2]

    # -- the figures ---------------------------------------------------------------------------

    def _end_time(self) -> float:
        return self.clock if self.over_at is None else self.over_at

    def summary(self) -> Summary:
        """The figures of the session so far (end of ``semantics.md``); buckets sum to ``elapsed``.

        Time after the last evidence counts as silence: of a pause it is pause, of playing it is
        suspended (S26, S63).
        """
        spent = {name: getattr(self, name) for name in Summary.BUCKETS}
        if self.ad is not None:
            spent["ad_played"] += self.ad.played
        tail = self._end_time() - self.accrued
        if self.started_at is not None and self.where != "over" and tail > 0:
            for bucket, seconds in self._tail(tail):
                spent[bucket] += seconds
        ranges = triples(self.ranges)
        media = self.media_seconds
        if self.position > self.range_start:
            ranges.append((self.asset_index, self.range_start, self.position))
            media += self.position - self.range_start
        return Summary.of(
            session_id=self.session_id,
            buckets=spent,
            media_seconds=media,
            watched=self._watched(ranges),
            startup_time=self.startup_time,
            counts={name: getattr(self, name) for name in Summary.COUNTS},
            ended=self.ended,
            diagnostics=self.diagnostics,
        )

    def _tail(self, seconds: float) -> list[tuple[str, float]]:
        if self.where == "after_content":
            return [("gap", seconds)]
        if self.how == "playing" and self.where in ("content", "ad"):
            stood = max(self.standing - self.accrued, 0.0)
            if stood > STILL:
                return [("buffering", stood), ("suspended", seconds - stood)]
            return [("suspended", seconds)]
        return [(self._bucket(), seconds)]

    def _watched(
        self, ranges: list[tuple[int, float, float]]
    ) -> dict[str, list[tuple[float, float]]]:
        found: dict[str, list[tuple[float, float]]] = {}
        for index, start, end in ranges:
            found.setdefault(self.timeline.assets[index].asset_id, []).append((start, end))
        return {asset_id: merge_ranges(parts) for asset_id, parts in found.items()}


def triples(book: "array[float] | None") -> list[tuple[int, float, float]]:
    """Watched ranges as they are kept, flat, as tuples of asset, start and end."""
    if book is None:
        return []
    return [(int(book[at]), book[at + 1], book[at + 2]) for at in range(0, len(book), 3)]


def _merged(book: "array[float]") -> "array[float]":
    ranges = triples(book)
    merged = array("d")
    for index in sorted({part[0] for part in ranges}):
        parts = [(start, end) for asset, start, end in ranges if asset == index]
        for start, end in merge_ranges(parts):
            merged.extend((index, start, end))
    return merged
