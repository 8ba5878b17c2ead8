"""What IMA's payloads say of ads and pods, however the application wrote them down.

The SDK's objects answer by methods (``ad.getAdPodInfo().getPodIndex()``), so a log names what it
has read: ``ad`` {``adId``, ``duration``, ``linear``, ``adPodInfo`` {``podIndex``, ``adPosition``,
``totalAds``, ``timeOffset``}}, or the same flat.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback, finite, name_of, positive
from video_tracker.players.element_view import part_of, whole

__all__ = ["ImaAd", "cue_points", "failure", "progress"]

_PODS: Final = ("adPodInfo", "podInfo", "pod", "adPod")
_MOST: Final = 1_000
_UNNAMED: Final = "ad error"


@attrs.frozen
class ImaAd:
    """An ad as a callback tells it; what it does not tell is None.

    Args:
        asset_id: Its id.
        duration: Its length in seconds; a non-linear ad has none.
        linear: Whether it stops the content.
        place: Its place in the pod, counted from 1.
        size: How many ads the pod has; the SDK guesses at first.
        index: The pod's index: 0 is a pre-roll or no pod at all, -1 a post-roll, -2 unknown, above
            0 a mid-roll (in a live stream the break's id).
        offset: Where it was scheduled, in content seconds, or stream seconds in a stream: 0 is a
            pre-roll or no pod at all, -1 a post-roll.
    """

    asset_id: str | None = None
    duration: float | None = None
    linear: bool = True
    place: int | None = None
    size: int | None = None
    index: int | None = None
    offset: float | None = None

    @classmethod
    def of(cls, callback: Callback) -> "ImaAd | None":
        """The callback's ad; None when it has none."""
        detail = callback.detail
        ad = part_of(detail, "ad") or detail
        pod = next((part for key in _PODS if (part := part_of(ad, key))), {})
        pod = pod or next((part for key in _PODS if (part := part_of(detail, key))), ad)
        told = cls(
            _first_text(ad, "adId", "id", "creativeId"),
            positive(ad.get("duration")),
            False not in (ad.get("linear"), ad.get("isLinear")),
            _count(pod, "adPosition", "position", "pos"),
            _count(pod, "totalAds", "podSize", "total"),
            whole(pod.get("podIndex")),
            finite(pod.get("timeOffset")),
        )
        return None if told == cls() else told


def _first_text(told: Mapping[str, Any], *keys: str) -> str | None:
    return next((text for key in keys if (text := name_of(told.get(key)))), None)


def _count(told: Mapping[str, Any], *keys: str) -> int | None:
    found = (whole(told.get(key)) for key in keys)
    return next((number for number in found if number is not None and 1 <= number <= _MOST), None)


def progress(callback: Callback) -> Mapping[str, Any]:
    """The ``AdProgressData`` of a callback."""
    detail = callback.detail
    data = part_of(detail, "adData") or part_of(detail, "adProgressData")
    data = data or part_of(part_of(detail, "streamData"), "adProgressData")
    return data or detail


def failure(error: object) -> str:
    """An ad error in words."""
    if isinstance(error, str) and error:
        return error
    if not isinstance(error, Mapping):
        return _UNNAMED
    message = name_of(error.get("message")) or name_of(error.get("errorMessage"))
    codes = (error.get("vastErrorCode"), error.get("errorCode"), error.get("code"))
    code = next((found for told in codes if (found := whole(told)) is not None), None)
    return message or (_UNNAMED if code is None else f"ad error {code}")


def cue_points(callback: Callback) -> list[Any]:
    """The list of cue points: numbers for client ads, ranges for a stream's."""
    for key in ("cuePoints", "cuepoints", "adCuePoints"):
        told = callback.detail.get(key)
        if not isinstance(told, list):
            told = part_of(callback.detail, "streamData").get(key)
        if isinstance(told, list):
            return told[:_MOST]
    return []
