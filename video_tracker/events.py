"""The semantic events: what analytics receives, before any vendor's flavour is put on it.

17 standard events (``video-events.md`` 1.1) and three extras (S13), each a frozen value. An event
refers to the plan's assets instead of copying their metadata; ``wire`` spells out the properties.
Positions and lengths are whole seconds, rounded down (S3).

Events live for a moment and are made by the thousand: without slots a frozen value is built twice
as fast.
"""

import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.plan import EMPTY, Ad, Content, PlayerAttributes, is_number

__all__ = [
    "EVENTS",
    "AdClicked",
    "AdCompleted",
    "AdError",
    "AdEvent",
    "AdPlaying",
    "AdSkipped",
    "AdStarted",
    "ContentCompleted",
    "ContentEvent",
    "ContentPlaying",
    "ContentStarted",
    "Envelope",
    "Event",
    "NowPlaying",
    "OwnEvent",
    "PlannedAd",
    "PlaybackBufferCompleted",
    "PlaybackBufferStarted",
    "PlaybackCompleted",
    "PlaybackEvent",
    "PlaybackExited",
    "PlaybackInterrupted",
    "PlaybackPaused",
    "PlaybackResumed",
    "PlaybackSeekCompleted",
    "PlaybackSeekStarted",
    "PlaybackStarted",
    "QualityUpdated",
    "renamed",
]


@attrs.frozen
class NowPlaying:
    """The ids of what plays at the moment of a playback event (S34); None is: not that."""

    content_asset_id: str | None = None
    content_pod_id: str | None = None
    ad_asset_id: str | None = None
    ad_pod_id: str | None = None
    ad_type: str | None = None


@attrs.frozen
class PlannedAd:
    """An ad known at Playback Started (S52). ``ad_type``: pre-roll, mid-roll or post-roll."""

    asset_id: str
    pod_id: str
    ad_type: str


@attrs.frozen(slots=False)
class Envelope:
    """What every message of a session carries beside its event (S50, S51).

    Args:
        user_id: Who watches, if that is known; this or the next is set.
        anonymous_id: Who watches, while nobody knows who that is.
        context: Passed through.
        integrations: Passed through.
        absent: ``omit`` or ``null``: how unknown ids of playback events are sent (S34).
        custom_overrides: Whether custom properties may overwrite derived ones (S51).
        restarted_from: The id of the session of which this one is a replay (S24).
    """

    user_id: str | None = None
    anonymous_id: str | None = None
    context: Mapping[str, Any] = EMPTY
    integrations: Mapping[str, Any] = EMPTY
    absent: str = "omit"
    custom_overrides: bool = False
    restarted_from: str | None = None


@attrs.frozen(slots=False)
class Event:
    """The root of all events.

    Args:
        at: When it happened, in Unix seconds.
        sequence: Its place in the session, counted from 1: with the session's id it makes the
            deterministic ``messageId`` (S50).
        session_id: The session.
        properties: Custom properties of the session and of this event (S51).
        position: See each kind (S1, S2, S8); None when unknown.
        total_length: See each kind (S4, S5); None when unknown, and null for a livestream (S6).
        context: What its message carries of its own, beside the session's (S51).
        integrations: Likewise.
    """

    name: ClassVar[str]

    at: float
    sequence: int
    session_id: str
    properties: Mapping[str, Any]
    position: int | None
    total_length: int | None
    context: Mapping[str, Any] = attrs.field(default=EMPTY, kw_only=True, repr=False)
    integrations: Mapping[str, Any] = attrs.field(default=EMPTY, kw_only=True, repr=False)

    @property
    def about(self) -> tuple[str | None, str | None]:
        """The ids of the asset and the pod that it speaks of, as far as there are any."""
        return None, None

    def __str__(self) -> str:
        """In one line: the time of day in UTC, the name, the ids, the position of the length."""
        ids = "/".join(each for each in self.about if each is not None)
        place, length = ("-" if n is None else n for n in (self.position, self.total_length))
        words = (_time_of_day(self.at), self.name.removeprefix("Video "), ids, f"{place}/{length}")
        return " ".join(word for word in words if word)


def _time_of_day(at: object) -> str:
    if not is_number(at):
        return repr(at)
    seconds, thousandths = divmod(round(at * 1_000), 1_000)  # type: ignore[operator]
    minutes = seconds // 60
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}:{seconds % 60:02}.{thousandths:03}"


