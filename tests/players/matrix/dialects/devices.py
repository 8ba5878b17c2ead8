"""Players of devices: AVPlayer, Media3, the Roku Video node with RAF."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from tests.players.matrix.speech import Dialect, Word, said
from tests.players.matrix.viewing import Moment
from video_tracker.players.base import Callback

__all__ = ["DEVICES"]

Callbacks = Iterable[Callback]
_NO_AD_STALL: Final = "it has no word for a stall in an ad"
_STANDS: Final = "the player changes over to its ads when it says so, never before"


# -- Roku ------------------------------------------------------------------------------------------


def _roku_state(m: Moment, state: str) -> dict[str, Any]:
    live = m.item.length is None
    return {
        "state": state,
        "position": m.place,
        "duration": 0 if live else m.item.length,
        "content": {"live": live},
        "contentIndex": m.item.number,
        "mute": False,
    }


def _node(m: Moment) -> str:
    """The state that the Video node is in."""
    if m.pod is not None:
        return "stopped"
    if m.ended:
        return "finished"
    if m.moving:
        return "playing"
    return "buffering" if m.plays else "paused"


def _roku(m: Moment, field: str, value: object, after: float = 0.0, state: str = "") -> Callback:
    return said(m, "roku", field, _roku_state(m, state or _node(m)), after, value=value)


def _roku_is(state: str) -> Word:
    return lambda m: [_roku(m, "state", state, 0.0, state)]


def _raf(m: Moment, event: str, after: float = 0.0) -> Callback:
    pod, ad = m.pod, m.ad
    assert pod is not None
    told: dict[str, Any] = {"rendersequence": f"{pod.kind}roll", "rendertime": m.place}
    if ad is not None:
        told |= {"adIndex": m.number, "ad": {"adid": ad.name, "duration": ad.length}}
        told["time"] = m.seen
    return said(m, "raf", event, {}, after, **told)


def _roku_clock(m: Moment) -> Callbacks:
    if m.ad is not None:
        yield _raf(m, "Progress")
    else:
        yield _roku(m, "position", m.place)


def _roku_press(m: Moment) -> Callbacks:
    """With a pre-roll the node is not played before RAF's ads."""
    if not m.preroll:
        yield _roku(m, "control", "play", 0.0, "none")
        yield _roku(m, "state", "buffering", 0.001, "buffering")


def _roku_again(m: Moment) -> Callbacks:
    yield _roku(m, "control", "replay", 0.0, "finished")
    yield _roku(m, "state", "buffering", 0.01, "buffering")


def _roku_back(m: Moment) -> Callbacks:
    """The node is played again, from where it was."""
    yield _roku(m, "control", "play", -0.2, "stopped")
    yield _roku(m, "seek", m.place, -0.19, "stopped")
    yield _roku(m, "state", "buffering", -0.18, "buffering")
    yield _roku(m, "state", "playing")


def _roku_stop(m: Moment) -> Callbacks:
    """The app stops its node for RAF's ads."""
    if m.shown and not m.ended:
        yield _roku(m, "control", "stop", -0.01, "playing")
        yield _roku(m, "state", "stopped", 0.0, "stopped")


def _roku_seek(m: Moment) -> Callbacks:
    yield _roku(m, "seek", m.place)
    yield _roku(m, "state", "buffering", 0.01, "buffering")


def _roku_leave(m: Moment) -> Callbacks:
    if m.ad is not None:
        yield _raf(m, "Close")
        yield _raf(m, "PodComplete", 0.05)
    else:
        yield _roku(m, "isScreenClosed", True)


def _roku_item(m: Moment) -> Callbacks:
    if m.kind == "item":
        yield _roku(m, "contentIndex", m.item.number, 0.0, "buffering")
        yield _roku(m, "state", "buffering", 0.005, "buffering")
    yield _roku(m, "content", {"live": m.item.length is None}, 0.001, "none")
    if m.item.length is not None:
        yield _roku(m, "duration", m.item.length, 0.006, "buffering")


_ROKU_QUARTILES: Final = ("", "FirstQuartile", "Midpoint", "ThirdQuartile")
_ROKU: Final[Mapping[str, Word]] = {
    "load": _roku_item,
    "press": _roku_press,
    "again": _roku_again,
    "frame": _roku_is("playing"),
    "back": _roku_back,
    "poll": _roku_clock,
    "pause": lambda m: [_raf(m, "Pause")] if m.ad is not None else _roku_is("paused")(m),
    "resume": lambda m: [_raf(m, "Resume")] if m.ad is not None else _roku_is("playing")(m),
    "seek": _roku_seek,
    "sought": lambda m: _roku_is("playing" if m.plays else "paused")(m),
    "stall": _roku_is("buffering"),
    "fed": _roku_is("playing"),
    "stop": _roku_stop,
    "break": lambda m: [_raf(m, "PodStart", 0.05)],
    "ad": lambda m: [_raf(m, "Impression"), _raf(m, "Start", 0.001)],
    "quartile": lambda m: [_raf(m, _ROKU_QUARTILES[m.quartile])],
    "ad_end": lambda m: [_raf(m, "Complete")],
    "ad_skip": lambda m: [_raf(m, "Skip")],
    "break_end": lambda m: [_raf(m, "PodComplete")],
    "content_end": _roku_is("finished"),
    "error": _roku_is("error"),
    "leave": _roku_leave,
    "item": _roku_item,
}


