"""Five logs written by hand: why this event, this position, this figure, and why no other."""

from pathlib import Path

import pytest

from tests.explain.asking import ask, polled, told

PLAN = {
    "contents": [{"asset_id": "film", "duration": 60}],
    "ad_breaks": [{"at": 28, "ads": [{"asset_id": "boots", "duration": 10}]}],
}

LOST_END = [
    told("load", 0, plan=PLAN),
    told("play", 0, position=0.0),
    told("playing", 0, position=0.0),
    *polled(0, 28, 0),  # lines 4 to 31
    told("ad_break_start", 28),
    told("ad_start", 28, asset_id="boots"),
    *(told("ad_progress", 28 + second, position=second) for second in (2.0, 4.0, 6.0, 8.0)),
    told("pause", 41.5, position=31.0),  # line 38
    told("play", 50, position=31.0),
    *polled(50, 77, 31),  # lines 40 to 66
    told("exit", 77.5, position=58.5),
]
"""The end of an ad is lost, and nothing is heard until a pause; the viewer leaves 1.5 s early."""

DOUBTED_PAUSE = [
    told("load", 0, duration=20, content={"asset_id": "short", "duration": 20}),
    told("play", 0),
    told("playing", 0.5, position=0.0),
    *polled(0.5, 19.5, 0),  # lines 4 to 22
    told("pause", 20.0, position=19.5),
    told("exit", 50.0),
]
"""A pause half a second before the end may be the player's own; nothing shows that it was."""

NO_POSITIONS = [
    told("load", 0, duration=60, content={"asset_id": "radio", "duration": 60}),
    told("play", 0),
    told("playing", 1),
    told("pause", 26),
    told("play", 30),
    told("exit", 40),
]
"""A player that never tells where it is."""

ASLEEP = [
    told("load", 0, duration=600, content={"asset_id": "long", "duration": 600}),
    told("play", 0),
    told("playing", 0, position=0.0),
    *polled(0, 20, 0),  # lines 4 to 23
    told("progress", 140, position=30.0),  # 120 s later, 10 s further
    *polled(140, 150, 30),
    told("exit", 150, position=40.0),
]
"""The device slept for two minutes."""

SEEKS = [
    told("load", 0, plan=PLAN),
    told("play", 0, position=0.0),
    told("playing", 0, position=0.0),
    *polled(0, 10, 0),  # lines 4 to 13
    told("seek_start", 10, position=10.0, to=40.0),
    told("seek_end", 12, position=40.0),
    told("ad_break_start", 12),
    told("ad_start", 13, asset_id="boots"),
    told("ad_progress", 14, position=1.0),
    told("ad_progress", 15, position=2.0),
    told("ad_progress", 16, position=3.0),
    told("ad_skip", 16, position=3.0),
    told("ad_break_end", 16),
    told("playing", 16.5, position=40.0),
    *polled(16.5, 36.5, 40),
    told("content_end", 36.5, position=60.0),
    told("end", 36.5),
]
"""A seek over an unwatched break, which then plays; its ad is skipped."""

