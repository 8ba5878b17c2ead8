"""Players that hide their element behind an interface of their own: Bitmovin, THEOplayer, Cast."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import STOPS, Dialect, Word, said

__all__ = ["NATIVE"]

Callbacks = Iterable[Callback]
_WHOSE: Final = "its clock does not say whether an ad or the content plays"


def _read(m: Moment) -> dict[str, Any]:
    """What the application reads off the player, of what plays; without a length it is live."""
    return {"currentTime": m.clock, "duration": "Infinity" if m.length is None else m.length}


# -- Bitmovin --------------------------------------------------------------------------------------


def _bit(m: Moment, event: str, after: float = 0.0, **detail: Any) -> Callback:
    return said(m, "bitmovin", event, _read(m), after, **detail)


def _bit_timed(*events: str, issuer: str | None = None) -> Word:
    """Events that tell the clock of what plays."""
    return lambda m: [
        _bit(m, event, number / 1000, time=m.clock, issuer=issuer)
        for number, event in enumerate(events)
    ]


def _bit_ad(m: Moment) -> dict[str, Any]:
    assert m.ad is not None
    return {"ad": {"id": m.ad.name, "isLinear": True, "duration": m.ad.length}}


def _bit_break(m: Moment) -> dict[str, Any]:
    assert m.pod is not None
    ads = [{"id": ad.name} for ad in m.pod.ads]
    told = {"id": m.pod.name, "scheduleTime": m.place, "position": m.pod.kind, "ads": ads}
    return {"adBreak": told}


def _bit_stop(m: Moment) -> Callbacks:
    if not m.ended:
        yield _bit(m, "paused", time=m.place, issuer="advertising-api")


def _bit_seek(m: Moment) -> Callbacks:
    yield _bit(m, "seek", position=m.origin, seekTarget=m.place, issuer="ui")


_BITMOVIN: Final[Mapping[str, Word]] = {
    "load": lambda m: [_bit(m, "sourceloaded")],
    "press": _bit_timed("play", issuer="ui"),
    "again": _bit_timed("play", issuer="ui"),
    "frame": _bit_timed("playing"),
    "back": _bit_timed("playing"),
    "poll": _bit_timed("timechanged"),
    "pause": _bit_timed("paused", issuer="ui"),
    "resume": _bit_timed("play", "playing", issuer="ui"),
    "seek": _bit_seek,
    "sought": lambda m: [_bit(m, "seeked"), *(_bit_timed("playing")(m) if m.plays else ())],
    "stall": lambda m: [_bit(m, "stallstarted")],
    "fed": lambda m: [_bit(m, "stallended")],
    "stop": _bit_stop,
    "break": lambda m: [_bit(m, "adbreakstarted", 0.01, **_bit_break(m))],
    "ad": lambda m: [_bit(m, "adstarted", **_bit_ad(m))],
    "quartile": lambda m: [
        _bit(
            m, "adquartile", quartile=("", "firstQuartile", "midpoint", "thirdQuartile")[m.quartile]
        )
    ],
    "ad_end": lambda m: [_bit(m, "adfinished", **_bit_ad(m))],
    "ad_skip": lambda m: [_bit(m, "adskipped", **_bit_ad(m))],
    "break_end": lambda m: [_bit(m, "adbreakfinished", **_bit_break(m))],
    "content_end": lambda m: [*_bit_timed("timechanged")(m), _bit(m, "playbackfinished", 0.001)],
    "error": lambda m: [_bit(m, "error", code=1402, name="NETWORK_SEGMENT_DOWNLOAD_TIMEOUT")],
    "leave": lambda m: [_bit(m, "destroy", time=m.clock)],
    "item": lambda m: [
        said(m, "bitmovin", "sourceunloaded", {}),
        _bit(m, "sourceloaded", 0.01),
    ],
}


# -- THEOplayer ------------------------------------------------------------------------------------


def _theo(m: Moment, *events: str, after: float = 0.0, **detail: Any) -> list[Callback]:
    return [
        said(m, "theoplayer", event, _read(m), after + number / 1000, **detail)
        for number, event in enumerate(events)
    ]


def _theo_timed(*events: str) -> Word:
    return lambda m: _theo(m, *events, currentTime=m.clock)


def _theo_ad(m: Moment) -> dict[str, Any]:
    assert m.ad is not None
    told = {"id": m.ad.name, "type": "linear", "duration": m.ad.length, "integration": "csai"}
    return {"ad": told}


def _theo_break(m: Moment) -> dict[str, Any]:
    assert m.pod is not None
    offset = {"pre": 0, "mid": m.place, "post": -1}[m.pod.kind]
    ads = [{"id": ad.name, "duration": ad.length} for ad in m.pod.ads]
    return {"adBreak": {"timeOffset": offset, "ads": ads, "integration": "csai"}}


def _theo_stop(m: Moment) -> Callbacks:
    if not m.ended:
        yield from _theo(m, "pause", currentTime=m.place)


def _theo_skip(m: Moment) -> Callbacks:
    assert m.ad is not None
    yield from _theo(m, "adskip", **_theo_ad(m), playedPercentage=m.seen / m.ad.length)


def _theo_item(m: Moment) -> Callbacks:
    source = {"sources": [{"src": f"{m.item.name}.m3u8"}]}
    yield from _theo(m, "sourcechange", source=source)
    if m.kind == "item":
        yield said(m, "theoplayer", "emptied", {}, 0.001)
    length = "Infinity" if m.item.length is None else m.item.length
    yield from _theo(m, "durationchange", "loadedmetadata", after=0.002, duration=length)


_THEO_QUARTILES: Final = ("", "adfirstquartile", "admidpoint", "adthirdquartile")
_THEOPLAYER: Final[Mapping[str, Word]] = {
    "load": _theo_item,
    "press": _theo_timed("play"),
    "again": _theo_timed("seeking", "play", "seeked"),
    "frame": _theo_timed("playing"),
    "back": _theo_timed("play", "playing"),
    "poll": _theo_timed("timeupdate"),
    "pause": _theo_timed("pause"),
    "resume": _theo_timed("play", "playing"),
    "seek": _theo_timed("seeking"),
    "sought": lambda m: _theo(m, "seeked", *["playing"] * m.plays, currentTime=m.place),
    "stall": _theo_timed("waiting"),
    "fed": _theo_timed("playing"),
    "stop": _theo_stop,
    "break": lambda m: _theo(m, "adbreakbegin", after=0.01, **_theo_break(m)),
    "ad": lambda m: [*_theo(m, "adbegin", **_theo_ad(m)), *_theo(m, "playing", after=0.01)],
    "quartile": lambda m: _theo(m, _THEO_QUARTILES[m.quartile], **_theo_ad(m)),
    "ad_end": lambda m: _theo(m, "adend", **_theo_ad(m)),
    "ad_skip": _theo_skip,
    "break_end": lambda m: _theo(m, "adbreakend", **_theo_break(m)),
    "content_end": lambda m: _theo(m, "timeupdate", "pause", "ended", currentTime=m.place),
    "error": lambda m: _theo(
        m, "error", errorObject={"code": 6000, "category": 6, "message": "timeout"}
    ),
    "leave": lambda m: _theo(m, "destroy"),
    "item": _theo_item,
}


# -- a Cast receiver -------------------------------------------------------------------------------


def _cast(m: Moment, event: str, after: float = 0.0, **detail: Any) -> Callback:
    return said(m, "chromecast", event, _read(m), after, **detail)


def _cast_timed(*events: str) -> Word:
    return lambda m: [
        _cast(m, event, number / 1000, currentMediaTime=m.clock)
        for number, event in enumerate(events)
    ]


def _cast_waits(now: bool) -> Word:
    return lambda m: [_cast(m, "BUFFERING", isBuffering=now)]


def _cast_media(m: Moment) -> dict[str, Any]:
    """The media information, with its breaks."""
    places = {"pre": 0.0, "post": -1.0}
    breaks = [
        {
            "id": pod.name,
            "position": places.get(pod.kind, at),
            "breakClipIds": [a.name for a in pod.ads],
        }
        for at, pod in m.schedule
    ]
    clips = [{"id": ad.name, "duration": ad.length} for _, pod in m.schedule for ad in pod.ads]
    length = m.item.length
    kind = "LIVE" if length is None else "BUFFERED"
    return {
        "contentId": m.item.name,
        "duration": -1 if length is None else length,
        "streamType": kind,
        "breaks": breaks,
        "breakClips": clips,
    }


def _cast_break(m: Moment) -> dict[str, Any]:
    assert m.pod is not None
    return {"breakId": m.pod.name, "total": len(m.pod.ads)}


def _cast_clip(m: Moment) -> dict[str, Any]:
    assert m.ad is not None
    return {**_cast_break(m), "breakClipId": m.ad.name, "index": m.number}


def _cast_stop(m: Moment) -> Callbacks:
    if m.shown and not m.ended:
        yield _cast(m, "PAUSE", currentMediaTime=m.place)
        yield _cast(m, "MEDIA_FINISHED", 0.02, endedReason="BREAK_SWITCH")


def _cast_pause(m: Moment) -> Callbacks:
    yield _cast(m, "REQUEST_PAUSE", -0.05, senderId="s")
    yield _cast(m, "PAUSE", currentMediaTime=m.clock)


def _cast_seek(m: Moment) -> Callbacks:
    yield _cast(m, "REQUEST_SEEK", -0.05, requestData={"currentTime": m.place})
    yield _cast(m, "SEEKING")


def _cast_quartile(m: Moment) -> Callbacks:
    """The status that senders get, now and then, with what plays."""
    status = {"breakId": m.pod.name if m.pod else "", "breakClipId": m.ad.name if m.ad else ""}
    known = {**status, "currentBreakClipTime": m.seen, "currentBreakTime": m.seen}
    yield _cast(m, "MEDIA_STATUS", mediaStatus={"media": _cast_media(m), "breakStatus": known})


def _cast_end(m: Moment) -> Callbacks:
    yield _cast(m, "PAUSE", currentMediaTime=m.place, ended=True)
    yield _cast(m, "ENDED", 0.001, currentMediaTime=m.place)


def _cast_item(m: Moment) -> Callbacks:
    if m.kind == "item":
        yield _cast(m, "MEDIA_FINISHED", endedReason="INTERRUPTED")
    yield _cast(m, "PLAYER_LOADING", 0.005, media=_cast_media(m))


_CHROMECAST: Final[Mapping[str, Word]] = {
    "load": _cast_item,
    "press": lambda m: [*_cast_timed("PLAY")(m), *_cast_waits(True)(m)],
    "again": lambda m: [*_cast_item(m), *_cast_timed("PLAY")(m)],
    "frame": lambda m: [*_cast_waits(False)(m), *_cast_timed("PLAYING")(m)],
    "back": _cast_timed("PLAY", "PLAYING"),
    "poll": _cast_timed("TIME_UPDATE"),
    "pause": _cast_pause,
    "resume": _cast_timed("PLAY", "PLAYING"),
    "seek": _cast_seek,
    "sought": lambda m: _cast_timed("SEEKED", *["PLAYING"] * m.plays)(m),
    "stall": lambda m: [*_cast_timed("WAITING")(m), *_cast_waits(True)(m)],
    "fed": lambda m: [*_cast_waits(False)(m), *_cast_timed("PLAYING")(m)],
    "stop": _cast_stop,
    "break": lambda m: [_cast(m, "BREAK_STARTED", 0.03, **_cast_break(m))],
    "ad": lambda m: [_cast(m, "BREAK_CLIP_STARTED", **_cast_clip(m)), *_cast_timed("PLAYING")(m)],
    "quartile": _cast_quartile,
    "ad_end": lambda m: [
        _cast(m, "BREAK_CLIP_ENDED", **_cast_clip(m), endedReason="END_OF_STREAM")
    ],
    "ad_skip": lambda m: [_cast(m, "BREAK_CLIP_ENDED", **_cast_clip(m), endedReason="SKIPPED")],
    "break_end": lambda m: [_cast(m, "BREAK_ENDED", **_cast_break(m))],
    "content_end": _cast_end,
    "end": lambda m: [_cast(m, "MEDIA_FINISHED", endedReason="END_OF_STREAM")],
    "error": lambda m: [
        _cast(m, "ERROR", detailedErrorCode=301, severity=2),
        _cast(m, "MEDIA_FINISHED", 0.01, currentMediaTime=m.clock, endedReason="ERROR"),
    ],
    "leave": lambda m: [
        _cast(m, "REQUEST_STOP", -0.05),
        _cast(m, "MEDIA_FINISHED", currentMediaTime=m.clock, endedReason="STOPPED"),
    ],
    "item": _cast_item,
}

NATIVE: Final = (
    Dialect(
        "bitmovin",
        _BITMOVIN,
        cannot={"ad clock": _WHOSE, "landing": "`seeked` tells no place"},
    ),
    Dialect("theoplayer", _THEOPLAYER, cannot={"ad clock": _WHOSE, "unheard break": STOPS}),
    Dialect("chromecast", _CHROMECAST, cannot={"ad clock": _WHOSE, "unheard break": STOPS}),
)
