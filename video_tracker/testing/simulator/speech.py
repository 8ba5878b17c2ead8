"""How a dialect is written: a table from what happened to the callbacks that a player makes of it.

A dialect is a pure function of what is heard of a viewing; what its vocabulary cannot say stands
in it with the reason.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback
from video_tracker.signals import Signal
from video_tracker.testing.simulator.moments import Moment

__all__ = ["START", "STOPS", "Dialect", "Said", "Speech", "Word", "said", "silent"]

START: Final = 1_795_432_210.25
"""When every viewing begins, in Unix seconds."""

STOPS: Final = "the content pauses for its ads: a pause, if nobody says why within 0.25 s (S31)"
"""Why the lost start of a break is a pause."""

Said = Callback | Signal
Word = Callable[[Moment], Iterable[Callback]]
Speech = Mapping[str, Callable[[Moment], Iterable[Said]]]


def silent(_: Moment) -> Iterable[Said]:
    """The player says nothing."""
    return ()


def said(
    m: Moment,
    channel: str,
    event: str,
    state: Mapping[str, Any],
    after: float = 0.0,
    element: str | None = None,
    /,
    **detail: Any,
) -> Callback:
    """A callback, so many seconds after the moment; what is None was not in its payload."""
    told = {key: value for key, value in detail.items() if value is not None}
    at = round(START + m.at + after, 6)
    return Callback(at, channel, event, state, told, element)


@attrs.frozen
class Dialect:
    """How a player speaks.

    Args:
        player: The adapter's name.
        words: What it says of a kind of moment; of any other it says nothing.
        every: Seconds between two words of its clock.
        gaps: The fewest and the most seconds that it takes to go over to an ad and back.
        at_rest: Whether its clock is told while nothing moves.
        turn: Seconds between what it says of two things that happened at once.
        cannot: What its vocabulary cannot say, and why.
    """

    player: str
    words: Speech
    every: float = 0.25
    at_rest: bool = False
    gaps: tuple[float, float] = (0.0, math.inf)
    turn: float = 0.001
    cannot: Mapping[str, str] = attrs.field(factory=dict)

    def speak(self, moments: Iterable[Moment]) -> list[Said]:
        """What the player says of what happened, in the order of the times."""
        out: list[Said] = []
        said = 0.0
        for moment in moments:
            if moment.kind == "poll" and not (moment.moving or self.at_rest):
                continue
            words = list(self.words.get(moment.kind, silent)(moment))
            now = round(START + moment.at, 6)
            late = said + self.turn - now if now <= said and self.turn else 0.0
            # What a player says of two things that happened at once comes one by one.
            out += [
                attrs.evolve(word, at=round(word.at + late, 6)) if word.at >= now and late else word
                for word in words
            ]
            said = max([said, *(word.at for word in out[-len(words) :])]) if words else said
        return sorted(out, key=lambda word: word.at)
