"""Which seeks are a viewer's, where they left, and when they are over (S33, S70).

Players seek on their own: nudges after a stall or an ad, rewinding before a replay, the way back to
a position. A viewer scrubs: a burst of seeks, some of them small, of which the last one counts.
A seek's words may come late, or not at all: then the clock shows it first (S79, S83).
"""

from typing import Final

import attrs

from video_tracker.players.content_clock import STEP

__all__ = ["Leap", "RestWatch", "Seek", "SeekWatch", "ran"]

_SCRUB: Final = 0.5
"""Seconds after a viewer's seek within which even a small one belongs to the same gesture (S33)."""
_LATE: Final = 5.0
"""Seconds by which the word that a seek began may come after the word that it ended."""
_BEFORE: Final = 1.0
"""Seconds by which a position of the target may come before the word that a seek begins."""
_RESET: Final = 0.5
"""Seconds before an error within which a position that falls to 0 is its teardown's (S76)."""
_SAME: Final = 0.1
"""Seconds within which two targets are one, and media progress may run ahead of time."""
_LANDED: Final = 0.2
"""Seconds that content may have moved from where it landed while a seek's word may come."""
_LOADS: Final = 2.0  # Seconds for which such a place waits for that word at most (S81).
_PLAYED_ON: Final = 2.0
"""Content that has played this far from where it landed has nothing to do with the seek (S62)."""
_FROM_TARGET: Final = 0.2  # Seconds of playing on from its target that prove that a seek is over.
_FROM_REST: Final = 1.0
"""Seconds of playing on from elsewhere that prove that a seek, or a rest, is over (S83)."""


def ran(since: float, place: float, at: float, position: float, rate: float) -> float | None:
    """How far the clock ran from a place where it was once, if playing since then explains it."""
    moved = position - place
    return moved if 0 <= moved <= (at - since) * rate + _SAME else None


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class RestWatch:
    """Whether a clock runs though its player is said to be at rest (S79, S83)."""

    _since: tuple[float, float] | None = None
    _last: tuple[float, float] | None = None

    runs = property(lambda self: self._since != self._last)
    """Whether it had moved when it was heard last."""

    def explains(self, at: float, position: float, rate: float) -> bool:
        """Whether it may have run to there from where it was heard last."""
        return self._last is not None and bool(ran(*self._last, at, position, rate))

    def hear(
        self, at: float, position: float, rate: float, *, twice: bool = False
    ) -> tuple[float, float] | None:
        """Since when and from where it runs, once that is proven.

        It must have moved ``twice`` where a single step may be a seek that nobody told.
        """
        runs, sure = self.explains(at, position, rate), self.runs or not twice
        self._last = at, position
        if not runs or self._since is None:
            self._since = self._last
        since, place = self._since
        if not sure or position - place < _FROM_REST - 1e-6:
            return None
        return max(at - (position - place) / rate, since), place


@attrs.define
class Seek:
    """A seek under way, from its origin to its target in content seconds; None when unknown.

    One that was ``reported`` to the session is a viewer's.
    """

    origin: float | None
    target: float | None
    began: float
    reported: bool = False
    _beside: RestWatch = attrs.field(factory=RestWatch, init=False)
    """Positions that do not lie on the way from the target: the player may have landed beside."""

    def runs_on(self, at: float, position: float, rate: float) -> tuple[float, float] | None:
        """Since when and from where it plays on, if a position proves that the seek is over."""
        if self.target is None:
            self.target = position
        moved = ran(self.began, self.target, at, position, rate)
        if moved is None:
            return self._beside.hear(at, position, rate)
        proven = moved >= _FROM_TARGET + 1e-6
        return (max(at - moved / rate, self.began), self.target) if proven else None

    def goes_to(self, target: float | None) -> None:
        """It goes elsewhere now."""
        self.target, self._beside = target, RestWatch()


