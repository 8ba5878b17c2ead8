"""What the rules of order need of one event, read from the event itself or from its message.

The grammar is written once, over :class:`Step`; this module knows where each value lies in an
:class:`~video_tracker.events.Event` and in the properties of a wire message.
"""

import math
from collections.abc import Mapping
from typing import Any

import attrs

from video_tracker.events import EVENTS, AdEvent, ContentEvent, Event, PlaybackEvent
from video_tracker.plan import is_number
from video_tracker.transcript import parse_timestamp

__all__ = [
    "Fault",
    "Step",
    "parse_timestamp",
    "step_of_event",
    "step_of_message",
    "step_of_properties",
]


@attrs.frozen(kw_only=True)
class Step:
    """One event as the rules of order see it.

    Args:
        name: The event's name.
        at: When it happened, in Unix seconds.
        session_id: The session.
        is_playback: Whether it is an event of the whole playback, with the ids of what plays.
        position, total_length: As the event reports them; None when absent or null.
        asset_id, pod_id: Of a content or ad event.
        about: The content asset that an ad event belongs to (S53).
        pod_position: Of an ad event, from 1.
        quartile: Of an ad event.
        content_asset_id, content_pod_id, ad_asset_id, ad_pod_id: Of a playback event (S34).
    """

    name: str
    at: float
    session_id: str
    is_playback: bool
    position: object = None
    total_length: object = None
    asset_id: object = None
    pod_id: object = None
    about: object = None
    pod_position: int | None = None
    quartile: object = None
    content_asset_id: object = None
    content_pod_id: object = None
    ad_asset_id: object = None
    ad_pod_id: object = None

    def same_pod(self, other: "Step") -> bool:
        """Whether both speak of one content pod."""
        return (self.asset_id, self.pod_id) == (other.asset_id, other.pod_id)

    def same_ad(self, other: "Step") -> bool:
        """Whether both speak of one ad in one pod."""
        return self.same_pod(other) and self.pod_position == other.pod_position

    def same_content_ids(self, playback: "Step") -> bool:
        """Whether a playback event bears this content pod's ids."""
        return (self.asset_id, self.pod_id) == (playback.content_asset_id, playback.content_pod_id)

    def same_ad_ids(self, playback: "Step") -> bool:
        """Whether a playback event bears this ad's ids."""
        return (self.asset_id, self.pod_id) == (playback.ad_asset_id, playback.ad_pod_id)


@attrs.frozen
class Fault:
    """What is wrong with the place of one step.

    Args:
        code: Which rule of order was broken; it never changes its meaning.
        text: A sentence for people, which names the rule.
    """

    code: str
    text: str


def step_of_event(event: Event) -> Step:
    """Read an event."""
    common: dict[str, Any] = {
        "name": event.name,
        # A time that is none compares with nothing; its type is ``fields``' matter.
        "at": event.at if is_number(event.at) else math.nan,
        "session_id": event.session_id,
        "is_playback": isinstance(event, PlaybackEvent),
        "position": event.position,
        "total_length": event.total_length,
    }
    if isinstance(event, PlaybackEvent):
        common |= {
            "content_asset_id": event.playing.content_asset_id,
            "content_pod_id": event.playing.content_pod_id,
            "ad_asset_id": event.playing.ad_asset_id,
            "ad_pod_id": event.playing.ad_pod_id,
        }
    elif isinstance(event, ContentEvent):
        common |= {"asset_id": event.asset_id, "pod_id": event.pod_id}
    elif isinstance(event, AdEvent):
        common |= {
            "asset_id": event.asset_id,
            "pod_id": event.pod_id,
            "about": event.content_asset_id,
            "pod_position": event.pod_position,
            "quartile": event.quartile,
        }
    return Step(**common)


def step_of_message(message: Mapping[str, Any]) -> Step | None:
    """Read a wire message; None when it tells neither its session, its name nor its time."""
    properties = message.get("properties")
    name = message.get("event")
    at = parse_timestamp(message.get("timestamp"))
    if not isinstance(properties, Mapping) or not isinstance(name, str) or at is None:
        return None
    if name not in EVENTS:
        return None
    session_id = properties.get("session_id")
    if not isinstance(session_id, str):
        return None
    return step_of_properties(name, at, session_id, properties)


def step_of_properties(
    name: str, at: float, session_id: str, properties: Mapping[str, Any]
) -> Step:
    """Read the properties of a video event whose name, time and session are known."""
    pod_position = properties.get("pod_position")
    content = properties.get("content")
    return Step(
        name=name,
        at=at,
        session_id=session_id,
        is_playback=name.startswith("Video Playback "),
        position=properties.get("position"),
        total_length=properties.get("total_length"),
        asset_id=properties.get("asset_id"),
        pod_id=properties.get("pod_id"),
        about=content.get("asset_id") if isinstance(content, Mapping) else None,
        pod_position=pod_position if isinstance(pod_position, int) else None,
        quartile=properties.get("quartile"),
        content_asset_id=properties.get("content_asset_id"),
        content_pod_id=properties.get("content_pod_id"),
        ad_asset_id=properties.get("ad_asset_id"),
        ad_pod_id=properties.get("ad_pod_id"),
    )