# -- Media3 ----------------------------------------------------------------------------------------

_IDLE, _BUFFERING, _READY, _ENDED = 1, 2, 3, 4
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
    reason = 0 if m.kind == "ad_end" else 3
    return _goes(
        m, _place(m, m.number - 1, m.seen), None if last else m.number, reason, _buffers(m)
    )


def _media3_seek(m: Moment) -> Callbacks:
    return _goes(m, _place(m, None, 0.0, m.origin), None, 1, _BUFFERING)


def _timeline(m: Moment) -> dict[str, Any]:
    """The timeline, with the ad groups of the item."""
    times = {"pre": 0, "post": _END_OF_SOURCE}
    groups = [
        {
            "timeUs": times.get(pod.kind, round(place * 1e6)),
            "count": len(pod.ads),
            "durationsUs": [ad.length * 1e6 for ad in pod.ads],
            "ids": [ad.name for ad in pod.ads],
            "states": [1 for _ in pod.ads],
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
    "end": _media3_is(_ENDED),
    "error": _media3_error,
    "leave": lambda m: [_media3(m, "onPlayerReleased")],
    "item": _media3_item,
}


# -- AVPlayer --------------------------------------------------------------------------------------

_MONITOR: Final = "AVPlayerInterstitialEventMonitorCurrentEvent"
_RATE: Final = "AVPlayerRateDidChange"


_INDEFINITE: Final = {"value": 0, "timescale": 0, "flags": 17}


def _av(
    m: Moment, event: str, after: float = 0.0, element: str | None = None, /, **detail: Any
) -> Callback:
    place = m.clock if element else m.place
    state: dict[str, Any] = {"currentTime": place, "muted": False, "volume": 1}
    if element is None:
        state["duration"] = _INDEFINITE if m.item.length is None else m.item.length
    return said(m, "avplayer", event, state, after, element, **detail)


def _control(status: int, reason: str | None = None) -> Word:
    """``timeControlStatus`` of the player that plays."""

    def word(m: Moment) -> Callbacks:
        element = "ad" if m.ad is not None else None
        why = None if reason is None else f"AVPlayerWaiting{reason}Reason"
        yield _av(m, "timeControlStatus", 0.0, element, new=status, reasonForWaitingToPlay=why)

    return word


_WAITS: Final = "ToMinimizeStalls"
_DURING_ADS: Final = "AVPlayerWaitingDuringInterstitialEventReason"


def _av_clock(m: Moment) -> Callbacks:
    yield _av(m, "periodicTimeObserver", 0.0, "ad" if m.ad is not None else None, time=m.clock)


def _av_pause(m: Moment) -> Callbacks:
    """The app sets the rate of the primary player; the interstitial player follows it."""
    yield _av(m, "timeControlStatus", new=0)
    if m.ad is None:
        yield _av(m, f"{_RATE}Notification", 0.001, reason=f"{_RATE}ReasonSetRateCalled", rate=0)
    else:
        yield _av(m, "timeControlStatus", 0.002, "ad", new=0)


def _av_resume(m: Moment) -> Callbacks:
    if m.ad is not None:
        yield _av(m, "timeControlStatus", new=1, reasonForWaitingToPlay=_DURING_ADS)
    yield from _control(2)(m)


def _av_seek(m: Moment) -> Callbacks:
    yield _av(m, "seek", to=m.place)
    yield _av(m, "AVPlayerItemTimeJumpedNotification", 0.01)
    if m.plays:
        yield _av(m, "timeControlStatus", 0.02, new=1)


def _av_again(m: Moment) -> Callbacks:
    """The app seeks to the start before it plays."""
    yield _av(m, "seek", to=0)
    yield _av(m, "AVPlayerItemTimeJumpedNotification", 0.01)
    yield _av(m, "seekCompleted", 0.02, finished=True)
    yield _av(m, "rate", 0.03, new=1)


def _av_stall(m: Moment) -> Callbacks:
    yield _av(m, "AVPlayerItemPlaybackStalledNotification")
    yield from _control(1, _WAITS)(m)


def _av_break(m: Moment) -> Callbacks:
    assert m.pod is not None
    cue = {"pre": "JoinCue", "mid": "NoCue", "post": "LeaveCue"}[m.pod.kind]
    items = [{"identifier": ad.name, "duration": ad.length} for ad in m.pod.ads]
    told: dict[str, Any] = {"identifier": m.pod.name, "templateItems": items}
    told |= {"cue": f"AVPlayerInterstitialEvent{cue}"}
    if m.pod.kind != "post":
        told["time"] = m.place
    yield _av(m, f"{_MONITOR}DidChangeNotification", 0.01, event=told)


def _av_stop(m: Moment) -> Callbacks:
    if m.shown and not m.ended:
        yield _av(m, "timeControlStatus", new=1, reasonForWaitingToPlay=_DURING_ADS)


def _nothing(callback: Callback, key: str) -> Callback:
    """A callback that says that there is nothing."""
    return attrs.evolve(callback, detail={**callback.detail, key: None})


def _av_break_over(m: Moment) -> Callbacks:
    yield _nothing(_av(m, f"{_MONITOR}DidChangeNotification"), "event")


def _av_content_end(m: Moment) -> Callbacks:
    """Before interstitials at its end the item has not played to its end."""
    if any(pod.kind == "post" for _, pod in m.schedule):
        return
    yield from _control(0)(m)
    yield _av(m, "rate", 0.001, new=0)
    yield _av(m, "AVPlayerItemDidPlayToEndTimeNotification", 0.002)


def _av_end(m: Moment) -> Callbacks:
    if any(pod.kind == "post" for _, pod in m.schedule):
        yield _av(m, "AVPlayerItemDidPlayToEndTimeNotification")
    yield _nothing(_av(m, "currentItem", 0.01, old={"asset": m.item.name}), "new")


def _av_length(m: Moment, after: float) -> Callback:
    if m.item.length is None:
        return _av(m, "currentItem.duration", after, new=_INDEFINITE)
    time = {"value": m.item.length * 600, "timescale": 600, "flags": 1}
    return _av(m, "currentItem.duration", after, new=time)


def _av_item(m: Moment) -> Callbacks:
    if m.kind == "item":
        if m.after_post:
            yield _av(m, "AVPlayerItemDidPlayToEndTimeNotification")
        told = {"old": {"asset": f"item-{m.item.number - 1}"}}
        yield _av(m, "currentItem", 0.001, new={"asset": f"item-{m.item.number}"}, **told)
    else:
        yield said(m, "avplayer", "timeControlStatus", {}, 0.001, "ad", new=0)  # as it is observed
    yield _av_length(m, 0.002)


def _av_error(m: Moment) -> Callbacks:
    failed = {"domain": "NSURLErrorDomain", "code": -1009}
    yield _av(m, "AVPlayerItemFailedToPlayToEndTimeNotification", error=failed)
    yield _av(m, "currentItem.status", 0.001, new=2, error=failed)
    yield _av(m, "timeControlStatus", 0.002, new=0)


_AVPLAYER: Final[Mapping[str, Word]] = {
    "load": _av_item,
    "press": lambda m: [
        *_control(1, "WhileEvaluatingBufferingRate")(m),
        _av(m, "rate", 0.001, new=1),
    ],
    "again": _av_again,
    "frame": _control(2),
    "back": _control(2),
    "poll": _av_clock,
    "pause": _av_pause,
    "resume": _av_resume,
    "seek": _av_seek,
    "sought": lambda m: [
        _av(m, "seekCompleted", finished=True),
        *(_control(2)(m) if m.plays else ()),
    ],
    "stall": _av_stall,
    "fed": _control(2),
    "stop": _av_stop,
    "break": _av_break,
    "ad": _control(2),
    "ad_end": lambda m: [_av(m, "AVPlayerItemDidPlayToEndTimeNotification", 0.0, "ad")],
    "ad_skip": lambda m: [_av(m, f"{_MONITOR}SkippedNotification")],
    "break_end": _av_break_over,
    "content_end": _av_content_end,
    "end": _av_end,
    "error": _av_error,
    "leave": lambda m: [_av(m, "UIApplicationWillTerminateNotification")],
    "item": _av_item,
}

DEVICES: Final = (
    Dialect(
        "roku",
        _ROKU,
        every=1.0,
        cannot={
            "ad stall": _NO_AD_STALL,
            "unheard break": "the node stops for RAF's ads: a leaving, if nobody says why",
            "early break": "RAF plays when the app has stopped its node, never before",
        },
    ),
    Dialect(
        "media3",
        _MEDIA3,
        every=1.0,
        gapless=True,
        cannot={
            "early break": _STANDS,
            "early end": _STANDS,
            "landing": "the discontinuity is all that is told of a seek",
            "ad names later": "only the timeline names the ads, when it changes",
        },
    ),
    Dialect("avplayer", _AVPLAYER, every=1.0),
)
