"""YouTube's IFrame Player API: a player that one sees through its states and by asking it.

Channels: ``youtube`` and ``page``. ``event`` is the callback's name (``onStateChange``), ``detail``
its event object (``{"data": 3}``), or the iframe's own message (``{"info": {...}}``). ``state`` is
what the application read from the player: ``currentTime``, ``duration``, ``volume`` (0 to 100, as
``getVolume`` says; up to 1 for a media element's), ``muted``, ``playbackRate``, ``playerState``,
``playbackQuality``, ``videoData`` (or ``videoId``, ``title``), ``playlistIndex``, ``fullscreen``.
An application that asks the player sends that as ``poll`` (or ``timeupdate``), at best four times a
second. Each of these may be missing; without positions the states alone are read.

* A seek is not announced. It is a position that playing does not explain, found in whichever
  callback shows it first; states 2 (paused) and 3 (buffering) right before it are the seek's own.
* State 2 is held for a quarter of a second: before state 0 or a seek, and between the two clicks
  of a double click, it is no pause (S31).
* State 3 before the first frame is startup (S25). After state 0 it is the next video or a replay:
  state 1 and the video's id tell which.
* YouTube's own ads have no callbacks. While one plays, the content's clock stands: before the
  content that is startup, inside it a clock that stands still (S65). No ad is made up.
* A live stream is told by ``videoData.isLive``, or by a length that grows as time passes.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.plan import Content
from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, Vocabulary, finite, positive
from video_tracker.players.doubt import HOLD
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import PAGE_EVENTS
from video_tracker.players.remote import InOrder, Item, is_jump
from video_tracker.players.youtube_events import POLLS, YOUTUBE_EVENTS
from video_tracker.players.youtube_said import (
    BUFFERING,
    CUED,
    ENDED,
    PAUSED,
    PLAYING,
    UNSTARTED,
    Said,
)
from video_tracker.signals import Quality, Signal

__all__ = ["YoutubeAdapter"]

_SLACK: Final = 1.0
"""Seconds by which a first frame's clock may lag behind the time since it was told."""
_AHEAD: Final = 1.1
"""Seconds by which YouTube's script guesses ahead of its player, until it is put right."""
_OTHER: Final = 2.0
"""Seconds by which another length after the end is that of another video."""
_RESET: Final = 0.5
"""Seconds below which a position right before an error is its teardown's (S76)."""
_MOVED: Final = 0.05

_ERRORS: Final[Mapping[int, str]] = {
    2: "invalid parameter",
    5: "playback error",
    100: "video not found",
    101: "embedding not allowed",
    150: "embedding not allowed",
    153: "missing referrer",
}
_UNKNOWN: Final = frozenset({"auto", "default", "unknown"})
"""Words for a quality that YouTube does not tell."""


@attrs.frozen
class _Held:
    """A callback that waits for the next one.

    Args:
        kind: ``pause``, ``stall``, ``landing`` (the end of a seek) or ``first`` (the first frame).
        said: What it said.
        until: When it is believed without another word; None: not without one.
    """

    kind: str
    said: Said
    until: float | None


