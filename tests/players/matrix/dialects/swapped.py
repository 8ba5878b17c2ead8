"""Ads that take over the content's element: Fluid, video.js with contrib-ads, Brightcove."""

from typing import Any, Final

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.dialects.element import (
    QUARTILES,
    Callbacks,
    Element,
    ad_state,
    back_in,
    by_kind,
    content_state,
    gives_way,
    ima_event,
    in_element,
    same,
    to_ad,
)
from video_tracker.testing.simulator.moments import Moment
from video_tracker.testing.simulator.speech import Dialect, Word, said

__all__ = ["SWAPPED"]

_COMPLETE: Final = "Fluid calls an ad complete up to a second before its end (D16)"
_UNHEARD: Final = "IMA3's ads play in an element that nobody hears"

# -- Fluid -----------------------------------------------------------------------------------------

_ROLLS: Final = {"pre": "preRoll", "mid": "midRoll", "post": "postRoll"}
_FLUID_EVENTS: Final = frozenset(
    {"play", "playing", "pause", "ended", "seeked", "waiting", "timeupdate"}
)
"""What Fluid passes on."""


def _fluid_says(m: Moment) -> dict[str, Any]:
    roll = _ROLLS[m.pod.kind] if m.pod is not None and m.kind != "break_end" else "source"
    return {"mediaSourceType": roll}


def _fluid_name(event: str) -> str | None:
    return event if event in _FLUID_EVENTS else None


_FLUID: Final = Element(copies={"fluid": _fluid_name}, detail=_fluid_says)
_FLUID_AD: Final = Element(ad_state, copies={"fluid": _fluid_name}, detail=_fluid_says)


def _fluid(m: Moment, event: str, after: float = 0.0) -> Callback:
    told: dict[str, Any] = _fluid_says(m)
    if m.ad is not None:
        name = m.ad.name
        told["ad"] = {"id": name, "duration": m.ad.length, "sequence": m.number, "src": name}
        told["rollListId"] = m.pod.name if m.pod is not None else ""
    state = content_state(m) if m.ad is None else ad_state(m)
    return said(m, "fluid", event, state, after, **told)


def _fluid_ad(m: Moment) -> Callbacks:
    if m.number > 1:
        yield from _FLUID_AD.empty(m, "ad.mp4", after=-0.03)
        yield from _FLUID_AD.fires(m, "loadstart", after=-0.025, readyState=0, duration=None)
    yield from _FLUID_AD.fires(m, "durationchange", after=-0.02, readyState=1)
    yield _fluid(m, "vast:impression", -0.015)
    yield from _FLUID_AD.fires(m, "play", "waiting", after=-0.01)
    yield from _FLUID_AD.fires(m, "playing")


def _fluid_ad_end(m: Moment) -> Callbacks:
    yield _fluid(m, "vast:complete", -0.8)  # D16
    yield from _FLUID_AD.fires(m, "pause", "ended")


def _fluid_skip(m: Moment) -> Callbacks:
    """D15: a synthetic `ended` on a running element."""
    yield _fluid(m, "vastVideoSkippedCallback")
    yield from _FLUID_AD.fires(m, "ended", after=0.001, paused=False, ended=False)


_FLUID_WORDS: Final = by_kind(
    {
        **_FLUID.words(),
        "press": lambda m: [] if m.preroll else _FLUID.fires(m, "play"),
        "stop": gives_way(_FLUID),
        "break_end": lambda m: [
            _fluid(m, "switchToMainVideo", -0.01),
            _fluid(m, "vastVideoEndedCallback"),
        ],
        "back": lambda m: back_in(_FLUID, m),
    },
    {
        **in_element(_FLUID_AD),
        "ad": _fluid_ad,
        "quartile": lambda m: [_fluid(m, f"vast:{QUARTILES[m.quartile]}")],
        "ad_end": _fluid_ad_end,
        "ad_skip": _fluid_skip,
    },
)


# -- video.js with contrib-ads ---------------------------------------------------------------------


def _mode(m: Moment) -> dict[str, Any]:
    return {"inAdMode": m.pod is not None, "inAdBreak": m.pod is not None}


