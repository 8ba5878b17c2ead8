"""What ad plugins of contrib-ads say of a pod and of an ad, in whichever form they say it.

The convention is ``player.ads.pod`` (``id``, ``size``) and ``player.ads.ad`` (``type`` such as
``PREROLL``, ``index`` from 0, ``id``, ``duration``), and ``indexInBreak`` with ``ads-ad-started``;
no plugin is obliged to it.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, finite, name_of

__all__ = ["PodDetails", "ad_id", "described"]


def _part(callback: Callback, key: str) -> Mapping[str, Any]:
    part = callback.detail.get(key)
    return part if isinstance(part, Mapping) else {}


def _count(value: object) -> int | None:
    number = finite(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _placement(*names: object) -> str | None:
    """``pre``, ``mid`` or ``post`` out of ``PREROLL``, ``midroll``, ``post``..."""
    for name in names:
        word = name.lower() if isinstance(name, str) else ""
        for placement in ("pre", "mid", "post"):
            if word.startswith(placement):
                return placement
    return None


@attrs.frozen
class PodDetails:
    """What is known of an ad pod.

    Args:
        pod_id: Its id.
        placement: ``pre``, ``mid`` or ``post``, as declared.
        size: The number of its ads.
    """

    pod_id: str | None = None
    placement: str | None = None
    size: int | None = None

    @classmethod
    def of(cls, callback: Callback) -> "PodDetails":
        """The details that a callback carries."""
        pod, ad = _part(callback, "pod"), _part(callback, "ad")
        said = (pod.get("kind"), pod.get("type"), ad.get("type"), callback.detail.get("adType"))
        return cls(name_of(pod.get("id")), _placement(*said), _count(pod.get("size")))

    def with_more(self, more: "PodDetails") -> "PodDetails":
        """These details, with what ``more`` adds to them."""
        return PodDetails(
            self.pod_id or more.pod_id,
            self.placement or more.placement,
            self.size or more.size,
        )


def ad_id(callback: Callback) -> str | None:
    """The id of the ad that a callback speaks of."""
    return name_of(_part(callback, "ad").get("id"))


def described(callback: Callback) -> Announced:
    """The ad that a callback speaks of."""
    ad = _part(callback, "ad")
    index = _count(ad.get("index"))
    if index is None:
        index = _count(callback.detail.get("indexInBreak"))
    duration = finite(ad.get("duration"))
    return Announced(
        asset=name_of(ad.get("id")),
        pod_position=None if index is None else index + 1,
        duration=duration if duration is not None and duration > 0 else None,
    )
