"""A message of anybody's, read: its event and its properties under the names of the spec.

What is spelt otherwise (``totalLength``, ``video_playback_started``) is told once, by its own rule,
and then judged as if it were spelt rightly: one mistake is one finding.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.events import EVENTS
from video_tracker.linting.reading import Item
from video_tracker.spelling import nearest
from video_tracker.testing.steps import Step, step_of_properties
from video_tracker.transcript import parse_timestamp
from video_tracker.wire.profiles import PROFILES, Profile
from video_tracker.wire.schema import SCHEMAS, Violation, violations

__all__ = ["Message", "is_number", "read_message"]

_SYNONYMS: Final = {
    "duration": ("total_length",),
    "length": ("total_length",),
    "videolength": ("total_length",),
    "currenttime": ("position",),
    "playhead": ("position",),
    "playheadposition": ("position",),
    "volume": ("sound",),
    "fps": ("framerate",),
    "player": ("video_player",),
    "playername": ("video_player",),
    "live": ("livestream",),
    "islive": ("livestream",),
    "videoid": ("content_asset_id", "asset_id"),
    "contentid": ("content_asset_id", "asset_id"),
    "assetid": ("asset_id", "content_asset_id"),
    "podid": ("pod_id", "content_pod_id"),
    "adtype": ("ad_type", "type"),
    "adid": ("ad_asset_id", "asset_id"),
    "adassetid": ("ad_asset_id", "asset_id"),
    "adpodid": ("ad_pod_id", "pod_id"),
    "adassetids": ("ad_asset_id",),
    "adpodids": ("ad_pod_id",),
    "adtypes": ("ad_type",),
    "contentassetid": ("content_asset_id", "asset_id"),
    "contentpodid": ("content_pod_id", "pod_id"),
}
"""Other words for a property, without case and underscores; the first that the event has."""
_EVENT_WORDS: Final = {re.sub(r"[^a-z]", "", name.lower()): name for name in EVENTS}
_SHORTEST: Final = 5
_TIMES: Final = ("timestamp", "originalTimestamp")


@attrs.frozen(eq=False)
class Message:
    """One track message of a video event, or of what looks like one.

    Args:
        line: Where it lies.
        raw: As it was decoded.
        given: The event's name as it was given.
        name: The event that is meant; empty when it is none of the spec's.
        properties: Under the names of the spec.
        respelt: Pairs of a name as it was given and the one that was meant.
        at: Its time in Unix seconds; None when it cannot be read.
        viewer: Who watches, as far as it says.
        size: Bytes of JSON.
        batch: Whether it lies in a batch.
        violations: What the schema of its profile finds, by code.
    """

    line: int
    raw: Mapping[str, Any]
    given: str
    name: str
    properties: Mapping[str, Any]
    respelt: tuple[tuple[str, str], ...]
    at: float | None
    viewer: str
    size: int
    batch: bool
    violations: tuple[Violation, ...]

    @property
    def session_id(self) -> str:
        """The session's id; empty when it says none."""
        value = self.properties.get("session_id")
        return str(value) if isinstance(value, str | int) and value != "" else ""

    @property
    def user(self) -> str:
        """Its userId; empty when there is none."""
        value = self.raw.get("userId")
        return value if isinstance(value, str) else ""

    @property
    def library(self) -> str:
        """Which library says that it has made the message."""
        context = self.raw.get("context")
        library = context.get("library") if isinstance(context, Mapping) else None
        name = library.get("name") if isinstance(library, Mapping) else None
        return name if isinstance(name, str) else ""

    @property
    def short(self) -> str:
        """The name without ``Video``."""
        return self.name.removeprefix("Video ")

    def number(self, key: str) -> float | None:
        """A property as a number; None when it is none."""
        value = self.properties.get(key)
        return value if is_number(value) else None

    def text(self, key: str) -> str:
        """A property as text; empty when it is none."""
        value = self.properties.get(key)
        return value if isinstance(value, str) else ""

    def raw_value(self, key: str) -> object:
        """A property under the very name that was sent."""
        properties = self.raw.get("properties")
        return properties.get(key) if isinstance(properties, Mapping) else None

    def raw_text(self, key: str) -> str:
        """The same as text; empty when it is none."""
        value = self.raw_value(key)
        return value if isinstance(value, str) else ""

    def since(self, other: "Message | None") -> float | None:
        """Seconds since another message; None when one of them has no time."""
        if other is None or other.at is None or self.at is None:
            return None
        return self.at - other.at

    def is_of(self, area: str) -> bool:
        """Whether it is of the playback, the content or an ad: ``Content``."""
        return self.name.startswith(f"Video {area} ")

    @property
    def live(self) -> bool:
        """Whether it says that it is of a livestream."""
        return self.properties.get("livestream") is True

    def as_read(self) -> Mapping[str, Any]:
        """The message as it would be if it were spelt rightly, its time in ``timestamp``."""
        given = next(
            (time for time in map(self.raw.get, _TIMES) if parse_timestamp(time) is not None), None
        )
        right = {"event": self.name, "properties": self.properties, "timestamp": given}
        return {**self.raw, **right}

    def step(self, session: str) -> Step:
        """As the rules of order want it; without a time it is like every other."""
        at = float("nan") if self.at is None else self.at
        return step_of_properties(self.name, at, session, self.properties)


