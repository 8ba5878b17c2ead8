"""The specification's tables, held against messages that break them."""

import copy
from typing import Any

import pytest

from video_tracker.events import EVENTS
from video_tracker.wire import PROFILES, check_message
from video_tracker.wire.schema import SCHEMAS

GOOD: dict[str, Any] = {
    "type": "track",
    "event": "Video Playback Paused",
    "userId": "u1",
    "messageId": "s1-3",
    "timestamp": "2026-11-23T11:10:10.250Z",
    "properties": {
        "session_id": "s1",
        "content_asset_id": "a",
        "content_pod_id": "content-1",
        "ad_asset_id": None,
        "ad_pod_id": None,
        "ad_type": None,
        "position": 8,
        "total_length": 60,
        "bitrate": 100,
        "framerate": 30,
        "sound": 0,
        "livestream": False,
        "my_own": [1, 2],
    },
    "context": {},
    "integrations": {},
}
STARTED = "Video Playback Started"
CONTENT = "Video Content Started"
AD = "Video Ad Playing"
LEFT_OUT = object()


def changed(event: str = "Video Playback Paused", **properties: Any) -> dict[str, Any]:
    message = copy.deepcopy(GOOD)
    message["event"] = event
    if event != "Video Playback Paused":
        message["properties"] = {"session_id": "s1"}
    for name, value in properties.items():
        if value is LEFT_OUT:
            del message["properties"][name]
        else:
            message["properties"][name] = value
    return message


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_right_message_breaks_nothing(profile: str) -> None:
    """Custom properties are allowed by every vendor."""
    assert check_message(GOOD, profile) == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (changed(position=8.5), "properties.position must be an integer, not 8.5"),
        (changed(position=8.0), "properties.position must be an integer, not 8.0"),
        (changed(position=True), "properties.position must be an integer, not True"),
        (changed(position=None), "properties.position must not be null; leave the key out"),
        (changed(session_id=LEFT_OUT), "properties.session_id is missing"),
        (changed(session_id=7), "properties.session_id must be a string, not 7"),
        (changed(sound=101), "properties.sound must be 0 to 100, not 101"),
        (changed(bitrate=-1), "properties.bitrate must be 0 or more, not -1"),
        (changed(framerate=29.97), "properties.framerate must be an integer, not 29.97"),
        (changed(full_screen="no"), "properties.full_screen must be true or false, not 'no'"),
        (
            changed(ad_type="preroll"),
            "properties.ad_type must be one of pre-roll, mid-roll, post-roll, not 'preroll'",
        ),
        (
            changed(total_length=None),
            "properties.total_length is null, but livestream is not true (S6)",
        ),
        (
            changed(livestream=True),
            "properties.total_length must be present and null for a livestream (S6)",
        ),
        (
            changed(livestream=True, total_length=LEFT_OUT),
            "properties.total_length must be present and null for a livestream (S6)",
        ),
        (
            changed(position=-1),
            "properties.position is negative, but livestream is not true (S3, S8)",
        ),
        (
            changed(CONTENT, keywords="a, b"),
            "properties.keywords must be a list of strings, not 'a, b'",
        ),
        (
            changed(CONTENT, keywords=["a", 1]),
            "properties.keywords must be a list of strings, not ['a', 1]",
        ),
        (
            changed(CONTENT, airdate="2020-04-23T18+02"),
            "properties.airdate must be a date, or a time in UTC with Z, not '2020-04-23T18+02'",
        ),
        (
            changed(CONTENT, airdate="2020-02-30"),
            "properties.airdate must be a date, or a time in UTC with Z, not '2020-02-30'",
        ),
        (changed(AD, pod_position=0), "properties.pod_position must be 1 or more, not 0"),
        (changed(AD, quartile=4), "properties.quartile must be one of 1, 2, 3, not 4"),
        (changed(AD, content=[]), "properties.content must be an object, not []"),
        (
            changed(AD, content={"title": 1}),
            "properties.content.title must be a string, not 1",
        ),
        (
            changed(AD, content={"livestream": True}),
            "properties.content.total_length must be present and null for a livestream (S6)",
        ),
        (
            changed(STARTED, ad_asset_id=["ad1"]),
            "properties.ad_asset_id must be a string, not ['ad1']",
        ),
        ({**GOOD, "type": "page"}, "type must be 'track', not 'page'"),
        ({**GOOD, "userId": None}, "userId or anonymousId is required (S50)"),
        ({**GOOD, "userId": ""}, "userId and anonymousId must be non-empty strings (S50)"),
        (
            {**GOOD, "messageId": "x" * 101},
            "messageId must be a string of 1 to 100 characters (S50)",
        ),
        ({**GOOD, "context": None}, "context must be an object (S51)"),
        ({**GOOD, "properties": None}, "properties must be an object"),
        (
            {**GOOD, "event": "video_playback_paused"},
            "event 'video_playback_paused' is no video event of customerio",
        ),
        ({**GOOD, "event": ["x"]}, "event ['x'] is no video event of customerio"),
    ],
)
def test_each_violation_is_one_sentence(message: dict[str, Any], said: str) -> None:
    """Tables 1.1 and 1.2 with S3, S6, S8, S50, S51, S54."""
    assert check_message(message) == [said]


