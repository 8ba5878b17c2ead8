"""An explanation as JSON-able values."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from video_tracker.explain.explanation import EventAccount, Explanation
from video_tracker.explain.figures import Figure, Share
from video_tracker.explain.record import Cause
from video_tracker.explain.view import Miss
from video_tracker.explain.whatif import Difference
from video_tracker.transcript import rows_beside, rows_of

__all__ = [
    "cause_to_dict",
    "difference_to_list",
    "event_to_dict",
    "explanation_to_dict",
    "figure_to_dict",
    "miss_to_dict",
]


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """The whole explanation; times are Unix seconds."""
    return {
        "session_id": explanation.session_id,
        "origin": explanation.origin,
        "events": [event_to_dict(account) for account in explanation.events],
        "diagnostics": [
            {
                "at": note.diagnostic.at,
                "kind": note.diagnostic.kind,
                "reason": note.diagnostic.reason,
                "sentence": note.diagnostic.sentence,
                "cause": cause_to_dict(note.cause),
            }
            for note in explanation.notes
        ],
        "missing": {
            name: [miss_to_dict(miss) for miss in misses]
            for name, misses in explanation.missing.items()
        },
        "figures": {name: figure_to_dict(each) for name, each in explanation.figures.items()},
    }


def event_to_dict(account: EventAccount) -> dict[str, Any]:
    """Why an event came."""
    event, position = account.event, account.position
    return {
        "number": event.sequence,
        "event": event.name,
        "at": event.at,
        "cause": cause_to_dict(account.cause),
        "dated": cause_to_dict(account.dated),
        "by_clock": account.by_clock,
        "rule": account.rule.number,
        "sentence": account.rule.sentence,
        "reasons": [{"kind": note.kind, "reason": note.reason} for note in account.notes],
        "position": position.position,
        "position_reckoned": position.reckoned,
        "position_parts": [
            {"kind": part.kind, "name": part.name, "seconds": part.seconds}
            for part in position.parts
        ],
        "way": list(account.way),
    }


def figure_to_dict(figure: Figure) -> dict[str, Any]:
    """What a figure is made of."""
    return {
        "value": figure.value,
        "meaning": figure.meaning,
        "formula": figure.formula or None,
        "shares": [_share(share) for share in figure.shares],
        "occurrences": [
            {"step": step.step, "reason": step.reason or None, "cause": cause_to_dict(step.cause)}
            for step in figure.occurrences
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "name": share.name,
        "start": share.start,
        "end": share.end,
        "seconds": float(share.seconds),
        "opened": cause_to_dict(share.opened),
        "closed": cause_to_dict(share.closed),
    }


def miss_to_dict(miss: Miss) -> dict[str, Any]:
    """A nearest miss."""
    return {"sentence": miss.sentence, "cause": cause_to_dict(miss.cause)}


def difference_to_list(difference: Difference, *, equal: bool = False) -> list[dict[str, Any]]:
    """What differs, a dictionary for each pair of sessions.

    Args:
        difference: The two runs.
        equal: Give the events that are equal, too.

    Returns:
        Of each session its ``events`` (``before`` and ``after``, each as :func:`event_to_dict` or
        None, and ``differing``: the columns of the transcript that do) and its ``figures`` that
        differ, each a pair.
    """
    sessions = zip_longest(difference.before, difference.after)
    return [
        {
            "session_id": (one or other).session_id,
            "events": list(_pairs(one, other, equal=equal)),
            "figures": {name: list(pair) for name, pair in figures.items()},
        }
        for (one, other), figures in zip(sessions, difference.figures, strict=True)
    ]


def _pairs(one: Any, other: Any, *, equal: bool) -> Iterator[dict[str, Any]]:
    ours, theirs = ([] if side is None else side.events for side in (one, other))
    left, right = (rows_of(account.event for account in side) for side in (ours, theirs))
    for pair in rows_beside(left, right):
        if equal or pair.mark != " ":
            yield {
                "before": None if pair.left is None else event_to_dict(ours[pair.left]),
                "after": None if pair.right is None else event_to_dict(theirs[pair.right]),
                "differing": list(pair.differing),
            }


def cause_to_dict(cause: Cause | None) -> dict[str, Any] | None:
    """An input."""
    if cause is None:
        return None
    source = cause.source
    return {
        "input": cause.name,
        "number": cause.number,
        "at": cause.moment,
        "line": None if source is None else source.line,
        "held_until": None if source is None else source.until,
        "callback": (source.callback or None) if source is not None else None,
    }
