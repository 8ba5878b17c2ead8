"""The streams of others: Segment's own player plugins, and the listings of two specifications.

What is expected is what was read in the plugins and the pages, not what the linter says.
"""

from pathlib import Path

import pytest

from video_tracker.linting import lint

STREAMS = Path(__file__).parent / "streams"


def found(name: str, **options: object) -> dict[str, list[int]]:
    """The lines of each rule."""
    result: dict[str, list[int]] = {}
    report = lint(STREAMS / name, **options)  # type: ignore[arg-type]
    for finding in report.findings:
        lines = result.setdefault(finding.rule, [])
        if finding.line not in lines:
            lines.append(finding.line)
    return result


def test_each_mistake_of_segments_vimeo_plugin_is_found() -> None:
    """No ids, camelCase, floats, no mute, silence after a seek back, wrong order."""
    every = list(range(1, 18))
    content = [line for line in every if line not in {1, 9, 10, 16}]

    assert found("segment-vimeo.jsonl") == {
        "VT401": every,  # no session_id
        "VT404": content,  # no asset_id
        "VT405": content,  # no pod_id
        "VT133": [11],  # Paused and Resumed name no content
        "VT201": every,  # totalLength, videoPlayer
        "VT205": every,  # seconds with fractions
        "VT217": [1],  # sound, which it never tells to be 0
        "VT508": [6],  # back from 32 to 2 with no event, then silent until 40
        "VT507": [10],  # no beat after Resumed
        "VT105": [16],  # Playback Completed before Content Completed
        "VT102": [17],
    }


def test_each_mistake_of_segments_youtube_plugin_is_found() -> None:
    """No session_id, no asset ids, floats, seeks without their start, no heartbeats."""
    every = list(range(1, 13))

    assert found("segment-youtube.jsonl") == {
        "VT401": every,
        "VT404": [4, 9, 12],
        "VT405": [4, 9, 12],
        "VT133": [9],
        "VT205": every,
        "VT128": [2],  # the wait before the first frame is reported as a stall
        "VT308": [6],  # Seek Started and Seek Completed at the same place
        "VT501": [9],  # no heartbeats at all
    }


def test_the_faults_of_segments_own_listing_are_found() -> None:
    """Spec 2.2: no pod is completed or started around the mid-roll, and two slips of the pen."""
    assert found("segment-listing.jsonl") == {
        "VT210": [1],  # ad_asset_ids
        "VT107": [7],  # no Content Completed of segA
        "VT411": [8],  # the mid-roll is called a pre-roll; told where it changes
        "VT108": [11],  # no Content Started of segB
        "VT132": [48],  # ad907 for ad097
    }


def test_the_faults_of_rudderstacks_own_listing_are_found() -> None:
    """Spec 2.4: the ad is counted nowhere, and the pod goes on under the same id."""
    assert found("rudderstack-listing.jsonl") == {
        "VT210": [1],
        "VT107": [6],
        "VT108": [9],
        "VT406": [9],
        "VT307": [39],  # the position at the end leaves the ad out
        "VT310": [39],  # and so does the length
    }


@pytest.mark.parametrize(
    ("destination", "lines"),
    [
        ("adobe", {"VT809": [1], "VT802": [11]}),
        ("nielsen-dcr", {"VT835": [2], "VT802": [11]}),
        ("nielsen-dtvr", {"VT834": [2, 6]}),
        ("youbora", {"VT814": [1]}),
    ],
)
def test_what_destinations_do_with_segments_listing(
    destination: str, lines: dict[str, list[int]]
) -> None:
    """Spec 4.1 and 4.2, read against the listing by hand."""
    spoken = found("segment-listing.jsonl", destinations=destination)

    assert {number: at for number, at in spoken.items() if number.startswith("VT8")} == lines
