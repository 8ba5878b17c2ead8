"""Every input is accepted, repaired, ignored or rejected, and said so: S60, S61."""

import math
from typing import Any

import attrs
import pytest

from tests.session.story import T0, Story, ad, mid, names, pre
from video_tracker.diagnostics import REASONS
from video_tracker.errors import StrictError
from video_tracker.plan import AdRange, Content, SessionPlan
from video_tracker.session import Diagnostic, Session
from video_tracker.signals import SIGNALS

PLAN = SessionPlan(user_id="viewer", contents=[Content(duration=60.0)])


def told(session: Session, script: list[tuple[float, str, dict[str, Any]]]) -> list[str]:
    """The names of the events that a script of inputs causes."""
    events = []
    for at, signal, fields in script:
        events += getattr(session, signal)(T0 + at, **fields)
    return names(events)


class TestDiagnostics:
    def test_each_repair_has_a_reason_that_is_counted_and_told(self) -> None:
        """S60: a stable code, visible to a hook, with the input and its time."""
        seen: list[Any] = []
        session = Session("s1", PLAN, on_diagnostic=seen.append)
        session.progress(T0 + 5, position=100.0)

        assert seen
        assert {each.session_id for each in seen} == {"s1"}
        assert {each.input for each in seen} == {"progress"}
        assert {each.at for each in seen} == {T0 + 5}
        assert all(each.kind in ("accept", "repair", "ignore", "reject") for each in seen)
        assert all(each.reason in REASONS for each in seen)
        counted = {reason: n for reason, n in session.diagnostics.items() if n}
        assert set(counted) == {each.reason for each in seen}
        assert session.summary().to_dict()["diagnostics"] == counted

    def test_a_good_session_has_no_diagnostics(self) -> None:
        """S60: nothing to repair; at most a ``playing`` after ``play`` that says nothing new."""
        story = Story(40, breaks=[pre(ad("a0", 5)), mid(20, ad("a1", 5))], strict=True)
        story.say("load", duration=40.0)
        story.say("play")
        story.pod(("a0", 5))
        story.say("playing", position=0.0)
        story.watch(10)
        story.pause(5).watch(10)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(2).seek(30).watch(2)
        story.say("buffer_start", position=32.0)
        story.wait(2).say("buffer_end", position=32.0)
        story.watch(8)
        story.say("content_end", position=40.0)
        story.say("end")

        assert story.session.over
        assert set(story.figures()["diagnostics"]) <= {"already_playing", "unchanged"}

    def test_every_reason_has_its_sentence(self) -> None:
        """S60: codes are stable words, sentences are for people."""
        for code, sentence in REASONS.items():
            assert code == code.lower()
            assert " " not in code
            assert " " in sentence

    def test_a_hook_sees_what_is_ignored_after_the_end(self) -> None:
        """S60, S61: callbacks after the end."""
        seen: list[Any] = []
        session = Session("s1", PLAN, on_diagnostic=seen.append)
        session.play(T0)
        session.exit(T0 + 1)
        seen.clear()
        session.progress(T0 + 2, position=2.0)
        assert [each.kind for each in seen] in (["ignore"], ["reject"])


class TestStrict:
    @pytest.mark.parametrize(
        "script",
        [
            [("progress", {"position": 5.0})],
            [("ad_start", {"asset_id": "a1"})],
            [("play", {}), ("playing", {}), ("ad_start", {"asset_id": "a1"})],
            [
                ("play", {}),
                ("playing", {}),
                ("progress", {"position": 40.0}),  # a far place waits for the next word (S89)
                ("progress", {"position": 41.0}),
            ],
            [
                ("play", {}),
                ("ad_break_start", {}),
                ("ad_start", {"asset_id": "a1"}),
                ("ad_break_end", {}),
            ],
        ],
    )
    def test_strict_mode_raises_where_it_would_repair(
        self, script: list[tuple[str, dict[str, Any]]]
    ) -> None:
        """S60: with the reason's code, and the session is as it was."""
        story = Story(60, strict=True)
        for signal, fields in script[:-1]:
            story.say(signal, **fields)
        before = story.figures()
        signal, fields = script[-1]
        with pytest.raises(StrictError) as caught:
            story.wait(1).say(signal, **fields)
        assert caught.value.reason in REASONS
        after = story.figures()
        assert {k: v for k, v in after.items() if k != "diagnostics"} == {
            k: v for k, v in before.items() if k != "diagnostics"
        }

    @pytest.mark.parametrize("bad", [math.nan, -5.0, math.inf, "x"])
    def test_an_impossible_position_is_counted(self, bad: Any) -> None:
        """S60: dropped with a stated reason."""
        story = Story(60).begin().watch(5)
        story.say("progress", position=bad)
        assert sum(story.figures()["diagnostics"].values()) == 1

    def test_a_backward_clock_raises(self) -> None:
        """S64 in strict mode."""
        story = Story(60, strict=True).begin().watch(5)
        with pytest.raises(StrictError):
            story.say_at(2.0, "progress", position=5.0)


