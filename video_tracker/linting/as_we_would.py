"""What our session would have sent: a stranger's messages as callbacks, and both streams beside.

A message of the spec tells a callback and its time, so the callbacks can be inferred: a heartbeat
is a position, Seek Completed the end of a seek. What a message does not tell is left open: the
position of a playback event is the content's only until ads were seen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import attrs

from video_tracker.events import Event
from video_tracker.linting.message import Message
from video_tracker.linting.messages import messages_of
from video_tracker.linting.reading import Read
from video_tracker.plan import Ad, Content, PlayerAttributes, SessionPlan
from video_tracker.session import Playback, Session
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdClick,
    AdEnd,
    AdError,
    AdProgress,
    AdSkip,
    AdStart,
    BufferEnd,
    BufferStart,
    ContentEnd,
    ContentStart,
    End,
    Exit,
    Interrupt,
    Load,
    Pause,
    Play,
    Progress,
    Quality,
    SeekEnd,
    SeekStart,
    Signal,
    Update,
)
from video_tracker.transcript import compare_transcripts

__all__ = ["MOST_MESSAGES", "as_we_would", "events_of", "signals_of"]

MOST_MESSAGES: Final = 100_000
"""How many messages are kept to be shown beside ours."""
_SETTLED: Final = 3.0
"""Seconds after the last message in which what a session holds back is settled (S81, S82)."""
_LONGEST: Final = 1e9
"""Seconds that no content has."""


def as_we_would(values: Iterable[Read]) -> Iterator[str]:
    """Show each session's messages beside what our session would have sent.

    Args:
        values: What was read from a file of messages.

    Yields:
        A text a session: a heading, and the two transcripts side by side.
    """
    for key, messages in _sessions(values).items():
        dated = [message for message in messages if message.at is not None]
        title = f"session {key}" if key else "messages without session_id"
        if not dated:
            yield f"{title}\nno message has a time that can be read: nothing can be inferred"
            continue
        ours = events_of(key or "session", dated)
        theirs = [message.as_read() for message in messages]
        yield f"{title}\n{compare_transcripts(theirs, ours, titles=('theirs', 'ours'))}"


def _sessions(values: Iterable[Read]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in islice(messages_of(values), MOST_MESSAGES):
        found.setdefault(message.session_id, []).append(message)
    return found


def events_of(session_id: str, messages: list[Message]) -> list[Event]:
    """What our sessions send for the callbacks that messages tell.

    Args:
        session_id: The session's id.
        messages: Its messages, all with a time.
    """
    player = next(filter(None, (message.text("video_player") for message in messages)), None)
    plan = SessionPlan(
        anonymous_id="lint",
        contents=tuple(_contents(messages)),
        player=PlayerAttributes(video_player=player),
    )
    playback = Playback(Session(session_id, plan))
    said = [playback.receive(signal) for signal in signals_of(messages)]
    # What is still held is settled; what a file does not tell any more is not made up.
    said.append(playback.tick(_at(messages[-1]) + _SETTLED))
    return [event for _, event in chain.from_iterable(said)]


def _contents(messages: list[Message]) -> Iterator[Content]:
    """What was played, as the first message of each content tells it, with all of its pods."""
    pods: dict[str, dict[str, None]] = {}
    first: dict[str, Message] = {}
    for message in messages:
        if message.is_of("Content"):
            asset = message.text("asset_id")
            first.setdefault(asset, message)
            pods.setdefault(asset, {})[message.text("pod_id")] = None
    for asset, message in first.items():
        length = message.number("total_length")
        yield Content(
            asset_id=asset or None,
            duration=length if length is not None and 0 < length < _LONGEST else None,
            livestream=True if message.live else None,
            pod_ids=tuple(filter(None, pods[asset])),
        )


def signals_of(messages: list[Message]) -> list[Signal]:
    """The callbacks that a session's messages tell, in their order.

    Args:
        messages: All with a time, in the order in which they came.
    """
    reader = _Reader()
    signals: list[Signal] = []
    for message, following in zip(messages, _following(messages), strict=True):
        read = _READ.get(message.short)
        if read is not None:
            signals += reader.attributes(message)
            signals += read(reader, message, following)
    return signals


def _following(messages: list[Message]) -> list[Message | None]:
    """For each message the one after it that is more than a change of quality."""
    found: list[Message | None] = []
    newest = None
    for message in reversed(messages):
        found.append(newest)
        newest = newest if message.is_of("Quality") else message
    return found[::-1]


@attrs.define
class _Reader:
    """What lies open between two messages.

    Args:
        asset: The content that plays; None before any has.
        pod: The ad pod that is open.
        in_ad: Whether one of its ads is.
        ads: Whether an ad was seen: playback positions are not the content's any more.
        told: The player's attributes as they were told last.
    """

    asset: str | None = None
    pod: str | None = None
    in_ad: bool = False
    ads: bool = False
    told: dict[str, Any] = attrs.field(factory=dict)

    def attributes(self, message: Message) -> Iterator[Signal]:
        """Sound and full screen, where they changed."""
        sound, full = message.number("sound"), message.properties.get("full_screen")
        news: dict[str, Any] = {
            "sound": sound,
            "full_screen": full if isinstance(full, bool) else None,
        }
        news = {
            key: value for key, value in news.items() if value not in (None, self.told.get(key))
        }
        if news:
            self.told |= news
            yield Update(_at(message), **news)

    def place(self, message: Message) -> float | None:
        """The content position that a playback event tells; None when ads may be in it."""
        return None if self.ads or message.live else message.number("position")

    def leave_break(self, at: float) -> Iterator[Signal]:
        """Content plays again: the break that is open is over."""
        if self.pod is not None:
            self.pod, self.in_ad = None, False
            yield AdBreakEnd(at)


def _at(message: Message) -> float:
    assert message.at is not None
    return message.at


def _started(_reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    live = True if message.live else None
    yield Load(_at(message), livestream=live)
    yield Play(_at(message))


def _content(reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    yield from reader.leave_break(_at(message))
    asset = message.text("asset_id")
    position = None if message.live else message.number("position")
    if asset != reader.asset or message.short == "Content Started":
        reader.asset = asset
        yield ContentStart(_at(message), asset or None, position=position)
    if message.short != "Content Started":
        yield Progress(_at(message), position)


def _content_completed(
    reader: _Reader, message: Message, following: Message | None
) -> Iterator[Signal]:
    yield from _content(reader, message, following)
    length, position = message.number("total_length"), message.number("position")
    cut = length is None or position is None or position < length - 1
    if following is not None and following.short == "Ad Started" and cut:
        return  # the break that begins here completes the pod (S21)
    yield ContentEnd(_at(message), position)


def _ad_started(reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    pod = message.text("pod_id")
    if reader.pod is None or pod != reader.pod:
        yield from reader.leave_break(_at(message))
        count, kind = message.number("pod_length"), message.text("type")
        placement = kind.partition("-")[0]
        yield AdBreakStart(
            _at(message),
            pod_id=pod or None,
            placement=placement if placement in ("pre", "mid", "post") else None,
            ads=int(count) if count is not None and count > 0 else None,
        )
    reader.pod, reader.ads, reader.in_ad = pod, True, True
    length, place = message.number("total_length"), message.number("pod_position")
    duration = length if length is not None and length > 0 else None
    ad = Ad(asset_id=message.text("asset_id") or None, duration=duration)
    yield AdStart(_at(message), ad, int(place) if place is not None else None)
    yield AdProgress(_at(message), message.number("position"))


def _ad_playing(_reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    yield AdProgress(_at(message), message.number("position"))


def _ad_completed(reader: _Reader, message: Message, following: Message | None) -> Iterator[Signal]:
    yield AdEnd(_at(message), message.number("position"), message.text("asset_id") or None)
    yield from _ad_over(reader, message, following)


def _ad_skipped(reader: _Reader, message: Message, following: Message | None) -> Iterator[Signal]:
    yield AdSkip(_at(message), message.number("position"))
    yield from _ad_over(reader, message, following)


def _ad_over(reader: _Reader, message: Message, following: Message | None) -> Iterator[Signal]:
    """The break is over with its last ad: whatever comes next is none of it."""
    reader.in_ad = False
    of_break = following is not None and following.is_of("Ad")
    if following is None or not of_break or following.text("pod_id") != reader.pod:
        yield from reader.leave_break(_at(message))


def _quality(_reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    dropped = message.number("droppedFrames")
    yield Quality(
        _at(message),
        message.number("bitrate"),
        message.number("framerate"),
        message.text("quality") or None,
        None if dropped is None else int(dropped),
    )


def _interrupted(_reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
    yield Interrupt(_at(message), message.text("method") or None)


def _placed(kind: Callable[..., Signal]) -> Callable[..., Iterator[Signal]]:
    """A signal whose only word is where it happened."""

    def read(reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
        yield kind(_at(message), None if reader.in_ad else reader.place(message))

    return read


def _plain(kind: Callable[[float], Signal]) -> Callable[..., Iterator[Signal]]:
    def read(_reader: _Reader, message: Message, _next: Message | None) -> Iterator[Signal]:
        yield kind(_at(message))

    return read


_READ: Final[Mapping[str, Callable[[_Reader, Message, Message | None], Iterable[Signal]]]] = {
    "Playback Started": _started,
    "Playback Paused": _placed(Pause),
    "Playback Resumed": _placed(Play),
    "Playback Seek Started": _placed(SeekStart),
    "Playback Seek Completed": _placed(SeekEnd),
    "Playback Buffer Started": _placed(BufferStart),
    "Playback Buffer Completed": _placed(BufferEnd),
    "Playback Interrupted": _interrupted,
    "Playback Completed": _plain(End),
    "Playback Exited": _plain(Exit),
    "Content Started": _content,
    "Content Playing": _content,
    "Content Completed": _content_completed,
    "Ad Started": _ad_started,
    "Ad Playing": _ad_playing,
    "Ad Completed": _ad_completed,
    "Ad Skipped": _ad_skipped,
    "Ad Clicked": _plain(AdClick),
    "Ad Error": _plain(AdError),
    "Quality Updated": _quality,
}
"""How each event of the spec is read as callbacks."""
