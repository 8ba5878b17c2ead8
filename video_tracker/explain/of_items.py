"""What of contents and ads did not come, and the nearest miss, by the session's tolerances."""

from collections.abc import Iterator

from video_tracker.diagnostics import REASONS
from video_tracker.events import (
    AdPlaying,
    AdStarted,
    ContentCompleted,
    ContentPlaying,
    ContentStarted,
    Event,
)
from video_tracker.explain.record import AdOver, Cause, Watched
from video_tracker.explain.recorder import ad_as_it_is
from video_tracker.explain.view import Miss, View, never, refused
from video_tracker.session.data.tolerances import (
    LAST_QUARTILE,
    PASSED_BY,
)
from video_tracker.session.effects import beats, positions


def content_started(v: View) -> Iterator[Miss]:
    for note in v.record.notes:
        if note.diagnostic.reason == "glimpse_of_content":
            yield Miss(REASONS["glimpse_of_content"], note.cause)
    if v.made(ContentStarted):
        return
    if v.s.held.opening_at is not None:
        yield Miss(
            "Content showed, but a planned pre-roll is due: it waits for that (S73).", v.last
        )
    elif v.s.where in ("ad", "ad_break"):
        yield Miss(f"It was in an ad break when {v.end}: no content had shown (S14).", v.last)
    else:
        yield Miss(
            "No frame of content moved: nobody said playing, and no position moved on (S73).",
            v.last,
        )


def content_playing(v: View) -> Iterator[Miss]:
    yield from _no_beat(v, ContentPlaying, ContentStarted, "content_played")


def ad_playing(v: View) -> Iterator[Miss]:
    yield from _no_beat(v, AdPlaying, AdStarted, "ad_played")
    yield from quartile(v)


def heartbeat(v: View) -> Iterator[Miss]:
    yield from _no_beat(v, ContentPlaying, ContentStarted, "content_played")
    yield from _no_beat(v, AdPlaying, AdStarted, "ad_played")


def _no_beat(v: View, kind: type[Event], start: type[Event], bucket: str) -> Iterator[Miss]:
    step = v.s.settings.heartbeat
    what = "content" if bucket == "content_played" else "ad"
    if v.made(kind):
        return
    if not v.made(start):
        yield Miss(f"No {what} had started.")
    elif step is None:
        yield Miss("The setting heartbeat is null: none are sent (S40).")
    else:
        runs = [each for each in v.record.stretches if each.bucket == bucket]
        longest = max(runs, key=lambda each: each.seconds, default=None)
        seconds = 0.0 if longest is None else float(longest.seconds)
        yield Miss(
            f"The longest run of playing {what} was {seconds:.1f} s: a heartbeat falls due after "
            f"{step:g} s (setting heartbeat, S40), not within {beats.SOON:.1f} s of a known end "
            "(S44), and the count begins anew after a pause and a seek (S41).",
            None if longest is None else longest.closed,
        )


def quartile(v: View) -> Iterator[Miss]:
    if v.s.settings.quartiles != "emit":
        yield Miss(
            f"The setting quartiles is {v.s.settings.quartiles}: no events of their own (S45)."
        )
        return
    told: dict[int, list[int]] = {}
    number = -1
    for made in v.record.made:
        if isinstance(made.event, AdStarted):
            number += 1
            told[number] = []
        elif isinstance(made.event, AdPlaying) and made.event.quartile is not None and number >= 0:
            told[number].append(made.event.quartile)
    if not told:
        yield Miss("No ad had started.")
    for over, quartiles in zip(_ads_over(v), told.values(), strict=False):
        following = max(quartiles, default=0) + 1
        if over.length is None and not quartiles:
            yield Miss(
                f"The length of {over.asset_id} is unknown: it has no quartiles (S45).", over.cause
            )
        elif over.length is not None and following <= LAST_QUARTILE:
            place = beats.place_of_quartile(over.length, following)
            yield Miss(
                f"{over.asset_id} went by for {over.watched:.1f} s of {over.length:g}: quartile "
                f"{following} lies at {place:g} s (S45).",
                over.cause,
            )


def content_completed(v: View) -> Iterator[Miss]:
    opened: ContentStarted | None = None
    for made in v.record.made:
        event = made.event
        if isinstance(event, ContentStarted):
            if opened is not None:
                yield _left_pod(v, opened, event, made.cause)
            opened = event
        elif isinstance(event, ContentCompleted):
            opened = None
    if opened is not None:
        yield _not_completed(v, opened)
    elif not v.made(ContentStarted):
        yield Miss("No content had started.")


