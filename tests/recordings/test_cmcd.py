"""Real CMCD reports of three players, held against what their media elements did."""

import functools
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recordings.cmcd_truth import bodies, figures, media
from video_tracker.events import Event
from video_tracker.ingest import Intake, PlayerFeed, decode_cmcd
from video_tracker.ingest.cmcd_log import in_order, read_bodies, session_of
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.cmcd import CmcdAdapter
from video_tracker.session import Playback, Session, Summary
from video_tracker.testing import assert_summary, check_adapter, check_streams

FILM = "film-1"
SEGMENTS = {
    **{f"v{number}.m4s": (2.0 * number, 2.0 * number + 2) for number in range(20)},
    **{
        f"chunk-stream0-{number + 1:05}.m4s": (2.0 * number, 2.0 * number + 2)
        for number in range(20)
    },
}
"""The segments of the films: two seconds each."""


class Viewing:
    """One session of a log: its adapter, its events, its summaries."""

    def __init__(self, name: str, segments: dict[str, tuple[float, float]] | None = None) -> None:
        self.adapter = CmcdAdapter(segments=segments)
        settings = Settings(**self.adapter.settings)
        self.playback = Playback(Session(name, SessionPlan(user_id="u1"), settings=settings))
        self.events: list[Event] = []
        self.signals = 0

    def take(self, signals: Iterable[Any]) -> None:
        for signal in signals:
            self.signals += 1
            self.events += [event for _, event in self.playback.receive(signal)]

    def summary(self) -> Summary:
        return self.playback.sessions[0].summary()


def viewings(
    lines: Iterable[bytes], segments: dict[str, tuple[float, float]] | None = None
) -> dict[str, Viewing]:
    """The sessions that the recorded lines give, by their ``sid``."""
    found: dict[str, Viewing] = {}
    last = 0.0
    for report in in_order(read_bodies(lines)):
        sid = session_of(report)
        assert sid is not None
        viewing = found.setdefault(sid, Viewing(sid, segments))
        viewing.take(viewing.adapter.translate(report))
        last = report.at
    for viewing in found.values():
        viewing.take(viewing.adapter.flush(last))
        viewing.events += [event for _, event in viewing.playback.finish()]
        assert check_streams(viewing.events) == []
    return found


def only(lines: Iterable[bytes]) -> Viewing:
    (viewing,) = viewings(lines).values()
    return viewing


@functools.cache
def seen(name: str) -> Viewing:
    return only(bodies(name))


def told(viewing: Viewing, start: float) -> list[tuple[float, str, int | None]]:
    """The events without beats: seconds from a time, name, position."""
    return [
        (round(event.at - start, 2), event.name.removeprefix("Video "), event.position)
        for event in viewing.events
        if not event.name.endswith((" Playing", " Quality Updated"))
    ]


def times(name: str, *wanted: str) -> list[float]:
    """When the element fired what, from its first ``play`` on, in seconds."""
    events = [(at, event) for at, event, _ in media(name) if event in wanted]
    return [at for at, _ in events]


# -- the figures -----------------------------------------------------------------------------------


def test_the_truth_is_what_the_element_said() -> None:
    """Seconds as they were summed up when the recordings were made."""
    assert figures("hls") == pytest.approx(
        {"content": 33.53, "paused": 7.02, "seeking": 0.03, "buffering": 2.09}, abs=0.01
    )
    assert figures("dash") == pytest.approx(
        {"content": 28.95, "paused": 7.02, "seeking": 0.06, "buffering": 0}, abs=0.01
    )


@pytest.mark.parametrize("name", ["hls", "dash"])
def test_a_recording_gives_the_seconds_that_were_seen(name: str) -> None:
    """S25, S30, S32, S33: content within 0.1 s, stalls within 0.01 s."""
    true = figures(name)

    assert_summary(
        seen(name).summary(),
        content_played=pytest.approx(true["content"], abs=0.1),
        buffering=pytest.approx(true["buffering"], abs=0.01),
        paused=pytest.approx(true["paused"], abs=0.1),
        seeking=pytest.approx(true["seeking"], abs=0.03),
        startup=pytest.approx(0.0, abs=0.01),
        suspended=0,
        ended="completed",
    )