class TestRepairs:
    """S61, each from the script to the names of its events."""

    STARTED = ("Playback Started", "Content Started")

    @pytest.mark.parametrize(
        ("script", "wanted"),
        [
            pytest.param(
                [(0, "play", {}), (0, "playing", {})],
                ["Playback Started", "Content Started"],
                id="play without load",
            ),
            pytest.param(
                [(5, "progress", {"position": 100.0})],
                ["Playback Started", "Content Started"],
                id="progress before play",
            ),
            pytest.param(
                [(5, "pause", {"position": 30.0}), (6, "play", {})],
                None,
                id="pause before play",
            ),
            pytest.param(
                [(0, "play", {}), (0, "play", {}), (0, "playing", {}), (1, "play", {})],
                ["Playback Started", "Content Started"],
                id="double start",
            ),
            pytest.param(
                [
                    (0, "play", {}),
                    (0, "playing", {}),
                    (5, "progress", {"position": 5.0}),
                    (5, "pause", {}),
                    (5, "pause", {}),
                    (6, "pause", {}),
                    (7, "play", {}),
                ],
                ["Playback Started", "Content Started", "Paused", "Resumed"],
                id="double pause",
            ),
            pytest.param(
                [
                    (0, "play", {}),
                    (0, "playing", {}),
                    (5, "progress", {"position": 5.0}),
                    (5, "pause", {}),
                    (7, "play", {}),
                    (7, "play", {}),
                    (7, "playing", {}),
                    (8, "play", {}),
                ],
                ["Playback Started", "Content Started", "Paused", "Resumed"],
                id="double resume",
            ),
            pytest.param(
                [
                    (0, "play", {}),
                    (0, "playing", {}),
                    (60, "progress", {"position": 60.0}),
                    (60, "end", {}),
                    (60, "end", {}),
                    (60, "content_end", {}),
                ],
                ["Playback Started", "Content Started", "Content Completed", "Playback Completed"],
                id="double ended",
            ),
            pytest.param(
                [
                    (0, "play", {}),
                    (0, "playing", {}),
                    (5, "seek_start", {"position": 5.0}),
                    (5, "seek_start", {"position": 5.0}),
                    (6, "seek_end", {"position": 30.0}),
                    (6, "seek_end", {"position": 30.0}),
                ],
                ["Playback Started", "Content Started", "Seek Started", "Seek Completed"],
                id="double seek callbacks",
            ),
            pytest.param(
                [(0, "play", {}), (0, "playing", {}), (5, "buffer_end", {"position": 5.0})],
                ["Playback Started", "Content Started"],
                id="buffer end without start",
            ),
            pytest.param(
                [(0, "play", {}), (0, "playing", {}), (5, "ad_break_end", {})],
                ["Playback Started", "Content Started"],
                id="break end without start",
            ),
            pytest.param(
                [
                    (0, "load", {}),
                    (0, "load", {"duration": 60.0}),
                    (0, "play", {}),
                    (0, "load", {"duration": 60.0}),
                    (0, "playing", {}),
                    (1, "load", {"duration": 60.0}),
                ],
                ["Playback Started", "Content Started"],
                id="load many times",
            ),
        ],
    )
    def test_a_repaired_script_gives(
        self, script: list[tuple[float, str, dict[str, Any]]], wanted: list[str] | None
    ) -> None:
        """S61."""
        got = told(Session("s1", PLAN), script)
        if wanted is None:
            assert got.count("Paused") == got.count("Resumed") <= 1
            assert got[:1] in ([], ["Playback Started"])
        else:
            assert got == wanted

    def test_joining_in_the_middle_starts_where_it_is(self) -> None:
        """S61: the position of the first progress."""
        story = Story(600)
        assert story.say("progress", position=100.0) == [
            "0 Playback Started 100",
            "0 Content Started 100 content-1",
        ]
        story.position = 100.0
        story.watch(20)
        assert story.figures()["content_played"] == pytest.approx(20)
        assert story.figures()["unique_seconds"] == pytest.approx(20)

    def test_an_ad_before_play_starts_the_session(self) -> None:
        """S25, S61: an autoplaying pre-roll."""
        story = Story(60)
        assert story.say("ad_start", asset_id="a0", duration=5) == [
            "0 Playback Started 0",
            "0 Ad Started 0 ad-1/a0 pre",
        ]

    def test_an_announced_break_before_play_starts_nothing(self) -> None:
        """S71: frameworks announce at page load, before the viewer plays."""
        story = Story(60)
        assert story.say("ad_break_start") == []
        assert story.wait(5).say("play") == ["5 Playback Started 0"]
        assert story.wait(1).say("ad_start", asset_id="a0", duration=5) == [
            "6 Ad Started 0 ad-1/a0 pre"
        ]


HOSTILE = [
    math.nan, math.inf, -math.inf, -1.0, -1e308, 1e308, 10**400, True, "7", b"7", None, [], {},
    object(), complex(1, 1),
]  # fmt: skip


