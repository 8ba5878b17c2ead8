"""Players in a frame or behind an API of their own: YouTube, Vimeo, JW Player."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import Dialect, Word, said

__all__ = ["REMOTE"]

Callbacks = Iterable[Callback]

_NO_ADS: Final = "its own ads have no callbacks"


def page_hides(m: Moment) -> Callbacks:
    """The viewer leaves the page; nobody reads the player any more."""
    yield said(m, "page", "pagehide", {})


# -- YouTube ---------------------------------------------------------------------------------------

_UNSTARTED, _ENDED, _PLAYING, _PAUSED, _BUFFERING = -1, 0, 1, 2, 3


def _youtube(m: Moment, event: str, number: int, after: float = 0.0, **detail: Any) -> Callback:
    video = {"video_id": m.item.name, "isLive": m.item.length is None}
    state = {
        "currentTime": m.place,
        "duration": m.item.length or 0,
        "playerState": number,
        "videoData": video,
        "playlistIndex": m.item.number,
        "volume": 100,
        "muted": False,
        "playbackRate": 1,
    }
    return said(m, "youtube", event, state, after, **detail)


def _turns(*numbers: int) -> Word:
    """The player's state changes, a few milliseconds apart."""

    def word(m: Moment) -> Callbacks:
        for count, number in enumerate(numbers):
            yield _youtube(m, "onStateChange", number, count * 0.005, data=number)

    return word


def _youtube_poll(m: Moment) -> Callbacks:
    waits = m.plays or m.seeking
    state = _PLAYING if m.moving else _BUFFERING if waits else _PAUSED
    yield _youtube(m, "poll", state if m.shown else _UNSTARTED)


def _youtube_seek(m: Moment) -> Callbacks:
    """Nobody announces it: the player pauses for a moment and buffers there."""
    if m.plays:
        yield _youtube(m, "onStateChange", _PAUSED, data=_PAUSED)
    yield _youtube(m, "onStateChange", _BUFFERING, 0.05, data=_BUFFERING)


def _youtube_sought(m: Moment) -> Callbacks:
    return _turns(_PLAYING if m.plays else _PAUSED)(m)


def _youtube_error(m: Moment) -> Callbacks:
    yield _youtube(m, "onError", _UNSTARTED, data=5)
    yield _youtube(m, "onStateChange", _UNSTARTED, 0.01, data=_UNSTARTED)


_YOUTUBE: Final[Mapping[str, Word]] = {
    "load": lambda m: [_youtube(m, "onReady", _UNSTARTED)],
    "press": _turns(_UNSTARTED, _BUFFERING),
    "again": _turns(_BUFFERING),
    "frame": _turns(_PLAYING),
    "poll": _youtube_poll,
    "pause": _turns(_PAUSED),
    "resume": _turns(_PLAYING),
    "seek": _youtube_seek,
    "sought": _youtube_sought,
    "stall": _turns(_BUFFERING),
    "fed": _turns(_PLAYING),
    "content_end": _turns(_PAUSED, _ENDED),
    "error": _youtube_error,
    "leave": page_hides,
    "item": _turns(_UNSTARTED),
}


# -- Vimeo -----------------------------------------------------------------------------------------


def _vimeo(m: Moment, *events: str, after: float = 0.0, **detail: Any) -> list[Callback]:
    """Events with the data of playback; the application knows whether it is live."""
    length = m.item.length
    told: dict[str, Any] = {"seconds": m.place, "duration": m.place if length is None else length}
    state = {"live": True} if length is None else {}
    return [
        said(m, "vimeo", event, state, after + number / 1000, **(detail or told))
        for number, event in enumerate(events)
    ]


def _vimeo_load(m: Moment) -> Callbacks:
    yield from _vimeo(m, "loaded", id=m.item.name)
    yield from _vimeo(m, "durationchange", duration=m.item.length or m.place)


_VIMEO: Final[Mapping[str, Word]] = {
    "load": _vimeo_load,
    "press": lambda m: _vimeo(m, "play", "bufferstart"),
    "again": lambda m: _vimeo(m, "seeking", "timeupdate", "seeked", "play"),
    "frame": lambda m: _vimeo(m, "bufferend", "playing"),
    "poll": lambda m: _vimeo(m, "timeupdate"),
    "pause": lambda m: _vimeo(m, "pause", "timeupdate"),
    "resume": lambda m: _vimeo(m, "play", "playing"),
    "seek": lambda m: _vimeo(m, "seeking", "timeupdate", "bufferstart"),
    "sought": lambda m: _vimeo(m, "bufferend", "seeked", *["playing"] * m.plays),
    "stall": lambda m: _vimeo(m, "bufferstart"),
    "fed": lambda m: _vimeo(m, "bufferend", "playing"),
    "content_end": lambda m: _vimeo(m, "timeupdate", "pause", "ended"),
    "error": lambda m: [
        *_vimeo(m, "error", name="PlaybackError", message="network"),
        *_vimeo(m, "pause", after=0.003),
    ],
    "leave": page_hides,
    "item": _vimeo_load,
}