@pytest.mark.parametrize("name", ["hls", "dash"])
def test_what_was_watched_is_claimed_up_to_the_first_seek_and_no_further(name: str) -> None:
    """S33: nobody tells where a seek goes. The viewer had seen 9.0 s when he made the first."""
    summary = seen(name).summary().to_dict()

    assert list(summary["watched"]) == [FILM]
    ((start, end),) = summary["watched"][FILM]
    assert start == 0
    assert end == pytest.approx(9.0, abs=0.05)


# -- the events ------------------------------------------------------------------------------------


def test_the_events_of_the_hls_recording() -> None:
    """S20, S30, S33: dated as the element was; no position once a seek has gone nobody knows where.

    The seek while paused is one in that instant; the stall that follows each seek is the seek's.
    """
    at = {event: times("hls", event) for _, event, _ in media("hls")}
    start = at["play"][0]
    expected = [
        (at["play"][0], "Playback Started", 0),
        (at["playing"][0], "Content Started", 0),
        (at["pause"][0], "Playback Paused", 6),
        (at["play"][1], "Playback Resumed", 6),
        (at["seeking"][0], "Playback Seek Started", 9),
        (at["playing"][2], "Playback Seek Completed", None),
        (at["pause"][1], "Playback Paused", None),
        (at["seeking"][1], "Playback Seek Started", None),
        (at["seeking"][1], "Playback Seek Completed", None),
        (at["play"][2], "Playback Resumed", None),
        (at["waiting"][1], "Playback Buffer Started", None),
        (at["playing"][4], "Playback Buffer Completed", None),
        (at["seeking"][2], "Playback Seek Started", None),
        (at["playing"][5], "Playback Seek Completed", None),
        (at["ended"][0], "Content Completed", None),
        (at["ended"][0], "Playback Completed", None),
    ]
    found = told(seen("hls"), start)

    assert [event[1:] for event in found] == [event[1:] for event in expected]
    assert [event[0] for event in found] == pytest.approx(
        [when - start for when, _, _ in expected], abs=0.011
    )


def test_the_events_of_the_dash_recording() -> None:
    """S31, S74: the pause of the end is none, and a gap of 2 ms is no stall.

    A seek back from the end that plays nothing begins no session (S24), and `s` at the loading is
    no wish to play (S25).
    """
    at = {event: times("dash", event) for _, event, _ in media("dash")}
    start = at["play"][0]
    expected = [
        (at["play"][0], "Playback Started", 0),
        (at["playing"][0], "Content Started", 0),
        (at["pause"][0], "Playback Paused", 6),
        (at["play"][1], "Playback Resumed", 6),
        (at["seeking"][0], "Playback Seek Started", 9),
        (at["playing"][2], "Playback Seek Completed", None),
        (at["pause"][1], "Playback Paused", None),
        (at["seeking"][1], "Playback Seek Started", None),
        (at["seeking"][1], "Playback Seek Completed", None),
        (at["play"][2], "Playback Resumed", None),
        (at["ended"][0], "Content Completed", None),
        (at["ended"][0], "Playback Completed", None),
    ]
    found = told(seen("dash"), start)

    assert [event[1:] for event in found] == [event[1:] for event in expected]
    assert [event[0] for event in found] == pytest.approx(
        [when - start for when, _, _ in expected], abs=0.011
    )
    assert len(seen("dash").playback.sessions) == 1


@pytest.mark.parametrize("name", ["hls", "dash"])
def test_no_position_is_invented_after_a_seek(name: str) -> None:
    """S33: from the first Seek Completed on no event of the content bears one."""
    events = seen(name).events
    names = [event.name for event in events]
    after = events[names.index("Video Playback Seek Completed") :]

    assert {event.position for event in after} == {None}


