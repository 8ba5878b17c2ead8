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

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, name_of, part_of, positive, whole
from video_tracker.plan import Content
from video_tracker.players.base import Callback, on
from video_tracker.players.content_clock import is_jump
from video_tracker.players.doubt import HOLD
from video_tracker.players.remote import RemotePlayer, as_element, loudness, said_content
from video_tracker.players.seek_watch import RestWatch
from video_tracker.signals import Signal

__all__ = ["YoutubeAdapter"]

_UNSTARTED, _ENDED, _PLAYING, _PAUSED, _BUFFERING, _CUED = _STATES = (-1, 0, 1, 2, 3, 5)
"""The states of the player, as ``YT.PlayerState`` numbers them."""
_RESTS: Final = frozenset({_UNSTARTED, _CUED})
"""States in which nothing is loaded to play: the player says that it is at 0."""
_SLACK: Final = 1.0
"""Seconds by which a first frame's clock may lag behind the time since it was told."""
_AHEAD: Final = 1.1
"""Seconds by which YouTube's script guesses ahead of its player, until it is put right."""
_OTHER: Final = 2.0  # Seconds by which another length after the end is that of another video.
_RESET: Final = 0.5  # Seconds below which a position right before an error is its teardown's (S76).
_MOVED: Final = 0.05

_ERRORS: Final[Mapping[int, str]] = {
    2: "invalid parameter",
    5: "playback error",
    100: "video not found",
    101: "embedding not allowed",
    150: "embedding not allowed",
    153: "missing referrer",
}
_UNKNOWN: Final = ("", "auto", "default", "unknown")
"""Words for a quality that YouTube does not tell."""
_VALUES: Final = {
    "onPlaybackQualityChange": "playbackQuality",
    "onPlaybackRateChange": "playbackRate",
    "onStateChange": "playerState",
}
"""Events whose data are a value, and the name by which that is read from the player."""


@attrs.frozen
class _Said:
    """What a callback says of the player, in whichever form it was recorded."""

    at: float
    state: int | None
    position: float | None
    read: Mapping[str, Any]
    """All that was read from the player: by the application, or in the iframe's message."""
    volume: float | None = None
    """From 0 to 1."""

    @classmethod
    def of(cls, callback: Callback) -> "_Said":
        info, told = callback.detail.get("info"), part_of(callback.detail, "info")
        read = {**callback.state, **told}
        value = callback.detail.get("data", info)
        if value is not None and not isinstance(value, Mapping) and callback.event in _VALUES:
            read[_VALUES[callback.event]] = value
        state, position = whole(read.get("playerState")), finite(read.get("currentTime"))
        state = state if state in _STATES else None
        position = position if position is None or position >= 0 else None
        volume = loudness(read.get("volume"), read="volume" not in told)
        return cls(callback.at, state, position, read, volume)

    def content(self) -> Content | None:
        """What it says of the video."""
        video, read = part_of(self.read, "videoData"), self.read
        return said_content(
            name_of(video.get("video_id") or read.get("videoId") or read.get("video_id")),
            title=video.get("title") or read.get("title"),
            publisher=video.get("author") or read.get("author"),
        )

    def as_element(self, event: str, position: float | None = None, **state: Any) -> Callback:
        """As the media element would have said it, with more of its ``state``."""
        muted = self.read.get("muted") is True
        return as_element(
            event,
            self.at,
            self.position if position is None else position,
            playbackRate=positive(self.read.get("playbackRate")),
            volume=0.0 if self.volume is None and muted else self.volume,
            muted=muted,
            fullscreen=self.read.get("fullscreen"),
            **state,
        )


@attrs.frozen
class _Held:
    """A callback that waits for the next one, as the media element's event."""

    event: str
    said: _Said
    until: float | None
    """When it is believed without another word; None: not without one."""


