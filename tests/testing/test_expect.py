"""What is expected of a session, and what a person reads when it is otherwise."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.session.story import Story
from tests.testing.streams import START, changed, stream
from video_tracker.events import Envelope, Event, NowPlaying, OwnEvent
from video_tracker.plan import PlayerAttributes
from video_tracker.testing import assert_events, assert_golden, assert_summary, assert_transcript
from video_tracker.testing.golden import UPDATE
from video_tracker.testing.patterns import read_patterns
from video_tracker.transcript import GAP, transcript
from video_tracker.wire import Encoder


def failure(function: Callable[..., None], *args: Any, **named: Any) -> list[str]:
    """The lines of an assertion's text, each with its words one space apart."""
    with pytest.raises(AssertionError) as caught:
        function(*args, **named)
    return [" ".join(line.split()) for line in str(caught.value).splitlines()]


def marked(lines: list[str]) -> list[str]:
    return [line for line in lines[2:] if {"|", "<", ">"} & {*line.split()}]


def own_event() -> OwnEvent:
    playing = NowPlaying("film", "content-1")
    return OwnEvent(
        START, 1, "s1", {"shown": 3}, 3, None, PlayerAttributes(), playing, own_name="Quiz Shown"
    )


# -- transcripts -----------------------------------------------------------------------------------


def test_a_transcript_that_was_printed_is_met_by_its_events() -> None:
    assert_transcript(stream(), transcript(stream()))


def test_white_space_and_remarks_do_not_count() -> None:
    assert_transcript(
        stream()[:2],
        """
        # the viewer presses play

            0   Video   Playback Started -  0/80
        0.50s Ad Started  p1/ad-1    0/5  pre-roll
                                             pod=1/1
        """.replace("pre-roll\n", "pre-roll "),
    )


@pytest.mark.parametrize(
    "line",
    [
        "Playback Seek Started",
        "29 Playback Seek Started",
        "* Playback Seek Started film/content-1",
        "29 * film/* 18/80",
        "Playback Seek Started 18/80",
        "Playback Seek Started * 18 to=25",
        "Playback Seek Started * 18/* to=*",
    ],
)
def test_columns_may_be_left_out_or_be_anything(line: str) -> None:
    assert_transcript(stream()[10:11], line, origin=START)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("29.001 Playback Seek Started", "time"),
        ("29 Playback Seek Started film/content-2", "ids"),
        ("29 Playback Seek Started */content", "ids"),
        ("29 Playback Seek Started 19/80", "position"),
        ("29 Playback Seek Started * 18/81", "position"),
        ("29 Playback Seek Started * 18 to=2", "rest"),
        ("- Playback Seek Started", "time"),
    ],
)
def test_a_column_that_is_told_must_fit(line: str, column: str) -> None:
    lines = failure(assert_transcript, stream()[10:11], line, origin=START)

    assert lines[0] == "the transcript is not the expected one: 1 different (|)"
    assert [each.partition("<- ")[2] for each in marked(lines)] == [column]


def test_times_may_differ_as_far_as_is_said() -> None:
    assert_transcript(stream()[10:11], "29.2 Playback Seek Started", origin=START, within=0.2)
    failure(
        assert_transcript, stream()[10:11], "29.3 Playback Seek Started", origin=START, within=0.2
    )


@pytest.mark.parametrize(
    ("numbers", "holds"),
    [([0, 30], True), ([0, 4, 17, 30], True), ([0, 4, 30, 30], True), ([4, 30], False)],
)
def test_dots_are_any_events_in_between_and_none(numbers: list[int], holds: bool) -> None:
    events = [stream()[number] for number in numbers]
    expected = "Playback Started\n...\nPlayback Completed"

    if holds:
        assert_transcript(events, expected)
    else:
        assert marked(failure(assert_transcript, events, expected)) == ["Playback Started <"]


