"""Hold a session's event stream against the rules of order (S20 and its friends).

:func:`check_stream` reads the events of one session, :func:`check_streams` those of several and
:func:`check_messages` what lies on the wire. Each gives every violation as a sentence that names
the place, the event and the rule; an empty list is a correct stream. Nothing here knows the session
machine: the rules are written a second time, from the outside, so that one can hold the other.

The ``at`` of events need not rise: what was held back is dated truly (S31). Only an end may not
come before its own start.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from video_tracker.events import Event, OwnEvent, PlaybackStarted
from video_tracker.testing.fields import check_fields, check_message
from video_tracker.testing.order import Order
from video_tracker.testing.steps import step_of_event, step_of_message

__all__ = ["check_messages", "check_stream", "check_streams"]


def check_stream(events: Iterable[Event]) -> list[str]:
    """Find every violation in the events of one session.

    Args:
        events: All events of one session, in the order in which they came.

    Returns:
        A sentence for each violation; empty when the stream is right.
    """
    faults: list[str] = []
    order = Order()
    for number, event in enumerate(events, start=1):
        label = f"event {number} ({event.name})"
        found = check_fields(event)
        if event.sequence != number:
            found.append(f"its sequence is {event.sequence}, not {number} (S50)")
        if not isinstance(event, OwnEvent):
            found += [fault.text for fault in order.accept(step_of_event(event))]
        if isinstance(event, PlaybackStarted):
            found += _check_planned(event)
        faults += [f"{label}: {fault}" for fault in found]
    return faults


def check_streams(events: Iterable[Event]) -> list[str]:
    """Find every violation in the events of several sessions, each judged on its own.

    Args:
        events: Events of any number of sessions, mixed; the order within a session counts.

    Returns:
        A sentence for each violation, headed by the session's id.
    """
    sessions: dict[str, list[Event]] = {}
    for event in events:
        sessions.setdefault(event.session_id, []).append(event)
    return [
        f"session {session_id}: {fault}"
        for session_id, own in sessions.items()
        for fault in check_stream(own)
    ]


def check_messages(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Find every violation in wire messages of any profile, of one session or several.

    Args:
        messages: The messages as JSON objects, in the order in which they came. Messages without
            a ``session_id`` (another producer's Quality Updated) are judged by themselves only.

    Returns:
        A sentence for each violation, headed by the message's number, counted from 1.
    """
    faults: list[str] = []
    orders: dict[str, Order] = {}
    seen: set[str] = set()
    for number, message in enumerate(messages, start=1):
        found = check_message(message)
        message_id = message.get("messageId")
        if isinstance(message_id, str):
            if message_id in seen:
                found.append("its messageId was used before (S50)")
            seen.add(message_id)
        step = step_of_message(message)
        if step is not None:
            order = orders.setdefault(step.session_id, Order())
            found += [fault.text for fault in order.accept(step)]
        faults += [f"message {number} ({message.get('event')}): {fault}" for fault in found]
    return faults


def _check_planned(event: PlaybackStarted) -> list[str]:
    ads = ((ad.asset_id, ad.pod_id, ad.ad_type) for ad in event.planned_ads)
    names: Iterable[object] = (
        *event.content_asset_ids,
        *event.content_pod_ids,
        *(part for ad in ads for part in ad),
    )
    wrong = [name for name in names if not isinstance(name, str) or not name]
    return [f"{name!r} among the planned ids is no text or empty (S52)" for name in wrong]
