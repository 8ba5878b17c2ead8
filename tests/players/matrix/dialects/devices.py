"""Players of devices: AVPlayer, Media3, the Roku Video node with RAF."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.media3 import MEDIA3
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import Dialect, Word, said

__all__ = ["DEVICES"]

Callbacks = Iterable[Callback]
_NO_AD_STALL: Final = "it has no word for a stall in an ad"


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
    MEDIA3,
    Dialect("avplayer", _AVPLAYER, every=1.0),
)