@pytest.mark.parametrize("name", ["hls", "dash"])
def test_the_grade_is_told_in_each_session(name: str) -> None:
    adapter = seen(name).adapter

    assert adapter.grade == "timed"
    assert adapter.notes["positions: timed (no pt): none is told after a seek"] == 1
    assert adapter.notes["seek: nobody tells where to"] == {"hls": 3, "dash": 2}[name]


def test_a_table_of_segments_brackets_a_run_and_never_makes_a_position() -> None:
    """S33: the seeks to 25 and 37 asked for their segment; the one to 10 lay in the buffer."""
    (hls,) = viewings(bodies("hls"), SEGMENTS).values()
    (dash,) = viewings(bodies("dash"), SEGMENTS).values()

    assert [(each.earliest, each.latest) for each in hls.adapter.brackets] == [(24, 26), (36, 38)]
    assert [(each.earliest, each.latest) for each in dash.adapter.brackets] == [(24, 26)]
    assert (hls.adapter.grade, dash.adapter.grade) == ("bracketed", "bracketed")
    assert (hls.events, dash.events) == (seen("hls").events, seen("dash").events)


# -- Shaka, interstitials --------------------------------------------------------------------------


def test_the_release_build_of_shaka_gives_its_reason_and_no_session() -> None:
    viewing = only(bodies("shaka"))

    assert viewing.signals == 0
    assert viewing.events == []
    assert viewing.adapter.unusable is not None
    assert "no play state (sta)" in viewing.adapter.unusable


def one_session(lines: Iterable[bytes]) -> list[bytes]:
    """The interstitial as hls.js tells it when the page sets ``sessionId`` and ``contentId``.

    The ad's reporter then bears the same ``sid``, and the hash of its asset as ``cid``.
    """
    found: list[bytes] = []
    first = b""
    for line in lines:
        sid = line.partition(b'sid=\\"')[2].partition(b'\\"')[0]
        first = first or sid
        ad = line.replace(sid, first).replace(b'cid=\\"film-1\\"', b'cid=\\"3105655517\\"')
        found.append(line if sid == first else ad)
    return found


def test_an_interstitial_under_the_sessions_own_sid_is_one_ad_in_one_break() -> None:
    """S21, S71: while it plays the content's reporter goes on with `sta=p`, which says nothing."""
    viewing = only(one_session(bodies("hls-int")))
    at = {event: times("hls-int", event) for _, event, _ in media("hls-int")}
    start = at["play"][0]
    found = [each for each in told(viewing, start) if each[1] != "Playback Interrupted"]

    assert [each[1:] for each in found] == [
        ("Playback Started", 0),
        ("Content Started", 0),
        ("Content Completed", 6),
        ("Ad Started", 0),
        ("Ad Completed", 6),
        ("Content Started", 6),
    ]
    assert [each[0] for each in found] == pytest.approx(
        [
            when - start
            for when in (
                at["play"][0],
                at["playing"][0],
                at["playing"][1],
                at["playing"][1],
                at["ended"][0],
                at["playing"][2],
            )
        ],
        abs=0.011,
    )
    summary = viewing.summary().to_dict()
    assert (summary["breaks"], summary["ads_started"], summary["ads_completed"]) == (1, 1, 1)
    assert summary["ad_played"] == pytest.approx(at["ended"][0] - at["playing"][1], abs=0.01)
    last = json.loads(bodies("hls-int")[-1])["at"]
    content = at["playing"][1] - at["playing"][0] + last - at["playing"][2]
    assert summary["content_played"] == pytest.approx(content, abs=0.1)


def test_an_interstitial_under_a_sid_of_its_own_is_told_as_two_sessions() -> None:
    film, ad = viewings(bodies("hls-int")).values()

    assert film.adapter.notes["ps d: an interstitial under another sid is a session of its own"]
    assert [summary["ads_started"] for summary in (film.summary().to_dict(),)] == [0]
    assert ad.summary().to_dict()["content_played"] == pytest.approx(6.1, abs=0.1)


