"""What happens to a log on its way: lost, doubled, shuffled and late words, wrong clocks, holes.

A fault is a small value; ``apply`` gives a log to one or several of them, from left to right::

    spoilt = apply(Drop(0.05) | Reorder(0.5) | Skew(30), log, seed=7)
    assert check_streams(play(spoilt)) == [], spoilt.report()

A log is a sequence of timed items: callbacks, signals, beacons, or the decoded lines of a trace or
a signal log. The same faults, log and seed give the same result on every machine. Each fault draws
for itself: another seed is another loss.

**Time and arrival.** An item bears the time of the player that said it. When it *arrives* is
another matter: it is its place in the list; ``arrivals`` of :class:`Spoilt` tells the second. So
:class:`Reorder` and :class:`Delay` leave the item's time alone, as a network does (S68), unless the
delay is ``redated``: whoever hears it then dates it by when it came. :class:`Skew` and
:class:`Step` are the player's clock: they change times and no arrival (S64). :class:`Sleep` is
time that really passed: it changes both.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.spelling import hint
from video_tracker.testing.spoiling import (
    Change,
    Fault,
    Faults,
    SomeWords,
    Spoilt,
    Tell,
    Word,
    apply,
    is_finite,
    is_seconds,
    is_share,
)
from video_tracker.testing.timed import describe, is_end, is_poll, lane_of, moved, time_of
from video_tracker.transcript import seconds_text

__all__ = [
    "FAULTS",
    "Change",
    "CutHead",
    "Delay",
    "Drop",
    "Duplicate",
    "Fault",
    "LoseEnds",
    "Reorder",
    "Silence",
    "Skew",
    "Sleep",
    "Spoilt",
    "Step",
    "Thin",
    "Truncate",
    "Word",
    "apply",
    "parse_faults",
]

_TOGETHER: Final = 0.05
"""Seconds within which polls are one round: two channels tell the same moment."""


def _without(words: list[Word[Any]], lost: Callable[[int], bool], tell: Tell) -> list[Word[Any]]:
    """The words but those at the places that are lost."""
    kept: list[Word[Any]] = []
    for place, word in enumerate(words):
        if lost(place):
            tell(word.number, f"lost {_said(word, words)}")
        else:
            kept.append(word)
    return kept


def _said(word: Word[Any], words: Sequence[Word[Any]]) -> str:
    start = next((at for at in (time_of(each.item) for each in words) if at is not None), 0.0)
    return describe(word.item, start)


# -- lost, doubled, shuffled, late -----------------------------------------------------------------


@attrs.frozen
class Drop(SomeWords):
    """Words are lost.

    Args:
        chance: The share of them that is lost, from 0 to 1.
        nth: Which of them by number; see the module's table in the docs.
        name: Which of them by name; see there.
    """

    chance: float = attrs.field(default=1.0, validator=is_share)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Lose them."""
        return _without(words, self.picked(words, chance, self.chance).__contains__, tell)


@attrs.frozen
class LoseEnds(Fault):
    """The words that an ad, a break, the content or playback is over are lost.

    Signals by their kind, callbacks by their names (``ended``, ``adBreakEnd``, ``complete``,
    ``pagehide``) and the states that say so.

    Args:
        chance: The share of them that is lost.
    """

    chance: float = attrs.field(default=1.0, validator=is_share)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Lose them."""
        ends = [place for place, word in enumerate(words) if is_end(word.item)]
        lost = {place for place in ends if chance.random() < self.chance}
        return _without(words, lost.__contains__, tell)


@attrs.frozen
class Duplicate(SomeWords):
    """Words come twice, the second time as the first.

    Args:
        chance: The share of them.
        after: Seconds after which they come again.
        nth: Which of them by number.
        name: Which of them by name.
    """

    chance: float = attrs.field(default=1.0, validator=is_share)
    after: float = attrs.field(default=0.0, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Repeat them."""
        twice = self.picked(words, chance, self.chance)
        out: list[Word[Any]] = []
        for place, word in enumerate(words):
            out.append(word)
            if place in twice:
                out.append(attrs.evolve(word, arrival=word.arrival + self.after))
                tell(word.number, f"repeated {_said(word, words)}")
        return out