def contrib(channel: str) -> dict[str, Word]:
    """contrib-ads, whose ads play in the content's element (D1 to D4)."""
    content = Element(copies={channel: same}, detail=_mode)
    ads = Element(ad_state, copies={channel: lambda event: f"ad{event}"}, detail=_mode)
    returns = Element(copies={channel: lambda event: f"content{event}"}, detail=_mode)

    def tells(m: Moment, event: str, after: float = 0.0) -> Callback:
        pod, told = m.pod, _mode(m)
        assert pod is not None
        told["pod"] = {"id": pod.name, "size": len(pod.ads), "kind": pod.kind}
        if m.ad is not None:
            told["ad"] = {"id": m.ad.name, "index": m.number - 1, "duration": m.ad.length}
        state = content_state(m) if m.ad is None else ad_state(m)
        return said(m, channel, event, state, after, **told)

    def begins(m: Moment) -> Callbacks:
        yield tells(m, "adstart", 0.001)
        yield tells(m, "ads-pod-started", 0.002)

    def comes_back(m: Moment) -> Callbacks:
        yield from returns.empty(m, "ad.mp4", after=-0.03)
        yield from returns.load(m, -0.025)
        yield from returns.fires(m, "seeking", after=-0.015, seeking=True, readyState=1)
        yield from returns.fires(m, "play", "waiting", "seeked", after=-0.01)
        yield from content.fires(m, "playing")

    def ends(m: Moment) -> Callbacks:
        """D2: before a post-roll the content's `ended` is never delivered."""
        yield from content.fires(m, "timeupdate", "pause")
        if any(pod.kind == "post" for _, pod in m.schedule):
            yield said(m, channel, "contentended", content_state(m), 0.004, **_mode(m))
            yield said(m, channel, "readyforpostroll", content_state(m), 0.005, **_mode(m))
        else:
            yield from content.fires(m, "ended", after=0.003)

    return by_kind(
        {
            **content.words(),
            "press": lambda m: [] if m.preroll else content.fires(m, "play"),
            "content_end": ends,
            "stop": gives_way(ads),
            "break": begins,
            "break_end": lambda m: [tells(m, "ads-pod-ended"), tells(m, "adend", 0.001)],
            "back": comes_back,
        },
        {
            **in_element(ads),
            "ad": lambda m: [*to_ad(ads, m), tells(m, "ads-ad-started", 0.003)],
            "quartile": lambda m: [tells(m, f"ads-{_VIDEOJS_QUARTILES[m.quartile]}")],
            "ad_end": lambda m: [*ads.fires(m, "pause", "ended"), tells(m, "ads-ad-ended", 0.003)],
            "ad_skip": lambda m: [tells(m, "ads-ad-skipped")],
        },
    )


_VIDEOJS_QUARTILES: Final = ("", "first-quartile", "midpoint", "third-quartile")


# -- Brightcove with IMA3, whose ads play in an element that nobody hears --------------------------


def _brightcove() -> dict[str, Word]:
    channel = "brightcove"
    content = Element(copies={channel: same})

    def ima3(m: Moment, event: str, twin: str, after: float = 0.0) -> Callbacks:
        told = {"currentAd": ima_event(m, event).detail.get("ad", {})}
        state = content_state(m, paused=True)
        yield said(m, channel, f"ima3-{event}", state, after, **told)
        yield said(m, channel, twin, state, after + 0.001, **told)

    def plain(m: Moment, event: str, after: float = 0.0, **changes: Any) -> Callback:
        return said(m, channel, event, content_state(m, **changes), after)

    return by_kind(
        {
            **content.words(),
            "press": lambda m: [] if m.preroll else content.fires(m, "play"),
            "break": lambda m: [plain(m, "adstart", paused=True), plain(m, "adpause", 0.01)],
            "break_end": lambda m: [plain(m, "adend", paused=True)],
            "back": lambda m: [
                plain(m, "contentplay", -0.02),
                plain(m, "contentresumed", -0.01),
                *content.fires(m, "playing"),
            ],
        },
        {
            "ad": lambda m: ima3(m, "started", "ads-ad-started"),
            "quartile": lambda m: ima3(
                m,
                ("", "first-quartile", "midpoint", "third-quartile")[m.quartile],
                f"ads-{_VIDEOJS_QUARTILES[m.quartile]}",
            ),
            "poll": lambda _: (),
            "pause": lambda m: ima3(m, "paused", "ads-pause"),
            "resume": lambda m: ima3(m, "resumed", "ads-play"),
            "ad_end": lambda m: ima3(m, "complete", "ads-ad-ended"),
            "ad_skip": lambda m: ima3(m, "skipped", "ads-ad-skipped"),
        },
    )


SWAPPED: Final = (
    Dialect(
        "fluidplayer",
        _FLUID_WORDS,
        cannot={"ad names": "Fluid numbers its ads anew", "word of a skip": _COMPLETE},
    ),
    Dialect("videojs", contrib("videojs")),
    Dialect("brightcove", _brightcove(), cannot={"ad stall": _UNHEARD, "ad clock": _UNHEARD}),
)
