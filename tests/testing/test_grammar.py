"""The grammar checker passes a right stream and catches each way of spoiling it."""

import math
from typing import Any

import attrs
import pytest

from tests.testing.streams import FILM, IN_1, PLANNED, PLAYER, ROWS, Row, build, changed, stream
from video_tracker.events import NowPlaying
from video_tracker.plan import PlayerAttributes
from video_tracker.testing import check_messages, check_stream, check_streams

LAST = len(ROWS) - 1


def place_of(name: str, nth: int = 1) -> int:
    return [place for place, row in enumerate(ROWS) if row[1] == name][nth - 1]


def rules(faults: list[str]) -> str:
    return "\n".join(faults)


def with_row(place: int, row: Row) -> list[str]:
    return check_stream(stream((*ROWS[:place], row, *ROWS[place:])))


def test_a_right_stream_has_no_violation() -> None:
    assert check_stream(stream()) == []


def test_no_event_at_all_is_no_violation() -> None:
    assert check_stream([]) == []


@pytest.mark.parametrize("length", range(1, len(ROWS)))
def test_a_stream_that_is_not_over_yet_is_right_too(length: int) -> None:
    assert check_stream(stream(ROWS[:length])) == []


@pytest.mark.parametrize(
    ("name", "nth", "rule"),
    [
        ("Video Playback Started", 1, "S20"),
        ("Video Ad Started", 1, "S20"),
        ("Video Content Started", 1, "S20"),
        ("Video Playback Paused", 1, "S30"),
        ("Video Playback Resumed", 1, "S40"),
        ("Video Playback Seek Started", 1, "S20"),
        ("Video Playback Buffer Started", 1, "S20"),
        ("Video Playback Buffer Completed", 1, "S20"),
        ("Video Playback Seek Completed", 1, "S40"),
        ("Video Playback Interrupted", 1, "S30"),
        ("Video Playback Resumed", 2, "S40"),
        ("Video Content Completed", 1, "S21"),
        ("Video Ad Started", 3, "S34"),
        ("Video Content Started", 2, "S20"),
        ("Video Content Completed", 2, "S21"),
    ],
)
def test_an_event_that_others_rest_on_is_missed(name: str, nth: int, rule: str) -> None:
    place = place_of(name, nth)

    faults = check_stream(stream((*ROWS[:place], *ROWS[place + 1 :])))

    assert rule in rules(faults)


# A quality change may be told twice and a click may be one of two: the only repeats that are right.
REPEATABLE = {"Video Quality Updated"}


@pytest.mark.parametrize(
    "place", [place for place, row in enumerate(ROWS) if row[1] not in REPEATABLE]
)
def test_an_event_twice_in_a_row_is_caught(place: int) -> None:
    assert with_row(place, ROWS[place]) != []


@pytest.mark.parametrize("place", range(LAST))
def test_two_neighbours_that_changed_places_are_caught(place: int) -> None:
    """All but those that may come in either order."""
    pair = (ROWS[place][1], ROWS[place + 1][1])
    either_way = {
        ("Video Content Started", "Video Quality Updated"),
        ("Video Quality Updated", "Video Content Playing"),
        # S66: both orders of the closing callbacks work.
        ("Video Playback Buffer Completed", "Video Playback Seek Completed"),
        # A seek may be interrupted; its end comes when it comes.
        ("Video Playback Seek Completed", "Video Playback Interrupted"),
    }
    swapped = (*ROWS[:place], ROWS[place + 1], ROWS[place], *ROWS[place + 2 :])

    faults = check_stream(stream(swapped))

    assert bool(faults) is (pair not in either_way), pair


