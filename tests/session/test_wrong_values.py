"""Wrong values are left out with a reason, repaired with one, or raise: S60. Times: S60, S64."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import attrs
import pytest

from tests.session.story import T0, Story, ad, mid
from video_tracker.errors import StrictError
from video_tracker.plan import AdRange, Content, SessionPlan, Settings
from video_tracker.session import Session, snapshot
from video_tracker.signals import SIGNALS, Tick

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("progress", {"position": -1.0}, "invalid_position"),
    ("progress", {"position": "7"}, "invalid_position"),
    ("progress", {"duration": -5.0}, "invalid_position"),
    ("pause", {"position": float("nan")}, "invalid_position"),
    ("playing", {"position": True}, "invalid_position"),
    ("seek_start", {"to": -3.0}, "invalid_position"),
    ("seek_end", {"position": float("inf")}, "invalid_position"),
    ("content_start", {"asset_id": 7}, "invalid_value"),
    ("content_start", {"asset_id": ""}, "invalid_value"),
    ("ad_break_start", {"placement": "sometimes"}, "invalid_value"),
    ("ad_break_start", {"pod_id": 5}, "invalid_value"),
    ("ad_break_start", {"ads": -1}, "invalid_value"),
    ("ad_break_start", {"ads": ["x"]}, "invalid_value"),
    ("ad_break_start", {"offset": -7.0}, "invalid_position"),
    ("load", {"plan": {"user_id": "u"}}, "invalid_value"),
    ("load", {"content": "film"}, "invalid_value"),
    ("load", {"livestream": "yes"}, "invalid_value"),
    ("load", {"next_item": 1}, "invalid_value"),
    ("load", {"duration": -60.0}, "invalid_position"),
    ("quality", {"bitrate": -1}, "invalid_value"),
    ("quality", {"framerate": "25"}, "invalid_value"),
    ("quality", {"quality": 480}, "invalid_value"),
    ("update", {"sound": -1}, "invalid_value"),
    ("update", {"full_screen": 1}, "invalid_value"),
    ("update", {"playback_rate": -200.0}, "invalid_value"),
    ("update", {"playback_rate": 1000.0}, "invalid_value"),
    ("update", {"live_edge": -1.0}, "invalid_value"),
    ("update", {"properties": [1]}, "invalid_value"),
    ("update", {"properties": {1: 2}}, "invalid_value"),
    ("interrupt", {"method": 5}, "invalid_value"),
    ("error", {"fatal": "yes"}, "invalid_value"),
]


def state(session: Session) -> Any:
    return snapshot(session)["state"]


class TestWrongValues:
    @pytest.mark.parametrize(("signal", "fields", "reason"), WRONG)
    def test_each_is_left_out_with_a_reason(
        self, signal: str, fields: dict[str, Any], reason: str
    ) -> None:
        """S60: counted, and nothing raised."""
        story = Story(60).begin().watch(5)
        story.wait(1).say(signal, **fields)
        assert story.session.diagnostics[reason] == 1

    def test_an_ad_whose_id_is_none_is_a_nameless_one_though_a_next_item_waits(self) -> None:
        """S60, S92: the ad played, whatever it is called."""
        story = Story(60, 60).begin().watch(10)
        story.say("load", next_item=True)
        assert story.say("ad_start", asset_id=["x"]) == [
            "10 Content Completed 10 content-1",
            "10 Ad Started 0 ad-1/ad-1-1 mid",
        ]
        assert story.figures()["diagnostics"] == {"ad_break_start_lost": 1, "invalid_value": 1}

    @pytest.mark.parametrize(("signal", "fields", "reason"), WRONG)
    def test_strict_mode_raises_and_changes_nothing(
        self, signal: str, fields: dict[str, Any], reason: str
    ) -> None:
        """S60: the whole input, whatever else it says."""
        story = Story(60, strict=True).begin().watch(5)
        before = state(story.session)
        with pytest.raises(StrictError) as caught:
            story.wait(1).say(signal, **fields)
        assert caught.value.reason == reason
        assert state(story.session) == before

    def test_what_a_half_wrong_input_says_rightly_is_not_taken_in_strict_mode(self) -> None:
        """S60: raise before anything is changed."""
        story = Story(60, strict=True).begin().watch(5)
        with pytest.raises(StrictError):
            story.say("update", sound=10, duration=-1.0)
        assert story.session._state.player.sound is None

    @pytest.mark.parametrize("told", [7, "x", [("a", 1)], {1: 2}])
    def test_an_annotation_that_is_none(self, told: Any) -> None:
        """S60: counted; in strict mode it raises."""
        story = Story(60).begin()
        story.session.annotate(told)
        assert story.session.diagnostics == {"invalid_value": 1}
        with pytest.raises(StrictError):
            Story(60, strict=True).begin().session.annotate(told)

    def test_what_is_clamped_is_a_repair_with_a_reason(self) -> None:
        """S54, S60: the loudest there is."""
        story = Story(60).begin()
        story.say("update", sound=150)
        assert story.session._state.player.sound == 100
        assert story.session.diagnostics == {"out_of_range": 1}
        with pytest.raises(StrictError):
            Story(60, strict=True).begin().say("update", sound=150)


class TestStrictEvidence:
    """S60: a repair, by evidence too, raises before it changes anything."""

    @pytest.mark.parametrize(
        ("script", "last"),
        [
            ([("pause", {"position": 5.0})], ("progress", {"position": 7.0})),
            ([("pause", {"position": 5.0})], ("pause", {"position": 7.0})),
            ([("buffer_start", {"position": 5.0})], ("progress", {"position": 7.0})),
            ([("ad_start", {"asset_id": "a", "duration": 5.0})], ("ad_break_end", {})),
            ([], ("progress", {"position": 40.0})),
            ([], ("ad_start", {"asset_id": "a"})),
            ([], ("progress", {"position": 7.0, "duration": 65.0})),
            ([("seek_start", {"position": 5.0, "to": 20.0})], ("exit", {"position": -1})),
        ],
    )
    def test_the_session_is_as_it_was(
        self, script: list[tuple[str, Any]], last: tuple[str, Any]
    ) -> None:
        story = Story(60, breaks=[mid(30, ad("a", 5))], strict=True).begin().watch(5)
        for signal, fields in script:
            if signal == "ad_start":
                story.say("ad_break_start")
            story.say(signal, **fields)
        before, figures = state(story.session), story.figures()
        try:
            story.wait(2).say(last[0], **last[1])
        except StrictError:
            assert state(story.session) == before
            assert story.figures() == figures
            story.say("tick")

    def test_no_second_that_was_played_is_lost_by_it(self) -> None:
        """S60, S63: what the short way let pass before counts."""
        story = Story(600, strict=True).begin().watch(7)
        with pytest.raises(StrictError):
            story.say("progress", position="x")
        story.watch(2)
        assert story.figures()["content_played"] == pytest.approx(9.0)

    def test_so_is_a_stream_with_ads(self) -> None:
        """S9: several words to the session, one input."""
        settings = Settings(ads="stitched")
        plan = SessionPlan(user_id="u", contents=[Content(duration=60.0)], settings=settings)
        session = Session("s", plan, strict=True)
        session.ad_ranges(T0, [AdRange(start=10.0, end=15.0, pod_length=1)])
        session.play(T0)
        session.playing(T0, 0.0)
        for second in range(1, 10):
            session.progress(T0 + second, float(second))
        before = state(session)
        with pytest.raises(StrictError):
            session.progress(T0 + 10, 12.0 + 30)
        assert state(session) == before
        assert session.progress(T0 + 10.5, 10.5)


class Broken(tzinfo):
    """A zone that fails when it is asked."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise RuntimeError("no zone")

    dst = tzname = utcoffset  # type: ignore[assignment]


