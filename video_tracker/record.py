"""The record: an encoded message with its id. The wire makes it, delivery carries it."""

import attrs

__all__ = ["Record"]


@attrs.frozen
class Record:
    """One encoded message: what delivery carries and never looks inside.

    Args:
        message_id: The message's ``messageId``, the same on every attempt (S50).
        session_id: The session it belongs to.
        event: The event's name.
        body: The JSON of the message, UTF-8, without ``sentAt``.
    """

    message_id: str
    session_id: str
    event: str
    body: bytes
