"""Media3 (ExoPlayer) with its own ad groups."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import Dialect, Word, said

__all__ = ["MEDIA3"]

Callbacks = Iterable[Callback]
_STANDS: Final = "the player changes over to its ads when it says so, never before"
_IDLE, _BUFFERING, _READY, _ENDED = 1, 2, 3, 4
_AVAILABLE, _FAILED = 1, 4
_END_OF_SOURCE: Final = -(2**63)


def _group(m: Moment) -> int:
    """The index of the ad group that plays; -1 in content."""
    pods = [pod for _, pod in m.schedule]
    return pods.index(m.pod) if m.pod in pods else -1


def _place(m: Moment, ad: int | None, seen: float, place: float | None = None) -> dict[str, Any]:
    """A ``PositionInfo``: of an ad by its index, or of the content."""
    content = m.place if place is None else place
    known = {"mediaItemIndex": m.item.number, "contentPositionMs": content * 1000}
    if ad is None:
        return {**known, "positionMs": content * 1000, "adGroupIndex": -1, "adIndexInAdGroup": -1}
    return {
        **known,
        "positionMs": seen * 1000,
        "adGroupIndex": _group(m),
        "adIndexInAdGroup": ad,
    }


def _player(m: Moment, ready: int, *, ad: int | None) -> dict[str, Any]:
    """The player's getters."""
    length = m.item.length
    if ad is not None and m.pod is not None:
        length = m.pod.ads[ad].length
    return {
        "currentPosition": (m.seen if ad is not None else m.place) * 1000,
        "contentPosition": m.place * 1000,
        **({} if length is None else {"duration": length * 1000}),
        "isPlayingAd": ad is not None,
        "currentAdGroupIndex": _group(m) if ad is not None else -1,
        "currentAdIndexInAdGroup": -1 if ad is None else ad,
        "playbackState": ready,
        "playWhenReady": m.plays,
        "isPlaying": ready == _READY and m.plays,
        "isCurrentMediaItemLive": m.item.length is None,
    }


def _media3(
    m: Moment, event: str, after: float = 0.0, ready: int = _READY, **detail: Any
) -> Callback:
    """A callback while the ad of the moment, or the content, is the player's own."""
    ad = None if m.ad is None else m.number - 1
    return said(m, "media3", event, _player(m, ready, ad=ad), after, **detail)


def _media3_is(ready: int, after: float = 0.0) -> Word:
    """Another playback state, and whether it plays now."""
    return lambda m: [
        _media3(m, "onPlaybackStateChanged", after, ready, playbackState=ready),
        _media3(m, "onIsPlayingChanged", after, ready, isPlaying=ready == _READY and m.plays),
    ]


def _wishes(m: Moment) -> Callbacks:
    yield _media3(m, "onPlayWhenReadyChanged", playWhenReady=m.plays, reason=1)
    yield _media3(m, "onIsPlayingChanged", isPlaying=m.plays)


def _media3_press(m: Moment) -> Callbacks:
    yield _media3(m, "onPlayWhenReadyChanged", 0.0, _BUFFERING, playWhenReady=True, reason=1)
    yield _media3(m, "onPlaybackStateChanged", 0.0, _BUFFERING, playbackState=_BUFFERING)


def _goes(m: Moment, old: dict[str, Any], to: int | None, reason: int, ready: int) -> Callbacks:
    """A discontinuity to an ad or to the content; all callbacks see what is then."""
    place = m.place if to is None else 0.0
    state = _player(m, ready, ad=to) | {"currentPosition": place * 1000}
    told = {"oldPosition": old, "newPosition": _place(m, to, 0.0), "reason": reason}
    yield said(m, "media3", "onPositionDiscontinuity", state, **told)
    if ready == _BUFFERING:
        yield said(m, "media3", "onPlaybackStateChanged", state, playbackState=ready)
        yield said(m, "media3", "onIsPlayingChanged", state, isPlaying=False)


def _buffers(m: Moment) -> int:
    """The state in which the player goes over to ads and back: most have loaded them by then."""
    return _READY if m.gapless else _BUFFERING


def _media3_break(m: Moment) -> Callbacks:
    assert m.pod is not None
    return _goes(m, _place(m, None, 0.0), 0, 5 if m.pod.kind == "pre" else 0, _buffers(m))


