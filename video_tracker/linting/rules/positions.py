"""Rules of positions and lengths: within the content, with the time, with the ads or without."""

from collections.abc import Iterable

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule
from video_tracker.linting.seen import Seen

__all__ = ["RULES", "progress", "with_ads"]

_DAY = 86_400
_MILLISECONDS = 200
"""Content seconds a second: no player is as fast, and milliseconds are faster."""


def progress(seen: Seen, message: Message) -> tuple[float, float] | None:
    """Seconds of time and of content since the last known moment of straight playing.

    None where something lies between: a pause, a seek, a stall, an ad, another content.
    """
    anchor, position = seen.anchor, message.number("position")
    if anchor is None or position is None or message.at is None or not message.is_of("Content"):
        return None
    if message.live or message.properties.get("asset_id") != anchor.asset:
        return None
    return message.at - anchor.at, position - anchor.position


def _behind_the_end(_seen: Seen, message: Message) -> Iterable[str]:
    position, length = message.number("position"), message.number("total_length")
    if position is not None and length is not None and position > length and not message.live:
        yield f"position {position} lies after total_length {length}"


def _milliseconds(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if went is not None and went[0] >= 1 and went[1] / went[0] >= _MILLISECONDS:
        yield f"position went on by {went[1]:g} in {went[0]:g} s: milliseconds by mistake?"
    length = message.number("total_length")
    if length is not None and length > _DAY and not message.live:
        yield f"total_length {length:g} is longer than a day: milliseconds by mistake?"


def _backwards(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if seen.sought_since and message.short == "Content Completed":
        return  # the pod that a seek over its break has left ends where it was left (S21)
    fall = _fall_of_playback(seen, message) if went is None else -went[1]
    if fall > 1:
        yield f"position falls by {fall:g} s with no seek between"


def _fall_of_playback(seen: Seen, message: Message) -> float:
    """The same for a playback position, which is the content's where no ad was seen."""
    position = message.number("position")
    plain = message.is_of("Playback") and not (seen.breaks or seen.several or message.live)
    if seen.anchor is None or position is None or not plain:
        return 0.0
    return seen.anchor.position - position


def _jumps(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if went is None or went[0] <= 0:
        return
    if 4 * went[0] + 5 < went[1] < _MILLISECONDS * went[0]:
        yield f"position goes on by {went[1]:g} s in {went[0]:g} s with no seek between"


def _stands_still(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if went is None or seen.anchor is None or message.short != "Content Playing":
        return
    if went[1] == 0 and went[0] >= 5 and seen.anchor.still >= 1:
        yield f"heartbeats go on while position stands at {seen.anchor.position:g}"


def with_ads(seen: Seen, message: Message) -> Iterable[str]:
    """Whether the content position went on by the ads that lie between."""
    left, position, ad = seen.left, message.number("position"), seen.last_ad
    if left is None or position is None or ad is None or not message.is_of("Content"):
        return
    if seen.sought_since or seen.ad_break_seconds < 3 or seen.break_at is None:
        return
    if message.at is None or ad.at is None or message.properties.get("asset_id") != left.asset:
        return
    played = max(0.0, seen.break_at - left.at) + max(0.0, message.at - ad.at)
    if position - left.position - played >= seen.ad_break_seconds - 2:
        yield (
            f"position went from {left.position:g} to {position:g} over ads of "
            f"{seen.ad_break_seconds:g} s: they are counted in"
        )


def _without_ads(seen: Seen, message: Message) -> Iterable[str]:
    position, content = message.number("position"), seen.last_content
    if position is None or content is None or not message.is_of("Playback"):
        return
    place = content.number("position")
    if place is None or seen.sought or seen.several or message.live or content.live:
        return
    least = place + seen.ad_seconds
    if (seen.in_ad or seen.ad_seconds >= 3) and position < least - 2:
        yield f"position is {position:g}; content {place:g} and ads make at least {least:g}"


def _lost_place(seen: Seen, message: Message) -> Iterable[str]:
    left = seen.previous
    if message.short != "Playback Seek Completed" or left is None:
        return
    if left.short != "Playback Seek Started":
        return
    position = message.number("position")
    told = "seek_position" in message.properties or "seek_position" in left.properties
    if position is not None and position == left.number("position") and not told:
        yield f"Seek Started and Seek Completed both say {position:g}: where it began is lost"


def _early(seen: Seen, message: Message) -> Iterable[str]:
    content = seen.last_content
    if message.short != "Playback Completed" or content is None or content.live:
        return
    position, length = content.number("position"), content.number("total_length")
    if content.short != "Content Completed" or position is None or length is None:
        return
    if position < length - max(1.0, 0.02 * length):
        yield f"completed, but the content ended at {position:g} of {length:g}"


def _ads_left_out(seen: Seen, message: Message) -> Iterable[str]:
    length, content = message.number("total_length"), seen.last_content
    if length is None or content is None or not message.is_of("Playback"):
        return
    alone = content.number("total_length")
    if alone is None or seen.several or message.live or seen.ad_seconds < 3:
        return
    if length < alone + seen.ad_seconds - 2:
        yield f"total_length {length:g} leaves out the ads: {alone:g} and {seen.ad_seconds:g} s"


def _no_length(_seen: Seen, message: Message) -> Iterable[str]:
    if message.number("total_length") == 0:
        yield "total_length is 0"


RULES = (
    Rule(
        "VT301",
        "error",
        "A position lies after total_length.",
        "Portions over 100 %: Recombee refuses the event; ads may be counted in.",
        "Content: both without ads. Playback: both with the ads. Ads: seconds into the ad.",
        "S1, S2, S4, S5",
        each=_behind_the_end,
    ),
    Rule(
        "VT302",
        "error",
        "Positions or lengths look like milliseconds.",
        "Every figure is a thousand times too large.",
        "Send whole seconds.",
        "S3",
        each=_milliseconds,
    ),
    Rule(
        "VT303",
        "warning",
        "The content position falls while content plays, with no seek.",
        "Watched ranges and completion are wrong; a seek was not reported.",
        "Send Seek Started and Seek Completed around every jump.",
        "S33, S61",
        each=_backwards,
    ),
    Rule(
        "VT304",
        "warning",
        "The content position goes on faster than any rate, with no seek.",
        "Skipped content counts as watched.",
        "Send Seek Started and Seek Completed around every jump.",
        "S61, S89",
        each=_jumps,
    ),
    Rule(
        "VT305",
        "warning",
        "Heartbeats go on while the position stands still.",
        "Time is counted as watched in which nothing moved; or the position is never updated.",
        "Read the position at each heartbeat; send none while the picture stands.",
        "S40, S65",
        each=_stands_still,
    ),
    Rule(
        "VT306",
        "error",
        "The content position counts the ads.",
        "Recombee refuses positions after the end; Nielsen's playhead is wrong.",
        "Leave ads out of content positions; only playback events count them.",
        "S2, spec 4.2",
        each=with_ads,
    ),
    Rule(
        "VT307",
        "warning",
        "The playback position does not count the ads that were seen.",
        "It is the session's place: content and ads; reports by position shift after each ad.",
        "Add the seconds of ads that were played; in an ad, add them to the content's place.",
        "S1, spec 2.2",
        each=_without_ads,
    ),
    Rule(
        "VT308",
        "warning",
        "A seek begins and ends at the same place.",
        "Nobody can tell how far it went; the left place is overwritten by the new one.",
        "Keep the last position before the seek and send it with Seek Started.",
        "S33, spec 6",
        each=_lost_place,
    ),
    Rule(
        "VT309",
        "warning",
        "Playback completes although the content ended well before its length.",
        "Completion rates count viewers who left.",
        "Send Playback Exited for who leaves; Completed only at the end.",
        "S7, S75",
        each=_early,
    ),
    Rule(
        "VT310",
        "warning",
        "The playback's total_length leaves out the ads.",
        "The position passes the length, or completion comes too early.",
        "Send the content's length plus that of all ads of the session.",
        "S4, spec 2.4",
        each=_ads_left_out,
    ),
    Rule(
        "VT311",
        "warning",
        "total_length is 0.",
        "Portions cannot be computed; Recombee refuses the event.",
        "Leave the key out until the length is known.",
        "S4, spec 4.2",
        each=_no_length,
    ),
)