def _left_pod(v: View, opened: ContentStarted, into: ContentStarted, cause: Cause) -> Miss:
    """A pod that was left for another without a Completed."""
    pod = f"{opened.asset_id}/{opened.pod_id}"
    if into.asset_id == opened.asset_id:
        return Miss(
            f"{pod} was left by a seek to {into.position} s: a pod that a seek leaves ends without "
            "Completed (S22).",
            cause,
        )
    own = [each for each in v.record.watched if each.asset_id == opened.asset_id]
    place = max((each for each in own if _until(each, cause)), key=_when, default=None)
    reached = 0.0 if place is None else place.end
    known = [each for each in v.s.timeline.assets if each.asset_id == opened.asset_id]
    length = known[0].duration if known else None
    slack = positions.unsaid_slack(length)
    of = "an unknown length" if length is None else f"{length:g} s"
    return Miss(
        f"{pod} was left for {into.asset_id} at {reached:.1f} s of {of}: Content Completed needs "
        f"the last {slack:g} s (S75, S90).",
        cause,
    )


def _when(range_: Watched) -> int:
    return 0 if range_.closed is None else range_.closed.number


def _until(range_: Watched, cause: Cause) -> bool:
    return range_.closed is not None and range_.closed.number <= cause.number


def _not_completed(v: View, opened: ContentStarted) -> Miss:
    """The last pod, which nothing completed."""
    s, pod = v.s, f"{opened.asset_id}/{opened.pod_id}"
    left, slack = positions.to_content_end(s), positions.unsaid_slack(s.duration)
    where = "The viewer left" if s.ended == "exited" else "The log ends"
    if s.held.end_at is not None:
        return Miss(
            "The end that was told is in doubt: it lies far before the known length (S82).", v.last
        )
    if left is None:
        return Miss(
            f"{where} at {s.position:.1f} s of {pod}; its length is unknown, and nobody said "
            "content_end (S75).",
            v.last,
        )
    if s.how in ("seeking", "seeking_paused"):
        return Miss(
            f"In {pod} a seek was open when {v.end}: what a seek reaches is not played (S75).",
            v.last,
        )
    return Miss(
        f"{where} {left:.1f} s before the end of {pod} ({s.position:.1f} of "
        f"{s.duration:g} s): Content Completed needs the last {slack:g} s, or the player's word of "
        "the end (S75, S90).",
        v.last,
    )


def ad_started(v: View) -> Iterator[Miss]:
    s = v.s
    moved = {over.cause.number for over in v.record.ads if over.fate == "failed"}
    for count in v.record.counted:
        if count.name == "ads_failed" and count.cause.number not in moved:
            yield Miss("An announced ad failed before its first frame moved (S71).", count.cause)
    if not v.made(AdStarted):
        yield from refused(v, "ad_start", "ad_progress", "ad_break_start")
    events = [made.event for made in v.made(AdStarted)]
    started = {event.pod_id for event in events if isinstance(event, AdStarted)}
    planned = [part for part in s.timeline.breaks if part.pod_id not in started]
    for part in planned:
        what = f"{part.pod_id} ({part.placement or 'mid-roll'})"
        if positions.was_opened(s, part.index):
            yield Miss(
                f"The break {what} began, but none of its ads moved: an ad starts with its first "
                "moving frame (S71)."
            )
        elif part.placement == "mid-roll" and part.offset > s.position + PASSED_BY:
            yield Miss(
                f"The break {what} lies at {part.offset:g} s; content came to {s.position:.1f} s.",
                v.last,
            )
        else:
            yield Miss(
                f"The break {what} was planned, and the player played no ad of it (S12).", v.last
            )
    if not started and not planned:
        yield from never(v, "ad_start, and no ad was planned", "ad_start")


def _ads_over(v: View) -> list[AdOver]:
    """All ads that started, the open one as it stands."""
    s = v.s
    open_ad = [] if s.ad is None or v.last is None else [ad_as_it_is(s, s.ad, v.last)]
    return [*v.record.ads, *open_ad]


def ad_completed(v: View) -> Iterator[Miss]:
    ads = _ads_over(v)
    if not ads:
        yield Miss("No ad had started.")
    for over in ads:
        miss = _why_not(v, over)
        if miss is not None:
            yield Miss(miss, over.cause)


def _why_not(v: View, over: AdOver) -> str | None:
    if over.fate == "completed":
        return None
    seen = f"{over.asset_id} went by for {over.watched:.1f} s"
    of = "" if over.length is None else f" of {over.length:g}"
    if over.fate == "failed":
        return f"{seen}{of}, and then failed (S13)."
    if over.cause.name == "ad_skip" and over.fate == "skipped":
        return f"{seen}{of}, and was skipped: a skipped ad gets no Completed (S13)."
    if over.fate == "open":
        return f"{seen}{of} when {v.end}: an ad that is left stays open (S26)."
    need = "" if over.needed is None else f": Ad Completed needs {over.needed:.2f} s (S72, S90)"
    return f"{seen}{of}, and was cut with {over.cause.name}{need}."