@attrs.frozen
class Reorder(Fault):
    """Every word takes its own time on the way, so that they overtake each other.

    Args:
        window: The longest time on the way, in seconds: no two that were said further apart change
            places.
    """

    window: float = attrs.field(validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Let them travel."""
        out = [
            attrs.evolve(word, arrival=word.arrival + chance.random() * self.window)
            for word in words
        ]
        order = sorted(range(len(out)), key=lambda place: out[place].arrival)
        furthest = -1
        for place in order:
            if place < furthest:
                tell(out[place].number, f"overtaken {_said(out[place], words)}")
            furthest = max(furthest, place)
        return out


@attrs.frozen
class Delay(SomeWords):
    """Words come late.

    Args:
        seconds: How much later they arrive.
        chance: The share of them that does.
        redated: Whether they bear the time of their arrival, as when whoever hears a callback dates
            it; else they keep their own, as a beacon does.
        nth: Which of them by number.
        name: Which of them by name.
    """

    seconds: float = attrs.field(validator=is_seconds)
    chance: float = attrs.field(default=1.0, validator=is_share)
    redated: bool = attrs.field(default=False, kw_only=True)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Hold them up."""
        late, by = self.picked(words, chance, self.chance), self.seconds
        for place in sorted(late):
            tell(words[place].number, f"{by:g} s late {_said(words[place], words)}")
        return [
            _later(word, by, by if self.redated else 0.0) if place in late else word
            for place, word in enumerate(words)
        ]


def _later(word: Word[Any], arrival: float, time: float, *, page: bool = True) -> Word[Any]:
    item = moved(word.item, time, page=page)
    return attrs.evolve(word, arrival=word.arrival + arrival, item=item)


# -- clocks and holes ------------------------------------------------------------------------------


def _moment(words: Sequence[Word[Any]], after: float | None, chance: random.Random) -> float:
    """The arrival that lies so many seconds after the first one; drawn when nobody says."""
    first, last = words[0].arrival, words[-1].arrival
    return chance.uniform(first, last) if after is None else first + after


@attrs.frozen
class Skew(Fault):
    """The player's clock is wrong. Of a trace's line ``wall`` is, and not the page's own ``t``.

    Args:
        seconds: By how much it is ahead; negative is behind.
        drift: Seconds that it gains in an hour.
    """

    seconds: float = attrs.field(validator=is_finite)
    drift: float = attrs.field(default=0.0, validator=is_finite)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:  # noqa: ARG002
        """Set it wrong."""
        first = words[0].arrival
        tell(None, f"a clock that is {self.seconds:+g} s wrong and gains {self.drift:g} s an hour")
        return [
            _later(word, 0.0, self.seconds + self.drift * (word.arrival - first) / 3600, page=False)
            for word in words
        ]


@attrs.frozen
class Step(Fault):
    """The player's clock is set in the middle of playing.

    Args:
        seconds: How far; negative is back.
        after: Seconds after the first word; drawn when it is left out.
    """

    seconds: float = attrs.field(validator=is_finite)
    after: float | None = attrs.field(default=None, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Set it."""
        moment = _moment(words, self.after, chance)
        at = seconds_text(moment - words[0].arrival)
        tell(None, f"the clock is set by {self.seconds:+g} s at {at} s")
        return [
            _later(word, 0.0, self.seconds, page=False) if word.arrival > moment else word
            for word in words
        ]


@attrs.frozen
class Sleep(Fault):
    """The device sleeps: nothing happens and nothing is said, and the clock goes on.

    Args:
        seconds: How long.
        after: Seconds after the first word; drawn when it is left out.
    """

    seconds: float = attrs.field(validator=is_seconds)
    after: float | None = attrs.field(default=None, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Let it sleep."""
        moment = _moment(words, self.after, chance)
        tell(None, f"{self.seconds:g} s of sleep at {seconds_text(moment - words[0].arrival)} s")
        by = self.seconds
        return [_later(word, by, by) if word.arrival > moment else word for word in words]


@attrs.frozen
class Silence(Fault):
    """Playing goes on, and what is said of it for a while is lost: a network that is away.

    Args:
        seconds: How long.
        after: Seconds after the first word; drawn when it is left out.
    """

    seconds: float = attrs.field(validator=is_seconds)
    after: float | None = attrs.field(default=None, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Lose what is said."""
        begin = _moment(words, self.after, chance)
        end = begin + self.seconds
        return _without(words, lambda place: begin < words[place].arrival <= end, tell)


@attrs.frozen
class Truncate(Fault):
    """The log breaks off.

    Args:
        after: Seconds after the first word, beyond which nothing arrives; drawn when left out.
    """

    after: float | None = attrs.field(default=None, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Break it off."""
        moment = _moment(words, self.after, chance)
        return _without(words, lambda place: words[place].arrival > moment, tell)


@attrs.frozen
class CutHead(Fault):
    """The log begins late: whoever hears it joined in the middle (S83).

    Args:
        after: Seconds after the first word, before which nothing is heard; drawn when left out.
    """

    after: float | None = attrs.field(default=None, validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:
        """Cut it off."""
        moment = _moment(words, self.after, chance)
        return _without(words, lambda place: words[place].arrival < moment, tell)


@attrs.frozen
class Thin(Fault):
    """Positions are told seldom: a page in the background, a slow poll (S63).

    Args:
        every: Seconds from one round of polls to the next that is heard.
    """

    every: float = attrs.field(validator=is_seconds)

    def spoil(self, words: list[Word[Any]], chance: random.Random, tell: Tell) -> list[Word[Any]]:  # noqa: ARG002
        """Lose the rounds between."""
        rounds: dict[str | None, float] = {}
        kept: list[Word[Any]] = []
        for word in words:
            if is_poll(word.item):
                lane = lane_of(word.item)
                passed = word.arrival - rounds.get(lane, -math.inf)
                if passed >= self.every - _TOGETHER:
                    rounds[lane] = word.arrival
                elif passed > _TOGETHER:
                    continue
            kept.append(word)
        tell(None, f"{len(words) - len(kept)} polls lost, one round in {self.every:g} s left")
        return kept


FAULTS: Final[Mapping[str, type[Fault]]] = {
    "drop": Drop,
    "duplicate": Duplicate,
    "reorder": Reorder,
    "delay": Delay,
    "skew": Skew,
    "step": Step,
    "sleep": Sleep,
    "silence": Silence,
    "truncate": Truncate,
    "cut-head": CutHead,
    "lose-ends": LoseEnds,
    "thin": Thin,
}
"""The faults by the names that :func:`parse_faults` knows."""


# -- on the command line ---------------------------------------------------------------------------


def parse_faults(text: str) -> Faults:
    """Read faults as they are written on a command line: ``drop=0.05,reorder=0.5,skew=30``.

    A fault is its name and, after ``=``, its arguments with ``:`` between them: numbers in the
    order of its fields (seconds, shares from 0 to 1), ``#3`` for the third (``#-1`` for the last),
    a word for a name. ``drop=#3:ended`` loses the third ``ended``, ``step=-5:60`` sets the clock
    back by 5 s a minute after the start, ``delay=2:0.1:redated`` lets one in ten come 2 s late, and
    be dated so, ``truncate`` alone breaks off anywhere.

    Args:
        text: The faults, with commas between them; blanks do not matter. Nothing is no fault.

    Returns:
        The faults, in order.

    Raises:
        ValueError: No such fault, or arguments that it does not take; the message names the nearest
            fault and what it takes.
    """
    return tuple(_parse_fault(part.strip()) for part in text.split(",") if part.strip())


def _parse_fault(text: str) -> Fault:
    name, _, rest = text.partition("=")
    name = name.strip().replace("_", "-")
    kind = FAULTS.get(name)
    if kind is None:
        raise ValueError(f"there is no fault {name[:40]!r}{hint(name, FAULTS, listed=True)}")
    numbers: list[float] = []
    words: dict[str, Any] = {}
    flags = {each.name for each in attrs.fields(kind) if each.default is False}
    try:
        for part in filter(None, (part.strip() for part in rest.split(":"))):
            if part.startswith("#"):
                words["nth"] = int(part[1:])
            elif part in flags:
                words[part] = True
            elif part[0].isalpha() and part.lower() not in ("nan", "inf"):
                words["name"] = part
            else:
                numbers.append(float(part))
        return kind(*numbers, **words)
    except (TypeError, ValueError) as error:
        own = error if isinstance(error, ValueError) else "these are not its arguments"
        raise ValueError(f"{text!r}: {own}; it is {_usage(name)}") from error


def _usage(name: str) -> str:
    fields = attrs.fields(FAULTS[name])
    said = [
        each.name.upper() if each.default is attrs.NOTHING else f"[{each.name.upper()}]"
        for each in fields
        if not each.kw_only
    ]
    said += ["[#N]", "[NAME]"] if issubclass(FAULTS[name], SomeWords) else []
    said += [f"[{each.name}]" for each in fields if each.default is False]
    return f"{name}={':'.join(said)}" if said else name