@pytest.mark.parametrize(
    ("place", "row", "rule"),
    [
        (LAST + 1, (89.0, "Video Content Playing", 60, {}), "S20"),
        (LAST + 1, (89.0, "Video Quality Updated", None, {}), "S20"),
        (LAST + 1, (89.0, "Video Playback Exited", 80, {}), "S20"),
        (1, (0.2, "Video Playback Buffer Started", 0, {}), "S25"),
        (8, (20.0, "Video Content Playing", 13, {}), "while paused (S40)"),
        (8, (20.0, "Video Playback Seek Completed", 13, IN_1), "no open seek (S20)"),
        (10, (28.5, "Video Playback Resumed", 18, IN_1), "S30"),
        (11, (29.2, "Video Content Playing", 13, {}), "while seeking (S40)"),
        (11, (29.2, "Video Playback Seek Started", 18, IN_1), "S33"),
        (12, (29.6, "Video Content Playing", 13, {}), "while buffering (S40)"),
        (12, (29.6, "Video Playback Paused", 25, IN_1), "S32"),
        (12, (29.6, "Video Playback Seek Started", 25, IN_1), "S66"),
        (12, (29.6, "Video Playback Resumed", 25, IN_1), "S32"),
        (15, (35.5, "Video Content Playing", 24, {}), "while interrupted (S40)"),
        (15, (35.5, "Video Playback Interrupted", 29, IN_1), "S26"),
        (5, (6.0, "Video Content Playing", 0, {}), "S40"),
        (27, (82.9, "Video Content Playing", 60, {"pod_id": "content-2"}), "S44"),
        (27, (82.0, "Video Content Playing", 59, {"pod_id": "content-1"}), "another content pod"),
        (20, (47.0, "Video Content Playing", 30, {}), "S20"),
        (20, (47.0, "Video Playback Resumed", 40, {}), "S30"),
        (30, (88.0, "Video Ad Skipped", 5, {"asset_id": "e1", "pod_id": "ad-3"}), "S13"),
        (22, (48.5, "Video Ad Playing", 2, {"asset_id": "m2"}), "while paused (S40)"),
    ],
)
def test_what_may_not_come_here_is_caught(
    place: int, row: tuple[float, str, int | None, dict[str, Any]], rule: str
) -> None:
    at, name, position, own = row
    if name.startswith("Video Content"):
        own = {"asset_id": "film", "pod_id": "content-1", **own}
    if name.startswith("Video Ad"):
        defaults = {"ad_type": "mid-roll", "pod_position": 2, "pod_length": 2, "pod_id": "ad-2"}
        own = {**defaults, **own}

    assert rule in rules(with_row(place, (at, name, position, own)))


def test_a_second_playback_started_is_caught_wherever_it_comes() -> None:
    for place in range(1, len(ROWS)):
        assert "only once (S20)" in rules(with_row(place, ROWS[0]))


def test_content_between_two_ads_of_one_pod_is_caught() -> None:
    """S14: between two ads of a pod the session stays in the break."""
    place = place_of("Video Ad Started", 3)
    between = (
        (47.0, "Video Content Started", 30, {"asset_id": "film", "pod_id": "content-9"}),
        (47.0, "Video Content Completed", 30, {"asset_id": "film", "pod_id": "content-9"}),
    )

    faults = check_stream(stream((*ROWS[:place], *between, *ROWS[place:])))

    assert rules(faults) == (
        f"event {place + 3} (Video Ad Started): content came between two ads of one pod (S14)"
    )


def test_content_that_really_played_parts_a_break_from_its_replay() -> None:
    """S12: the same break played again keeps its ids."""
    place = place_of("Video Ad Started", 3)
    between = (
        (47.0, "Video Content Started", 30, {"asset_id": "film", "pod_id": "content-9"}),
        (52.0, "Video Content Completed", 35, {"asset_id": "film", "pod_id": "content-9"}),
    )
    later = (53.0, *ROWS[place][1:])

    assert check_stream(stream((*ROWS[:place], *between, later))) == []


def test_a_pod_that_the_next_item_replaced_has_no_completed() -> None:
    """S24: what follows belongs to another asset; until it starts, nothing plays."""
    paused: Row = (20.0, "Video Playback Paused", 17, {"playing": NowPlaying()})
    resumed: Row = (21.0, "Video Playback Resumed", 17, {"playing": NowPlaying()})
    pre_roll: Row = (22.0, "Video Ad Started", 0, {**ROWS[1][3], "content_asset_id": "next"})

    assert check_stream(stream((*ROWS[:7], paused, resumed, pre_roll))) == []


