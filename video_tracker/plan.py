"""What is known before playback: contents, ad breaks, ads, the session's properties and settings.

Everything here is frozen, shared freely between sessions, and checked when it is built.
"""

import datetime
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import attrs

from video_tracker.errors import PlanError

__all__ = [
    "Ad",
    "AdBreak",
    "AdRange",
    "Content",
    "PlayerAttributes",
    "SessionPlan",
    "Settings",
]

_LONGEST: Final = 1e9
"""No asset is longer than this many seconds; a larger number is a mistake of units."""

EMPTY: Final[Mapping[str, Any]] = {}


def _fail(owner: object, field: str, value: object, wanted: str) -> PlanError:
    return PlanError(f"{type(owner).__name__}.{field} must be {wanted}, not {value!r:.80}")


def _absent(attribute: "attrs.Attribute[Any]", value: object) -> bool:
    """Whether it is None where nothing is the default; a setting with a default has a value."""
    return value is None and attribute.default is None


def _text(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not _absent(attribute, value) and not isinstance(value, str):
        raise _fail(owner, attribute.name, value, "a string")


def _id(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not _absent(attribute, value) and not (isinstance(value, str) and value):
        raise _fail(owner, attribute.name, value, "a non-empty string")


def _flag(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not _absent(attribute, value) and not isinstance(value, bool):
        raise _fail(owner, attribute.name, value, "true or false")


def is_number(value: object) -> bool:
    """Whether ``value`` is a finite int or float (a bool is not a number here)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond every float
        return False


def _seconds(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not _absent(attribute, value) and not (is_number(value) and 0 <= value <= _LONGEST):
        raise _fail(owner, attribute.name, value, "seconds, zero or more")


def _as_float(value: Any) -> Any:
    return float(value) if type(value) is int and abs(value) <= _LONGEST else value


def _amount(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not _absent(attribute, value) and not (is_number(value) and value >= 0):
        raise _fail(owner, attribute.name, value, "a number, zero or more")


def _one_of(*choices: str) -> Any:
    def check(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not _absent(attribute, value) and value not in choices:
            raise _fail(owner, attribute.name, value, "one of " + ", ".join(choices))

    return check


def _string_keyed(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _fail(owner, attribute.name, value, "a mapping with string keys")


def _words(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else value


def _all_text(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not _absent(attribute, value) and not (
        isinstance(value, tuple) and all(isinstance(word, str) for word in value)
    ):
        raise _fail(owner, attribute.name, value, "a list of strings")


def _date(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not _absent(attribute, value) and not isinstance(value, str | datetime.date):
        raise _fail(owner, attribute.name, value, "a date, a datetime or an ISO 8601 string")


def _sequence(value: Any) -> Any:
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


def _value_of(kind: type) -> Any:
    def check(owner: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, kind):
            raise _fail(owner, attribute.name, value, f"{kind.__name__}(...)")

    return check


def _tuple_of(kind: type) -> Any:
    def check(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if not isinstance(value, tuple) or not all(isinstance(part, kind) for part in value):
            raise _fail(owner, attribute.name, value, f"a list of {kind.__name__}")

    return check


@attrs.frozen(kw_only=True)
class Content:
    """One programme or video, and everything the spec lets one say of it (tables 1.2 K, 2.1).

    Args:
        asset_id: The asset's id; without one the session names it ``asset-1``, ``asset-2``...
        duration: Its length without ads, in seconds; None when unknown.
        title, description, genre, program, publisher, channel: Free text.
        keywords: A list of strings.
        season, episode: Strings (``"2"``, ``"177"``).
        full_episode: True for a whole episode, False for a clip.
        livestream: True makes lengths null (S6) and positions live ones (S8).
        airdate: A date, a datetime or an ISO 8601 string; sent as a date or as UTC with ``Z``.
        load_type: ``dynamic`` or ``linear``; Nielsen needs it beside the content.
        pod_ids: The caller's own content pod ids in order on the timeline (S12).
        properties: Custom properties of this asset (S51).

    Raises:
        PlanError: A field has the wrong type or an impossible value.
    """

    asset_id: str | None = attrs.field(default=None, validator=_id)
    duration: float | None = attrs.field(default=None, converter=_as_float, validator=_seconds)
    title: str | None = attrs.field(default=None, validator=_text)
    description: str | None = attrs.field(default=None, validator=_text)
    keywords: tuple[str, ...] | None = attrs.field(
        default=None, converter=_words, validator=_all_text
    )
    season: str | None = attrs.field(default=None, validator=_text)
    episode: str | None = attrs.field(default=None, validator=_text)
    genre: str | None = attrs.field(default=None, validator=_text)
    program: str | None = attrs.field(default=None, validator=_text)
    publisher: str | None = attrs.field(default=None, validator=_text)
    channel: str | None = attrs.field(default=None, validator=_text)
    full_episode: bool | None = attrs.field(default=None, validator=_flag)
    livestream: bool | None = attrs.field(default=None, validator=_flag)
    airdate: str | datetime.date | None = attrs.field(default=None, validator=_date)
    load_type: str | None = attrs.field(default=None, validator=_one_of("dynamic", "linear"))
    pod_ids: tuple[str, ...] = attrs.field(
        default=(), converter=_sequence, validator=_tuple_of(str)
    )
    properties: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_string_keyed)


@attrs.frozen(kw_only=True)
class Ad:
    """One ad (table 1.2 A).

    Args:
        asset_id: The ad's id; without one the session names it ``<pod id>-<place in the pod>``.
        duration: Its declared length in seconds; None when unknown.
        title, publisher: Free text.
        load_type: ``dynamic`` or ``linear``.
        properties: Custom properties of this ad (S51).

    Raises:
        PlanError: A field has the wrong type or an impossible value.
    """

    asset_id: str | None = attrs.field(default=None, validator=_id)
    duration: float | None = attrs.field(default=None, converter=_as_float, validator=_seconds)
    title: str | None = attrs.field(default=None, validator=_text)
    publisher: str | None = attrs.field(default=None, validator=_text)
    load_type: str | None = attrs.field(default=None, validator=_one_of("dynamic", "linear"))
    properties: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_string_keyed)


@attrs.frozen(kw_only=True)
class AdBreak:
    """A planned ad pod.

    Args:
        at: ``"start"``, ``"end"``, or the content position in seconds.
        ads: Its ads in order; may be empty when they are not known yet.
        pod_id: The caller's own id; without one the session names it ``ad-1``, ``ad-2``... (S12).
        content_asset_id: The content it belongs to; without one a ``"start"`` or numbered break
            belongs to the first content and an ``"end"`` break to the last.
        pod_length: The number of ads when ``ads`` does not list them.
        resume_offset: Only of ads in the stream (setting ``ads``): the content seconds that the
            break stands for. 0 inserts it; the length of its ads replaces as much content.

    Raises:
        PlanError: A field has the wrong type or an impossible value.
    """

    at: Literal["start", "end"] | float = attrs.field()
    ads: tuple[Ad, ...] = attrs.field(default=(), converter=_sequence, validator=_tuple_of(Ad))
    pod_id: str | None = attrs.field(default=None, validator=_id)
    content_asset_id: str | None = attrs.field(default=None, validator=_id)
    pod_length: int | None = attrs.field(default=None, validator=_amount)
    resume_offset: float = attrs.field(default=0.0, converter=_as_float, validator=_seconds)

    @at.validator
    def _check_at(self, _attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value in ("start", "end"):
            return
        if not (is_number(value) and 0 <= value <= _LONGEST):
            raise _fail(self, "at", value, '"start", "end" or seconds')


def _stream_seconds(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not _absent(attribute, value) and not (is_number(value) and abs(value) <= _LONGEST):
        raise _fail(owner, attribute.name, value, "seconds of the stream")


@attrs.frozen(kw_only=True)
class AdRange:
    """An ad break that lies in the stream, as a range of the player's own timeline (S9).

    Its ads lie one after the other from its start. Of ads without a length only the first has a
    known place; it lasts until the next ad is told, or to the end of the range.

    Args:
        start: Where it begins, in seconds of the stream: in what ``progress`` is told. It may be
            negative when it began before the stream's zero.
        end: Where it ends, in seconds of the stream; None while nobody knows. A range without an
            end lasts as long as its ads, or until it is told again with an end, or until the next
            range begins.
        ads: Its ads in order; may be empty when they are not known.
        pod_length: The number of ads when ``ads`` does not list them.
        pod_id: Its id. A range told again with the same id replaces the first one; without an id
            one that begins within a second of a known one is that one.
        placement: ``pre``, ``mid`` or ``post`` as declared; None derives it (S10).
        resume_offset: The content seconds that the break stands for: 0 is insertion. None is as
            planned, or else insertion.
        replaces: True is replacement: the content goes on beneath the ads, so that the resume
            offset is the length of the range, whatever it turns out to be.

    Raises:
        PlanError: A field has the wrong type or an impossible value, or it ends before it starts.
    """

    start: float = attrs.field(converter=_as_float, validator=_stream_seconds)
    end: float | None = attrs.field(default=None, converter=_as_float, validator=_stream_seconds)
    ads: tuple[Ad, ...] = attrs.field(default=(), converter=_sequence, validator=_tuple_of(Ad))
    pod_length: int | None = attrs.field(default=None, validator=_amount)
    pod_id: str | None = attrs.field(default=None, validator=_id)
    placement: str | None = attrs.field(default=None, validator=_one_of("pre", "mid", "post"))
    resume_offset: float | None = attrs.field(default=None, converter=_as_float, validator=_seconds)
    replaces: bool = attrs.field(default=False, validator=_flag)

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise _fail(self, "end", self.end, "no earlier than its start")


@attrs.frozen
class PlayerAttributes:
    """What playback events say of the player (table 1.2 P). None is: not known, not sent.

    Args:
        video_player: ``youtube``, ``vimeo``, ``html5``...
        sound: 0 to 100; 0 is muted (S54).
        full_screen: Whether the video fills the screen.
        ad_enabled: False when an ad blocker is active.
        quality: ``480p``, ``hd1080``...
        bitrate: kbps.
        framerate: Frames per second.
        livestream: Whether this is a livestream.
    """

    video_player: str | None = attrs.field(default=None, validator=_text)
    sound: float | None = attrs.field(default=None, validator=_amount)
    full_screen: bool | None = attrs.field(default=None, validator=_flag)
    ad_enabled: bool | None = attrs.field(default=None, validator=_flag)
    quality: str | None = attrs.field(default=None, validator=_text)
    bitrate: float | None = attrs.field(default=None, validator=_amount)
    framerate: float | None = attrs.field(default=None, validator=_amount)
    livestream: bool | None = attrs.field(default=None, validator=_flag)


def _positive(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not _absent(attribute, value) and not (is_number(value) and value > 0):
        raise _fail(owner, attribute.name, value, "seconds, more than zero")


def _interval(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if value is not None:
        _positive(owner, attribute, value)


_BEAT_MOMENTS: Final = ("resume", "seek", "buffer")


def _moments(value: Any) -> Any:
    words = (value,) if isinstance(value, str) else value
    if isinstance(words, list | tuple | set | frozenset) and all(
        isinstance(word, str) for word in words
    ):
        return frozenset(words) | {"resume"}
    return value


def _beat_moments(owner: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    if not isinstance(value, frozenset) or not value <= set(_BEAT_MOMENTS):
        raise _fail(owner, attribute.name, value, "some of " + ", ".join(_BEAT_MOMENTS))


@attrs.frozen(kw_only=True)
class Settings:
    """The choices that ``semantics.md`` names as settings, with its defaults.

    Args:
        heartbeat: Seconds of playing between two heartbeats (S40); None sends none, and silence
            without positions counts 10 s (S63).
        beat_after: After what a beat follows at once: ``resume``, which always is in it (S43),
            ``seek``, ``buffer``; for destinations that take playback positions for the content's
            until the next beat (S33).
        quartiles: Ad quartiles: ``emit`` an event, ``tag`` the next heartbeat, or ``off`` (S45).
        extra_events: Send the non-standard Video Ad Skipped, Clicked and Error too (S13).
        ids: ``playing``: only the ids of what plays; ``both``: the content's during ads too (S34).
        absent: ``omit`` unknown ids or send them as explicit ``null`` (S34).
        live_position: ``elapsed``, ``playhead``, ``offset`` or ``epoch`` (S8).
        min_buffer: Seconds a Buffer Started is held back; a shorter stall makes no pair (S32).
        scrub_window: Seconds after a seek within which the next one continues it (S33).
        idle_timeout: Seconds of silence that interrupt a session; None is 5 min while playing and
            30 min while paused (S26).
        inferred_seeks: Report a position jump that no seek announced as a seek (S61).
        skip_silence: Forward jumps of up to 5 s are no seek: players that leave out silence (S70).
        inferred_buffering: Report a stall that no callback announced as Buffer events (S65).
        reorder_window: Seconds within which an ad's end may come before its start (S62).
        completion_wait: Seconds after the content's end for which a post-roll or a next playlist
            item is waited for; then playback is complete, dated when it ended.
        custom_overrides: Let custom properties overwrite derived ones (S51).
        ads: ``client``: ads play outside the content's timeline, and the player tells of them.
            ``stitched``: ads lie in the stream; every position and length that the player tells is
            the stream's, and the ads follow from the playhead alone (S9).

    Raises:
        PlanError: A value outside its choices or range.
    """

    heartbeat: float | None = attrs.field(
        default=10.0, validator=_interval, metadata={"null": True}
    )
    quartiles: Literal["emit", "tag", "off"] = attrs.field(
        default="emit", validator=_one_of("emit", "tag", "off")
    )
    extra_events: bool = attrs.field(default=False, validator=_flag)
    ids: Literal["playing", "both"] = attrs.field(
        default="playing", validator=_one_of("playing", "both")
    )
    absent: Literal["omit", "null"] = attrs.field(default="omit", validator=_one_of("omit", "null"))
    live_position: Literal["elapsed", "playhead", "offset", "epoch"] = attrs.field(
        default="elapsed", validator=_one_of("elapsed", "playhead", "offset", "epoch")
    )
    min_buffer: float = attrs.field(default=0.0, validator=_seconds)
    scrub_window: float = attrs.field(default=0.0, validator=_seconds)
    idle_timeout: float | None = attrs.field(default=None, validator=_positive)
    inferred_seeks: bool = attrs.field(default=True, validator=_flag)
    inferred_buffering: bool = attrs.field(default=False, validator=_flag)
    reorder_window: float = attrs.field(default=30.0, validator=_seconds)
    completion_wait: float = attrs.field(default=30.0, validator=_seconds)
    custom_overrides: bool = attrs.field(default=False, validator=_flag)
    ads: Literal["client", "stitched"] = attrs.field(
        default="client", validator=_one_of("client", "stitched")
    )
    beat_after: frozenset[Literal["resume", "seek", "buffer"]] = attrs.field(
        default=frozenset({"resume"}), converter=_moments, validator=_beat_moments
    )
    skip_silence: bool = attrs.field(default=False, validator=_flag)


@attrs.frozen(kw_only=True)
class SessionPlan:
    """Everything known of a session before it begins; all of it is optional.

    Args:
        user_id, anonymous_id: Who watches; the session needs at least one, here or its own (S50).
        contents: The content assets in playlist order.
        ad_breaks: The planned ad breaks, in any order.
        player: The player's attributes at the start.
        properties: Custom properties of every event (S51).
        context, integrations: Passed through on every message (S51).
        settings: The session's settings.

    Raises:
        PlanError: A field has the wrong type, or a break names a content that is not listed.
    """

    user_id: str | None = attrs.field(default=None, validator=_id)
    anonymous_id: str | None = attrs.field(default=None, validator=_id)
    contents: tuple[Content, ...] = attrs.field(
        default=(), converter=_sequence, validator=_tuple_of(Content)
    )
    ad_breaks: tuple[AdBreak, ...] = attrs.field(
        default=(), converter=_sequence, validator=_tuple_of(AdBreak)
    )
    player: PlayerAttributes = attrs.field(
        factory=PlayerAttributes, validator=_value_of(PlayerAttributes)
    )
    properties: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_string_keyed)
    context: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_string_keyed)
    integrations: Mapping[str, Any] = attrs.field(default=EMPTY, validator=_string_keyed)
    settings: Settings = attrs.field(factory=Settings, validator=_value_of(Settings))
    derived: dict[str, Any] = attrs.field(init=False, factory=dict, eq=False, repr=False)
    """What the layers above compute once from this plan and share between its sessions."""

    def __attrs_post_init__(self) -> None:
        known = {content.asset_id for content in self.contents}
        for ad_break in self.ad_breaks:
            owner = ad_break.content_asset_id
            if owner is not None and known and owner not in known:
                raise PlanError(f"AdBreak.content_asset_id {owner!r} names no content of the plan")
