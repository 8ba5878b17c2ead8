"""What a log is made of: items that bear a time and a name, however they are written.

An item is a :class:`~video_tracker.players.base.Callback`, a signal, a beacon of either, or the
decoded line of a trace, a signal log or a body of beacons; or anything else that has an ``at``.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.payload import finite
from video_tracker.players.base import Callback
from video_tracker.signals import SIGNALS, Signal
from video_tracker.testing.steps import parse_timestamp
from video_tracker.transcript import seconds_text

__all__ = ["describe", "is_end", "is_poll", "lane_of", "moved", "name_of_item", "time_of"]

_SIGNAL_NAMES: Final[Mapping[type, str]] = {kind: name for name, kind in SIGNALS.items()}
_LONGEST_PAGE: Final = 1e11
"""Milliseconds beyond which a ``t`` is Unix time; no page lives as long."""

_POLLS: Final = frozenset(
    {
        *("timeupdate", "adtimeupdate", "contenttimeupdate", "playbackTimeUpdated", "timechanged"),
        *(
            "time",
            "adTime",
            "adProgress",
            "ad-progress",
            "adsadprogress",
            "onVideoProgress",
            "poll",
        ),
        *("position", "Progress", "onProgressUpdate", "periodicTimeObserver", "TIME_UPDATE", "t"),
    }
)
"""Callbacks that tell the position as it moves: one of many says nothing that the next does not."""
_SIGNAL_POLLS: Final = frozenset({"progress", "ad_progress"})
_SIGNAL_ENDS: Final = frozenset({"ad_end", "ad_skip", "ad_break_end", "content_end", "end", "exit"})
_ENDS: Final = re.compile(
    r"^(?!.*(load|fragment|manifest|teardown|stall|buffer|switch|suspend|resumeended|seek))"
    r".*(end(ed)?(callback)?|completed?|finished|skip(ped)?(callback)?|pagehide|dispose|"
    r"destroy(ed)?|contentresumed?|contentresumerequested|primary_resumed|close|toendtime\w*|"
    r"switchtomainvideo|isscreenclosed|onstop)$",
    re.IGNORECASE,
)
"""Callbacks that end an ad, a break, content or playback, by how players call them."""
_END_WORDS: Final[Mapping[tuple[str, str], tuple[Any, ...]]] = {
    ("media3", "onPlaybackStateChanged"): (4, "ENDED", "STATE_ENDED"),
    ("youtube", "onStateChange"): (0,),
    ("roku", "state"): ("finished", "stopped"),
    **{("cmcd", event): () for event in ("abe", "ae", "sk")},
    ("cmcd", "ps"): ("e",),
}
"""Callbacks that end something only where their payload says one of these; () is always."""


def time_of(item: Any) -> float | None:
    """The time that an item bears.

    Args:
        item: See the module.

    Returns:
        Unix seconds; seconds since the page was loaded where a line has only its page's clock; None
        when no time can be read.
    """
    if not isinstance(item, Mapping):
        return finite(item.at)
    if "at" in item:
        return finite(item["at"])
    told = item.get("wall", item.get("t"))
    if isinstance(told, str):
        return parse_timestamp(told if _has_zone(told) else f"{told}Z")
    page = finite(told)
    return None if page is None else page / 1000


def _has_zone(text: str) -> bool:
    return text.endswith(("Z", "z")) or re.search(r"[+-]\d\d:?\d\d$", text) is not None


def moved(item: Any, seconds: float, *, page: bool) -> Any:
    """The same item at another time.

    Args:
        item: See the module; it stays as it is.
        seconds: How much later; negative is earlier.
        page: Whether a page's own clock (``t`` of a trace), which nobody sets, moves too.

    Returns:
        The item; the very one when it bears no time that can be read.
    """
    at = time_of(item)
    if at is None or not seconds:
        return item
    if isinstance(item, Mapping):
        return {key: _moved_field(key, value, seconds, page) for key, value in item.items()}
    said = getattr(item, "said", None)
    if said is not None:
        return attrs.evolve(item, at=at + seconds, said=moved(said, seconds, page=page))
    return attrs.evolve(item, at=at + seconds)


def _moved_field(key: str, value: Any, seconds: float, page: bool) -> Any:
    number = finite(value)
    if key == "at" and number is not None:
        return number + seconds
    if key == "t" and number is not None:
        return value + 1000 * seconds if page or number >= _LONGEST_PAGE else value
    if key in ("t", "wall") and isinstance(value, str):
        try:
            later = datetime.datetime.fromisoformat(value) + datetime.timedelta(seconds=seconds)
        except (ValueError, OverflowError):
            return value
        text = later.isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z") if value.endswith("Z") else text
    return value


@attrs.frozen
class _View:
    """What tells one item's kind from another's; ``channel`` is None for a signal."""

    channel: str | None
    name: str
    element: str | None
    detail: Mapping[str, Any]


def _view(item: Any) -> _View:
    item = getattr(item, "said", item)
    if isinstance(item, Callback):
        return _View(item.player, item.event, item.element, item.detail)
    if isinstance(item, Signal):
        return _View(None, _SIGNAL_NAMES.get(type(item), type(item).__name__), None, {})
    if not isinstance(item, Mapping):  # an event, say
        return _View(None, str(getattr(item, "name", type(item).__name__)), None, {})
    if "signal" in item:
        return _View(None, str(item["signal"]), None, {})
    detail = item.get("detail")
    own = detail if isinstance(detail, Mapping) else {}
    return _View(str(item.get("player", "")), str(item.get("event", "")), item.get("el"), own)


def name_of_item(item: Any) -> str:
    """What an item is called: a signal's name, a callback's event."""
    return _view(item).name


def lane_of(item: Any) -> str | None:
    """Whose position a poll tells: a callback's element, a signal's kind."""
    view = _view(item)
    return view.name if view.channel is None else view.element


def is_poll(item: Any) -> bool:
    """Whether an item only tells the position as it moves."""
    view = _view(item)
    return view.name in (_SIGNAL_POLLS if view.channel is None else _POLLS)


def is_end(item: Any) -> bool:
    """Whether an item tells that an ad, a break, the content or playback is over."""
    view = _view(item)
    if view.channel is None:
        return view.name in _SIGNAL_ENDS
    words = _END_WORDS.get((view.channel, view.name))
    if words is None:
        return _ENDS.match(view.name) is not None
    return not words or any(
        value == word and type(value) is type(word)
        for value in view.detail.values()
        for word in words
    )


def describe(item: Any, start: float = 0.0) -> str:
    """An item in a few words: ``html5 pause at 12.3 s``.

    Args:
        item: See the module.
        start: The time from which seconds are counted.
    """
    view, at = _view(item), time_of(item)
    when = "without a time" if at is None else f"at {seconds_text(at - start)} s"
    whose = "" if view.element is None else f" of {view.element}"
    return f"{view.channel or ''} {view.name}{whose} {when}".strip()
