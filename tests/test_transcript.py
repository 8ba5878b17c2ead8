"""Events as lines that a person reads, and two streams of them side by side."""

import json
import random
import subprocess
import sys
from typing import Any

import attrs
import pytest

from tests.testing.streams import PLANNED, START, changed, stream
from video_tracker.events import Envelope, Event, NowPlaying, OwnEvent
from video_tracker.plan import PlayerAttributes
from video_tracker.transcript import (
    GAP,
    Row,
    compare_transcripts,
    parse_timestamp,
    read_transcript,
    row_of,
    rows_of,
    transcript,
)
from video_tracker.transcript_alignment import align
from video_tracker.wire import Encoder

WHOLE = """\
 0     Playback Started           -                0/80
 0.5   Ad Started                 p1/ad-1          0/5   pre-roll pod=1/1
 1.75  Ad Playing                 p1/ad-1          1/5   pre-roll pod=1/1 q1
 5.5   Ad Completed               p1/ad-1          5/5   pre-roll pod=1/1
 6     Content Started            film/content-1   0/60
 8     Quality Updated            -                2/-   bitrate=3000 startup_time=500
16     Content Playing            film/content-1  10/60
18     Playback Paused            film/content-1  17/80
28     Playback Resumed           film/content-1  17/80
28     Content Playing            film/content-1  12/60
29     Playback Seek Started      film/content-1  18/80  to=25
29.5   Playback Buffer Started    film/content-1  25/80
30.5   Playback Buffer Completed  film/content-1  25/80
31     Playback Seek Completed    film/content-1  25/80  to=25
35     Playback Interrupted       film/content-1  29/80  method=network loss
36     Playback Resumed           film/content-1  29/80
36     Content Playing            film/content-1  24/60
42     Content Completed          film/content-1  30/60
42     Ad Started                 m1/ad-2          0/5   mid-roll pod=1/2
47     Ad Completed               m1/ad-2          5/5   mid-roll pod=1/2
47     Ad Started                 m2/ad-2          0/5   mid-roll pod=2/2
48     Playback Paused            m2/ad-2         41/80  mid-roll
49     Playback Resumed           m2/ad-2         41/80  mid-roll
49     Ad Playing                 m2/ad-2          1/5   mid-roll pod=2/2
53     Ad Completed               m2/ad-2          5/5   mid-roll pod=2/2
53     Content Started            film/content-2  30/60
63     Content Playing            film/content-2  40/60
83     Content Completed          film/content-2  60/60
83     Ad Started                 e1/ad-3          0/5   post-roll pod=1/1
88     Ad Completed               e1/ad-3          5/5   post-roll pod=1/1
88     Playback Completed         -               80/80"""


def messages(events: list[Event], profile: str = "segment") -> list[dict[str, Any]]:
    encoder = Encoder(profile)
    return [encoder.message(event, Envelope(user_id="viewer")) for event in events]


def marks(text: str) -> list[str]:
    """The lines with a mark, white space aside, and the mark by itself."""
    lines = (" ".join(line.split()) for line in text.splitlines()[1:])
    return [line for line in lines if {"|", "<", ">"} & {*line.split()}]


# -- one line --------------------------------------------------------------------------------------


def test_an_event_is_a_line_of_its_time_of_day_name_ids_and_place() -> None:
    events = stream()

    assert [str(events[number]) for number in (0, 1, 7, 4, 21)] == [
        "11:06:40.000 Playback Started 0/80",
        "11:06:40.500 Ad Started p1/ad-1 0/5",
        "11:06:58.000 Playback Paused film/content-1 17/80",
        "11:06:46.000 Content Started film/content-1 0/60",
        "11:07:28.000 Playback Paused m2/ad-2 41/80",
    ]


def test_every_event_has_a_line_whatever_its_values_are() -> None:
    event = stream()[7]
    evolve: Any = attrs.evolve

    assert [
        str(evolve(event, at=at, position=None, total_length=None))
        for at in (float("nan"), "soon", 0, 86_399.9996, 1e300)
    ] == [
        "nan Playback Paused film/content-1 -/-",
        "'soon' Playback Paused film/content-1 -/-",
        "00:00:00.000 Playback Paused film/content-1 -/-",
        "00:00:00.000 Playback Paused film/content-1 -/-",  # the next day's first millisecond
        str(attrs.evolve(event, at=1e300, position=None, total_length=None)),
    ]


