"""Rules of time stamps."""

import datetime
from collections.abc import Iterable

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule
from video_tracker.linting.rules.positions import progress
from video_tracker.linting.seen import Seen
from video_tracker.transcript import parse_timestamp

__all__ = ["RULES"]

_SLACK = 60
"""Seconds that a clock may be ahead without harm."""
_MILLENNIUM = 946_684_800


def _missing(_seen: Seen, message: Message) -> Iterable[str]:
    if message.raw.get("timestamp") is None:
        yield "there is no timestamp"


def _is_text_time(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.datetime.fromisoformat(value))
    except ValueError:
        return False


def _unreadable(_seen: Seen, message: Message) -> Iterable[str]:
    value = message.raw.get("timestamp")
    if value is not None and not _is_text_time(value):
        yield f"timestamp {value!r:.60} is no ISO 8601 time"


def _no_zone(_seen: Seen, message: Message) -> Iterable[str]:
    value = message.raw.get("timestamp")
    if _is_text_time(value) and parse_timestamp(value) is None:
        yield f"timestamp {value!r} says no time zone"


def _form(_seen: Seen, message: Message) -> Iterable[str]:
    value = message.raw.get("timestamp")
    for violation in message.violations:
        if violation.code == "timestamp" and parse_timestamp(value) is not None:
            yield f"timestamp {value!r} is not in UTC with milliseconds and Z"


def _backwards(seen: Seen, message: Message) -> Iterable[str]:
    for fault in seen.faults:
        if fault.code in ("before_the_first", "end_before_start"):
            yield fault.text
            return
    before, gap = seen.previous, message.since(seen.previous)
    if before is not None and gap is not None and gap < 0:
        yield f"it is dated {-gap:g} s before {before.name}, which it follows"


def _all_the_same(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if went is not None and went[0] == 0 and went[1] >= 5:
        yield f"position went on by {went[1]:g} s at one and the same time"


def _future(seen: Seen, message: Message) -> Iterable[str]:
    told = ((key, parse_timestamp(message.raw.get(key))) for key in ("sentAt", "receivedAt"))
    for what, limit in (*told, ("now", seen.now)):
        if limit is not None and message.at is not None and message.at > limit + _SLACK:
            yield f"it is dated {message.at - limit:.0f} s after {what}"
            return


def _long_ago(_seen: Seen, message: Message) -> Iterable[str]:
    if message.at is not None and message.at < _MILLENNIUM:
        yield f"it is dated {message.raw.get('timestamp')}: seconds taken for milliseconds?"


RULES = (
    Rule(
        "VT601",
        "warning",
        "There is no timestamp.",
        "The time of receipt is taken: stored and repeated messages are dated wrongly.",
        "Send when it happened, on every message.",
        "S50, spec 5",
        each=_missing,
    ),
    Rule(
        "VT602",
        "error",
        "A timestamp cannot be read.",
        "The message is refused, or dated at its receipt.",
        "Send ISO 8601 in UTC: 2026-01-31T20:00:00.000Z, no number.",
        "S50, spec 5",
        each=_unreadable,
    ),
    Rule(
        "VT603",
        "error",
        "A timestamp says no time zone.",
        "It is taken for UTC and is hours off.",
        "Send UTC with Z.",
        "S50",
        each=_no_zone,
    ),
    Rule(
        "VT604",
        "note",
        "A timestamp is written otherwise than in UTC with milliseconds and Z.",
        "It can be read; yet some destinations take Z only, and whole seconds lose the order.",
        "Send 2026-01-31T20:00:00.000Z.",
        "S50",
        each=_form,
        codes=("timestamp",),
    ),
    Rule(
        "VT605",
        "warning",
        "Time goes backwards within a session.",
        "Durations are negative or counted twice.",
        "Sort what was stored; date by one clock, a monotonic one where it can be had.",
        "S31, S64, S86",
        each=_backwards,
        codes=("before_the_first", "end_before_start"),
    ),
    Rule(
        "VT606",
        "error",
        "Events that lie apart bear the same time.",
        "They are dated when the batch was sent, not when they happened.",
        "Take the time when the event happens, not when it is sent.",
        "S50",
        each=_all_the_same,
    ),
    Rule(
        "VT607",
        "warning",
        "An event is dated in the future.",
        "The clock of the device is wrong: sessions lie on the wrong day.",
        "Correct by the offset of sentAt and the time of receipt, or date on the server.",
        "S68, spec 5",
        each=_future,
    ),
    Rule(
        "VT608",
        "error",
        "An event is dated before the year 2000.",
        "A number of seconds was taken for milliseconds, or the clock was never set.",
        "Multiply Unix seconds by 1000 before a Date is made of them.",
        "S50",
        each=_long_ago,
    ),
)
