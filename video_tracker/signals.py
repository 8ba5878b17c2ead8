"""What a player said, normalised: one frozen value per session input (``architecture.md``'s table).

A signal's class name in snake case is the session's method and the name in the signal log.
Values are carried as they were given; the session judges them, so that a hostile value is a counted
drop there and not an exception here.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.plan import Ad, AdRange, Content, SessionPlan

__all__ = [
    "SIGNALS",
    "AdBreakEnd",
    "AdBreakStart",
    "AdClick",
    "AdEnd",
    "AdError",
    "AdProgress",
    "AdRanges",
    "AdSkip",
    "AdStart",
    "BufferEnd",
    "BufferStart",
    "ContentEnd",
    "ContentStart",
    "Emit",
    "End",
    "Error",
    "Exit",
    "Interrupt",
    "Load",
    "Pause",
    "Play",
    "Playing",
    "Progress",
    "Quality",
    "SeekEnd",
    "SeekStart",
    "Signal",
    "Tick",
    "Update",
]


@attrs.frozen(slots=False)
class Signal:
    """The root of all signals.

    Args:
        at: When the player said it, in Unix seconds.
    """

    at: float


@attrs.frozen(slots=False)
class Load(Signal):
    """The player knows its source, or learned more of it.

    Args:
        plan: Contents and ad breaks that became known; they are added to the session's.
        duration: The content's length in seconds.
        livestream: Whether the source is live.
        next_item: The source replaces the one before it: the next playlist item.
        content: What the player itself says of its content; a plan that says otherwise wins.
        positions: ``content`` when whoever tells positions and lengths has taken the ads of a
            stream out of them already, ``stream`` when they are the stream's; None: as before.
    """

    plan: SessionPlan | None = attrs.field(default=None, kw_only=True)
    duration: float | None = attrs.field(default=None, kw_only=True)
    livestream: bool | None = attrs.field(default=None, kw_only=True)
    next_item: bool = attrs.field(default=False, kw_only=True)
    content: Content | None = attrs.field(default=None, kw_only=True)
    positions: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(slots=False)
class Play(Signal):
    """Play is wanted: the start, or the end of a pause. ``position``: content (or ad) seconds."""

    position: float | None = None


@attrs.frozen(slots=False)
class Playing(Signal):
    """Frames move: the first one, or again after a seek, a stall or a pause."""

    position: float | None = None


@attrs.frozen(slots=False)
class Progress(Signal):
    """The content clock moved. ``position`` and ``duration`` in content seconds."""

    position: float | None = None
    duration: float | None = None


@attrs.frozen(slots=False)
class Pause(Signal):
    """Playback was paused."""

    position: float | None = None


@attrs.frozen(slots=False)
class SeekStart(Signal):
    """A seek began. ``position``: where the viewer left; ``to``: where he wants to go."""

    position: float | None = None
    to: float | None = None


@attrs.frozen(slots=False)
class SeekEnd(Signal):
    """A seek ended. ``position``: where playback goes on."""

    position: float | None = None


@attrs.frozen(slots=False)
class BufferStart(Signal):
    """The player ran out of data."""

    position: float | None = None


@attrs.frozen(slots=False)
class BufferEnd(Signal):
    """The player has data again."""

    position: float | None = None


@attrs.frozen(slots=False)
class ContentStart(Signal):
    """A content asset begins to play.

    Args:
        asset_id: Its id, or the whole :class:`~video_tracker.plan.Content`; None is the next
            content of the plan.
        position: Where it begins, in seconds.
    """

    asset_id: str | Content | None = None
    position: float | None = None


@attrs.frozen(slots=False)
class ContentEnd(Signal):
    """The content ran out."""

    position: float | None = None


@attrs.frozen(slots=False)
class AdBreakStart(Signal):
    """An ad break begins.

    Args:
        pod_id: Its id, when the player has one.
        placement: ``pre``, ``mid`` or ``post`` as declared; None leaves it to the session (S10).
        offset: The content position in seconds for which it was scheduled.
        ads: Its ads, or only their number.
    """

    pod_id: str | None = attrs.field(default=None, kw_only=True)
    placement: str | None = attrs.field(default=None, kw_only=True)
    offset: float | None = attrs.field(default=None, kw_only=True)
    ads: tuple[Ad, ...] | int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(slots=False)
class AdBreakEnd(Signal):
    """The ad break is over.

    Args:
        lasted: Its seconds, when it is told only now, for it had no ad: it parts no content (S4).
    """

    lasted: float | None = None


@attrs.frozen(slots=False)
class AdStart(Signal):
    """An ad's first frame moves.

    Args:
        asset_id: Its id, or the whole :class:`~video_tracker.plan.Ad`.
        pod_position: Its place in the pod, counted from 1.
        duration: Its length in seconds.
    """

    asset_id: str | Ad | None = None
    pod_position: int | None = None
    duration: float | None = None


@attrs.frozen(slots=False)
class AdProgress(Signal):
    """The ad's clock moved. ``position``: seconds into the ad."""

    position: float | None = None