def test_the_line_of_an_event_needs_no_module() -> None:
    """``str(event)`` may stand in any log line of a service."""
    code = (
        "import sys\n"
        "from video_tracker import Session, SessionPlan\n"
        "[event] = Session('s1', SessionPlan(user_id='u')).play(1.0)\n"
        "before = set(sys.modules)\n"
        "str(event)\n"
        "print(sorted(set(sys.modules) - before))\n"
        "print('video_tracker.transcript' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert run.stdout.splitlines() == ["[]", "False"]


def test_a_stream_is_a_transcript() -> None:
    assert transcript(stream()) == WHOLE


@pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
def test_its_messages_are_the_same_transcript(profile: str) -> None:
    sent = [json.loads(json.dumps(message)) for message in messages(stream(), profile)]

    assert transcript(sent) == WHOLE


def test_ads_that_were_known_at_the_start_are_named() -> None:
    """S52: Segment lists them; Customer.io names the first pre-roll."""
    events = changed(stream(), "Video Playback Started", planned_ads=PLANNED)[:1]

    assert transcript(events) == "0  Playback Started  -  0/80  planned=p1"
    for profile in ("segment", "customerio"):
        assert transcript(messages(events, profile)) == transcript(events)


def test_second_zero_is_the_first_event_unless_it_is_told() -> None:
    paused = stream()[7:8]

    assert transcript(paused) == "0  Playback Paused  film/content-1  17/80"
    assert transcript(paused, origin=START) == "18  Playback Paused  film/content-1  17/80"
    assert transcript(paused, origin=START + 20).startswith("-2  ")


def test_no_events_are_no_lines() -> None:
    assert transcript([]) == ""


def test_an_id_cannot_break_the_columns() -> None:
    event = changed(stream(), "Video Content Started", asset_id="my  film*\n", pod_id="50%")[4]

    assert row_of(event, START).ids == "my%20%20film%2A%0A/50%25"
    assert read_transcript(transcript([event])) == rows_of([event])


def test_an_event_of_ones_own_stands_under_its_name() -> None:
    playing = NowPlaying("film", "content-1")
    own = OwnEvent(START, 1, "s1", {}, 3, None, PlayerAttributes(), playing, own_name="Quiz  Shown")

    assert transcript([own]) == "0  Quiz Shown  film/content-1  3/-"


def test_a_message_without_its_values_has_a_line() -> None:
    assert transcript([{}, {"event": "Video Ad Started", "properties": 3}]) == (
        "-  None        -  -/-\n-  Ad Started  -  -/-"
    )


def test_a_transcript_is_read_back() -> None:
    assert read_transcript(WHOLE) == rows_of(stream())
    with pytest.raises(ValueError, match="line 2 is none of a transcript: 'nonsense'"):
        read_transcript("0  Playback Started  -  0/80\nnonsense")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01T12:00:00.250Z", 1_767_268_800.25),
        ("2026-01-01T13:00:00+01:00", 1_767_268_800.0),
        ("2026-01-01T12:00:00", None),
        ("soon", None),
        (1.0, None),
    ],
)
def test_a_timestamp_needs_its_zone(text: object, seconds: float | None) -> None:
    assert parse_timestamp(text) == seconds


# -- two streams -----------------------------------------------------------------------------------


def test_equal_streams_have_no_mark() -> None:
    assert marks(compare_transcripts(stream(), messages(stream()))) == []
    assert compare_transcripts(stream(), stream(), context=0).splitlines()[1:] == [
        "    (31 equal lines)"
    ]


def test_each_difference_is_marked_and_shifts_nothing() -> None:
    other = changed(stream(), "Video Playback Paused", position=16, at=START + 18.5)
    del other[11]
    other.insert(20, other[-1])
    text = compare_transcripts(stream(), other, titles=("before", "after"))
    paused = "Playback Paused film/content-1"

    assert text.split("\n", 1)[0].split() == ["before", "after"]
    assert marks(text) == [
        f"18 {paused} 17/80 | 18.5 {paused} 16/80 <- time, position",
        "29.5 Playback Buffer Started film/content-1 25/80 <",
        "> 88 Playback Completed - 80/80",
    ]
    assert len(text.splitlines()) == 1 + 31 + 1