QUESTIONS = [
    (
        LOST_END,
        "--event",
        "10",
        """\
 10  38 s  Ad Completed  boots/ad-1
     because  line 38: pause position=31
     because  which came at 41.5 s and shows what was 3.5 s before
     rule     S62: The ad was left open, and its length had passed.
     position 10 of 10 = into boots 10
     repaired ad_end_lost: The ad was left open; it was closed (S62).
""",
    ),
    (
        LOST_END,
        "--position",
        "12",
        """\
12 Playback Paused: position 41, whole seconds rounded down (S3)
  content      31.000
  boots        10.000
  sum          41.000
""",
    ),
    (
        LOST_END,
        "--missing",
        "Content Completed",
        """\
Content Completed came once: event 5.
What else did not come:
  The viewer left 1.5 s before the end of film/content-2 (58.5 of 60 s): Content Completed needs \
the last 1 s, or the player's word of the end (S75, S90). [line 67: exit position=58.5]
""",
    ),
    (
        LOST_END,
        "--figure",
        "content_played",
        """\
  content_played 58.5: content that played; stalls and seeks left out
        28.000  0 to 28  [line 3: playing ... line 33: ad_start]
         3.000  38.5 to 41.5  [shown by line 38: pause]
        27.500  50 to 77.5  [line 39: play ... line 67: exit]
""",
    ),
    (
        LOST_END,
        "--figure",
        "diagnostics",
        """\
  diagnostics ad_end_lost 1: inputs that were not simply accepted, by reason (S60)
     +1  ad_end_lost  line 38: pause position=31
""",
    ),
    (
        DOUBTED_PAUSE,
        "--event",
        "4",
        """\
  4  20 s  Playback Paused  short/content-1
     because  it fell due before line 24: exit, which noticed it
     because  and bears the time of line 23: pause position=19.5
     rule     S31: A pause that may be the player's own waits; this one turned out to be real, and \
bears its own time.
     position 19 of 20 = content 19.5, rounded down (S3)
""",
    ),
    (
        DOUBTED_PAUSE,
        "--figure",
        "paused",
        """\
  paused 30: paused by the viewer (S30)
        30.000  20 to 50  [line 23: pause ... line 24: exit]
""",
    ),
    (
        NO_POSITIONS,
        "--event",
        "3",
        """\
  3  11 s  Content Playing  radio/content-1
     because  it fell due before line 4: pause, which noticed it
     rule     S42: Nobody tells positions, so heartbeats lie on their grid and bear its time.
     position 10 of 60 = content 10, reckoned from the time: nobody had told it (S63)
""",
    ),
    (
        NO_POSITIONS,
        "--figure",
        "content_played",
        """\
  content_played 35: content that played; stalls and seeks left out
        25.000  1 to 26  [line 3: playing ... line 4: pause]
        10.000  30 to 40  [line 5: play ... line 6: exit]
""",
    ),
    (
        NO_POSITIONS,
        "--missing",
        "playback resumed",
        """\
Playback Resumed came once: event 6.
Nothing of it is missing.
""",
    ),
    (
        ASLEEP,
        "--figure",
        "suspended",
        """\
  suspended 110: silence that no progress proves to be playing (S63)
       110.000  of 20 to 140  [line 23: progress ... line 24: progress]
""",
    ),
    (
        ASLEEP,
        "--figure",
        "content_played",
        """\
  content_played 40: content that played; stalls and seeks left out
        20.000  0 to 20  [line 3: playing ... line 23: progress]
        10.000  of 20 to 140  [line 23: progress ... line 24: progress]
        10.000  140 to 150  [line 24: progress ... line 34: progress]
""",
    ),
    (
        ASLEEP,
        "--missing",
        "Interrupted",
        """\
Playback Interrupted did not come:
  Nobody said interrupt, no fatal error stopped it, and the longest silence was 120.0 s: the idle \
timeout is 300 s while playing and 1800 s in a pause (S26). [line 24: progress position=30]
""",
    ),
    (
        SEEKS,
        "--event",
        "5",
        """\
  5  12 s  Playback Seek Completed  film/content-2
     because  line 15: seek_end position=40
     rule     S33: The seek ended; the position is where playback goes on.
     position 40 of 70 = content 40
""",
    ),
    (
        SEEKS,
        "--event",
        "6",
        """\
  6  12 s  Content Completed  film/content-1
     because  line 16: ad_break_start
     rule     S21: An ad break completes the content pod before it.
     position 10 of 60 = content 40 - 30 (to where the seek left the content, S21)
""",
    ),
    (
        SEEKS,
        "--missing",
        "ad completed",
        """\
Ad Completed did not come:
  boots went by for 3.0 s of 10, and was skipped: a skipped ad gets no Completed (S13). \
[line 21: ad_skip position=3]
""",
    ),
    (
        SEEKS,
        "--figure",
        "gap",
        """\
  gap 1.5: in an ad break but in no ad, or between the content's end and the session's (S67)
         1.000  12 to 13  [line 16: ad_break_start ... line 17: ad_start]
         0.500  16 to 16.5  [line 21: ad_skip ... line 23: playing]
""",
    ),
]


@pytest.mark.parametrize(("log", "option", "value", "answer"), QUESTIONS)
def test_a_question_about_a_log_has_this_answer(
    log: list[dict[str, object]], option: str, value: str, answer: str, tmp_path: Path
) -> None:
    said = ask(tmp_path, log, option, value)
    assert "".join(line for line in said.splitlines(True) if "  way  " not in line) == answer