def _media3_ad_over(m: Moment) -> Callbacks:
    """The end of an ad and the start of what comes next are one discontinuity."""
    assert m.pod is not None
    last = m.number == len(m.pod.ads)
    if last and m.pod.kind == "post":
        return ()  # ENDED is all that follows
    reason = {"ad_end": 0, "ad_skip": 3}.get(m.kind, 5)
    return _goes(
        m, _place(m, m.number - 1, m.seen), None if last else m.number, reason, _buffers(m)
    )


def _media3_ad_fails(m: Moment) -> Callbacks:
    """The ad's state in the timeline says so, and the player goes on."""
    yield _media3(m, "onTimelineChanged", **_timeline(m, failed=True))
    yield from _media3_ad_over(m)


def _media3_seek(m: Moment) -> Callbacks:
    return _goes(m, _place(m, None, 0.0, m.origin), None, 1, _BUFFERING)


def _timeline(m: Moment, *, failed: bool = False) -> dict[str, Any]:
    """The timeline, with the ad groups of the item; ``failed``: the ad of now cannot be played."""
    times = {"pre": 0, "post": _END_OF_SOURCE}
    groups = [
        {
            "timeUs": times.get(pod.kind, round(place * 1e6)),
            "count": len(pod.ads),
            "durationsUs": [ad.length * 1e6 for ad in pod.ads],
            "ids": [ad.name for ad in pod.ads],
            "states": [
                _FAILED if failed and pod == m.pod and number == m.number else _AVAILABLE
                for number in range(1, len(pod.ads) + 1)
            ],
        }
        for place, pod in m.schedule
    ]
    live = m.item.length is None
    told = {"isLive": live} | ({} if live else {"durationMs": (m.item.length or 0) * 1000})
    return {"timeline": told, "adPlaybackState": {"adGroups": groups}, "reason": 1}


def _media3_item(m: Moment) -> Callbacks:
    if m.kind == "item":
        old = {
            "mediaItemIndex": m.item.number - 1,
            "positionMs": m.origin * 1000,
            "adGroupIndex": -1,
        }
        state = _player(m, _BUFFERING, ad=None)
        yield said(
            m,
            "media3",
            "onPositionDiscontinuity",
            state,
            oldPosition=old,
            newPosition=_place(m, None, 0.0),
            reason=0 if m.after_end else 1,
        )
    yield _media3(
        m,
        "onMediaItemTransition",
        0.0,
        _BUFFERING,
        mediaItem={"mediaId": m.item.name},
        reason=1 if m.kind == "item" else 3,
    )
    yield _media3(m, "onTimelineChanged", 0.001, _BUFFERING, **_timeline(m))


def _media3_error(m: Moment) -> Callbacks:
    told = {"errorCode": 2001, "errorCodeName": "ERROR_CODE_IO_NETWORK_CONNECTION_FAILED"}
    yield _media3(m, "onPlayerError", 0.0, _IDLE, **told)
    yield from _media3_is(_IDLE)(m)


_MEDIA3: Final[Mapping[str, Word]] = {
    "load": _media3_item,
    "press": _media3_press,
    "again": _media3_seek,
    "frame": _media3_is(_READY),
    "back": lambda m: () if m.gapless else _media3_is(_READY)(m),
    "poll": lambda m: [_media3(m, "onProgressUpdate", position=m.clock * 1000)],
    "pause": _wishes,
    "resume": _wishes,
    "seek": _media3_seek,
    "sought": _media3_is(_READY),
    "stall": _media3_is(_BUFFERING),
    "fed": _media3_is(_READY),
    "break": _media3_break,
    "ad": lambda m: () if m.gapless and m.pod and m.pod.kind != "pre" else _media3_is(_READY)(m),
    "ad_end": _media3_ad_over,
    "ad_skip": _media3_ad_over,
    "ad_error": _media3_ad_fails,
    "end": _media3_is(_ENDED),
    "error": _media3_error,
    "rate": lambda m: [_media3(m, "onPlaybackParametersChanged", speed=m.rate)],
    "sound": lambda m: [
        _media3(m, "onVolumeChanged", volume=0 if m.muted else m.volume / 100),
    ],
    "screen": lambda m: [_media3(m, "onFullscreenButtonClick", isFullScreen=m.full_screen)],
    "leave": lambda m: [_media3(m, "onPlayerReleased")],
    "item": _media3_item,
}

MEDIA3: Final = Dialect(
    "media3",
    _MEDIA3,
    every=1.0,
    gaps=(0.0, 0.0),
    cannot={
        "early break": _STANDS,
        "early end": _STANDS,
        "landing": "the discontinuity is all that is told of a seek",
        "ad names later": "only the timeline names the ads, when it changes",
    },
)