class TestTimes:
    def test_an_aware_datetime_is_a_time_for_every_input(self) -> None:
        """S60: it is unambiguous, in whichever zone."""
        zone = timezone(timedelta(hours=5, minutes=30))
        for name, kind in SIGNALS.items():
            told, meant = Story(60).begin().watch(5), Story(60).begin().watch(5)
            at = datetime.fromtimestamp(T0 + 6, zone)
            events = getattr(told.session, name)(at)
            assert events == getattr(meant.session, name)(at.timestamp()), name
            assert state(told.session) == state(meant.session), name
            assert told.session.receive(kind(at)) is not None  # type: ignore[arg-type]

    def test_so_it_is_in_a_stream_with_ads_and_from_the_start(self) -> None:
        """S9, S50: events bear Unix seconds."""
        session = Session("s", user_id="u", settings=Settings(ads="stitched"))
        at = datetime.fromtimestamp(T0, UTC)
        (started,) = session.play(at)
        assert started.at == T0
        session.playing(at, 0.0)
        session.progress(at + timedelta(seconds=12), 12.0)
        assert session.clock == T0 + 12

    @pytest.mark.parametrize(
        "at",
        [
            datetime(2027, 1, 15, 8, 0, 0),  # noqa: DTZ001 - a naive one is what is tested
            datetime(2027, 1, 15, 8, 0, 0, tzinfo=Broken()),
            datetime(1900, 1, 1, tzinfo=UTC),
            "2027-01-15T08:00:00Z",
            1_800_000_000_000.0,
            -(10**400),
            10**400,
        ],
    )
    def test_what_names_no_time_is_refused(self, at: Any) -> None:
        """S60: a naive ``datetime`` might be of any zone."""
        session = Session("s", user_id="u")
        for name in SIGNALS:
            assert getattr(session, name)(at) == ()
        assert session.diagnostics == {"invalid_time": len(SIGNALS)}
        with pytest.raises(StrictError):
            Session("s", user_id="u", strict=True).play(at)

    def test_a_tick_too(self) -> None:
        """S46."""
        story = Story(600).begin()
        at = datetime.fromtimestamp(T0 + 1000, UTC)
        events = story.session.receive(Tick(at))  # type: ignore[arg-type]
        assert any(event.name == "Video Playback Interrupted" for event in events)


def test_the_replay_of_a_subclass_is_of_that_subclass() -> None:
    """S24: and of one of that one."""

    class Own(Session):
        pass

    session = Own("s", user_id="u")
    again = session.restart()
    assert type(again) is Own
    assert type(again.restart()) is Own


def test_a_session_s_face_is_its_inputs_and_figures() -> None:
    """At most fifty names: inputs, figures and little else."""
    public = {name for name in dir(Session) if not name.startswith("_")}
    assert set(SIGNALS) <= public
    assert len(public) <= 50
    for name in SIGNALS:
        assert attrs.has(SIGNALS[name])
