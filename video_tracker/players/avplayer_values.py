"""Reads the values that AVFoundation hands over: times in ticks, statuses, reasons, errors."""

from collections.abc import Mapping
from typing import Any, Final

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import finite, text_of

__all__ = ["break_of", "error_reason", "is_indefinite", "named", "seconds", "status_of"]

_INDEFINITE: Final = 16
"""``kCMTimeFlags_Indefinite``: the length of a live item."""
_NO_NUMBER: Final = 4 | 8 | _INDEFINITE
"""Flags of times that are no number: infinite, or indefinite."""
_LONGEST: Final = 1e9
_MOST: Final = 1000
_STATUSES: Final = {0: "paused", 1: "waiting", 2: "playing"}


def seconds(value: object) -> float | None:
    """A ``CMTime`` (``value`` ticks of which ``timescale`` make a second) or a plain number.

    Returns:
        Seconds; None for a negative, invalid, infinite or indefinite time.
    """
    if isinstance(value, Mapping):
        flags = finite(value.get("flags"))
        if flags is not None and (flags % 2 == 0 or int(flags) & _NO_NUMBER):
            return None
        ticks, scale = finite(value.get("value")), finite(value.get("timescale"))
        number = finite(value.get("seconds"))
        if ticks is not None and scale is not None and scale > 0:
            number = ticks / scale
    else:
        number = finite(value)
    return number if number is not None and 0 <= number <= _LONGEST else None


def is_indefinite(value: object) -> bool:
    """Whether a length is that of a live item."""
    if isinstance(value, Mapping):
        flags = finite(value.get("flags"))
        return value.get("indefinite") is True or (
            flags is not None and 0 <= flags < 256 and bool(int(flags) & _INDEFINITE)
        )
    return value in ("indefinite", "Infinity") or value == float("inf")


def status_of(value: object) -> str | None:
    """``AVPlayer.TimeControlStatus`` by number or name: ``paused``, ``waiting``, ``playing``."""
    if isinstance(value, str):
        said = value.lower()
        return next((name for name in _STATUSES.values() if said.startswith(name)), None)
    number = finite(value)
    return _STATUSES.get(int(number)) if number is not None and 0 <= number < 3 else None


def named(value: object, *endings: str) -> str | None:
    """Which of some names a constant has, whatever its prefix: ``...ReasonAppBackgrounded``."""
    if not isinstance(value, str):
        return None
    said = value.lower().removesuffix("reason")
    return next((name for name in endings if said.endswith(name.lower())), None)


def break_of(event: Mapping[str, Any]) -> tuple[Pod, tuple[Announced, ...]]:
    """An interstitial event of the monitor's: a break, whose template items are its ads."""
    items, offset = event.get("templateItems"), seconds(event.get("time"))
    told = (
        [item if isinstance(item, Mapping) else {} for item in items[:_MOST]]
        if isinstance(items, list)
        else []
    )
    placement = "mid" if offset else None
    if named(event.get("cue"), "JoinCue", "Join") or offset == 0:
        placement = "pre"
    elif named(event.get("cue"), "LeaveCue", "Leave"):
        placement = "post"
    ads = [
        Announced(text_of(item.get("identifier")), n, seconds(item.get("duration")) or None)
        for n, item in enumerate(told or [{}], start=1)
    ]
    pod = Pod(
        text_of(event.get("identifier")),
        placement,
        offset if placement == "mid" else None,
        len(told) or None,
    )
    return pod, tuple(ads)


def error_reason(value: object) -> str:
    """What an ``NSError``, or an entry of the error log, says."""
    told: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    domain = told.get("domain", told.get("errorDomain"))
    code = finite(told.get("code", told.get("errorStatusCode")))
    if not isinstance(domain, str) or not domain:
        return "playback error"
    if domain in ("NSURLErrorDomain", "CoreMediaErrorDomain") and code is not None and code < 0:
        return "network loss" if domain == "NSURLErrorDomain" else f"CoreMedia error {int(code)}"
    return f"{domain[:60]} {int(code)}" if code is not None and abs(code) < 1e9 else domain[:60]
