"""What a session's stream has shown so far: the little that the rules need, of bounded size.

``take`` is the only place that changes it. The rules only read; each sees it as it was before the
message that is judged, with the faults of that message's place in ``faults``.
"""

from collections import OrderedDict
from typing import Final

import attrs

from video_tracker.linting.message import Message
from video_tracker.testing.order import Order
from video_tracker.testing.steps import Fault

__all__ = ["Anchor", "Recent", "Seen"]

_MANY: Final = 1000
_REOPENS: Final = frozenset({"Playback Seek Completed", "Playback Resumed"})
_HALTS: Final = frozenset(
    {"Playback Paused", "Playback Interrupted", "Playback Seek Started", "Playback Buffer Started"}
)
_GOES_ON: Final = _REOPENS | {"Playback Buffer Completed"}


class Recent:
    """The newest values of a kind, at most so many.

    Args:
        size: How many are kept.
    """

    def __init__(self, size: int = _MANY) -> None:
        self._size = size
        self._values: OrderedDict[str, int] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._values)

    def line_of(self, value: str) -> int | None:
        """On which line it was seen; None when it was not, or too long ago."""
        return self._values.get(value)

    def add(self, value: str, line: int) -> None:
        """See it."""
        self._values[value] = line
        self._values.move_to_end(value)
        if len(self._values) > self._size:
            self._values.popitem(last=False)


@attrs.frozen
class Anchor:
    """A moment of content that plays: from here on position and time go together.

    Args:
        at: Its time in Unix seconds.
        position: The content position in seconds.
        asset: The content's id.
        beat: Whether a heartbeat or a start told it: from here on the next beat is awaited.
        still: How many beats in a row told this position.
    """

    at: float
    position: float
    asset: object
    beat: bool = False
    still: int = 0


