"""What the rules about destinations look at, a function each."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.linting.message import Message, is_number
from video_tracker.linting.rules.positions import with_ads
from video_tracker.linting.seen import Seen

_AD_TYPES: Final = ("pre-roll", "mid-roll", "post-roll")
_GOES_ON: Final = ("Playback Resumed", "Playback Seek Completed", "Playback Buffer Completed")
_IN_AD: Final = ("Playback Paused", "Playback Seek Started", "Playback Buffer Started", *_GOES_ON)
_FAILURE: Final = re.compile(
    "network|error|crash|call|lock|time.?out|loss|lost|fail|sleep|background|decode", re.IGNORECASE
)
_OFFSET: Final = re.compile(r"T.*[+-]\d\d:?\d\d$")
_AFTER_AN_AD: Final = ("Content Started", "Content Playing", "Ad Started", "Playback Completed")


def before_started(seen: Seen, message: Message) -> Iterable[str]:
    if seen.first is None and message.short != "Playback Started":
        yield f"{message.name} comes before Video Playback Started"


def no_content_started(seen: Seen, message: Message) -> Iterable[str]:
    if seen.in_break and message.is_of("Content") and message.short != "Content Started":
        yield f"{message.name} follows an ad without Video Content Started"


def live_position(_seen: Seen, message: Message) -> Iterable[str]:
    position = message.number("position")
    if message.live and position is not None and position > 0 and message.is_of("Content"):
        yield f"position {position:g} of a livestream is no offset to its live edge"


def negative_live_position(_seen: Seen, message: Message) -> Iterable[str]:
    position = message.number("position")
    if message.live and position is not None and position < 0:
        yield f"position {position:g} is an offset to the live edge"


def null_length(_seen: Seen, message: Message) -> Iterable[str]:
    if "total_length" in message.properties and message.properties["total_length"] in (None, 0):
        yield f"total_length is {'null' if message.properties['total_length'] is None else 0}"


def no_length(_seen: Seen, message: Message) -> Iterable[str]:
    needed = message.short in ("Content Playing", "Playback Paused")
    if needed and "total_length" not in message.properties:
        yield "total_length is missing"


def portion_over_one(seen: Seen, message: Message) -> Iterable[str]:
    position, length = message.number("position"), message.number("total_length")
    if not message.is_of("Content") or message.live:
        return
    if position is not None and length is not None and position > length:
        yield f"content position {position:g} lies after {length:g}: it counts the ads"
        return
    yield from with_ads(seen, message)


def fraction_position(_seen: Seen, message: Message) -> Iterable[str]:
    if isinstance(message.properties.get("position"), float):
        yield f"position {message.properties['position']!r} is written with a fraction"


def null_position(_seen: Seen, message: Message) -> Iterable[str]:
    if "position" in message.properties and message.properties["position"] is None:
        yield "position is null"


def started_for_adobe(_seen: Seen, message: Message) -> Iterable[str]:
    wanted = ("content_asset_id", "asset_id", "title", "channel")
    missing = [key for key in wanted if not message.raw_text(key)]
    if message.short == "Playback Started" and missing:
        yield f"Playback Started has no {', '.join(missing)}"


def started_for_comscore(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short == "Playback Started" and not message.raw_text("content_asset_id"):
        yield "Playback Started has no content_asset_id"


def no_seek_position(_seen: Seen, message: Message) -> Iterable[str]:
    told = is_number(message.properties.get("seek_position"))
    if message.short == "Playback Seek Completed" and not told:
        yield "Seek Completed has no seek_position"


def ad_without_asset(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short == "Ad Started" and message.properties.get("asset_id") is None:
        yield "Ad Started has no asset_id"


def preroll_without_content(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short != "Ad Started" or message.text("type") != "pre-roll":
        return
    content = message.properties.get("content")
    if not isinstance(content, Mapping):
        yield "a pre-roll's Ad Started has no content"
    elif content.get("load_type") != "dynamic":
        yield "the content of a pre-roll's Ad Started does not say load_type: dynamic"


def word_of_ad_type(_seen: Seen, message: Message) -> Iterable[str]:
    told = message.properties.get("ad_type")
    words = told if isinstance(told, list) else [told]
    if any(word in _AD_TYPES for word in words):
        yield f"ad_type is {told!r}"


def both_ids(seen: Seen, message: Message) -> Iterable[str]:
    ids = [message.properties.get(key) for key in ("content_asset_id", "ad_asset_id")]
    if message.short == "Playback Resumed" and seen.in_ad and all(ids):
        yield "Resumed in an ad bears content_asset_id and ad_asset_id"


def left_ad_id(seen: Seen, message: Message) -> Iterable[str]:
    ad = message.properties.get("ad_asset_id")
    if message.short in _IN_AD and ad and not seen.in_ad:
        yield f"ad_asset_id {ad!r} is set while no ad plays"


def leaving(seen: Seen, following: Message | None) -> Iterable[str]:
    stop = seen.previous
    if stop is None or stop.short != "Playback Interrupted":
        return
    ends = following is None or following.short in ("Playback Exited", "Playback Completed")
    method = stop.text("method")
    if ends and not _FAILURE.search(method):
        yield f"Interrupted (method {method or 'not told'}) ends the session: an ordinary leaving"


def exited_only(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short == "Playback Exited":
        yield "the session ends with Playback Exited, without Playback Completed"


def airdate_with_offset(_seen: Seen, message: Message) -> Iterable[str]:
    for block in _blocks(message):
        airdate = block.get("airdate")
        if isinstance(airdate, str) and _OFFSET.search(airdate):
            yield f"airdate {airdate!r} has an offset"


def _blocks(message: Message) -> Iterator[Mapping[str, Any]]:
    yield message.properties
    content = message.properties.get("content")
    if isinstance(content, Mapping):
        yield content


def frame_rate(_seen: Seen, message: Message) -> Iterable[str]:
    if "framerate" in message.properties and message.raw_value("fps") is None:
        yield "framerate is told, and fps is not"


def ad_index(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short != "Ad Started":
        return
    index, place = message.number("position") or 1, message.number("pod_position")
    if place is not None and index != place:
        yield f"the ad is number {place:g} of its break, and its position makes it number {index:g}"


def no_content_asset(_seen: Seen, message: Message) -> Iterable[str]:
    needed = message.short in ("Content Playing", "Playback Paused")
    if needed and not message.raw_text("content_asset_id"):
        yield f"{message.name} has no content_asset_id"


def pod_is_no_number(_seen: Seen, message: Message) -> Iterable[str]:
    pod = message.text("pod_id")
    if message.is_of("Content") and pod and not pod.isdecimal():
        yield f"pod_id {pod!r} is no number"


def completed_per_pod(_seen: Seen, message: Message) -> Iterable[str]:
    position, length = message.number("position"), message.number("total_length")
    if message.short != "Content Completed" or position is None or length is None:
        return
    if position < length - 1:
        yield f"Content Completed of a pod at {position:g} of {length:g}"


def labels_cleared(seen: Seen, message: Message) -> Iterable[str]:
    if message.short == "Ad Started" and seen.labels_cleared and message.text("type") != "pre-roll":
        yield "playback events came between Content Started and this ad"


def playback_for_content(seen: Seen, following: Message | None) -> Iterable[str]:
    """Until the next Content Playing the playhead is the playback position, ads and all."""
    before = seen.previous
    if before is not None and before.short in _GOES_ON and _unheard(seen, before, following):
        yield f"{before.name} says {before.properties.get('position')}, which counts the ads"


def seek_with_ads(seen: Seen, following: Message | None) -> Iterable[str]:
    before = seen.previous
    if before is None or before.short != "Playback Seek Completed":
        return
    if _unheard(seen, before, following):
        yield f"Seek Completed says {before.properties.get('position')}, which counts the ads"


def _unheard(seen: Seen, before: Message, following: Message | None) -> bool:
    """Whether content goes on after ads, and no Content Playing tells its own place at once."""
    if seen.in_ad or seen.halted or seen.ad_seconds < 1 or before.number("position") is None:
        return False
    if following is None or following.at is None or before.at is None:
        return False
    at_once = following.at - before.at <= 1 and following.is_of("Content")
    return not at_once


def cut_ad(seen: Seen, message: Message) -> Iterable[str]:
    if not seen.ad_ended and message.short in _AFTER_AN_AD:
        yield "the ad before it ended without Ad Completed and without Ad Skipped"


def dtvr_words(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short not in ("Content Started", *_GOES_ON):
        return
    missing = [] if message.raw_value("load_type") == "linear" else ["load_type: linear"]
    missing += [] if message.raw_text("channel") else ["channel"]
    if missing:
        yield f"{message.name} has no {' and no '.join(missing)}"


def no_load_type(_seen: Seen, message: Message) -> Iterable[str]:
    if message.short == "Content Started" and message.text("load_type") != "dynamic":
        yield "Content Started does not say load_type: dynamic"