@attrs.frozen(slots=False)
class PlaybackEvent(Event):
    """An event of the whole playback: position and length count content and ads (S1, S4).

    Args:
        player: The player's attributes at that moment.
        playing: The ids of what plays.
    """

    player: PlayerAttributes
    playing: NowPlaying

    @property
    def about(self) -> tuple[str | None, str | None]:
        """The ids of the asset and the pod that play: the ad's, else the content's."""
        now = self.playing
        in_ad = now.ad_asset_id is not None or now.ad_pod_id is not None
        content = (now.content_asset_id, now.content_pod_id)
        return (now.ad_asset_id, now.ad_pod_id) if in_ad else content


@attrs.frozen(slots=False)
class PlaybackStarted(PlaybackEvent):
    """The viewer wants to play (S25); the first event of a session, once.

    Args:
        content_asset_ids: The contents, as far as they are known (S52).
        content_pod_ids: Their pods, as far as they are known (S52).
        planned_ads: Every planned ad in the order of the timeline (S52).
    """

    name: ClassVar[str] = "Video Playback Started"
    content_asset_ids: tuple[str, ...] = ()
    content_pod_ids: tuple[str, ...] = ()
    planned_ads: tuple[PlannedAd, ...] = ()


@attrs.frozen(slots=False)
class PlaybackPaused(PlaybackEvent):
    """The viewer paused (S30)."""

    name: ClassVar[str] = "Video Playback Paused"


@attrs.frozen(slots=False)
class PlaybackResumed(PlaybackEvent):
    """Playback goes on after a pause or an interruption (S30)."""

    name: ClassVar[str] = "Video Playback Resumed"


@attrs.frozen(slots=False)
class PlaybackInterrupted(PlaybackEvent):
    """Playback stopped without intent (S26). ``method`` says how."""

    name: ClassVar[str] = "Video Playback Interrupted"
    method: str | None = None


@attrs.frozen(slots=False)
class PlaybackBufferStarted(PlaybackEvent):
    """The player waits for data in content or an ad (S32)."""

    name: ClassVar[str] = "Video Playback Buffer Started"


@attrs.frozen(slots=False)
class PlaybackBufferCompleted(PlaybackEvent):
    """That wait is over (S32)."""

    name: ClassVar[str] = "Video Playback Buffer Completed"


@attrs.frozen(slots=False)
class PlaybackSeekStarted(PlaybackEvent):
    """A seek began; ``position`` is where the viewer left, ``seek_position`` the target (S33)."""

    name: ClassVar[str] = "Video Playback Seek Started"
    seek_position: int | None = None


@attrs.frozen(slots=False)
class PlaybackSeekCompleted(PlaybackEvent):
    """A seek ended; ``position`` is where playback goes on (S33)."""

    name: ClassVar[str] = "Video Playback Seek Completed"
    seek_position: int | None = None


@attrs.frozen(slots=False)
class PlaybackCompleted(PlaybackEvent):
    """Everything was played; terminal (S7, S20)."""

    name: ClassVar[str] = "Video Playback Completed"


@attrs.frozen(slots=False)
class PlaybackExited(PlaybackEvent):
    """The viewer left; terminal (S26)."""

    name: ClassVar[str] = "Video Playback Exited"


@attrs.frozen(slots=False)
class ContentEvent(Event):
    """An event of a content pod: position and length without ads (S2, S5).

    Args:
        content: The asset.
        pod_id: The stretch of it between ad breaks.
        player: For bitrate, framerate and livestream.
    """

    content: Content
    asset_id: str
    pod_id: str
    player: PlayerAttributes

    @property
    def about(self) -> tuple[str | None, str | None]:
        """Its ids: the asset's and the pod's."""
        return self.asset_id, self.pod_id


@attrs.frozen(slots=False)
class ContentStarted(ContentEvent):
    """A content pod begins (S21)."""

    name: ClassVar[str] = "Video Content Started"


@attrs.frozen(slots=False)
class ContentPlaying(ContentEvent):
    """A heartbeat in content (S40)."""

    name: ClassVar[str] = "Video Content Playing"


@attrs.frozen(slots=False)
class ContentCompleted(ContentEvent):
    """A content pod was played to its end (S21, S75)."""

    name: ClassVar[str] = "Video Content Completed"