class YoutubeAdapter(Adapter):
    """YouTube's IFrame Player API; see the module."""

    name: ClassVar[str] = "youtube"
    channels: ClassVar[frozenset[str]] = frozenset({"youtube", "page"})
    settings: ClassVar[Mapping[str, object]] = WEB_SETTINGS
    vocabulary: ClassVar[Vocabulary] = {
        **{("youtube", event): entry for event, entry in YOUTUBE_EVENTS.items()},
        **{("page", event): entry for event, entry in PAGE_EVENTS.items()},
    }

    def __init__(self) -> None:
        super().__init__()
        self._media = MediaElement()
        self._item = Item()
        self._order = InOrder()
        self._state: int | None = None
        self._held: _Held | None = None
        self._seeking = False
        self._polled = False
        self._intent: float | None = None
        """When the player began to buffer for a play that is not certain yet."""
        self._known: tuple[float, float] | None = None
        """When the position was last told, and which."""
        self._index: float | None = None
        self._quality: str | None = None
        self._shown_quality: str | None = None

    def flush(self, at: float) -> tuple[Signal, ...]:
        """What was held and has not been explained."""
        return self._order.let(self._noted(self._release), at)

    def wake_at(self) -> float | None:
        """When what is held is believed."""
        return None if self._held is None else self._held.until

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        said = Said.of(callback)
        answer = self._on_page if callback.player == "page" else self._on_youtube
        return self._order.let(self._noted(answer, callback, said), callback.at)

    def _noted(self, answer: Callable[..., list[Signal]], *args: Any) -> list[Signal]:
        background = self._media.background
        out = answer(*args)
        if self._media.background > background:
            self.note("pause: background")
        return out

    def _on_page(self, callback: Callback, said: Said) -> list[Signal]:
        out = self._release() if callback.event == "pagehide" else []
        scaled = said.as_element(callback.event)
        hidden = callback.state.get("hidden")
        state = {**scaled.state, "hidden": hidden}
        return out + self._media.page(attrs.evolve(callback, state=state))

    def _on_youtube(self, callback: Callback, said: Said) -> list[Signal]:
        content = said.content()
        other = self._is_other(said, content)
        jumped = not other and self._jumped(said)
        out = self._resolve(said, other=other, jumped=jumped)
        if other:
            out += self._next_video(said.at, content)
        else:
            out += self._item.learn(said.at, content)
        if said.is_live:
            out += self._media.is_live(said.at)
        if callback.event == "onPlaybackRateChange":
            said = self._with_data(callback, said, "playbackRate")
        element = said.as_element(callback.event)
        length = {"duration": said.read.get("duration")}
        out += self._media.look(attrs.evolve(element, state={**element.state, **length}))
        if jumped and self._jumped(said):  # what was held has not explained it
            out += self._seek(said, said.at)
        out += self._by_event(callback, said)
        if said.position is not None and self._state not in (UNSTARTED, CUED):
            self._known = (said.at, said.position)
        return out + self._due_quality(said.at)

    def _by_event(self, callback: Callback, said: Said) -> list[Signal]:
        if callback.event == "onError":
            return self._on_error(callback, said)
        if callback.event == "onPlaybackQualityChange":
            said = self._with_data(callback, said, "playbackQuality")
        self._learn_quality(said.read.get("playbackQuality"))
        if said.state is not None and said.state != self._state:
            return self._on_state(said)
        if callback.event in POLLS:
            self._polled = self._polled or said.position is not None
            return self._on_poll(said)
        return []

    @staticmethod
    def _with_data(callback: Callback, said: Said, key: str) -> Said:
        """An event's own value, under the name by which it is read from the player."""
        value = callback.detail.get("data", callback.detail.get("info"))
        if value is None or isinstance(value, Mapping):
            return said
        return attrs.evolve(said, read={**said.read, key: value})

    # -- states --------------------------------------------------------------------------------

    def _on_state(self, said: Said) -> list[Signal]:
        before, self._state = self._state, said.state
        assert said.state is not None
        return self._BY_STATE[said.state](self, said, before)

    def _on_playing(self, said: Said, _before: int | None) -> list[Signal]:
        out: list[Signal] = []
        if self._seeking:
            out += self._end_seek(said)
        media = self._media
        if not media.wanted:
            began = said if self._intent is None else attrs.evolve(said, at=self._intent)
            out += media.receive(began.as_element("play"))
        self._intent = None
        if media.shown or said.position is None:
            return out + media.receive(said.as_element("playing"))
        # YouTube's ads leave the clock where it is: only a clock that moves is the content's.
        self._held = _Held("first", said, None if self._polled else said.at + HOLD)
        return out

    def _on_paused(self, said: Said, before: int | None) -> list[Signal]:
        out: list[Signal] = []
        if self._seeking and (before == BUFFERING or not self._media.wanted):
            out += self._end_seek(said)
        self._intent = None
        if self._media.wanted:
            self._held = _Held("pause", said, said.at + HOLD)
        return out

    def _on_buffering(self, said: Said, before: int | None) -> list[Signal]:
        media = self._media
        if self._seeking:
            return []
        if media.ended or (media.begun and not media.wanted):
            self._intent = said.at  # a replay, the next video, or a seek while paused
            return []
        if not media.wanted:
            return media.receive(said.as_element("play"))
        if media.shown and before == PLAYING:
            self._held = _Held("stall", said, said.at + HOLD)
        return []

    def _on_ended(self, said: Said, _before: int | None) -> list[Signal]:
        out = self._end_seek(said) if self._seeking else []
        self._intent = None
        return out + self._media.receive(said.as_element("ended"))

    def _on_stopped(self, said: Said, _before: int | None) -> list[Signal]:
        """States -1 and 5: nothing plays; the next video is on its way, or play was stopped."""
        out = self._end_seek(said, self._media.position) if self._seeking else []
        if self._media.wanted and self._media.shown:
            stopped = attrs.evolve(said, position=self._media.where(said.at), read={})
            self._held = _Held("pause", stopped, said.at + HOLD)
        return out

    def _on_poll(self, said: Said) -> list[Signal]:
        """The player was asked; between two states its clock is all that moves."""
        if said.position is None or (self._state in (UNSTARTED, CUED) and self._media.begun):
            return []  # a stopped player says 0
        element = said.as_element("timeupdate")
        if self._stands(said.position):
            element = attrs.evolve(element, state={**element.state, "paused": True})
        return self._media.receive(element)

    def _stands(self, position: float) -> bool:
        if self._state is not None:
            return self._state != PLAYING
        return self._known is None or position <= self._known[1]

    # -- what is held --------------------------------------------------------------------------

    def _release(self) -> list[Signal]:
        """Believe what is held."""
        held, self._held = self._held, None
        if held is None:
            return []
        if held.kind == "landing":
            return self._end_seek(held.said)
        event = {"pause": "pause", "stall": "waiting", "first": "playing"}[held.kind]
        return self._media.receive(held.said.as_element(event))

    def _resolve(self, said: Said, *, other: bool, jumped: bool) -> list[Signal]:
        """What a held callback meant, now that the next one has come."""
        held = self._held
        if held is None:
            return []
        if other or (said.state == ENDED and held.kind != "first"):
            self._held = None
            return []
        return self._RESOLVERS[held.kind](self, said, held.said, jumped)

    def _resolve_pause(self, said: Said, pause: Said, jumped: bool) -> list[Signal]:
        if said.state == PLAYING:
            self._held = None
            if jumped:
                return self._seek(said, pause.at)
            self.note("pause: undone at once, as by a double click")
            return []
        if said.state == BUFFERING:  # nothing that rests buffers but a seek
            self._held = None
            return [] if self._seeking else self._seek(said, pause.at)
        if jumped or said.state in (UNSTARTED, CUED):
            return self._release()
        return []

    def _resolve_stall(self, said: Said, stall: Said, jumped: bool) -> list[Signal]:
        if jumped:
            self._held = None
            return self._seek(said, stall.at)
        return [] if said.state in (None, BUFFERING) else self._release()

    def _resolve_landing(self, said: Said, landing: Said, jumped: bool) -> list[Signal]:
        if jumped or said.state == BUFFERING:
            self._held = None
            return []
        if said.state in (None, PLAYING) and said.position == landing.position:
            return []  # it has not moved from there: the seek may still be told
        return self._release()

    def _resolve_first(self, said: Said, first: Said, jumped: bool) -> list[Signal]:
        del jumped
        moved = None
        if said.position is not None and first.position is not None:
            moved = said.position - first.position
        if said.state not in (None, PLAYING):
            # It stopped again; whether a frame was seen, the clock knows.
            self._held = None
            shown = moved is None or moved > _MOVED
            return self._media.receive(first.as_element("playing")) if shown else []
        if moved is None:
            return []
        if moved > _MOVED and said.at - first.at - moved < _SLACK:
            return self._release()
        if said.at - first.at >= HOLD / 2:
            self._held = None  # the clock will say when it moves
        return []

    # -- seeks ---------------------------------------------------------------------------------

    def _jumped(self, said: Said) -> bool:
        """Whether the position is one that playing does not explain."""
        media, known = self._media, self._known
        if said.position is None or known is None or not media.shown or media.ended:
            return False
        if media.failed:
            return False  # what it says of its teardown (S76)
        state = self._state if said.state is None else said.state
        if state in (UNSTARTED, CUED, ENDED):
            return False  # a stopped player says 0
        rate = finite(said.read.get("playbackRate")) or 1.0
        if self._state in (PLAYING, None) and media.wanted:
            return is_jump(known, said.at, said.position, rate=rate, back=_AHEAD)
        if said.state == PLAYING:
            return is_jump(known, known[0], said.position, rate=rate)
        return is_jump(known, said.at, said.position, rate=None)

    def _seek(self, said: Said, at: float) -> list[Signal]:
        """A seek is seen; it began at ``at``. Whether it is over, the next callback tells."""
        self._seeking = True
        began = attrs.evolve(said, at=at)
        out = self._media.receive(began.as_element("seeking"))
        self._known = None if said.position is None else (said.at, said.position)
        if said.state in (None, self._state) and self._state != BUFFERING:
            self._held = _Held("landing", said, said.at + HOLD)
        return out

    def _end_seek(self, said: Said, position: float | None = None) -> list[Signal]:
        self._seeking = False
        return self._media.receive(said.as_element("seeked", position))

    # -- what is known of the video --------------------------------------------------------------

    def _is_other(self, said: Said, content: Content | None) -> bool:
        """Whether another video has taken the player over: by its id, else by what is left."""
        asset_id = None if content is None else content.asset_id
        index, known = finite(said.read.get("playlistIndex")), self._index
        self._index = known if index is None or index < 0 else index
        if asset_id is not None and self._item.asset_id is not None:
            return self._item.is_other(asset_id)
        if known is not None and self._index != known:
            return True
        length, before = positive(said.read.get("duration")), self._media.duration
        if not self._media.ended or length is None or before is None:
            return False
        return abs(length - before) > _OTHER

    def _next_video(self, at: float, content: Content | None) -> list[Signal]:
        """Another video has taken the player over (S24)."""
        left = self._media.next_item(at)
        self._held = self._known = self._intent = None
        self._quality = self._shown_quality = None
        self._seeking = False
        self._state = None
        return self._item.replace(left, content, at)

    def _learn_quality(self, name: object) -> None:
        if isinstance(name, str) and name and name not in _UNKNOWN:
            self._quality = name

    def _due_quality(self, at: float) -> list[Signal]:
        """A quality that shows: told once, not before the first frame (S25)."""
        if self._quality is None or self._quality == self._shown_quality or not self._media.shown:
            return []
        self._shown_quality = self._quality
        return [Quality(at, quality=self._quality)]

    def _on_error(self, callback: Callback, said: Said) -> list[Signal]:
        number = finite(callback.detail.get("data", callback.detail.get("info")))
        code = None if number is None else int(number)
        reason = "playback error" if code is None else _ERRORS.get(code, f"error {code}")
        out: list[Signal] = []
        held = self._held
        if held is not None and held.kind == "landing" and (held.said.position or 0.0) < _RESET:
            self._held = None  # it fell to 0 because it failed: nobody sought (S76)
            out += self._end_seek(said, self._media.position)
        element = said.as_element("error")
        if self._state not in (PLAYING, None):
            element = attrs.evolve(element, state={**element.state, "paused": True})
        return out + self._media.fail(element, reason)

    _BY_STATE: ClassVar[
        Mapping[int, Callable[["YoutubeAdapter", Said, int | None], list[Signal]]]
    ] = {
        UNSTARTED: _on_stopped,
        ENDED: _on_ended,
        PLAYING: _on_playing,
        PAUSED: _on_paused,
        BUFFERING: _on_buffering,
        CUED: _on_stopped,
    }
    _RESOLVERS: ClassVar[
        Mapping[str, Callable[["YoutubeAdapter", Said, Said, bool], list[Signal]]]
    ] = {
        "pause": _resolve_pause,
        "stall": _resolve_stall,
        "landing": _resolve_landing,
        "first": _resolve_first,
    }
