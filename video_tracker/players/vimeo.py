"""Vimeo's Player SDK (``@vimeo/player``): the events of an embedded Vimeo player.

Channels: ``vimeo`` and ``page``. ``event`` is the event's name, ``detail`` its data: ``seconds``,
``percent`` and ``duration`` with those of playback, ``volume`` (0 to 1) and ``muted``,
``playbackRate``, ``quality``, ``id``, ``fullscreen``, ``name``, ``message`` and ``method``.
``state`` is what the application knows besides, under the names of the HTML standard
(``currentTime``, ``duration``, ``paused``, ``volume``, ``muted``, ``playbackRate``,
``fullscreen``) and ``videoId``, ``title``, ``live``; where both say a thing, ``detail`` is right,
since the SDK's getters answer late.

* ``loaded`` is the next video, unless nothing played yet or the same one was loaded again (S24).
* ``timeupdate`` comes with every seek and may come before ``seeking``: one whose position jumps is
  held until the next event. Players that have no ``seeking`` say ``seeked`` only.
* ``bufferstart`` and ``bufferend`` come while loading and seeking too: no stalls (S25, S33).
* ``pause`` comes before ``ended``, and before a seek that ``play`` follows at once: no pause (S31).
  With ``loop`` there is no ``ended``: the jump tells (S70).
* An ``error`` with a ``method`` is that of a call the application made, and stops nothing (S76).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite
from video_tracker.players.base import Callback, earliest, on
from video_tracker.players.content_clock import is_jump
from video_tracker.players.doubt import HOLD
from video_tracker.players.remote import RemotePlayer, as_element, said_content
from video_tracker.signals import BufferStart, SeekStart, Signal

__all__ = ["VimeoAdapter"]

_LOOP_EDGE: Final = 0.5
_JUMPS: Final = "seek_start seek_end content_end end play playing"
_HARMLESS: Final = frozenset({"AbortError", "ContrastError", "NotAllowedError", "RangeError"})
"""Errors after which the player goes on: a start that the browser refused, a value it disliked."""


class VimeoAdapter(RemotePlayer):
    """Vimeo's Player SDK; see the module."""

    name: ClassVar[str] = "vimeo"
    besides: ClassVar[Mapping[str, str]] = {"vimeo": "load update quality"}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "vimeo": {
            "where the viewer looks in a 360° video": "camerachange",
            "text tracks and chapters": "chapterchange cuechange texttrackchange",
            "a mark of the application's own": "cuepoint",
            "a window, not full screen": "enterpictureinpicture leavepictureinpicture",
            "the viewer's doing on the video; a seek or pause that it causes is told": """
                interactivehotspotclicked interactiveoverlaypanelclicked""",
            "the viewer's doing around the video, not its playback": """
                likebuttonpressed watchlaterbuttonpressed""",
            "data arrived; nothing moved": "progress",
            "where the video is seen; its playback tells of itself": """
                remoteplaybackavailabilitychange remoteplaybackconnect remoteplaybackconnecting
                remoteplaybackdisconnect""",
            "the picture's size alone does not tell its quality (E3)": "resize",
        }
    }

    def __init__(self) -> None:
        super().__init__()
        self._plays: bool | None = None
        """Whether the player said that it plays or is paused; None: it has not said yet."""
        self._jump: Callback | None = None
        """A position that jumped, until the next event explains it."""
        self._stalled = False

    def wake_at(self) -> float | None:
        """When a position that is held, or a pause, is believed."""
        jump = None if self._jump is None else self._jump.at + HOLD
        return earliest(jump, self._doubt.wake_at())

    def _answer(self, callback: Callback) -> list[Signal]:
        callback = _plain(callback)
        if callback.player == "page":
            held = self._release() if callback.event == "pagehide" else []
            return held + self._media.page(callback)
        if self._doubt.defers(callback, seeks=callback.event == "seeking"):
            return []
        out = self._explain(callback)
        if callback.event == "loaded":
            return out + self._on_loaded(callback) + self._media.look(callback)
        if callback.event == "error":
            return out + self._on_error(callback)
        if callback.state.get("live") is True:
            out += self._media.is_live(callback.at)
        out += self._media.look(callback)
        out += self._by_row(callback)
        position = callback.number("currentTime")
        if position is not None and self._jump is None:
            self._known = (callback.at, position)
        return out + self._due_quality(callback.at)

    def _explain(self, callback: Callback) -> list[Signal]:
        """What is held is a seek's, when the event after it is; else it is simply so (S31)."""
        self._doubt.explains(plays=callback.event in ("play", "playing"))
        if callback.event not in ("seeking", "seeked"):
            return self._release()
        out = self._doubt.release(self._media.receive, self._begin_seek)
        jump, self._jump = self._jump, None
        return out if jump is None or callback.event == "seeking" else out + self._begin_seek(jump)

    def _release(self) -> list[Signal]:
        told = self._doubt.release(self._media.receive, self._begin_seek)
        jump, self._jump = self._jump, None
        if jump is None:
            return told
        position = jump.number("currentTime")
        assert position is not None
        self._known = (jump.at, position)
        loops = self._media.wanted and self._loops(position)
        out = self._media.receive(attrs.evolve(jump, event="seeking")) if loops else []
        if any(isinstance(signal, SeekStart) for signal in out):
            jump = attrs.evolve(jump, event="seeked")
        return told + out + self._media.receive(jump)

    def _loops(self, position: float) -> bool:
        """Whether the position fell from the end to the start: a loop, without `ended` (S70)."""
        length, before = self._media.duration, self._media.position
        if length is None or before is None:
            return False
        # A `timeupdate` comes four times a second, so the last one is that far from the end.
        return before >= length - 2 * _LOOP_EDGE and position <= _LOOP_EDGE

    @on("vimeo", "ended", "content_end")
    @on("vimeo", "pause", "pause content_end interrupt")
    @on("vimeo", "play", "play")
    @on("vimeo", "playing", "playing play buffer_end seek_end content_end")
    def _on_state(self, callback: Callback) -> list[Signal]:
        self._plays = callback.event in ("play", "playing")
        self._stalled = self._stalled and self._plays
        self._seeking = self._seeking and callback.event != "ended"
        return self._hears(callback)

    @on("vimeo", "timeupdate", f"progress buffer_end {_JUMPS}")
    def _on_timeupdate(self, callback: Callback) -> list[Signal]:
        position, media = callback.number("currentTime"), self._media
        if position is None:
            return []
        stands = self._stands(callback, position)
        if stands:
            callback = attrs.evolve(callback, state={**callback.state, "paused": True})
        rate = None if stands else self._media.attributes.playback_rate
        watched = media.shown and not self._seeking
        if watched and is_jump(self._known, callback.at, position, rate=rate):
            self._jump = callback
            return []
        return media.receive(callback)

    def _stands(self, callback: Callback, position: float) -> bool:
        """Whether the clock was told without moving: it is with every seek and every load."""
        if self._plays is not None:
            return not self._plays
        if isinstance(callback.state.get("paused"), bool):
            return callback.flag("paused")
        return self._known is None or position <= self._known[1]

    @on("vimeo", "bufferstart", "buffer_start interrupt")
    def _on_bufferstart(self, callback: Callback) -> list[Signal]:
        self._seeking = self._seeking and self._media.seeking  # else its end was lost (S79)
        if self._seeking:
            return []
        out = self._media.receive(attrs.evolve(callback, event="waiting"))
        self._stalled = any(isinstance(signal, BufferStart) for signal in out)
        return out

    @on("vimeo", "bufferend", "buffer_end")
    def _on_bufferend(self, callback: Callback) -> list[Signal]:
        if not self._stalled:
            return []  # of a load or of a seek
        self._stalled = False
        return self._media.receive(attrs.evolve(callback, event="playing"))

    @on("vimeo", "seeking", "seek_start content_end end play playing")
    def _begin_seek(self, callback: Callback) -> list[Signal]:
        self._seeking, self._stalled = True, False
        return self._media.receive(attrs.evolve(callback, event="seeking"))

    @on("vimeo", "seeked", _JUMPS)
    def _on_seeked(self, callback: Callback) -> list[Signal]:
        far = is_jump(self._known, callback.at, callback.number("currentTime"), rate=None)
        # Older players do not say that it begins.
        out = self._begin_seek(callback) if far and not self._seeking else []
        self._seeking = False
        return out + self._media.receive(callback)

    @on("vimeo", "durationchange loadedmetadata", "load")
    @on("vimeo", "fullscreenchange playbackratechange volumechange", "update")
    def _on_said(self, _callback: Callback) -> list[Signal]:
        return []  # its snapshot was read

    @on("vimeo", "loaded", "load progress")
    def _on_loaded(self, callback: Callback) -> list[Signal]:
        content = said_content(callback.state.get("videoId"), title=callback.state.get("title"))
        asset_id = None if content is None else content.asset_id
        joined = self._item.asset_id is None and self._media.played  # the first was not heard
        if not joined and not self._item.is_other(asset_id):
            return self._item.learn(callback.at, content)
        self._plays, self._stalled = None, False
        return self._replace(callback.at, content)

    @on("vimeo", "qualitychange", "")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        told = callback.text("quality")
        self._quality = told if told != "auto" else None
        return []

    @on("vimeo", "error", "error interrupt progress")
    def _on_error(self, callback: Callback) -> list[Signal]:
        if callback.text("method") is not None:
            return self.ignore(callback, "of a call that the application made; nothing stops (S76)")
        name = callback.text("name")
        fatal = name not in _HARMLESS
        return self._media.fail(callback, callback.text("message") or name or "error", fatal=fatal)


_KEYS: Final[Mapping[str, str]] = {
    "seconds": "currentTime",
    "id": "videoId",
    **{key: key for key in ("duration", "volume", "muted", "playbackRate", "fullscreen")},
}
"""What an event's data say -> the property of a media element that it is."""
_STATE: Final = (*_KEYS.values(), "paused", "hidden", "title", "live")
"""What is read of the state; the events themselves say whether it seeks or has ended."""


def _plain(callback: Callback) -> Callback:
    """The callback with its data among its state, as a media element would have them."""
    told = {name: callback.detail.get(key) for key, name in _KEYS.items()}
    said: dict[str, Any] = {key: callback.state.get(key) for key in _STATE}
    said |= {name: value for name, value in told.items() if value is not None}
    position = finite(said.pop("currentTime"))
    position = position if position is None or position >= 0 else None
    if callback.event in ("play", "playing"):
        said["paused"] = False
    element = as_element(callback.event, callback.at, position, **said)
    return attrs.evolve(callback, state=element.state)
