"""Timelines of real players' recordings: the picture says what the ledger says, of every one."""

import gzip
import math
from itertools import pairwise

import pytest

from tests.recordings.replaying import HERE, LOGS
from video_tracker import Event, Playback, SessionPlan, Settings
from video_tracker.explain import RecordedSession
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.timeline import (
    LANES,
    Bar,
    PlayheadLine,
    Timeline,
    explained_timeline,
    session_timelines,
    terminal_timeline,
)
from video_tracker.trace import read_trace


def replayed(name: str) -> tuple[list[Timeline], list[Event], list[RecordedSession]]:
    lines = gzip.decompress((HERE / "data" / f"{name}.jsonl.gz").read_bytes()).splitlines()
    callbacks = list(read_trace(lines, name))
    adapter = find_adapter(adapter_for_channels({each.player for each in callbacks}))()
    plan = SessionPlan(user_id="u", settings=Settings(**adapter.settings))
    playback = Playback(RecordedSession(name, plan))
    signals = [signal for callback in callbacks for signal in adapter.translate(callback)]
    signals += adapter.flush(callbacks[-1].at)
    said = [playback.receive(signal) for signal in signals] + [playback.finish()]
    sessions = [each for each in playback.sessions if isinstance(each, RecordedSession)]
    events = [event for pairs in said for _, event in pairs]
    return [explained_timeline(each.explain()) for each in sessions], events, sessions


def ordered(bars: tuple[Bar, ...]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (bar.start, bar.end))


@pytest.mark.parametrize("name", LOGS)
def test_the_lanes_are_the_buckets_and_lie_beside_each_other(name: str) -> None:
    timelines, events, sessions = replayed(name)

    for timeline, session in zip(timelines, sessions, strict=True):
        summary = session.summary()
        for lane in LANES:
            seconds = sum(bar.end - bar.start for bar in timeline.lane(lane))
            assert seconds == pytest.approx(float(summary.buckets[lane]), abs=0.002), lane
        bars = ordered(timeline.bars)
        for one, other in pairwise(bars):
            assert one.end <= other.start + 0.001, (one, other)
        assert all(0 <= bar.start < bar.end <= timeline.length + 0.001 for bar in bars)
    drawn = {each.session_id: each for each in timelines if each.ticks}
    told = {each.session_id: each for each in session_timelines(events)}
    assert set(told) == set(drawn)
    for key, timeline in told.items():
        assert timeline.ticks == drawn[key].ticks
        assert terminal_timeline(timeline)


@pytest.mark.parametrize("name", LOGS)
def test_events_alone_place_the_playhead_near_where_the_log_does(name: str) -> None:
    """S3, S33: within the second to which positions are rounded, wherever both know it."""
    timelines, events, sessions = replayed(name)
    told = {each.session_id: each for each in session_timelines(events)}

    for timeline, session in zip(timelines, sessions, strict=True):
        # A livestream's content events tell the seconds elapsed (S8), and none tells of a rate.
        live = any(line.asset_id not in timeline.lengths for line in timeline.playhead)
        rate = session.summary().average_rate
        if timeline.session_id not in told or live or rate != pytest.approx(1.0, abs=0.1):
            continue
        for line in told[timeline.session_id].playhead:
            if line.kind != "content_played" or line.end - line.start < 1:
                continue
            middle = (line.start + line.end) / 2
            for known in timeline.playhead:
                if known.kind == line.kind and known.start < middle < known.end:
                    assert place(line, middle) == pytest.approx(place(known, middle), abs=1.5)


def place(line: PlayheadLine, at: float) -> float:
    start, end = line.start, line.end
    share = (at - start) / (end - start)
    found: float = line.start_position + share * (line.end_position - line.start_position)
    assert math.isfinite(found)
    return found