@attrs.frozen
class Leap:
    """When the clock was seen to jump, from where and to where; no word of a seek had come."""

    at: float
    origin: float
    landed: float


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class SeekWatch:
    """Follows an element's seeks; :attr:`current` is the one under way, if any."""

    current: Seek | None = None
    _over_at: float | None = None
    _nudge: tuple[float, float] | None = None
    leap: Leap | None = None
    """The jump that no word has explained yet."""
    _late: tuple[float, float] | None = None

    def clear(self) -> None:
        """Forget everything: another source, or ads in between."""
        self.current = self._over_at = self._nudge = self._late = self.leap = None

    def own(self, at: float, origin: float | None, target: float | None) -> None:
        """The element seeks on its own, or before it was started: nobody is told."""
        self.current = Seek(origin, target, at)

    def begin(self, at: float, origin: float | None, target: float | None) -> Seek:
        """A seek begins; its ``reported`` says whether it is a viewer's (S70)."""
        nudged = self._nudge[1] if self._nudge and at - self._nudge[0] <= _SCRUB else None
        in_scrub = self._over_at is not None and at - self._over_at <= _SCRUB
        start = origin if nudged is None else nudged
        far = target is None or any(
            place is None or abs(target - place) >= STEP for place in (origin, start)
        )
        self.current = Seek(start if far else origin, target, at, in_scrub or far)
        self.leap = None  # explained
        if nudged is None:
            self._nudge = None
        return self.current

    def again(self, target: float | None, *, audible: bool) -> Seek | None:
        """A seek begun before the last one ended continues it (S33): the one to be told, if any.

        Where it is ``audible``, a viewer may have made it: content shows, nothing is resuming.
        """
        seek = self.current
        if seek is None:
            return None
        seek.goes_to(target)
        if not seek.reported and audible and seek.origin is not None and target is not None:
            seek.reported = abs(target - seek.origin) >= STEP
        return seek if seek.reported else None

    def end(self, at: float, *, shown: bool) -> Seek | None:
        """The seek under way is over; after content was ``shown``, small steps may add up."""
        seek, self.current = self.current, None
        if seek is None:
            return None
        if seek.reported:
            self._over_at, self._nudge = at, None
        elif seek.origin is not None and shown:
            self._nudge = (at, self._nudge[1] if self._nudge else seek.origin)
        return seek

    def leapt(self, at: float, origin: float, landed: float) -> None:
        """The clock jumped without a word, which may still come."""
        before = self.leap
        if before is not None and at - before.at <= _BEFORE:
            origin = before.origin  # it jumps on: the viewer left where it jumped first
        self.leap = Leap(at, origin, landed)

    def waits(self, at: float, position: float | None) -> bool:
        """Whether the clock only repeats where it landed: its seek's word may be on its way.

        Whoever hears of the jump waits for the next word, so a repetition is kept from him (S78).
        """
        leap = self.leap
        if leap is None or position is None or not leap.at < at <= leap.at + _LOADS:
            return False
        return abs(position - leap.landed) <= _LANDED

    def is_quiet(self, at: float) -> bool:
        """Whether, from a time on, it does not wait."""
        return self.leap is None or at > self.leap.at + _LOADS

    def before_reset(self, at: float) -> float | None:
        """Where the content was before a 0 told just before an error: a teardown's (S76)."""
        leap = self.leap
        reset = leap is not None and leap.landed < STEP and at - leap.at <= _RESET
        return leap.origin if leap is not None and reset else None

    def left(self, at: float, target: float) -> Leap | None:
        """The jump that the word that a seek begins explains: it came a moment before (S83)."""
        leap = self.leap
        if leap is None or at - leap.at > _BEFORE:
            return None
        return leap if abs(target - leap.landed) < abs(target - leap.origin) else None

    def landed(self, position: float) -> Leap | None:
        """The jump that the word that a seek ended explains, however long it took to load."""
        leap = self.leap
        if leap is None or not -STEP <= position - leap.landed <= _PLAYED_ON:
            return None
        return leap

    def found(self, at: float, target: float) -> None:
        """A seek ended of which one word was not heard: it may come late."""
        self._late = (at, target)

    def is_late(self, at: float, target: float | None) -> bool:
        """Whether a word of a seek is of one that has ended."""
        late, self._late = self._late, None
        if late is None or target is None or at - late[0] > _LATE:
            return False
        return abs(target - late[1]) <= _SAME