def is_number(value: object) -> bool:
    """Whether it is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_message(item: Item, profiles: tuple[Profile, ...]) -> Message | None:
    """Read a track message.

    Args:
        item: The decoded object.
        profiles: The flavours that it may have; it is held against the one that it fits best.

    Returns:
        The message; None for what is no video event: other calls, other events.
    """
    raw = item.value
    given = raw.get("event")
    if raw.get("type") not in (None, "track") or not isinstance(given, str):
        return None
    name = meant_event(given)
    if not name and not given.startswith("Video "):
        return None
    properties = raw.get("properties")
    given_properties = properties if isinstance(properties, Mapping) else {}
    respelt = tuple(_respelt(name, given_properties))
    canonical = {**given_properties, **{meant: given_properties[key] for key, meant in respelt}}
    canonical = {key: value for key, value in canonical.items() if key not in dict(respelt)}
    held = {**raw, "event": name or given}
    held["properties"] = canonical if isinstance(properties, Mapping) else properties
    who = (raw.get("userId"), raw.get("anonymousId"))
    return Message(
        line=item.line,
        raw=raw,
        given=given,
        name=name,
        properties=canonical,
        respelt=respelt,
        at=next(filter(None, map(parse_timestamp, map(raw.get, _TIMES))), None),
        viewer=next((str(one) for one in who if one), ""),
        size=item.size,
        batch=item.batch,
        violations=_best(held, profiles),
    )


def _best(message: Mapping[str, Any], profiles: tuple[Profile, ...]) -> tuple[Violation, ...]:
    fewest: tuple[Violation, ...] | None = None
    for profile in profiles:
        found = tuple(violations(message, profile))
        if fewest is None or len(found) < len(fewest):
            fewest = found
        if not found:
            break
    return fewest or ()


@functools.lru_cache(maxsize=1024)
def meant_event(given: str) -> str:
    """The event of the spec that a name means; empty when it means none."""
    if given in EVENTS:
        return given
    word = re.sub(r"[^a-z]", "", given.lower())
    for each in (word, f"video{word}"):
        if each in _EVENT_WORDS:
            return _EVENT_WORDS[each]
    if not given.startswith("Video "):
        return ""
    return nearest(given, EVENTS, cutoff=0.94) or ""


def _respelt(name: str, properties: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    taken = set(properties)
    for key in properties:
        meant = meant_property(name, str(key))
        if meant and meant not in taken:
            taken.add(meant)
            yield key, meant


@functools.lru_cache(maxsize=4096)
def _known(name: str) -> Mapping[str, str]:
    """The properties of an event in any profile, by their words without case and underscores."""
    found: dict[str, str] = {}
    for profile in PROFILES:
        for row in SCHEMAS[profile].get(name, ()):
            found[_word(row)] = row
    return found


def _word(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


@functools.lru_cache(maxsize=4096)
def meant_property(name: str, key: str) -> str:
    """The property of the spec that a name means which is none of that event's; else empty."""
    known = _known(name)
    word = _word(key)
    if not known or key in known.values():
        return ""
    if word in known:
        return known[word]
    for meant in _SYNONYMS.get(word, ()):
        if meant in known.values():
            return meant
    if len(word) < _SHORTEST or key in _ALL:
        return ""
    near = nearest(word, known, cutoff=0.86)
    return "" if near is None else known[near]


_ALL: Final = frozenset(
    row for of_profile in SCHEMAS.values() for rows in of_profile.values() for row in rows
)
