"""Five recordings of real players: why this event, this position, this figure, and why no other.

Each line that an answer names is looked up in the recording itself.
"""

import re

import pytest

from tests.explain.asking import ask_recording, callback

SKIP, SCRUB, STALL = "10-skip-contribads", "03b-scrub-hlsjs", "04b-stall-mid-html5"
FAILED, SWITCH = "11-ad-error-shaka", "14b-switch-mid-html5"

QUESTIONS = [
    (  # a pre-roll of 8 s skipped at 2.98, one of 5 s watched, a mid-roll of 6 s skipped at 3.00
        SKIP,
        "--missing",
        "Ad Completed",
        """\
Ad Completed came once: event 8.
What else did not come:
  ad8 went by for 3.0 s of 8, and was skipped: a skipped ad gets no Completed (S13). \
[line 85: videojs ads-ad-skipped -> ad_skip position=2.98]
  ad6 went by for 3.0 s of 6, and was skipped: a skipped ad gets no Completed (S13). \
[line 303: videojs ads-ad-skipped -> ad_skip position=3.005]
""",
    ),
    (
        SKIP,
        "--position",
        "16",
        """\
16 Playback Exited: position 18, whole seconds rounded down (S3)
  content       7.991
  ad8           2.980
  ad5           5.000
  ad6           3.005
  sum          18.975
""",
    ),
    (
        SKIP,
        "--event",
        "8",
        """\
  8  8.254 s  Ad Completed  ad5/pre
     because  line 162: videojs adended -> ad_end position=5 asset_id=ad5
     rule     S72, S90: The ad ended within its tolerance of its length.
     position 5 of 5 = into ad5 5
""",
    ),
    (
        SKIP,
        "--figure",
        "ads_skipped",
        """\
  ads_skipped 2: ads that were skipped or cut (S13, S72)
     +1  line 85: videojs ads-ad-skipped -> ad_skip position=2.98
     +1  line 303: videojs ads-ad-skipped -> ad_skip position=3.005
""",
    ),
    (
        SKIP,
        "--figure",
        "content_played",
        """\
  content_played 8.136: content that played; stalls and seeks left out
         5.294  8.304 to 13.598  [line 203: videojs playing -> playing ... \
line 247: videojs ads-pod-started -> ad_break_start]
         2.842  16.757 to 19.599  [line 342: videojs playing -> playing ... \
line 369: html5 pause -> pause]
""",
    ),
    (  # twelve seeks, 0.12 s apart, are one
        SCRUB,
        "--event",
        "4",
        """\
  4  4.856 s  Playback Seek Completed  asset-1/content-1
     because  it fell due before line 155: html5 timeupdate -> progress position=15.453, which \
noticed it
     because  and bears the time of line 152: html5 playing -> playing position=15
     rule     S33: No other seek continued it within scrub_window; it is dated when it ended.
     position 15 of 30 = content 15
""",
    ),
    (
        SCRUB,
        "--missing",
        "Content Completed",
        """\
Content Completed did not come:
  The viewer left 20.6 s before the end of asset-1/content-1 (9.4 of 30 s): Content Completed \
needs the last 1 s, or the player's word of the end (S75, S90). \
[line 234: page pagehide -> exit position=9.438]
""",
    ),
    (
        SCRUB,
        "--missing",
        "resumed",
        """\
Playback Resumed came once: event 8.
What else did not come:
  It was paused, and nothing played after that (S30). [line 232: html5 pause -> pause \
position=9.438 (held until line 233)]
""",
    ),
    (
        SCRUB,
        "--figure",
        "seeks",
        """\
  seeks 2: seeks, a scrub counted once (S33)
     +1  line 52: html5 seeking -> seek_start position=3.018 to=4
     +1  line 167: html5 seeking -> seek_start position=17.604 to=14 (held until line 168)
""",
    ),
    (  # the data run dry at 11.77 for 3.7 s and at 19.57 for 1.3 s
        STALL,
        "--figure",
        "buffering",
        """\
  buffering 5.079: standing still for want of data, told or not (S32, S65)
         3.750  11.847 to 15.597  [line 83: html5 waiting -> buffer_start ... \
line 87: html5 playing -> buffer_end]
         1.329  23.409 to 24.738  [line 135: html5 waiting -> buffer_start ... \
line 141: html5 playing -> buffer_end]
""",
    ),
    (
        STALL,
        "--event",
        "4",
        """\
  4  11.847 s  Playback Buffer Started  asset-1/content-1
     because  it fell due before line 87: html5 playing -> buffer_end position=11.842, which \
noticed it
     because  and bears the time of line 83: html5 waiting -> buffer_start position=11.773
     rule     S32: A stall is told once it has lasted min_buffer, with its own time.
     position 11 of 30 = content 11.773, rounded down (S3)
""",
    ),
    (
        STALL,
        "--position",
        "9",
        """\
9 Content Completed: position 30, whole seconds rounded down (S3)
  content      30.000
  sum          30.000
""",
    ),
    (
        STALL,
        "--missing",
        "exited",
        """\
Playback Exited did not come:
  It was completed, and that excludes an exit (S20). [line 186: page pagehide -> exit position=30]
""",
    ),
    (  # the pre-roll is a 404, and so is the first ad of the mid-roll
        FAILED,
        "--missing",
        "Ad Started",
        """\
Ad Started came once: event 5.
What else did not come:
  An announced ad failed before its first frame moved (S71). \
[line 49: shaka ad-error -> ad_error reason=ad error asset_id=pre-bad1]
  An announced ad failed before its first frame moved (S71). \
[line 82: shaka ad-error -> ad_error reason=ad error asset_id=mid-bad2]
  The break ad-1 (pre-roll) began, but none of its ads moved: an ad starts with its first moving \
frame (S71).
""",
    ),
    (
        FAILED,
        "--event",
        "4",
        """\
  4  4.363 s  Content Completed  asset-1/content-1
     because  line 79: shaka ad-break-started -> ad_break_start placement=mid offset=4 ads=2 \
(held until line 82)
     rule     S21: An ad break completes the content pod before it.
     position 4 of 20 = content 4.046, rounded down (S3)
""",
    ),
    (
        FAILED,
        "--position",
        "11",
        """\
11 Playback Paused: position 12, whole seconds rounded down (S3)
  content       8.007
  mid-ad4       4.000
  sum          12.007
""",
    ),
    (  # another file is put into the element at 4 s of 12
        SWITCH,
        "--missing",
        "content completed",
        """\
Content Completed came once: event 4.
What else did not come:
  asset-1/content-1 was left for asset-2 at 4.0 s of 12 s: Content Completed needs the last 1 s \
(S75, S90). [line 39: html5 playing -> playing position=0]
""",
    ),
    (
        SWITCH,
        "--position",
        "5",
        """\
5 Playback Completed: position 21, whole seconds rounded down (S3)
  asset-1 left behind      12.000
  content                   9.000
  sum                      21.000
""",
    ),
    (
        SWITCH,
        "--event",
        "5",
        """\
  5  13.203 s  Playback Completed  asset-2/content-2
     because  line 79: page pagehide -> exit position=9
     because  and bears the time of line 76: html5 pause -> content_end position=9
     rule     S75: Who leaves when all was played has completed it.
     position 21 of 21 = asset-1 left behind 12 + content 9
""",
    ),
    (
        SWITCH,
        "--figure",
        "diagnostics",
        """\
  diagnostics already_playing 1: inputs that were not simply accepted, by reason (S60)
     +1  already_playing  line 29: html5 play -> play position=0
""",
    ),
]


@pytest.mark.parametrize(("name", "option", "value", "answer"), QUESTIONS)
def test_a_question_about_a_recording_has_this_answer(
    name: str, option: str, value: str, answer: str
) -> None:
    said = ask_recording(name, option, value)
    assert "".join(line for line in said.splitlines(True) if "  way  " not in line) == answer


@pytest.mark.parametrize("name", [SKIP, SCRUB, STALL, FAILED, SWITCH])
def test_each_line_that_an_account_names_is_of_that_callback(name: str) -> None:
    named = set(re.findall(r"line (\d+): (\w+) (\S+) ->", ask_recording(name)))

    assert len(named) > 5
    found = {line: callback(name, int(line)) for line, _, _ in named}
    assert {(line, found[line]["player"], found[line]["event"]) for line in found} == named