@attrs.define
class Seen:
    """A session as far as it was read.

    Args:
        key: Its id; empty when its messages name none.
        message_ids: Those of the whole file.
        heartbeat: Seconds between two heartbeats, as they should be.
        now: The time at which this is read, in Unix seconds; None is not known.
        order: What the rules of order keep.
        faults: What they say of the message that is judged now.
        first, previous: Messages of it.
        last_content, last_ad: The last message of content, of an ad.
        in_ad: Whether the last of both was an ad that has not ended.
        ad_ended: Whether its last ad has an end: Completed, Skipped or Error.
        breaks: How many ads have started since the content's first frame or before it.
        anchor: Where content plays on from; None while it does not, or nobody knows.
        left: The anchor when content last stopped, for what comes after an ad.
        in_break: Whether ads came since the last content event.
        break_at: When the first of them started.
        sought: Whether the viewer sought.
        sought_since: The same, since the last content event.
        ad_seconds: Seconds of ads that played to their end.
        ad_break_seconds: Of them, those since the last content event.
        labels_cleared: Whether playback events came since the last Content Started.
        several: Whether more than one content asset was seen.
        content_pods, ad_pods: Ids, with the line of the last message that bore it.
        users: Who was named.
        reused: Whether a session with this id had ended before.
        told: Rules that speak once a session, and have spoken.
        beats: Content heartbeats so far.
        messages: How many there were.
    """

    key: str
    message_ids: Recent = attrs.field(factory=Recent)
    heartbeat: float = 10.0
    now: float | None = None
    order: Order = attrs.field(factory=Order)
    faults: tuple[Fault, ...] = ()
    first: Message | None = None
    previous: Message | None = None
    last_content: Message | None = None
    last_ad: Message | None = None
    in_ad: bool = False
    ad_ended: bool = True
    breaks: int = 0
    anchor: Anchor | None = None
    left: Anchor | None = None
    in_break: bool = False
    break_at: float | None = None
    sought: bool = False
    sought_since: bool = False
    ad_seconds: float = 0.0
    ad_break_seconds: float = 0.0
    several: bool = False
    content_pods: Recent = attrs.field(factory=Recent)
    ad_pods: Recent = attrs.field(factory=Recent)
    labels_cleared: bool = False
    users: Recent = attrs.field(factory=lambda: Recent(10))
    reused: bool = False
    told: set[str] = attrs.field(factory=set)
    beats: int = 0
    messages: int = 0

    @property
    def over(self) -> bool:
        """Whether its last event has come."""
        return self.order.over is not None

    @property
    def halted(self) -> bool:
        """Whether something holds the playback."""
        order = self.order
        return bool(order.paused or order.interrupted or order.seek or order.buffer)

    @property
    def content_asset(self) -> object:
        """The id of the content that was told last."""
        return None if self.last_content is None else self.last_content.properties.get("asset_id")

    def judge(self, message: Message) -> None:
        """Let the rules of order see the next message; the other fields stay as they are."""
        if not message.name:
            self.faults = ()
            return
        step = message.step(self.key)
        self.faults = tuple(self.order.accept(step))
        if any(fault.code == "not_open" for fault in self.faults):
            self.order.adopt(step)

    def take(self, message: Message) -> None:
        """Take the message in, after all rules have judged it."""
        if message.user:
            self.users.add(message.user, message.line)
        if message.is_of("Content"):
            self._take_content(message)
        elif message.is_of("Ad"):
            self._take_ad(message)
        elif message.is_of("Playback"):
            self._take_playback(message)
        number = message.raw.get("messageId")
        if isinstance(number, str):
            self.message_ids.add(number, message.line)
        self.first = self.first or message
        self.previous = message
        self.messages += 1

    def _take_content(self, message: Message) -> None:
        position, pod = message.number("position"), message.properties.get("pod_id")
        asset = message.properties.get("asset_id")
        old = self.anchor
        self.several |= self.last_content is not None and asset != self.content_asset
        self.beats += message.short == "Content Playing"
        self.anchor = None
        if position is not None and message.at is not None and not message.live:
            beats = message.short == "Content Playing" and old is not None
            still = old.still + 1 if beats and old and old.position == position else 0
            self.anchor = Anchor(message.at, position, asset, True, still)
        self.left = self.anchor
        if message.short == "Content Completed":
            self.anchor = None
        if isinstance(pod, str):
            self.content_pods.add(pod, message.line)
        self.labels_cleared &= message.short != "Content Started"
        self.last_content = message
        self.in_ad = self.in_break = False
        self.sought_since &= message.short == "Content Completed"  # it may have been left by it
        self.ad_break_seconds, self.break_at = 0.0, None

    def _take_ad(self, message: Message) -> None:
        self.anchor = None
        if message.short == "Ad Started":
            self.breaks += 1
            self.in_break = True
            self.in_ad, self.ad_ended = True, False
            self.break_at = message.at if self.break_at is None else self.break_at
        elif message.short in {"Ad Completed", "Ad Skipped", "Ad Error"}:
            self.in_ad, self.ad_ended = False, True
        if message.short == "Ad Completed":
            played = message.number("position") or 0.0
            self.ad_seconds += played
            self.ad_break_seconds += played
        pod = message.properties.get("pod_id")
        if isinstance(pod, str):
            self.ad_pods.add(pod, message.line)
        self.last_ad = message

    def _take_playback(self, message: Message) -> None:
        word = message.short
        self.labels_cleared = True
        if word == "Playback Seek Started":
            self.sought = self.sought_since = True
        if word in _HALTS:
            self.anchor = None
        elif word in _GOES_ON and not self.halted and not self.in_ad:
            self.anchor = self._anchor_of(message)

    def _anchor_of(self, message: Message) -> Anchor | None:
        """Where content goes on: a playback position is the content's where no ad was seen."""
        position = message.number("position")
        plain = not (self.breaks or self.several or message.live)
        if position is None or message.at is None or not plain or self.order.content is None:
            return None
        return Anchor(message.at, position, self.content_asset)