class YoutubeAdapter(RemotePlayer):
    """YouTube's IFrame Player API; see the module."""

    name: ClassVar[str] = "youtube"
    besides: ClassVar[Mapping[str, str]] = {
        # Whatever a callback is for, the player's state, position and video may be read with it.
        "youtube": "play playing progress pause buffer_start buffer_end seek_start seek_end "
        "content_end end load update quality interrupt"
    }
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "youtube": {
            "a module with methods of its own was loaded, captions mostly": "onApiChange",
            "nothing played; the viewer's own start follows": "onAutoplayBlocked",
            "the API's script was loaded; there is no player yet": "onYouTubeIframeAPIReady",
            "nothing was played yet": "alreadyInitialized readyToListen",
            "what modules such as captions offer": "apiInfoDelivery",
            "the state tells when playback stops for it": "CONNECTION_ISSUE",
            "the list stops after this video; its end is told": "onAutonavPauseRequest",
            "the list changes, not what plays": "onPlaylistUpdate",
            "`onError` tells of what failed": "onReloadRequired",
        }
    }

    def __init__(self) -> None:
        super().__init__()
        self._state: int | None = None
        self._held: _Held | None = None
        self._at_rest = RestWatch()
        self._polled = False
        self._intent: float | None = None
        """When the player began to buffer for a play that is not certain yet."""
        self._index: float | None = None
        self._chosen: str | None = None

    def wake_at(self) -> float | None:
        """When what is held is believed."""
        return None if self._held is None else self._held.until

    def _answer(self, callback: Callback) -> list[Signal]:
        said = _Said.of(callback)
        if callback.player == "page":
            out = self._release() if callback.event == "pagehide" else []
            element = said.as_element("", hidden=callback.state.get("hidden"))
            return out + self._media.page(attrs.evolve(callback, state=element.state))
        content = said.content()
        other = self._is_other(said, content)
        jumped = not other and self._jumped(said)
        out = self._settle_doubt(said, other=other, jumped=jumped)
        if other:
            out += self._next_video(said.at, content)
        else:
            out += self._item.learn(said.at, content)
        if (part_of(said.read, "videoData") or said.read).get("isLive") is True:
            out += self._media.is_live(said.at)
        out += self._media.look(said.as_element("", duration=said.read.get("duration")))
        quality = said.read.get("playbackQuality")
        if isinstance(quality, str) and quality not in (*_UNKNOWN, self._chosen):
            self._quality = self._chosen = quality
        if jumped and self._jumped(said):  # what was held has not explained it
            out += self._seek(said, said.at)
        out += self._answers[callback.player, callback.event](self, callback, said)
        if said.position is not None and self._state not in _RESTS and not self._at_rest.runs:
            self._known = (said.at, said.position)
        return out + self._due_quality(said.at)

    @on("youtube", "onStateChange")
    @on("youtube", "onPlaybackQualityChange onPlaybackRateChange")
    def _on_state(self, _callback: Callback, said: _Said) -> list[Signal]:
        if said.state in (None, self._state):
            return []
        before, self._state, self._at_rest = self._state, said.state, RestWatch()
        if said.state == _BUFFERING:
            return self._on_buffering(said, before)
        if said.state == _PAUSED:
            return self._on_paused(said, before)
        if said.state in _RESTS:
            return self._on_stopped(said)
        return self._end_seek(said) + self._on_moving(said)

    def _on_moving(self, said: _Said) -> list[Signal]:
        """States 1 and 0: it plays, or it has ended."""
        out: list[Signal] = []
        media, intent, self._intent = self._media, self._intent, None
        if said.state == _ENDED:
            return media.receive(said.as_element("ended"))
        if not media.wanted:
            began = said if intent is None else attrs.evolve(said, at=intent)
            out += media.receive(began.as_element("play"))
        if media.shown or said.position is None:
            return out + media.receive(said.as_element("playing"))
        # YouTube's ads leave the clock where it is: only a clock that moves is the content's.
        self._hold("playing", said, believed=not self._polled)
        return out

    def _on_paused(self, said: _Said, before: int | None) -> list[Signal]:
        out = self._end_seek(said) if before == _BUFFERING or not self._media.wanted else []
        self._intent = None
        if self._media.wanted:
            self._hold("pause", said)
        return out

    def _on_buffering(self, said: _Said, before: int | None) -> list[Signal]:
        media = self._media
        if self._seeking:
            return []
        if media.ended or (media.begun and not media.wanted):
            self._intent = said.at  # a replay, the next video, or a seek while paused
            return []
        if not media.wanted:
            return media.receive(said.as_element("play"))
        if media.shown and before == _PLAYING:
            self._hold("waiting", said)
        return []

    def _on_stopped(self, said: _Said) -> list[Signal]:
        """States -1 and 5: nothing plays; the next video is on its way, or play was stopped."""
        out = self._end_seek(said, self._media.position)
        if self._media.wanted and self._media.shown:
            self._hold("pause", attrs.evolve(said, position=self._media.where(said.at), read={}))
        return out

    @on("youtube", "onLoadProgress", "", "what it says of the player, not that data arrived")
    @on("youtube", "infoDelivery initialDelivery onFullscreenChange onReady onVideoDataChange")
    @on("youtube", "onVideoProgress onVolumeChange poll timeupdate")
    def _on_poll(self, callback: Callback, said: _Said) -> list[Signal]:
        """The player was asked; between two states its clock is all that moves."""
        if said.state not in (None, self._state):
            return self._on_state(callback, said)
        self._polled = self._polled or said.position is not None
        if said.position is None or (self._state in _RESTS and self._media.begun):
            return []  # a stopped player says 0
        moved = self._known is not None and said.position > self._known[1]
        stands = self._state != _PLAYING and (self._state is not None or not moved)
        rate = self._rate(said)
        since = self._at_rest.hear(said.at, said.position, rate, twice=True) if stands else None
        if since is not None:  # the word that it plays was lost (S83)
            began = attrs.evolve(said, at=since[0], state=_PLAYING, position=since[1])
            out = self._on_state(callback, began) + self._release()
            return out + self._media.receive(said.as_element("timeupdate"))
        if stands and self._at_rest.runs:
            return []  # whether it plays or was sought there the next position shows (S89)
        return self._media.receive(said.as_element("timeupdate", paused=stands or None))

    def _hold(self, event: str, said: _Said, *, believed: bool = True) -> None:
        self._held = _Held(event, said, said.at + HOLD if believed else None)

    def _release(self) -> list[Signal]:
        """Believe what is held."""
        held, self._held = self._held, None
        if held is None:
            return []
        if held.event == "seeked":
            return self._end_seek(held.said)
        return self._media.receive(held.said.as_element(held.event))

    def _settle_doubt(self, said: _Said, *, other: bool, jumped: bool) -> list[Signal]:
        """What a held callback meant, now that the next one has come."""
        held = self._held
        if held is None:
            return []
        if other or (said.state == _ENDED and held.event != "playing"):
            self._held = None
            return []
        return self._EXPLAINED[held.event](self, said, held.said, jumped)

    def _explain_pause(self, said: _Said, pause: _Said, jumped: bool) -> list[Signal]:
        if said.state == _PLAYING:
            self._held = None
            if jumped:
                return self._seek(said, pause.at)
            self.note("pause: undone at once, as by a double click")
            return []
        if said.state == _BUFFERING:  # nothing that rests buffers but a seek
            self._held = None
            return [] if self._seeking else self._seek(said, pause.at)
        return self._release() if jumped or said.state in _RESTS else []

    def _explain_stall(self, said: _Said, stall: _Said, jumped: bool) -> list[Signal]:
        if not jumped:
            return [] if said.state in (None, _BUFFERING) else self._release()
        self._held = None
        return self._seek(said, stall.at)

    def _explain_landing(self, said: _Said, landing: _Said, jumped: bool) -> list[Signal]:
        if jumped or said.state == _BUFFERING:
            self._held = None
            return []
        if said.state in (None, _PLAYING) and said.position == landing.position:
            return []  # it has not moved from there: the seek may still be told
        return self._release()

    def _explain_first(self, said: _Said, first: _Said, _jumped: bool) -> list[Signal]:
        known = said.position is not None and first.position is not None
        moved = (said.position or 0.0) - (first.position or 0.0) if known else None
        if said.state not in (None, _PLAYING):
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

    _EXPLAINED: ClassVar[Mapping[str, Callable[..., list[Signal]]]] = {
        "pause": _explain_pause,
        "playing": _explain_first,
        "seeked": _explain_landing,
        "waiting": _explain_stall,
    }
    """Told the next word, what was held, and whether the position jumped: what that meant."""

    def _jumped(self, said: _Said) -> bool:
        """Whether the position is one that playing does not explain."""
        media, known = self._media, self._known
        if said.position is None or known is None or not media.shown or media.ended:
            return False
        state = self._state if said.state is None else said.state
        if media.failed or state in (*_RESTS, _ENDED):
            return False  # what it says of its teardown (S76); a stopped player says 0
        rate = self._rate(said)
        if self._state in (_PLAYING, None) and media.wanted:
            return is_jump(known, said.at, said.position, rate=rate, back=_AHEAD)
        if said.state == _PLAYING:
            return is_jump(known, known[0], said.position, rate=rate)
        same = said.state in (None, self._state)
        runs = same and self._at_rest.explains(said.at, said.position, rate)  # perhaps (S89)
        return not runs and is_jump(known, said.at, said.position, rate=None)

    def _rate(self, said: _Said) -> float:
        """How fast it plays at most: a rate that is told now holds from now on (S87)."""
        told = positive(said.read.get("playbackRate"))
        return max(told or 0.0, self._media.attributes.playback_rate)

    def _seek(self, said: _Said, at: float) -> list[Signal]:
        """A seek is seen; it began at ``at``. Whether it is over, the next callback tells."""
        self._seeking = True
        out = self._media.receive(attrs.evolve(said, at=at).as_element("seeking"))
        self._known = None if said.position is None else (said.at, said.position)
        if said.state in (None, self._state) and self._state != _BUFFERING:
            self._hold("seeked", said)
        return out

    def _end_seek(self, said: _Said, position: float | None = None) -> list[Signal]:
        sought, self._seeking = self._seeking, False
        return self._media.receive(said.as_element("seeked", position)) if sought else []

    def _is_other(self, said: _Said, content: Content | None) -> bool:
        """Whether another video has taken the player over: by its id, else by what is left."""
        if said.state == _ENDED:
            return False  # what has ended takes nothing over, however late it is said (S78)
        asset_id = None if content is None else content.asset_id
        index, known = finite(said.read.get("playlistIndex")), self._index
        self._index = known if index is None or index < 0 else index
        if asset_id is not None and self._item.asset_id is not None:
            return self._item.is_other(asset_id)
        if known is not None and self._index != known:
            return True
        length = positive(said.read.get("duration"))
        before: float | None = self._media.duration
        if not self._media.ended or length is None or before is None:
            return False
        return abs(length - before) > _OTHER

    def _next_video(self, at: float, content: Content | None) -> list[Signal]:
        """Another video has taken the player over (S24)."""
        self._held = self._intent = self._state = self._chosen = None
        return self._replace(at, content)

    @on("youtube", "onError", "error interrupt progress")
    def _on_error(self, callback: Callback, said: _Said) -> list[Signal]:
        number = finite(callback.detail.get("data", callback.detail.get("info")))
        code = None if number is None else int(number)
        reason = "playback error" if code is None else _ERRORS.get(code, f"error {code}")
        out: list[Signal] = []
        held = self._held
        if held is not None and held.event == "seeked" and (held.said.position or 0.0) < _RESET:
            self._held = None  # it fell to 0 because it failed: nobody sought (S76)
            out += self._end_seek(said, self._media.position)
        stands = self._state not in (_PLAYING, None)
        return out + self._media.fail(said.as_element("error", paused=stands or None), reason)
