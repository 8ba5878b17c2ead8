"""The same log under another plan or other settings: what becomes different."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

import attrs

from video_tracker.explain.explanation import Explanation
from video_tracker.explain.session import RecordedSession
from video_tracker.explain.text import value_text
from video_tracker.plan import SessionPlan
from video_tracker.session import Playback
from video_tracker.signals import Signal
from video_tracker.spelling import counted
from video_tracker.transcript import compare_transcripts, rows_of

__all__ = ["Difference", "difference_of", "what_if"]

_TITLES = ("as it is", "what if")


@attrs.frozen
class Difference:
    """Two runs of the same log.

    Args:
        before: The sessions as they were, explained.
        after: The sessions as they would be, explained.
    """

    before: tuple[Explanation, ...]
    after: tuple[Explanation, ...]

    @property
    def figures(self) -> tuple[dict[str, tuple[Any, Any]], ...]:
        """For each pair of sessions the figures that differ: before and after."""
        pairs = zip_longest(self.before, self.after)
        return tuple(_differing(_figures(one), _figures(other)) for one, other in pairs)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(
            one is not None and other is not None and _same_events(one, other)
            for one, other in zip_longest(self.before, self.after)
        ) and not any(self.figures)

    def text(self, context: int | None = 2, width: int | None = None) -> str:
        """The two side by side, and the figures that differ.

        Args:
            context: How many equal events to show around one that differs; None shows all.
            width: Characters of a line, as for ``compare_transcripts``.
        """
        if self.same:
            return f"Nothing changes: {_counted(self.before)}."
        parts = []
        for number, (one, other) in enumerate(zip_longest(self.before, self.after)):
            parts += _pair(one, other, self.figures[number], context, width)
        return "\n\n".join(parts)


def what_if(signals: Iterable[Signal], plan: SessionPlan, other: SessionPlan) -> Difference:
    """Give the same signals to a session under one plan and under another.

    Args:
        signals: What the player said, in its order.
        plan: The plan as it is, with its settings.
        other: The plan as it might be.

    Returns:
        What differs; each side has its explanations.
    """
    listed = tuple(signals)
    return Difference(_explained(listed, plan), _explained(listed, other))


def _explained(signals: Sequence[Signal], plan: SessionPlan) -> tuple[Explanation, ...]:
    playback = Playback(RecordedSession("session-1", plan))
    for signal in signals:
        playback.receive(signal)
    playback.finish()
    return tuple(each.explain() for each in playback.sessions if isinstance(each, RecordedSession))


def difference_of(before: Iterable[Explanation], after: Iterable[Explanation]) -> Difference:
    """What differs between two runs, session by session in the order of their starts."""
    return Difference(tuple(before), tuple(after))


def _figures(explanation: Explanation | None) -> dict[str, Any]:
    return {} if explanation is None else explanation.summary.to_dict()


def _differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (one.get(name), other.get(name))
        for name in {**one, **other}
        if one.get(name) != other.get(name) and name != "session_id"
    }


def _events(explanation: Explanation | None) -> list[Any]:
    return [] if explanation is None else [account.event for account in explanation.events]


def _same_events(one: Explanation, other: Explanation) -> bool:
    return rows_of(_events(one)) == rows_of(_events(other))


def _counted(explanations: Sequence[Explanation]) -> str:
    events = sum(len(each.events) for each in explanations)
    return f"{counted(events, 'event')}, and every figure, are the same"


def _pair(
    one: Explanation | None,
    other: Explanation | None,
    figures: dict[str, tuple[Any, Any]],
    context: int | None,
    width: int | None,
) -> list[str]:
    known = one or other
    head = f"Session {'' if known is None else known.session_id}"
    if one is not None and other is not None and _same_events(one, other):
        events = f"{head}: the same {len(one.events)} events."
    else:
        sides = compare_transcripts(
            _events(one), _events(other), titles=_TITLES, context=context, width=width
        )
        events = f"{head}\n{sides}"
    longest = max(map(len, figures), default=0)
    lines = [
        f"  {name:<{longest}}  {value_text(before)} -> {value_text(after)}"
        for name, (before, after) in figures.items()
    ]
    return [events, "\n".join(["Figures that differ", *lines])] if lines else [events]
