"""The wire: events in their envelope, in a vendor's flavour, as messages and as bytes. Pure."""

from video_tracker.json_values import REPAIRS
from video_tracker.wire.codec import MESSAGE_LIMIT, Encoder, Record, Repair
from video_tracker.wire.json_schema import json_schema
from video_tracker.wire.profiles import PROFILES, Profile
from video_tracker.wire.schema import check_message

__all__ = [
    "MESSAGE_LIMIT",
    "PROFILES",
    "REPAIRS",
    "Encoder",
    "Profile",
    "Record",
    "Repair",
    "check_message",
    "json_schema",
]
