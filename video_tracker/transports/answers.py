"""What an HTTP answer means for the message it answers: pure, shared by every HTTP shell.

========================================  ==============================================
status                                    outcome
========================================  ==============================================
any 2xx                                   delivered
408, 425, 429, 5xx but 501 and 505        try later, ``Retry-After`` respected
400, 422 and any 4xx not named here       refused: ``rejected``, with the body's reasons
401, 403                                  refused: ``credentials``
413                                       refused: ``too_large``
1xx, 3xx, 404, 405, 410, 501, 505, other  refused: ``endpoint``
========================================  ==============================================
"""

import datetime
import email.utils
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from video_tracker.delivery.outcome import DELIVERED, Delivered, Refused, TryLater
from video_tracker.transports.masking import masked

__all__ = ["SETUP_FAULTS", "judge", "retry_after"]

SETUP_FAULTS: Final = frozenset({"credentials", "endpoint"})
"""Refusals that hold for every record alike: the configuration is at fault, not the record."""

_REFUSALS: Final[Mapping[int, str]] = {
    401: "credentials",
    403: "credentials",
    404: "endpoint",
    405: "endpoint",
    410: "endpoint",
    413: "too_large",
    501: "endpoint",
    505: "endpoint",
}
_LATER: Final[Mapping[int, str]] = {408: "timeout", 425: "unavailable", 429: "throttled"}


def judge(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    secrets: Sequence[str] = (),
) -> Delivered | TryLater | Refused:
    """Say what an answer means.

    Args:
        status: The status code.
        headers: The answer's headers, looked up by lower-case names.
        body: As much of the body as was read; it may be anything.
        now: The time in Unix seconds, for a ``Retry-After`` that is a date.
        secrets: Texts that must not get into the detail, even if the destination repeats them.

    Returns:
        The outcome for the one message; never raises.
    """
    if 200 <= status < 300:
        return DELIVERED
    words = f"HTTP {status}"
    reasons = masked(_reasons(body), secrets)
    if reasons:
        words = f"{words}: {reasons}"
    if status in _LATER or (500 <= status < 600 and status not in _REFUSALS):
        after = retry_after(headers, now=now)
        return TryLater(_LATER.get(status, "unavailable"), words, after)
    default = "rejected" if 400 <= status < 500 else "endpoint"
    return Refused(_REFUSALS.get(status, default), words)


def _reasons(body: bytes) -> str:
    """The body's ``meta.errors``; of any other body its text, on one line."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    meta = value.get("meta") if isinstance(value, Mapping) else None
    errors = meta.get("errors") if isinstance(meta, Mapping) else None
    if isinstance(errors, list) and errors:
        text = "; ".join(error if isinstance(error, str) else repr(error) for error in errors)
    else:
        text = body.decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text).strip()


_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """How many seconds the destination asked to be left alone.

    Args:
        headers: The answer's headers, looked up by lower-case names.
        now: The time in Unix seconds; it counts only when the answer has no ``Date`` of its own,
            because a date is best read on the clock of who wrote it.

    Returns:
        Seconds, zero or more; None without a ``Retry-After`` or with one that makes no sense.
    """
    text = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    wanted = _http_date(text)
    if wanted is None:
        return None
    written = _http_date(headers.get("date", ""))
    return max(0.0, wanted - (now if written is None else written))


def _http_date(text: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000": UTC, says RFC 5322
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
