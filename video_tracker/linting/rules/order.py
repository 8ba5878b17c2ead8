"""Rules of order and of pairs: what ``testing/order.py`` finds, each with a number of its own."""

from collections.abc import Iterable, Iterator
from typing import Final

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule, Severity
from video_tracker.linting.seen import Seen

__all__ = ["RULES", "of_order"]


def of_order(
    number: str,
    severity: Severity,
    finds: str,
    why: str,
    do: str,
    source: str,
    *codes: str,
    said: bool = True,
) -> Rule:
    """Make a rule of faults of order.

    Args:
        number: As of :class:`Rule`, as the five that follow.
        severity: How bad it is.
        finds: What it finds.
        why: Why it matters.
        do: What to do.
        source: Where it is said.
        *codes: The codes of the faults that it reports.
        said: Whether the fault's own sentence is the finding's; else ``finds`` is.
    """

    def each(seen: Seen, _message: Message) -> Iterator[str]:
        for fault in seen.faults:
            if fault.code in codes:
                yield fault.text if said else finds

    return Rule(number, severity, finds, why, do, source, each=each, codes=codes)


def _reused(seen: Seen, message: Message) -> Iterable[str]:
    if seen.reused and seen.first is None and message.session_id:
        yield f"the session {message.session_id!r} had ended, and begins again"


_DROPPED: Final = "comScore and Youbora drop what comes before it, Adobe's Android library throws."
_METADATA: Final = "Nielsen keeps the ad as what plays, and Adobe's chapter stays open."
_OPEN: Final = "Time is counted to the wrong thing, or twice."
_PAIRS: Final = "Whoever adds up paused or stalled time pairs these events, and gets it wrong."

