"""Why a beacon was not taken: a stable code, its sentence, and the path of the value at fault."""

from collections.abc import Mapping
from typing import Final

import attrs

__all__ = ["REJECTIONS", "Fault", "Rejection"]

REJECTIONS: Final[Mapping[str, str]] = {
    "bad_id": "a session id must be a non-empty string without control characters",
    "bad_key": "a key that no player uses and some programs stumble over",
    "bad_name": "a player's or an event's name must be a non-empty string",
    "bad_number": "a number must be finite and within the limit",
    "bad_sequence": "a sequence number must be an integer from 0 to the limit",
    "bad_signal": "the signal has a field of the wrong type, or one that cannot be read",
    "bad_time": "a time must be Unix milliseconds (or ISO 8601), a signal's Unix seconds",
    "bad_version": "a report of CMCD must be of version 2",
    "duplicate_key": "an object must not say a key twice",
    "encoding": "the body is not UTF-8",
    "foreign_session": "the beacon names another session than the one it was sent for",
    "malformed": "the body is not JSON, or a line no report of CMCD",
    "missing": "a field that is needed is missing",
    "too_deep": "arrays and objects are nested deeper than the limit",
    "too_large": "the body has more bytes than the limit",
    "too_long": "a string has more characters than the limit",
    "too_many": "there are more beacons in the body than the limit",
    "too_wide": "an object, an array or a beacon holds more values than the limit",
    "unknown_signal": "there is no signal of that name",
    "wrong_type": "a value has the wrong type",
}
"""Reason code of each rejection, and its sentence."""


@attrs.frozen
class Rejection:
    """Something in a body that was not taken.

    Args:
        path: Where it stands, such as ``beacons[3].state.currentTime``; ``$`` is the body itself.
        reason: A code of :data:`REJECTIONS`.
        message: What is wrong, in words; at most a few characters of the value are in it.
        count: How many beacons were lost by it.
    """

    path: str
    reason: str
    message: str
    count: int = 1


class Fault(Exception):  # noqa: N818 - never leaves the package
    """Ends the reading of one beacon, or of the body."""

    def __init__(self, path: str, reason: str, message: str | None = None) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.message = REJECTIONS[reason] if message is None else message

    def rejection(self, count: int = 1) -> Rejection:
        """What is told of it."""
        return Rejection(self.path, self.reason, self.message, count)