def test_an_ad_that_is_skipped_has_no_completed_and_is_right() -> None:
    """S13."""
    place = place_of("Video Ad Completed", 1)

    assert check_stream(stream((*ROWS[:place], *ROWS[place + 1 :]))) == []


def test_a_skipped_ad_cannot_complete() -> None:
    """S13."""
    place = place_of("Video Ad Completed", 1)
    skipped: Row = (5.0, "Video Ad Skipped", 4, ROWS[place][3])

    assert "S13" in rules(with_row(place, skipped))


def test_an_ad_completes_once() -> None:
    place = place_of("Video Ad Completed", 2)

    assert "no ad is open (S13)" in rules(with_row(place, ROWS[place]))


def test_an_ad_that_fails_ends_without_completed() -> None:
    """S13, S71."""
    place = place_of("Video Ad Completed", 1)
    failed: Row = (5.0, "Video Ad Error", 4, ROWS[place][3])

    assert check_stream(stream((*ROWS[:place], failed, *ROWS[place + 1 :]))) == []
    assert "S13" in rules(with_row(place, failed))


def test_quartiles_come_once_each_and_in_order() -> None:
    """S45."""
    place = place_of("Video Ad Playing", 1) + 1
    for quartile, right in ((2, True), (3, True), (1, False)):
        row: Row = (3.0, "Video Ad Playing", 3, {**ROWS[place - 1][3], "quartile": quartile})
        assert (with_row(place, row) == []) is right


@pytest.mark.parametrize(
    "halt",
    [
        ("Video Playback Paused", "Video Playback Resumed"),
        ("Video Playback Seek Started", "Video Playback Seek Completed"),
        ("Video Playback Buffer Started", "Video Playback Buffer Completed"),
    ],
)
def test_what_ends_a_halt_may_be_followed_by_a_beat_at_the_moment_of_the_last_one(
    halt: tuple[str, str],
) -> None:
    """S33, S43; without the halt two beats at one moment are one too many (S40)."""
    place = place_of("Video Content Playing", 1)
    at, _, position, _ = beat = ROWS[place]
    halted = [(at, name, position, IN_1) for name in halt]

    assert check_stream(stream((*ROWS[: place + 1], *halted, beat, *ROWS[place + 1 :]))) == []
    assert "two heartbeats at one moment (S40, S45)" in rules(with_row(place, beat))


def test_a_pause_that_timed_out_may_be_resumed_by_one_event_or_by_two() -> None:
    """S26: the timeout is undone by any callback, the pause by the viewer."""
    timeout: Row = (20.0, "Video Playback Interrupted", 17, IN_1 | {"method": "timeout"})
    revived: Row = (25.0, "Video Playback Resumed", 17, IN_1)
    place = place_of("Video Playback Resumed", 1)

    assert with_row(place, timeout) == []
    assert check_stream(stream((*ROWS[:place], timeout, revived, *ROWS[place:]))) == []


def test_a_seek_across_a_border_leaves_the_pod_without_completed() -> None:
    """S22."""
    rows: tuple[Row, ...] = (
        *ROWS[:7],
        (17.0, "Video Playback Seek Started", 11, IN_1),
        (18.0, "Video Playback Seek Completed", 40, {"playing": NowPlaying("film", "content-2")}),
        (18.0, "Video Content Started", 40, {"asset_id": "film", "pod_id": "content-2"}),
        (20.0, "Video Playback Exited", 42, {"playing": NowPlaying("film", "content-2")}),
    )

    assert check_stream(stream(rows)) == []