class TestHostileValues:
    @pytest.mark.parametrize("name", sorted(SIGNALS))
    def test_no_value_of_any_field_raises(self, name: str) -> None:
        """S60: whatever is given as whatever, in every phase of a session."""
        fields = [field.name for field in attrs.fields(SIGNALS[name]) if field.name != "at"]
        for value in HOSTILE:
            for field in fields:
                for phase in ("idle", "content", "ad", "paused", "after"):
                    story = self.at(phase)
                    story.say(name, **{field: value})
                    story.wait(1).say("playing")
                    story.wait(1).say("progress", position=12.0)
                    story.summary()
                    for event in story.events:
                        assert event.position is None or (
                            type(event.position) is int and 0 <= event.position < 1e6
                        )

    @pytest.mark.parametrize("name", sorted(SIGNALS))
    def test_no_time_raises(self, name: str) -> None:
        """S60, S64: a time that is none."""
        for value in HOSTILE:
            story = self.at("content")
            before = story.figures()["elapsed"]
            events = getattr(story.session, name)(value)
            assert isinstance(events, tuple)
            for event in events:
                assert type(event.at) in (int, float)
                assert T0 <= event.at < T0 + 1e9 or value == 1e308
            assert story.figures()["elapsed"] >= before

    @staticmethod
    def at(phase: str) -> Story:
        story = Story(60)
        if phase == "idle":
            return story
        story.begin().watch(11, step=1)
        if phase == "ad":
            story.say("ad_break_start")
            story.ad_start("a1", duration=5)
        elif phase == "paused":
            story.say("pause")
        elif phase == "after":
            story.say("exit")
        return story


class TestSignals:
    @pytest.mark.parametrize("other", [None, "play", 7, {"signal": "play"}, object()])
    def test_what_is_no_signal_is_refused(self, other: Any) -> None:
        """S60: counted, and nothing raised."""
        session = Session("s1", PLAN)
        assert session.receive(other) == ()
        assert sum(session.diagnostics.values()) == 1

    def test_a_signal_is_the_method_of_its_name(self) -> None:
        """Every input can be called or received, with the same events."""
        script: list[tuple[float, str, dict[str, Any]]] = [
            (0, "load", {"duration": 60.0}),
            (0, "play", {"position": 0.0}),
            (1, "playing", {"position": 0.0}),
            (2, "progress", {"position": 1.0, "duration": 60.0}),
            (3, "pause", {"position": 2.0}),
            (4, "play", {"position": 2.0}),
            (5, "seek_start", {"position": 3.0, "to": 30.0}),
            (6, "seek_end", {"position": 30.0}),
            (7, "buffer_start", {"position": 31.0}),
            (8, "buffer_end", {"position": 31.0}),
            (8, "quality", {"bitrate": 800, "framerate": 25.0, "quality": "480p"}),
            (8, "update", {"sound": 0, "full_screen": True, "properties": {"a": 1}}),
            (9, "ad_break_start", {"pod_id": "p", "placement": "mid", "ads": 1}),
            (9, "ad_start", {"asset_id": "a", "pod_position": 1, "duration": 5.0}),
            (11, "ad_progress", {"position": 2.0}),
            (11, "ad_click", {}),
            (14, "ad_end", {"position": 5.0, "asset_id": "a"}),
            (14, "ad_start", {"asset_id": "b"}),
            (15, "ad_skip", {"position": 1.0}),
            (15, "ad_start", {"asset_id": "c"}),
            (16, "ad_error", {"reason": "404", "asset_id": "c"}),
            (16, "ad_break_end", {}),
            (16, "content_start", {"position": 32.0}),
            (17, "error", {"fatal": False, "reason": "x"}),
            (18, "interrupt", {"method": "call"}),
            (19, "tick", {}),
            (20, "playing", {}),
            (21, "content_end", {"position": 60.0}),
            (21.5, "emit", {"name": "Rated"}),
            (22, "end", {}),
            (22, "ad_ranges", {"ranges": (AdRange(start=70, end=80),)}),
            (23, "exit", {}),
        ]
        assert {name for _, name, _ in script} == set(SIGNALS)
        called, received = Session("s1", PLAN), Session("s1", PLAN)
        for at, name, fields in script:
            signal = SIGNALS[name](T0 + at, **fields)
            assert received.receive(signal) == getattr(called, name)(T0 + at, **fields)
        assert called.summary() == received.summary()


def test_a_hook_that_raises_changes_nothing() -> None:
    """S60: the caller's fault is counted, and no input is lost by it."""

    def raising(diagnostic: Diagnostic) -> None:
        raise RuntimeError(diagnostic.reason)

    plan = SessionPlan(user_id="u")
    told, quiet = Session("s", plan, on_diagnostic=raising), Session("s", plan)
    for session in (told, quiet):
        session.progress(10.0, 5.0)
        session.ad_end(11.0)
        session.progress(12.0, 7.0)

    assert told._state.sequence == quiet._state.sequence
    assert told.diagnostics.pop("hook_failed") == sum(quiet.diagnostics.values())
    assert told.summary().buckets == quiet.summary().buckets