RULES: Final = (
    of_order(
        "VT101",
        "error",
        "The first event of a session is not Video Playback Started.",
        _DROPPED,
        "Send Video Playback Started when play is pressed, before anything else of the session.",
        "S20, spec 4.3",
        "not_started_first",
    ),
    of_order(
        "VT102",
        "error",
        "Something follows Playback Completed or Exited in the same session.",
        "Destinations have closed the session: Adobe's web library opens another one.",
        "Send Content Completed before Playback Completed; give a replay a session_id of its own.",
        "S20, S23",
        "after_the_end",
    ),
    of_order(
        "VT103",
        "error",
        "Playback Started comes again before the session has ended.",
        "One viewing is counted twice.",
        "Send it once a session: an ad, a pause or a next item is no new start.",
        "S20",
        "started_twice",
    ),
    Rule(
        "VT104",
        "error",
        "A session_id is used again after its session has ended.",
        "Two viewings become one: unique sessions, time and completion are wrong.",
        "Make a new session_id for a replay, a loop and the next page view.",
        "S24",
        each=_reused,
    ),
    of_order(
        "VT105",
        "error",
        "Playback Completed comes before Content Completed.",
        "Destinations that close at Playback Completed never see the content end.",
        "Send Content Completed first, then post-roll ads, then Playback Completed.",
        "S23, spec 6 no. 32",
        "completed_in_content",
    ),
    of_order(
        "VT106",
        "warning",
        "Playback Completed comes in a session in which no content has played.",
        "A viewing without a second of content counts as complete.",
        "Send Playback Exited when the viewer leaves before the content.",
        "S20, S26",
        "completed_without_content",
    ),
    of_order(
        "VT107",
        "warning",
        "An ad starts while the content pod before it is still open.",
        _OPEN + " Customer.io's chart completes a pod before an ad.",
        "Send Content Completed with the position where the content stopped, then Ad Started.",
        "S21, spec 1.3",
        "ad_in_content",
    ),
    of_order(
        "VT108",
        "error",
        "A content pod or an ad goes on or ends that has not started.",
        _METADATA + " Heartbeats of what never started are dropped.",
        "Send Content Started for every pod, also after an ad, and Ad Started for every ad.",
        "S20, S21, spec 4.2",
        "not_open",
    ),
    of_order(
        "VT109",
        "warning",
        "A content pod or an ad starts that is open already.",
        "Starts are counted twice.",
        "Send each start once; Content Started again only for the next pod or after a seek.",
        "S61, S62",
        "pod_twice",
        "ad_twice",
    ),
    of_order(
        "VT110",
        "error",
        "A heartbeat or an end speaks of another pod or ad than the open one.",
        "Time is counted to the wrong content or ad.",
        "Keep asset_id, pod_id and pod_position the same from start to end.",
        "S12, S20",
        "another_open",
    ),
    of_order(
        "VT111",
        "warning",
        "A content pod or an ad starts while a seek, a stall or an interruption is open.",
        _PAIRS,
        "Send Seek Completed, Buffer Completed or Resumed before the first frame's event.",
        "S20",
        "started_in_halt",
    ),
    of_order(
        "VT112",
        "warning",
        "An ad starts while the playback is paused.",
        _PAIRS,
        "Send Resumed first; a pause that only the ad break makes is none, and is not sent.",
        "S30",
        "ad_in_pause",
    ),
    of_order(
        "VT113",
        "warning",
        "Content comes between two ads of one pod.",
        "Players look as if they play between two ads: one break becomes two, with a false start.",
        "Stay in the break until its last ad is over.",
        "S14, spec 6 no. 58",
        "content_between_ads",
    ),
    of_order(
        "VT114",
        "warning",
        "Quartiles of an ad come twice, or out of order.",
        "Ad completion rates by quartile exceed their starts.",
        "Send each quartile once: 1, 2, 3.",
        "S45",
        "quartile_order",
    ),
    of_order(
        "VT121",
        "warning",
        "Paused or Interrupted comes again before Resumed.",
        _PAIRS,
        "Send it once, and Resumed when it is over.",
        "S20, S61",
        "paused_twice",
        "interrupted_twice",
    ),
    of_order(
        "VT122",
        "warning",
        "Paused comes while the playback is interrupted.",
        _PAIRS,
        "Send Resumed before the pause, or no pause at all.",
        "S26",
        "paused_in_interruption",
    ),
    of_order(
        "VT123",
        "warning",
        "Resumed comes where nothing was paused or interrupted.",
        "Resumed starts timers again: a start, the end of an ad or of a seek is no Resumed.",
        "Send it only when a viewer goes on after Paused, or after Interrupted.",
        "S30",
        "resumed_from_nothing",
    ),
    of_order(
        "VT124",
        "warning",
        "A stall is left open where a pause, a seek, Resumed or the end closes it.",
        _PAIRS,
        "Send Buffer Completed first.",
        "S32, S66",
        "buffer_left_open",
    ),
    of_order(
        "VT125",
        "warning",
        "A seek is left open at Playback Completed.",
        _PAIRS,
        "Send Seek Completed first.",
        "S20",
        "seek_left_open",
    ),
    of_order(
        "VT126",
        "warning",
        "Seek Started or Buffer Started comes again before it was completed.",
        _PAIRS,
        "Join them into one pair: a seek begun in a seek continues it.",
        "S20, S33",
        "seek_twice",
        "buffer_twice",
    ),
    of_order(
        "VT127",
        "warning",
        "Seek Completed or Buffer Completed comes without its start.",
        _PAIRS,
        "Send the start with the time and the place where it began.",
        "S20",
        "seek_not_open",
        "buffer_not_open",
    ),
    of_order(
        "VT128",
        "warning",
        "Buffer Started comes before the first frame.",
        "Startup time is counted as rebuffering.",
        "Send no Buffer events before Content Started or Ad Started.",
        "S25",
        "buffer_at_startup",
    ),
    of_order(
        "VT131",
        "warning",
        "A playback event bears an ad's ids while no ad plays.",
        "Youbora sends pauses, stalls and seeks to its ad adapter.",
        "Leave ad_asset_id, ad_pod_id and ad_type out as soon as the ad is over.",
        "S34, spec 4.2",
        "no_ad_plays",
    ),
    of_order(
        "VT132",
        "warning",
        "A playback event bears the ids of another ad than the one that plays.",
        "What happened is counted to the wrong ad.",
        "Take the ids from the open ad.",
        "S34",
        "other_ad_ids",
    ),
    of_order(
        "VT133",
        "warning",
        "A playback event bears the ids of another content pod, or of none, while one plays.",
        "What happened is counted to the wrong content, or to none.",
        "Send content_asset_id and content_pod_id of what plays on every playback event.",
        "S34",
        "other_content_ids",
        "nameless",
        "resumed_what_plays_not",
    ),
)