def test_context_leaves_equal_lines_out_and_says_how_many() -> None:
    other = changed(stream(), "Video Content Completed", position=29)
    lines = compare_transcripts(stream(), other, context=1).splitlines()
    completed = "Content Completed film/content-1"

    assert [" ".join(line.split()) for line in lines] == [
        "expected got",
        "(16 equal lines)",
        "36 Content Playing film/content-1 24/60 36 Content Playing film/content-1 24/60",
        f"42 {completed} 30/60 | 42 {completed} 29/60 <- position",
        "42 Ad Started m1/ad-2 0/5 mid-roll pod=1/2 42 Ad Started m1/ad-2 0/5 mid-roll pod=1/2",
        "(12 equal lines)",
    ]


def test_two_streams_that_do_not_fit_beside_each_other_stand_below_each_other() -> None:
    other = changed(stream(), "Video Playback Paused", position=16)
    del other[11]
    beside = compare_transcripts(stream(), other, context=0)
    widest = max(map(len, beside.splitlines()))
    below = compare_transcripts(stream(), other, context=0, width=widest - 1).splitlines()

    assert compare_transcripts(stream(), other, context=0, width=widest + 40) == beside
    assert below == [
        "- expected",
        "+ got",
        "    (7 equal lines)",
        "- 18     Playback Paused            film/content-1  17/80",
        "+ 18     Playback Paused            film/content-1  16/80   <- position",
        "    (3 equal lines)",
        "- 29.5   Playback Buffer Started    film/content-1  25/80",
        "    (19 equal lines)",
    ]


def test_transcripts_that_were_written_down_are_compared_too() -> None:
    other = stream()[:-1]

    assert compare_transcripts(WHOLE, transcript(other)) == compare_transcripts(stream(), other)


def test_another_event_stands_on_a_line_of_its_own() -> None:
    one, other = stream()[:1], stream()[30:]

    assert marks(compare_transcripts(one, other)) == [
        "0 Playback Started - 0/80 <",
        "> 0 Playback Completed - 80/80",
    ]


def test_of_several_heartbeats_it_is_the_missing_one_that_is_marked() -> None:
    beat = stream()[6]
    beats = [attrs.evolve(beat, at=START + at, position=at) for at in (10, 20, 30, 40)]

    assert marks(compare_transcripts(beats, [*beats[:1], *beats[2:]])) == [
        "10 Content Playing film/content-1 20/60 <"
    ]


def long(times: int, shift: float = 0.0) -> list[Event]:
    return [
        attrs.evolve(event, at=event.at + 100 * number + shift)
        for number in range(times)
        for event in stream()
    ]


def test_one_missing_event_of_a_long_stream_is_one_difference() -> None:
    events = long(20)
    lacking = [*events[:333], *events[334:]]

    assert len(marks(compare_transcripts(events, lacking))) == 1


def test_a_long_stream_that_is_late_is_aligned_by_what_it_tells() -> None:
    events, late = long(20), long(20, 0.25)
    text = compare_transcripts(events, [*late[:333], *late[334:]], origin=START)

    assert len(marks(text)) == len(events)
    assert sum(line.endswith("<- time") for line in text.splitlines()) == len(events) - 1


@pytest.mark.parametrize("seed", range(30))
def test_every_line_of_both_stands_once_in_its_order(seed: int) -> None:
    draw = random.Random(seed)
    names = ["A", "B", "C"]
    sizes = (300, 250) if seed < 3 else (draw.randrange(9), draw.randrange(9))  # both ways
    left, right = (
        [Row(str(draw.randrange(3)), draw.choice(names), "-", "0/1", "") for _ in range(size)]
        for size in sizes
    )

    def differing(i: int, j: int) -> list[str]:
        columns = ("time", "name")
        return [
            c for c, one, other in zip(columns, left[i], right[j], strict=False) if one != other
        ]

    pairs = align(left, right, differing)

    assert [pair.left for pair in pairs if pair.left is not None] == [*range(len(left))]
    assert [pair.right for pair in pairs if pair.right is not None] == [*range(len(right))]
    assert all("name" not in pair.differing for pair in pairs if len(left) * len(right) <= 60_000)


def test_a_gap_takes_lines_in_between_and_none_at_all() -> None:
    rows = rows_of(stream())
    left = [GAP, rows[3], GAP, GAP, rows[4], GAP, rows[30], GAP]

    def differing(i: int, j: int) -> list[str]:
        return ["name"] if left[i] != rows[j] else []

    pairs = align(left, rows, differing)

    assert [pair.mark for pair in pairs if pair.mark != " "] == []
    assert [pair.right for pair in pairs if pair.right is not None] == [*range(31)]