def test_a_seek_in_an_interruption_lands_in_its_pod_and_nothing_else_starts_there() -> None:
    """S22, S26."""
    landed = {"playing": NowPlaying("film", "content-2")}
    rows: tuple[Row, ...] = (
        *ROWS[:15],
        (40.0, "Video Playback Seek Started", 29, IN_1),
        (41.0, "Video Playback Seek Completed", 40, landed),
        (41.0, "Video Content Started", 40, {"asset_id": "film", "pod_id": "content-2"}),
        (50.0, "Video Playback Resumed", 40, landed),
    )
    started: Row = (40.0, "Video Content Started", 29, {"asset_id": "film", "pod_id": "content-9"})

    assert check_stream(stream(rows)) == []
    assert "starts while interrupted (S20)" in rules(check_stream(stream((*ROWS[:15], started))))


def test_playback_cannot_complete_without_content_or_with_open_content() -> None:
    """S20, S23."""
    assert "without any content (S20)" in rules(check_stream(stream((ROWS[0], ROWS[-1]))))
    assert "S23" in rules(check_stream(stream((*ROWS[:7], ROWS[-1]))))


def test_playback_cannot_complete_inside_a_seek_or_a_stall() -> None:
    """S20: they come in matched pairs."""
    assert "a seek is still open" in rules(with_row(LAST, (88.0, ROWS[10][1], 80, {})))
    assert "a buffer is still open" in rules(with_row(LAST, (88.0, ROWS[11][1], 80, {})))


def test_a_viewer_may_exit_in_the_middle_of_anything() -> None:
    """S26: exit leaves open pods and ads without Completed."""
    for place in range(1, LAST):
        exited: Row = (90.0, "Video Playback Exited", 50, {})
        faults = check_stream(stream((*ROWS[:place], exited)))
        assert [fault for fault in faults if "S34" not in fault] == []


@pytest.mark.parametrize(
    ("name", "fields", "rule"),
    [
        ("Video Playback Started", {"at": math.nan}, "S46"),
        ("Video Playback Started", {"at": "now"}, "S46"),
        ("Video Playback Started", {"session_id": ""}, "S20"),
        ("Video Playback Started", {"content_pod_ids": ("", "b")}, "S52"),
        ("Video Playback Paused", {"sequence": 3}, "S50"),
        ("Video Playback Paused", {"sequence": True}, "S50"),
        ("Video Playback Paused", {"session_id": "other"}, "S20"),
        ("Video Playback Paused", {"properties": {1: "x"}}, "S51"),
        ("Video Playback Paused", {"position": 17.0}, "S3"),
        ("Video Playback Paused", {"position": -1}, "S3"),
        ("Video Playback Paused", {"position": True}, "S3"),
        ("Video Playback Paused", {"position": 81}, "S1"),
        ("Video Playback Paused", {"total_length": 80.5}, "S3"),
        ("Video Playback Paused", {"total_length": -80}, "S3"),
        ("Video Playback Paused", {"playing": NowPlaying("film")}, "S34"),
        ("Video Playback Paused", {"playing": NowPlaying("film", "content-2")}, "S34"),
        ("Video Playback Paused", {"playing": NowPlaying()}, "lacks the ids of this pod"),
        ("Video Playback Paused", {"playing": NowPlaying("film", "content-1", "p1")}, "S34"),
        (
            "Video Playback Paused",
            {"playing": NowPlaying("film", "content-1", "p1", "ad-1", "pre-roll")},
            "while no ad plays (S34)",
        ),
        (
            "Video Playback Paused",
            {"playing": NowPlaying("film", "content-1", "p1", "ad-1", "preroll")},
            "S10",
        ),
        ("Video Playback Paused", {"playing": NowPlaying("", "content-1")}, "S34"),
        ("Video Playback Resumed", {"at": 1_795_000_017.0}, "S31"),
        ("Video Playback Seek Started", {"seek_position": 25.5}, "S3"),
        ("Video Playback Seek Completed", {"seek_position": -1}, "S3"),
        ("Video Playback Seek Completed", {"at": 1_795_000_028.5}, "S31"),
        ("Video Playback Buffer Completed", {"at": 1_795_000_029.0}, "S31"),
        ("Video Playback Interrupted", {"method": 7}, "S26"),
        ("Video Content Started", {"asset_id": ""}, "S12"),
        ("Video Content Started", {"pod_id": None}, "S12"),
        ("Video Content Playing", {"asset_id": "other"}, "S20"),
        ("Video Content Playing", {"position": 61}, "S2"),
        ("Video Content Completed", {"at": 1_795_000_001.0}, "S31"),
        ("Video Ad Started", {"ad_type": "preroll"}, "S10"),
        ("Video Ad Started", {"pod_position": 0}, "S12"),
        ("Video Ad Started", {"pod_position": 2}, "S12"),
        ("Video Ad Started", {"pod_length": "1"}, "S12"),
        ("Video Ad Started", {"quartile": 1}, "S45"),
        ("Video Ad Playing", {"quartile": 4}, "S45"),
        ("Video Ad Playing", {"asset_id": "other"}, "another ad"),
        ("Video Ad Started", {"content_asset_id": None}, "S53"),
        ("Video Ad Started", {"content_position": -1}, "S3"),
        ("Video Ad Completed", {"position": 6}, "S2"),
        ("Video Quality Updated", {"bitrate": -1.0}, "S54"),
        ("Video Quality Updated", {"framerate": math.inf}, "S54"),
        ("Video Quality Updated", {"startup_time": 0.5}, "S54"),
        ("Video Quality Updated", {"dropped_frames": -1}, "S54"),
    ],
)
def test_a_wrong_value_is_caught(name: str, fields: dict[str, Any], rule: str) -> None:
    assert rule in rules(check_stream(changed(stream(), name, **fields)))