@attrs.frozen(slots=False)
class AdEnd(Signal):
    """The ad ended. ``asset_id`` tells which, when the player knows."""

    position: float | None = None
    asset_id: str | None = None


@attrs.frozen(slots=False)
class AdSkip(Signal):
    """The viewer skipped the ad."""

    position: float | None = None


@attrs.frozen(slots=False)
class AdClick(Signal):
    """The viewer clicked the ad."""


@attrs.frozen(slots=False)
class AdError(Signal):
    """An ad failed: the open one, or one that was announced and never moved (S71).

    Args:
        reason: What the player says.
        asset_id: Which ad, when the player knows.
    """

    reason: str | None = None
    asset_id: str | None = None


@attrs.frozen(slots=False)
class AdRanges(Signal):
    """Ad breaks were found in the stream (S9), before, while or after the playhead is in them.

    From the first one on, every position and length that the player tells is the stream's, and
    pods and ads begin and end where the playhead says.

    Args:
        ranges: The breaks. Ones that are known already are replaced (same ``pod_id``, or begun
            within a second of it), and new ones are added; those left out stay. None at all
            only says that the positions are the stream's.
    """

    ranges: tuple[AdRange, ...] = ()


@attrs.frozen(slots=False)
class Quality(Signal):
    """The quality of the picture changed.

    Args:
        bitrate: kbps.
        framerate: Frames per second.
        quality: ``480p``, ``hd1080``...
        dropped_frames: Frames dropped since the start.
    """

    bitrate: float | None = None
    framerate: float | None = None
    quality: str | None = None
    dropped_frames: int | None = None


@attrs.frozen(slots=False)
class Update(Signal):
    """The player's attributes changed; None is: as before.

    Args:
        sound: 0 to 100; 0 is muted.
        full_screen: Whether it fills the screen.
        ad_enabled: Whether ads can be shown; False with an ad blocker.
        playback_rate: 1 is normal; 0 while playing is buffering (S74).
        duration: The content's length in seconds.
        live_edge: Where a livestream's edge lies now, on the clock of its positions (S8).
        start_date: When what lies at position 0 happened, in Unix seconds (S8).
        properties: Custom properties of all messages from now on (S51).
        context: Of all messages from now on (S51).
        integrations: Of all messages from now on (S51).
    """

    sound: float | None = attrs.field(default=None, kw_only=True)
    full_screen: bool | None = attrs.field(default=None, kw_only=True)
    ad_enabled: bool | None = attrs.field(default=None, kw_only=True)
    playback_rate: float | None = attrs.field(default=None, kw_only=True)
    duration: float | None = attrs.field(default=None, kw_only=True)
    live_edge: float | None = attrs.field(default=None, kw_only=True)
    start_date: float | None = attrs.field(default=None, kw_only=True)
    properties: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)
    context: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)
    integrations: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(slots=False)
class Interrupt(Signal):
    """Playback stopped without the viewer's will. ``method``: ``network loss``, ``call``..."""

    method: str | None = None


@attrs.frozen(slots=False)
class Error(Signal):
    """The player reported an error; a fatal one interrupts when playback really stops (S76)."""

    fatal: bool = False
    reason: str | None = None


@attrs.frozen(slots=False)
class Emit(Signal):
    """An event of the embedder's own, beside the session's (S51).

    Args:
        name: Any name but those of the library's own events.
        properties: Its custom properties.
    """

    name: str = ""
    properties: Mapping[str, Any] | None = None


@attrs.frozen(slots=False)
class Exit(Signal):
    """The viewer left."""

    position: float | None = None


@attrs.frozen(slots=False)
class End(Signal):
    """The player finished everything."""

    position: float | None = None


@attrs.frozen(slots=False)
class Tick(Signal):
    """Time passed; nothing was said."""


SIGNALS: Final[Mapping[str, type[Signal]]] = {
    "load": Load,
    "play": Play,
    "playing": Playing,
    "progress": Progress,
    "pause": Pause,
    "seek_start": SeekStart,
    "seek_end": SeekEnd,
    "buffer_start": BufferStart,
    "buffer_end": BufferEnd,
    "content_start": ContentStart,
    "content_end": ContentEnd,
    "ad_break_start": AdBreakStart,
    "ad_break_end": AdBreakEnd,
    "ad_start": AdStart,
    "ad_progress": AdProgress,
    "ad_end": AdEnd,
    "ad_skip": AdSkip,
    "ad_click": AdClick,
    "ad_error": AdError,
    "ad_ranges": AdRanges,
    "quality": Quality,
    "update": Update,
    "emit": Emit,
    "interrupt": Interrupt,
    "error": Error,
    "exit": Exit,
    "end": End,
    "tick": Tick,
}
"""The name of every input (session method, signal log) and its class."""