@pytest.mark.parametrize(
    "moment",
    [
        None,
        0,
        "2026-11-23T11:10:10Z",
        "2026-11-23T11:10:10.250+00:00",
        "2026-13-23T11:10:10.250Z",
        "2026-11-23 11:10:10.250Z",
    ],
)
def test_a_timestamp_is_iso_8601_in_utc_with_milliseconds(moment: object) -> None:
    """S50."""
    (said,) = check_message({**GOOD, "timestamp": moment})
    assert said.startswith("timestamp must be ISO 8601")


def test_nothing_at_all_breaks_several_rules_without_failing() -> None:
    """A producer's worst line still gets its sentences."""
    assert len(check_message({})) == 5


@pytest.mark.parametrize("profile", ["segment", "rudderstack"])
def test_the_other_vendors_want_arrays_on_started_and_allow_float_framerates(profile: str) -> None:
    """2.1, 2.4, S52, S54."""
    assert check_message(changed(STARTED, ad_type=["mid-roll"], framerate=29.97), profile) == []
    assert check_message(changed(framerate=30), profile) == []
    assert check_message(changed(framerate=float("nan")), profile) != []
    assert len(check_message(changed(STARTED, ad_type="mid-roll"), profile)) == 1
    assert len(check_message(changed(STARTED, ad_type=["pre"]), profile)) == 1


def test_rudderstack_wants_seek_completed_to_end_where_it_sought() -> None:
    """2.4."""
    message = changed("Video Playback Seek Completed", position=318, seek_position=320)

    assert check_message(message, "segment") == []
    assert check_message(message, "rudderstack") == [
        "properties.seek_position must equal position on Seek Completed"
    ]


def test_a_live_position_may_be_negative_and_its_length_is_null() -> None:
    """S6, S8."""
    live = changed(CONTENT, livestream=True, total_length=None, position=-30)

    assert check_message(live) == []


def test_quality_updated_needs_no_session_id() -> None:
    """Table 1.2 Q lists none; S54 adds it."""
    message = {**GOOD, "event": "Video Quality Updated", "properties": {"droppedFrames": 0}}

    assert check_message(message) == []


def test_every_profile_has_a_table_for_every_event() -> None:
    """Tables 1.1, 1.2: the properties by name, so that none is lost by a change here."""
    for tables in SCHEMAS.values():
        assert tables.keys() == EVENTS.keys()
    ours = {name: " ".join(sorted(table)) for name, table in SCHEMAS["customerio"].items()}
    assert ours[STARTED] == (
        "ad_asset_id ad_enabled ad_pod_id ad_type bitrate content_asset_ids content_pod_ids "
        "framerate full_screen livestream position quality session_id sound total_length "
        "video_player"
    )
    assert ours["Video Playback Interrupted"] == (
        "ad_asset_id ad_enabled ad_pod_id ad_type bitrate content_asset_id content_pod_id "
        "framerate full_screen livestream method position quality session_id sound total_length "
        "video_player"
    )
    assert ours["Video Playback Seek Started"] == (
        "ad_asset_id ad_enabled ad_pod_id ad_type bitrate content_asset_id content_pod_id "
        "framerate full_screen livestream position quality seek_position session_id sound "
        "total_length video_player"
    )
    assert ours[CONTENT] == (
        "airdate asset_id bitrate channel description episode framerate full_episode genre "
        "keywords livestream load_type pod_id position program publisher season session_id title "
        "total_length"
    )
    assert ours[AD] == (
        "asset_id content load_type pod_id pod_length pod_position position publisher quartile "
        "session_id title total_length type"
    )
    assert ours["Video Quality Updated"] == (
        "bitrate droppedFrames framerate position session_id startupTime"
    )
