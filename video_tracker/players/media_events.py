"""What the events of a media element and of its page are, and what their payloads say.

The tables name every event of the HTML standard; :class:`Attributes` reads volume, rate and full
screen. How events follow each other is :mod:`video_tracker.players.media_element`'s.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.signals import Signal, Update

__all__ = [
    "MEDIA_EVENTS",
    "PAGE_EVENTS",
    "RECORDER_EVENTS",
    "Attributes",
    "error_reason",
    "extended",
]

_ERRORS: Final = {1: "aborted", 2: "network loss", 3: "decode error", 4: "source not playable"}
"""MediaError.code -> reason; 1 is the application's own doing and never fatal."""

_NO_STALL: Final = "comes on its own clock, during perfect playback too (B1)"

MEDIA_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "abort": Ignored("the download was given up; `emptied` tells of the source"),
    "canplay": Mapped("buffer_start buffer_end", "data came back after a silent stall (B2)"),
    "canplaythrough": Mapped("buffer_start buffer_end", "as `canplay`"),
    "durationchange": Mapped(
        "load progress update", "the length, or a live stream's edge (E2, S8)"
    ),
    "emptied": Mapped(
        "progress content_end exit", "the source goes; how far its content came (A11)"
    ),
    "encrypted": Ignored("key negotiation"),
    "ended": Mapped("content_end ad_end"),
    "enterpictureinpicture": Ignored("a window, not full screen"),
    "error": Mapped("error interrupt ad_error progress"),
    "leavepictureinpicture": Ignored("a window, not full screen"),
    "loadeddata": Ignored("readiness is no playback"),
    "loadedmetadata": Mapped("load progress update"),
    "loadstart": Mapped("load progress update"),
    "pause": Mapped("pause content_end interrupt"),
    "play": Mapped("play load progress update"),
    "playing": Mapped(
        "play playing load progress update buffer_end ad_start ad_progress seek_start seek_end "
        "content_end end"
    ),
    "progress": Ignored("data arrived; nothing moved"),
    "ratechange": Mapped("update"),
    "resize": Ignored("the picture's size alone does not tell its quality (E3)"),
    "seeked": Mapped("seek_start seek_end content_end end play playing"),
    "seeking": Mapped("seek_start content_end end play playing"),
    "stalled": Ignored(_NO_STALL),
    "suspend": Ignored("enough was loaded"),
    "timeupdate": Mapped(
        "progress ad_progress play playing update seek_start seek_end buffer_end ad_start "
        "content_end end"
    ),
    "volumechange": Mapped("update"),
    "waiting": Mapped("buffer_start interrupt seek_start content_end end play playing"),
    "waitingforkey": Ignored("`waiting` comes with it when playback stops"),
    "webkitbeginfullscreen": Mapped("update"),
    "webkitendfullscreen": Mapped("update"),
}
"""Every event of a media element in the HTML standard and what becomes of it."""

PAGE_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "beforeunload": Ignored("the viewer may still stay; `pagehide` decides"),
    "blur": Ignored("another window has the keyboard"),
    "focus": Ignored("the window has the keyboard"),
    "freeze": Ignored("a frozen page fires nothing; its silence is suspension (S63)"),
    "fullscreenchange": Mapped("update"),
    "fullscreenerror": Ignored("nothing changed"),
    "pagehide": Mapped("exit ad_progress"),
    "pageshow": Mapped((), "a page that was left came back (E5)"),
    "resume": Ignored("the page runs again; playback tells of itself"),
    "unload": Ignored("`pagehide` came before it"),
    "visibilitychange": Mapped((), "a pause right after hiding is the browser's (S77)"),
}
"""The page's events around playback and what becomes of them."""


RECORDER_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    "ad_media_element_added": Mapped((), "ads play in an element of their own"),
    "media_element_replaced": Ignored("the new element's own events tell"),
}
"""What a recorder adds: changes of media elements that no event tells."""


def extended(
    table: Mapping[str, Mapped | Ignored], more: Mapping[str, str]
) -> dict[str, Mapped | Ignored]:
    """A table whose events may become ``more`` signals than it says, as of one adapter."""
    out = dict(table)
    for event, signals in more.items():
        entry = out.get(event, Mapped())
        assert isinstance(entry, Mapped), event
        out[event] = Mapped(tuple(dict.fromkeys((*entry.signals, *signals.split()))), entry.note)
    return out


def error_reason(callback: Callback) -> tuple[int | None, str]:
    """A media error's code and its reason in words."""
    error = callback.detail.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, bool) or not isinstance(code, int):
        return None, "media error"
    return code, _ERRORS.get(code, f"media error {code}")


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class Attributes:
    """What was last said of volume, rate and full screen, so that only changes are told.

    The elements of a player share it: an ad's volume replaces the content's while it plays.
    """

    # 1 is what a session assumes, so the first rate is told only when it differs.
    playback_rate: float = 1
    sound: float | None = None
    full_screen: bool | None = None

    def changes(self, callback: Callback) -> list[Signal]:
        """What a callback's snapshot says that differs from what was told last."""
        new: dict[str, Any] = {}
        volume = callback.number("volume")
        if volume is not None:
            muted = callback.flag("muted")
            new["sound"] = 0 if muted else round(min(max(volume, 0.0), 1.0) * 100)
        rate = callback.number("playbackRate")
        if rate is not None and rate >= 0:
            new["playback_rate"] = rate
        if isinstance(callback.state.get("fullscreen"), bool):
            new["full_screen"] = callback.state["fullscreen"]
        if isinstance(callback.detail.get("fullscreen"), bool):
            new["full_screen"] = callback.detail["fullscreen"]
        new = {key: value for key, value in new.items() if getattr(self, key) != value}
        for key, value in new.items():
            setattr(self, key, value)
        return [Update(callback.at, **new)] if new else []