@pytest.mark.parametrize(
    "fields",
    [
        {"sound": 101.0},
        {"sound": math.nan},
        {"bitrate": -1.0},
        {"framerate": "25"},
        {"full_screen": 1},
        {"livestream": "yes"},
        {"video_player": 3},
    ],
)
def test_a_wrong_player_attribute_is_caught(fields: dict[str, Any]) -> None:
    """S54."""
    player = attrs.evolve(PLAYER)
    for name, value in fields.items():
        object.__setattr__(player, name, value)

    assert "S54" in rules(check_stream(changed(stream(), "Video Content Playing", player=player)))


def test_a_livestream_has_no_length_and_may_count_from_its_edge() -> None:
    """S6, S8."""
    live = PlayerAttributes(livestream=True)
    recorded = changed([build(ROWS[0])], "Video Playback Started", player=live)
    (started,) = changed(recorded, "Video Playback Started", position=-30, total_length=None)

    assert check_stream([started]) == []
    assert "S6" in rules(check_stream([attrs.evolve(started, total_length=80)]))


def test_planned_ads_bear_all_their_ids() -> None:
    """S52."""
    events = stream()
    assert check_stream(changed(events, "Video Playback Started", planned_ads=PLANNED)) == []

    nameless = (attrs.evolve(PLANNED[0], pod_id=""),)
    faults = check_stream(changed(events, "Video Playback Started", planned_ads=nameless))
    assert "S52" in rules(faults)


def test_several_sessions_are_judged_each_on_its_own() -> None:
    mixed = [
        event for pair in zip(stream(), stream(session_id="s2"), strict=True) for event in pair
    ]

    assert check_streams(mixed) == []
    assert check_streams(mixed[1:])[0].startswith("session s1: event 1 (Video Ad Started): ")


def message(number: int, row: Row) -> dict[str, Any]:
    """A wire message by hand, so that the checker is not held against this library's encoder."""
    event = build(row, number)
    properties: dict[str, Any] = {"session_id": "s1", "position": event.position}
    own = dict(row[3])
    playing = own.pop("playing", None)
    if playing is not None:
        properties |= {key: value for key, value in attrs.asdict(playing).items() if value}
    if row[1].startswith("Video Ad"):
        own["type"] = own.pop("ad_type")
    if event.total_length is not None:
        properties["total_length"] = event.total_length
    second = 10 + int(row[0] * 1000)
    return {
        "type": "track",
        "event": row[1],
        "userId": "u1",
        "messageId": f"s1-{number}",
        "timestamp": f"2026-11-23T10:{second // 60000:02}:{second // 1000 % 60:02}.000Z",
        "properties": properties | own,
    }


