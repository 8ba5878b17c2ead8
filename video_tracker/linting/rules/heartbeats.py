"""Rules of heartbeats: that they come, how often, and when they must not."""

from collections.abc import Iterable

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule
from video_tracker.linting.rules.order import of_order
from video_tracker.linting.rules.positions import progress
from video_tracker.linting.seen import Seen
from video_tracker.wire.formats import LIBRARY

__all__ = ["RULES"]

_PATIENCE = 2.5
"""Intervals without a heartbeat that are no delay any more."""


def _none(seen: Seen, message: Message) -> Iterable[str]:
    start = seen.last_content
    if message.short != "Content Completed" or seen.beats or start is None or message.live:
        return
    if start.short != "Content Started" or message.at is None or start.at is None:
        return
    places = (message.number("position"), start.number("position"))
    went = min(message.at - start.at, (places[0] or 0.0) - (places[1] or 0.0))
    if went >= _PATIENCE * seen.heartbeat:
        yield f"content has played for {went:g} s without a single Content Playing"


def _gap(seen: Seen, message: Message) -> Iterable[str]:
    went = progress(seen, message)
    if went is None or not seen.beats or message.short == "Content Started":
        return
    if min(went) >= _PATIENCE * seen.heartbeat and went[1] <= 4 * went[0] + 5:
        yield f"no heartbeat for {went[0]:g} s, in which {went[1]:g} s of content have played"


def _by_position(seen: Seen, message: Message) -> Iterable[str]:
    """An interval of content in much more time; ours counts time, so that there it was a sleep."""
    went = progress(seen, message)
    if went is None or not seen.beats or message.short != "Content Playing":
        return
    if message.library == LIBRARY["name"]:
        return
    late = _PATIENCE * seen.heartbeat
    if went[0] >= late > went[1] >= seen.heartbeat:
        yield f"no heartbeat for {went[0]:g} s, in which position went on by {went[1]:g} s"


def _too_often(seen: Seen, message: Message) -> Iterable[str]:
    before, gap = seen.previous, message.since(seen.previous)
    if any(fault.code == "beats_at_once" for fault in seen.faults):
        yield "two heartbeats at one moment"
    elif before is None or gap is None:
        return
    elif before.short == message.short == "Content Playing" and 0 < gap < 1:
        yield f"two heartbeats within {gap:.2g} s"


def _not_at_once(seen: Seen, following: Message | None) -> Iterable[str]:
    resumed = seen.previous
    if resumed is None or following is None or resumed.short != "Playback Resumed":
        return
    if seen.order.content is None and seen.order.ad is None:
        return
    silence = following.since(resumed)
    if silence is not None and silence > 2:
        yield f"after Resumed nothing comes for {silence:g} s"


RULES = (
    Rule(
        "VT501",
        "error",
        "Content plays without any heartbeat.",
        "Destinations see a start and an end only: no time watched, no place where viewers leave.",
        "Send Content Playing every 10 s of playing.",
        "S40, spec 6",
        each=_none,
    ),
    Rule(
        "VT502",
        "warning",
        "Heartbeats stop while content plays.",
        "Time watched is lost; some trackers stay silent after a seek back until the old place.",
        "Count playing time since the last beat, not the position; begin anew after a seek.",
        "S40, S41, spec 6 no. 22",
        each=_gap,
    ),
    Rule(
        "VT503",
        "warning",
        "Heartbeats come in bursts.",
        "Whoever multiplies beats by the interval counts time that was not watched.",
        "After a gap send one beat, not all that were due.",
        "S40, S42, S45",
        each=_too_often,
        codes=("beats_at_once",),
    ),
    of_order(
        "VT504",
        "warning",
        "A heartbeat comes while paused, seeking, stalled or interrupted.",
        "Time is counted as watched in which nothing played.",
        "Stop the timer at Paused, Seek Started, Buffer Started and Interrupted.",
        "S40",
        "beat_in_halt",
    ),
    of_order(
        "VT505",
        "note",
        "A heartbeat comes at the very start of its pod or ad.",
        "The start says it already; beats are counted one too many.",
        "Send the first beat one interval after the start.",
        "S40",
        "beat_at_start",
    ),
    of_order(
        "VT506",
        "note",
        "A heartbeat comes at the end of its pod or ad.",
        "Completed says it already; beats are counted one too many.",
        "Leave it out.",
        "S44",
        "beat_at_end",
    ),
    Rule(
        "VT507",
        "note",
        "No heartbeat follows Resumed at once.",
        "The spec asks for it: Nielsen and Adobe find their place again by it.",
        "Send Content Playing or Ad Playing right after Resumed.",
        "S43, spec 1.3, 2.1",
        after=_not_at_once,
    ),
    Rule(
        "VT508",
        "note",
        "A heartbeat comes one interval of content after the last, but much more time after it.",
        "Beats are counted by the position: after a seek back there are none until the old place, "
        "and what is watched again is lost. (Or a stall was not reported, or the device slept.)",
        "Count playing time since the last beat, not the position; report seeks and stalls.",
        "S40, S41, spec 6 no. 22",
        each=_by_position,
    ),
)