def test_dots_at_the_end_and_at_the_start_look_again_behind_a_false_start() -> None:
    """Of the first heartbeat no Completed follows; of the third one it does."""
    assert_transcript(stream(), "...\nContent Playing\nContent Completed 30/60\n...")
    failure(assert_transcript, stream(), "...\nContent Started\nContent Completed\n...")


def test_without_dots_nothing_more_may_come_and_nothing_less() -> None:
    assert marked(failure(assert_transcript, stream()[:2], "Playback Started")) == [
        "> 0.5 Ad Started p1/ad-1 0/5 pre-roll pod=1/1"
    ]
    assert marked(failure(assert_transcript, [], "Playback Started")) == ["Playback Started <"]
    assert_transcript([], "")


def test_heartbeats_may_be_left_out() -> None:
    assert_transcript(stream()[4:8], "Content Started\n*\nPlayback Paused", heartbeats=False)
    assert len(marked(failure(assert_transcript, stream()[4:8], "Content Started\n*\n"))) == 2


def test_the_failure_has_every_fault_and_both_transcripts() -> None:
    lines = failure(
        assert_transcript,
        stream()[:8],
        """
        0 Playback Started
        ...
        5.6  Ad Completed     p1/ad-1         4/5
        6    Content Started
        Playback Paused
        Content Playing * 10
        """,
    )

    head = "the transcript is not the expected one:"
    completed = "Ad Completed p1/ad-1"
    assert lines == [
        f"{head} 1 different (|), 1 missing (<), 2 not expected (>)",
        "",
        "expected got",
        "0 Playback Started 0 Playback Started - 0/80",
        "... 0.5 Ad Started p1/ad-1 0/5 pre-roll pod=1/1",
        "... 1.75 Ad Playing p1/ad-1 1/5 pre-roll pod=1/1 q1",
        f"5.6 {completed} 4/5 | 5.5 {completed} 5/5 pre-roll pod=1/1 <- time, position",
        "6 Content Started 6 Content Started film/content-1 0/60",
        "Playback Paused <",
        "> 8 Quality Updated - 2/- bitrate=3000 startup_time=500",
        "Content Playing 10/* 16 Content Playing film/content-1 10/60",
        "> 18 Playback Paused film/content-1 17/80",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 Playback Strated", "did you mean 'Playback Started'"),
        ("Content Strated film/x 0/3", "did you mean 'Content Started'"),
        ("Content Started film x", "'x' is no position"),
        ("12", "a line names an event"),
        ("Quiz Shown", "a name of your own stands in quotes"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_what_to_do(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^line 2, .*{said}"):
        read_patterns(f"...\n{line}")


def test_an_event_of_ones_own_is_known_when_it_came_or_stands_in_quotes() -> None:
    assert_transcript([own_event()], "0 Quiz Shown film/content-1 3/-")
    assert marked(failure(assert_transcript, [], '0 "Quiz Shown" film/content-1')) == [
        "0 Quiz Shown film/content-1 <"
    ]


def test_lines_are_read_into_columns() -> None:
    assert [tuple(row) for row in read_patterns("1.50 Ad Started a/b 3 x y\n...\nAd Playing")] == [
        ("1.5", "Ad Started", "a/b", "3/*", "x y"),
        GAP,
        ("*", "Ad Playing", "*", "*", "*"),
    ]


# -- events ----------------------------------------------------------------------------------------


def test_events_are_expected_by_name_by_properties_or_whole() -> None:
    events = stream()

    assert_events(
        events,
        [
            "Playback Started",
            ("Video Ad Started", {"asset_id": "p1", "type": "pre-roll", "ad_type": "pre-roll"}),
            ("Ad Playing", {"quartile": 1, "total_length": pytest.approx(5), "title": None}),
            events[3],
            ...,
            ("Playback Paused", {"position": 17, "content_pod_id": "content-1"}),
            ...,
            "Playback Completed",
        ],
    )


def test_messages_are_expected_alike() -> None:
    encoder = Encoder()
    sent = [encoder.message(event, Envelope(user_id="u")) for event in stream()[:3]]

    assert_events(sent, ["Playback Started", sent[1], ("Ad Playing", {"quartile": 1})])
    other = [sent[0], {**sent[1], "userId": "w"}, sent[2]]
    assert failure(assert_events, other, sent)[-1] == (
        "event 2, Ad Started: userId is 'w', not 'u'"
    )


def test_custom_properties_are_asked_for_by_their_names() -> None:
    assert_events([own_event()], [("Quiz Shown", {"shown": 3, "position": 3})])


def test_every_property_that_is_otherwise_is_told() -> None:
    lines = failure(
        assert_events,
        stream()[:4],
        [
            "Playback Started",
            ("Ad Started", {"position": 1, "titel": "x", "type": "pre-roll"}),
            "Ad Complete",
            changed(stream(), "Video Ad Completed", position=4)[3],
        ],
    )

    assert lines[0] == (
        "the stream is not the expected one: 2 different (|), 1 missing (<), 1 not expected (>)"
    )
    assert [line for line in lines if line.startswith(("event", "no event"))] == [
        "event 2, Ad Started: position is 0, not 1",
        "event 2, Ad Started: it has no 'titel'; did you mean 'title'?",
        "event 4, Ad Completed: position is 5, not 4",
        "no event of the library is called 'Ad Complete'; did you mean 'Ad Completed'?",
    ]


def test_one_event_more_or_less_is_a_failure() -> None:
    assert marked(failure(assert_events, stream()[:2], ["Playback Started"])) == [
        "> 0.5 Ad Started p1/ad-1 0/5 pre-roll pod=1/1"
    ]
    assert marked(failure(assert_events, stream()[:1], ["Playback Started", "Ad Started"])) == [
        "Ad Started <"
    ]


def test_heartbeats_may_be_left_out_of_events() -> None:
    assert_events(
        stream()[4:8], ["Content Started", "Quality Updated", "Playback Paused"], heartbeats=False
    )


def test_an_expectation_that_is_none_is_refused() -> None:
    nonsense: Any = ["Playback Started", 3]

    with pytest.raises(TypeError, match="not as 3"):
        assert_events(stream(), nonsense)


# -- summaries -------------------------------------------------------------------------------------


def viewing() -> Story:
    return Story(60).begin(startup=1.5).watch(12.25).pause(5).watch(8)


def test_figures_are_expected_by_their_names() -> None:
    summary = viewing().session.summary()
    expected: dict[str, Any] = {
        "content_played": 20.25,
        "paused": pytest.approx(5),
        "startup_time": 1.5,
        "pauses": 1,
        "ended": "open",
        "average_rate": 1.0,
        "watched": {"asset-1": [(0, 20.25)]},
    }

    assert_summary(summary, **expected)
    assert_summary(summary.to_dict(), **expected)


def test_seconds_may_differ_as_far_as_is_said_and_counts_never() -> None:
    summary = viewing().session.summary()

    assert_summary(summary, within=0.5, content_played=20, watched={"asset-1": [[0, 20]]})
    assert failure(assert_summary, summary, within=1.0, content_played=20, pauses=2)[0] == (
        "1 of 2 figures are not as expected (seconds within 1):"
    )
    failure(assert_summary, summary, content_played=20.252)
    failure(assert_summary, summary, within=0.5, watched={"asset-1": [[0, 20], [30, 40]]})
    failure(assert_summary, summary, within=0.5, watched={"other": [[0, 20]]})


def test_every_wrong_figure_is_told() -> None:
    summary = viewing().session.summary()

    assert failure(
        assert_summary, summary, content_played=13, seeks=0, pauses=2, ended="exited"
    ) == [
        "3 of 4 figures are not as expected (seconds within 0.001):",
        "expected got",
        "content_played 13 20.25",
        "pauses 2 1",
        "ended 'exited' 'open'",
    ]


def test_a_figure_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(TypeError, match="no figure 'content_payed'; did you mean 'content_played'"):
        assert_summary(viewing().session.summary(), content_payed=13)


# -- golden files ----------------------------------------------------------------------------------


@pytest.fixture(params=["golden.txt", "golden.jsonl"])
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / "kept" / str(request.param)


def test_a_golden_file_that_is_missing_says_what_to_do(golden: Path) -> None:
    [line] = failure(assert_golden, stream(), golden)

    assert line.startswith(f"there is no golden file {golden}: run pytest --update-golden")
    assert not golden.exists()


def test_a_golden_file_is_written_when_it_is_asked_for(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UPDATE, "1")
    assert_golden(stream(), golden)
    monkeypatch.setenv(UPDATE, "0")
    assert_golden(stream(), golden)

    assert len(golden.read_text("utf-8").splitlines()) == 31


def test_a_golden_transcript_says_what_differs(tmp_path: Path) -> None:
    golden = tmp_path / "golden.txt"
    assert_golden(stream(), golden, update=True)
    lines = failure(
        assert_golden, changed(stream(), "Video Playback Paused", position=16)[:-1], golden
    )

    assert lines[0] == f"{golden} says otherwise; if it is right so, run pytest --update-golden"
    paused = "18 Playback Paused film/content-1"
    assert marked(lines) == [
        f"{paused} 17/80 | {paused} 16/80 <- position",
        "88 Playback Completed - 80/80 <",
    ]


def test_golden_messages_say_each_value_that_differs(tmp_path: Path) -> None:
    """What a transcript does not show is kept all the same."""
    golden = tmp_path / "golden.jsonl"
    assert_golden(stream()[:4], golden, update=True)
    player = PlayerAttributes(video_player="html5", sound=60, quality="hd")
    other = changed(stream(), "Video Playback Started", player=player)[:4]

    assert failure(assert_golden, other, golden)[-2:] == [
        "message 1, Playback Started: properties.sound is 60, not 55",
        'message 1, Playback Started: properties.quality is "hd", not left out',
    ]


def test_golden_messages_tell_neither_the_viewer_of_events_nor_the_library(tmp_path: Path) -> None:
    events, golden = stream()[:3], tmp_path / "golden.jsonl"
    assert_golden(events, golden, update=True, profile="segment")
    text = golden.read_text("utf-8")

    assert [word for word in ("anonymousId", "userId", '"library"') if word in text] == []
    encoder = Encoder("segment")
    sent = [encoder.message(event, Envelope(user_id="u")) for event in events]
    for message in sent:
        del message["userId"]
        message["context"]["library"]["version"] = "0"
    assert_golden(sent, golden)


def test_a_golden_file_that_is_right_is_not_touched(golden: Path) -> None:
    assert_golden(stream(), golden, update=True)
    golden.chmod(0o444)
    before = golden.stat()

    assert_golden(stream(), golden, update=True)

    assert golden.stat().st_mtime_ns == before.st_mtime_ns


def test_a_golden_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in \.txt .* or \.jsonl"):
        assert_golden(stream(), tmp_path / "golden.yaml")


# -- where the failure is shown --------------------------------------------------------------------


@pytest.mark.parametrize(
    "check",
    [
        lambda events: assert_transcript(events, "Playback Started"),
        lambda events: assert_events(events, ["Playback Started"]),
        lambda _: assert_summary(viewing().session.summary(), pauses=7),
        lambda events: assert_golden(events, "none.txt"),
    ],
)
def test_a_failure_is_shown_where_the_test_asked(check: Callable[[list[Event]], None]) -> None:
    with pytest.raises(AssertionError) as caught:
        check(stream())
    shown = [entry for entry in caught.traceback if not entry.ishidden(caught)]

    assert Path(str(shown[-1].path)) == Path(str(sys.modules[__name__].__file__))


def test_a_long_stream_of_one_kind_is_held_in_a_moment() -> None:
    """Dots before a line that never comes look once from each place, and not at all pairs."""
    beat = stream()[6]
    beats = [attrs.evolve(beat, at=START + 10 * n, position=10 * n) for n in range(2_000)]

    assert_transcript(beats, "...\n10 Content Playing\n...\n19990 Content Playing 19990/60")
