"""Reads the values that Media3 hands over: places, times, constants.

Times are milliseconds (microseconds where the name says so) and hold sentinels for "unknown":
``C.TIME_UNSET`` is the smallest long plus one, ``C.TIME_END_OF_SOURCE`` the smallest long,
``C.INDEX_UNSET`` -1, ``Format.NO_VALUE`` -1.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, finite, text_of

__all__ = ["AdGroup", "Place", "constant", "groups_of", "inner", "seconds"]

_END_OF_SOURCE: Final = -(2**63)
_LONGEST: Final = 1e9
"""Seconds (thirty years) beyond which a time is a sentinel, not a time."""
_MOST: Final = 1000
"""Ad groups or ads beyond which a list is no list of ads."""


def seconds(value: object, scale: float = 1000) -> float | None:
    """A time in seconds; None for a sentinel or anything that is no time.

    Args:
        value: Milliseconds, unless ``scale`` says otherwise.
        scale: Units in a second.
    """
    number = finite(value)
    if number is None or number < 0 or number > _LONGEST * scale:
        return None
    return number / scale


def inner(told: object, key: str) -> Mapping[str, Any]:
    """An object within another one; empty when there is none."""
    value = told.get(key) if isinstance(told, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def constant(value: object, names: Mapping[int, str]) -> str | None:
    """A constant by its number or by its name, with or without its prefix, in any case."""
    if isinstance(value, str):
        said = value.upper()
        return next((name for name in names.values() if said == name or said.endswith(f"_{name}")),
                    None)  # fmt: skip
    number = finite(value)
    return names.get(int(number)) if number is not None and abs(number) < 100 else None


def _index(value: object) -> int | None:
    number = finite(value)
    return int(number) if number is not None and 0 <= number < 1e6 else None


@attrs.frozen
class Place:
    """Where a player is.

    Args:
        item: The playlist item's index.
        group: The ad group's index; None outside of ads.
        ad: The ad's index in its group.
        position: Seconds into what plays.
        content: Seconds into the content.
        tells_ads: Whether it is known that an ad plays, or that none does.
        length: Seconds of the ad that plays, when known.
    """

    item: int | None = None
    group: int | None = None
    ad: int = 0
    position: float | None = None
    content: float | None = None
    tells_ads: bool = True
    length: float | None = None

    @property
    def key(self) -> tuple[int, int] | None:
        """Which ad it is; None for content."""
        return None if self.group is None else (self.group, self.ad)

    @classmethod
    def of_info(cls, told: Mapping[str, Any]) -> "Place":
        """A ``Player.PositionInfo``."""
        group = _index(told.get("adGroupIndex"))
        position = seconds(told.get("positionMs"))
        content = seconds(told.get("contentPositionMs"))
        return cls(
            _index(told.get("mediaItemIndex", told.get("windowIndex"))),
            group,
            _index(told.get("adIndexInAdGroup")) or 0,
            position,
            position if group is None and position is not None else content,
        )

    @classmethod
    def of_snapshot(cls, callback: Callback) -> "Place":
        """What the player's getters, or the event's time, say.

        ``currentTime`` is seconds, as on other players; ``currentPosition`` and
        ``contentPosition`` are Media3's own, in milliseconds.
        """
        state, time = callback.state, inner(callback.detail, "eventTime")
        position = finite(state.get("currentTime"))
        if position is None or position < 0:
            position = seconds(state.get("currentPosition"))
        if position is None:
            position = seconds(time.get("currentPlaybackPositionMs"))
        period = inner(time, "currentMediaPeriodId")
        group = _index(state.get("currentAdGroupIndex", period.get("adGroupIndex")))
        index = _index(state.get("currentAdIndexInAdGroup", period.get("adIndexInAdGroup")))
        if state.get("isPlayingAd") is True:
            group = group or 0
        elif state.get("isPlayingAd") is False:
            group = None
        told = "isPlayingAd" in state or "currentAdGroupIndex" in state or bool(period)
        content = seconds(state.get("contentPosition"))
        content = position if group is None else content
        scale = 1 if "currentTime" in state else 1000
        length = None if group is None else seconds(state.get("duration"), scale)
        return cls(None, group, index or 0, position, content, told, length or None)


@attrs.frozen
class AdGroup:
    """An ad group of an ``AdPlaybackState``: a break, and what is known of its ads.

    Args:
        pod: The break.
        lengths: The ads' lengths in seconds.
        ids: Their ids.
        failed: Which of them could not be loaded.
    """

    pod: Pod
    lengths: tuple[float | None, ...] = ()
    ids: tuple[str | None, ...] = ()
    failed: frozenset[int] = frozenset()

    def ad(self, index: int, length: float | None = None) -> Announced:
        """One of its ads, of some length if none was declared."""
        name = self.ids[index] if index < len(self.ids) else None
        declared = self.lengths[index] if index < len(self.lengths) else None
        return Announced(name, index + 1, declared or length)


def _list(told: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = told.get(key)
    return value[:_MOST] if isinstance(value, list) else ()


_ERROR: Final = 4
"""``AdPlaybackState.AD_STATE_ERROR``."""


def groups_of(told: Mapping[str, Any]) -> Iterator[AdGroup]:
    """The ad groups of an ``AdPlaybackState``."""
    for each in _list(told, "adGroups"):
        group = each if isinstance(each, Mapping) else {}
        raw = finite(group.get("timeUs"))
        at_end = raw is not None and raw <= _END_OF_SOURCE / 2
        offset = seconds(raw, 1e6)
        count = _index(group.get("count"))
        placement = "post" if at_end else "pre" if offset == 0 else "mid"
        yield AdGroup(
            Pod(None, placement, None if at_end or not offset else offset, count or None),
            tuple(seconds(length, 1e6) or None for length in _list(group, "durationsUs")),
            tuple(text_of(name) for name in _list(group, "ids")),
            frozenset(n for n, state in enumerate(_list(group, "states")) if state == _ERROR),
        )