# -- JW Player -------------------------------------------------------------------------------------


def _jw(m: Moment, event: str, after: float = 0.0, **detail: Any) -> Callback:
    """An event; before it plays the application asks for place and length."""
    asks = event == "beforePlay" and m.item.length is not None
    state = {"currentTime": m.place, "duration": m.item.length} if asks else {}
    return said(m, "jwplayer", event, state, after, **detail)


def _jw_turns(event: str, before: str, now: str, reason: str | None = None) -> Word:
    """A change of state."""
    return lambda m: [_jw(m, event, oldstate=before, newstate=now, reason=reason)]


def _jw_clock(m: Moment) -> Callbacks:
    if m.ad is not None:
        yield _jw(m, "adTime", position=m.seen, **_jw_ad(m))
    else:
        length = "Infinity" if m.item.length is None else m.item.length
        yield _jw(m, "time", position=m.place, duration=length)


def _jw_ad(m: Moment) -> dict[str, Any]:
    ad, pod = m.ad, m.pod
    assert ad is not None
    assert pod is not None
    return {
        "adPlayId": f"{pod.name}-{m.number}",
        "adId": ad.name,
        "duration": ad.length,
        "linear": "linear",
        "adposition": pod.kind,
        "sequence": m.number,
        "podcount": len(pod.ads),
    }


def _jw_ad_starts(m: Moment) -> Callbacks:
    yield _jw(m, "adMeta", -0.05, **_jw_ad(m))
    yield _jw(m, "adImpression", **_jw_ad(m))
    yield _jw(m, "adPlay", 0.001, oldstate="buffering", newstate="playing", **_jw_ad(m))


def _jw_pauses(m: Moment) -> Callbacks:
    if m.ad is None:
        yield _jw(m, "pause", oldstate="playing", newstate="paused", pauseReason="interaction")
    else:
        yield _jw(m, "adPause", newstate="paused", **_jw_ad(m))


def _jw_resumes(m: Moment) -> Callbacks:
    if m.ad is None:
        yield _jw(m, "playAttempt")
        yield _jw(m, "play", 0.001, oldstate="paused", newstate="playing")
    else:
        yield _jw(m, "adPlay", newstate="playing", **_jw_ad(m))


def _jw_seek(m: Moment) -> Callbacks:
    yield _jw(m, "seek", position=m.origin, offset=m.place, duration=m.item.length)
    yield _jw(m, "time", 0.001, position=m.place, duration=m.item.length)
    before = "playing" if m.plays else "paused"
    yield _jw(m, "buffer", 0.01, oldstate=before, newstate="buffering", reason="loading")


def _jw_sought(m: Moment) -> Callbacks:
    yield _jw(m, "seeked")
    now = ("play", "playing") if m.plays else ("pause", "paused")
    yield _jw(m, now[0], 0.001, oldstate="buffering", newstate=now[1])


def _jw_item(m: Moment) -> Callbacks:
    yield _jw(m, "playlistItem", index=m.item.number, item={"mediaid": m.item.name})


_JWPLAYER: Final[Mapping[str, Word]] = {
    "load": _jw_item,
    "press": lambda m: [
        _jw(m, "beforePlay"),
        *([] if m.preroll else [_jw(m, "playAttempt", 0.001)]),
    ],
    "again": lambda m: [_jw(m, "playAttempt"), _jw(m, "buffer", 0.001, newstate="buffering")],
    "frame": _jw_turns("play", "buffering", "playing"),
    "back": lambda m: [_jw(m, "playAttempt", -0.01), *_jw_turns("play", "buffering", "playing")(m)],
    "poll": _jw_clock,
    "pause": _jw_pauses,
    "resume": _jw_resumes,
    "seek": _jw_seek,
    "sought": _jw_sought,
    "stall": _jw_turns("buffer", "playing", "buffering", "stalled"),
    "fed": _jw_turns("play", "buffering", "playing"),
    "break": lambda m: [_jw(m, "adBreakStart", adposition=m.pod.kind if m.pod else None)],
    "ad": _jw_ad_starts,
    "ad_end": lambda m: [_jw(m, "adComplete", **_jw_ad(m))],
    "ad_skip": lambda m: [_jw(m, "adSkipped", **_jw_ad(m))],
    "break_end": lambda m: [_jw(m, "adBreakEnd", adposition=m.pod.kind if m.pod else None)],
    "content_end": lambda m: [_jw(m, "beforeComplete")],
    "end": lambda m: [_jw(m, "complete"), _jw(m, "playlistComplete", 0.001)],
    "error": lambda m: [_jw(m, "error", code=232011, message="network")],
    "leave": page_hides,
    "item": _jw_item,
}

REMOTE: Final = (
    Dialect("youtube", _YOUTUBE, at_rest=True, cannot={"ads": _NO_ADS}),
    Dialect("vimeo", _VIMEO, cannot={"ads": _NO_ADS}),
    Dialect(
        "jwplayer",
        _JWPLAYER,
        cannot={
            "ad stall": "it has no word for a stall in an ad",
            "landing": "`seeked` tells no place",
        },
    ),
)