# -- orders, repetitions, cuts ---------------------------------------------------------------------

LOGS = {
    "hls": bodies("hls"),
    "dash": bodies("dash"),
    "interstitial": one_session(bodies("hls-int")),
}


@functools.cache
def plain(name: str) -> list[Event]:
    return only(LOGS[name]).events


@pytest.mark.parametrize("name", LOGS)
def test_doubled_lines_change_nothing(name: str) -> None:
    """S68."""
    lines = LOGS[name]

    assert only([line for line in lines for _ in range(2)]).events == plain(name)
    assert only([*lines, *lines]).events == plain(name)


@given(name=st.sampled_from(sorted(LOGS)), data=st.data())
def test_lines_shuffled_within_two_seconds_change_nothing(name: str, data: st.DataObject) -> None:
    """S68: each line may come up to two seconds late, and may come twice."""
    chance = data.draw(st.randoms(use_true_random=False))
    lines = [line for line in LOGS[name] for _ in range(chance.choice((1, 1, 2)))]
    shuffled = sorted(lines, key=lambda line: json.loads(line)["at"] + chance.uniform(0, 2))

    assert only(shuffled).events == plain(name)


@given(name=st.sampled_from(sorted(LOGS)), data=st.data())
def test_bodies_that_arrive_in_any_order_give_the_same_events(
    name: str, data: st.DataObject
) -> None:
    """S68, S88: an intake, whose time passes with what arrives, as a replay of the whole log."""
    chance = data.draw(st.randoms(use_true_random=False))
    arriving = sorted(
        (json.loads(line)["at"] + chance.uniform(0, 2), line)
        for line in LOGS[name]
        for _ in range(chance.choice((1, 1, 2)))
    )
    first = decode_cmcd(json.loads(LOGS[name][0])["body"].encode()).beacons[0].session_id
    viewing = Viewing(first)
    intake = Intake(PlayerFeed(viewing.playback, viewing.adapter), session_id=first)
    made: list[tuple[object, Event]] = []
    for at, line in arriving:
        body = json.loads(line)["body"].encode()
        made += intake.push(decode_cmcd(body, content_type="application/cmcd"), received_at=at)
    made += intake.finish()

    assert [event for _, event in made] == plain(name)
    assert intake.count.late == intake.count.refused == 0


@pytest.mark.parametrize("name", ["hls", "dash"])
def test_a_log_that_is_cut_anywhere_tells_what_was_seen_before_the_cut(name: str) -> None:
    """S26, S63: what nobody tells any more is not played."""
    lines = bodies(name)
    for length in range(1, len(lines) + 1):
        cut = only(lines[:length])
        if cut.adapter.unusable is not None:
            assert cut.signals == 0
            continue
        last = in_order(read_bodies(lines[:length]))[-1]
        true, summary = figures(name, last.at), cut.summary().to_dict()
        assert summary["content_played"] == pytest.approx(true["content"], abs=0.1), length
        if last.detail.get("sta") not in ("r", "w"):  # how long such a stall lasts nobody tells
            assert summary["buffering"] == pytest.approx(true["buffering"], abs=0.01), length


@pytest.mark.parametrize("name", LOGS)
def test_a_cut_changes_only_what_lies_after_it(name: str) -> None:
    """S88: what was told two seconds before the cut stays as it was."""
    for length in range(10, len(LOGS[name]), 3):
        lines = LOGS[name][:length]
        kept = in_order(read_bodies(lines))[-1].at - 2
        before = [event for event in plain(name) if event.at <= kept]

        assert [event for event in only(lines).events if event.at <= kept] == before


def test_the_recordings_pass_the_checks_of_an_adapter() -> None:
    logs = [in_order(read_bodies(LOGS[name])) for name in LOGS]

    assert check_adapter(CmcdAdapter, logs=logs, rounds=1) == []
