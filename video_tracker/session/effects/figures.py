"""The figures of a session as a value."""

from video_tracker.session.data import watched
from video_tracker.session.data.state import State
from video_tracker.session.data.summary import Summary, merge_ranges
from video_tracker.session.data.tolerances import STILL
from video_tracker.session.effects import ledger


def end_time(s: State) -> float:
    return s.clock if s.over_at is None else s.over_at


def summary_of(s: State) -> Summary:
    """The figures of the session so far (end of ``semantics.md``); buckets sum to ``elapsed``.

    Time after the last evidence counts as silence: of a pause it is pause, of playing it is
    suspended (S26, S63).
    """
    s.settle()
    spent = {name: getattr(s, name) for name in Summary.BUCKETS}
    if s.ad is not None:
        spent["ad_played"] += s.ad_run
    tail = end_time(s) - s.accrued
    if s.started_at is not None and s.where != "over" and tail > 0:
        for bucket, seconds in tail_of(s, tail):
            spent[bucket] += seconds
    ranges = watched.all_of(s)
    media = s.media_seconds
    if s.position > s.range_start:
        ranges.append((s.asset_index, s.range_start, s.position))
        media += s.position - s.range_start
    return Summary.of(
        session_id=s.session_id,
        buckets=spent,
        media_seconds=media,
        watched=watched_ranges(s, ranges),
        startup_time=s.startup_time,
        counts={name: getattr(s, name) for name in Summary.COUNTS},
        ended=s.ended,
        diagnostics=s.diagnostics_counted or {},
    )


def tail_of(s: State, seconds: float) -> list[tuple[str, float]]:
    if s.where == "after_content":
        return [("gap", seconds)]
    if s.how == "playing" and s.where in ("content", "ad"):
        stood = max(s.standing - s.accrued, 0.0)
        if stood > STILL:
            return [("buffering", stood), ("suspended", seconds - stood)]
        return [("suspended", seconds)]
    return [(ledger.bucket_now(s), seconds)]


def watched_ranges(
    s: State, ranges: list[tuple[int, float, float]]
) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for index, start, end in ranges:
        found.setdefault(s.timeline.assets[index].asset_id, []).append((start, end))
    return {asset_id: merge_ranges(parts) for asset_id, parts in found.items()}