MESSAGES = [message(number, row) for number, row in enumerate(ROWS, start=1)]


def test_right_messages_have_no_violation() -> None:
    assert check_messages(MESSAGES) == []


def test_the_grammar_holds_for_messages_too() -> None:
    place = place_of("Video Content Completed", 1)

    faults = check_messages([*MESSAGES[:place], *MESSAGES[place + 1 :]])

    fault = "the content pod must be completed before an ad starts (S21)"
    assert faults == [f"message {place + 1} (Video Ad Started): {fault}"]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"type": "page"}, "S50"),
        ({"event": "Video Played"}, "S20"),
        ({"userId": None}, "S50"),
        ({"messageId": "x" * 101}, "S50"),
        ({"messageId": "s1-1"}, "S50"),
        ({"timestamp": "2026-11-23T10:00:00Z"}, "S50"),
        ({"timestamp": 5}, "S50"),
        ({"properties": None}, "S50"),
    ],
)
def test_a_wrong_envelope_is_caught(fields: dict[str, Any], rule: str) -> None:
    assert rule in rules(check_messages([MESSAGES[0], MESSAGES[1] | fields]))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"position": 1.5}, "S3"),
        ({"position": -1}, "S3"),
        ({"total_length": "80"}, "S3"),
        ({"position": 81, "total_length": 80}, "S1"),
        ({"livestream": True, "total_length": 80}, "S6"),
        ({"sound": 120}, "S54"),
        ({"ad_type": "pre"}, "S10"),
    ],
)
def test_a_wrong_property_is_caught(fields: dict[str, Any], rule: str) -> None:
    wrong = MESSAGES[0] | {"properties": MESSAGES[0]["properties"] | fields}

    assert rule in rules(check_messages([wrong]))


def test_a_message_without_a_session_is_judged_by_itself() -> None:
    stranger = MESSAGES[5] | {"messageId": "q-1", "properties": {"bitrate": 100}}

    assert check_messages([*MESSAGES, stranger]) == []


def test_a_playback_event_in_an_ad_bears_that_ads_ids() -> None:
    """S34."""
    place = place_of("Video Playback Paused", 2)
    other = NowPlaying(ad_asset_id="m1", ad_pod_id="ad-2", ad_type="mid-roll")
    rows = (*ROWS[:place], (*ROWS[place][:3], {"playing": other}), *ROWS[place + 1 :])

    assert "its ad ids are not those of the ad that plays (S34)" in rules(
        check_stream(stream(rows))
    )


def test_playback_completed_may_name_what_played_last_and_nothing_else() -> None:
    """S34."""
    last = NowPlaying(ad_asset_id="e1", ad_pod_id="ad-3", ad_type="post-roll")
    other = NowPlaying(ad_asset_id="p1", ad_pod_id="ad-1", ad_type="pre-roll")

    assert check_stream(changed(stream(), "Video Playback Completed", playing=last)) == []
    faults = check_stream(changed(stream(), "Video Playback Completed", playing=other))
    assert "its ad ids are not those of the last ad (S34)" in rules(faults)


@pytest.mark.parametrize("timestamp", ["soon", "2026-11-23T10:00:00.000", None])
def test_a_message_without_a_readable_time_is_judged_by_itself(timestamp: str | None) -> None:
    """S50."""
    wrong = MESSAGES[0] | {"timestamp": timestamp}

    (fault,) = check_messages([wrong])

    assert fault.startswith(f"message 1 (Video Playback Started): timestamp {timestamp!r} is no ")


def test_the_content_block_of_an_ad_is_optional() -> None:
    """S53: it is there when the asset is known."""
    events = changed(stream(), "Video Ad Started", content=None, content_asset_id=None)

    assert check_stream(events) == []
    assert FILM.asset_id == "film"