@attrs.frozen(slots=False)
class AdEvent(Event):
    """An event of an ad: position and length of the ad alone (S2, S5).

    Args:
        ad: The ad.
        asset_id: The ad's id (S12).
        pod_id: Its ad pod's (S12).
        ad_type: pre-roll, mid-roll or post-roll (S10).
        pod_position: Its place in the pod, from 1.
        pod_length: The number of ads in the pod, when known.
        content: The asset the break belongs to, when known (S53), with its id, its pod and its
            position and length in whole seconds; ``player`` gives its bitrate and framerate.
    """

    ad: Ad
    asset_id: str
    pod_id: str
    ad_type: str
    pod_position: int
    pod_length: int | None
    content: Content | None
    content_asset_id: str | None
    content_pod_id: str | None
    content_position: int | None
    content_length: int | None
    player: PlayerAttributes
    quartile: int | None = None

    @property
    def about(self) -> tuple[str | None, str | None]:
        """Its ids: the asset's and the pod's."""
        return self.asset_id, self.pod_id


@attrs.frozen(slots=False)
class AdStarted(AdEvent):
    """An ad's first frame moves (S71)."""

    name: ClassVar[str] = "Video Ad Started"


@attrs.frozen(slots=False)
class AdPlaying(AdEvent):
    """A heartbeat or a quartile of an ad (S40, S45)."""

    name: ClassVar[str] = "Video Ad Playing"


@attrs.frozen(slots=False)
class AdCompleted(AdEvent):
    """An ad was played to its end (S72)."""

    name: ClassVar[str] = "Video Ad Completed"


@attrs.frozen(slots=False)
class AdSkipped(AdEvent):
    """Not standard, setting ``extra_events`` (S13): the viewer skipped the ad."""

    name: ClassVar[str] = "Video Ad Skipped"


@attrs.frozen(slots=False)
class AdClicked(AdEvent):
    """Not standard, setting ``extra_events`` (S13): the viewer clicked the ad."""

    name: ClassVar[str] = "Video Ad Clicked"


@attrs.frozen(slots=False)
class AdError(AdEvent):
    """Not standard, setting ``extra_events`` (S13): the ad failed."""

    name: ClassVar[str] = "Video Ad Error"


@attrs.frozen(slots=False)
class QualityUpdated(Event):
    """The quality changed (S54).

    Args:
        bitrate: kbps.
        framerate: Frames per second.
        startup_time: Milliseconds from Playback Started to the first frame, on the first one (S25).
        dropped_frames: Frames dropped since the start.
    """

    name: ClassVar[str] = "Video Quality Updated"
    bitrate: float | None = None
    framerate: float | None = None
    startup_time: int | None = None
    dropped_frames: int | None = None


@attrs.frozen(slots=False)
class OwnEvent(PlaybackEvent):
    """An event of the embedder's own, with the place of the playback (S1, S51).

    Args:
        own_name: What it is called.
    """

    own_name: str

    @property
    def name(self) -> str:  # type: ignore[override]
        """What it is called."""
        return self.own_name


@functools.lru_cache(maxsize=1_000)
def _kind_named(kind: type[Event], name: str) -> type[Event]:
    return type(kind.__name__, (kind,), {"name": name, "__doc__": kind.__doc__})


def renamed(event: Event, name: str) -> Event:
    """The same event under another name, as a destination wants it.

    Args:
        event: Any event; it stays as it is.
        name: What it is called instead.
    """
    made = object.__new__(_kind_named(type(event), name))  # type: ignore[arg-type]
    made.__dict__.update(event.__dict__)
    return made


EVENTS: Final[Mapping[str, type[Event]]] = {
    kind.name: kind
    for kind in (
        PlaybackStarted,
        PlaybackPaused,
        PlaybackInterrupted,
        PlaybackBufferStarted,
        PlaybackBufferCompleted,
        PlaybackSeekStarted,
        PlaybackSeekCompleted,
        PlaybackResumed,
        PlaybackCompleted,
        PlaybackExited,
        ContentStarted,
        ContentPlaying,
        ContentCompleted,
        AdStarted,
        AdPlaying,
        AdCompleted,
        QualityUpdated,
        AdSkipped,
        AdClicked,
        AdError,
    )
}
"""The 17 standard events and the three extras, by name."""
