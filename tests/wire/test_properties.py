"""The exact properties of every event in every profile."""

import datetime
from typing import Any

import pytest

from video_tracker.events import (
    EVENTS,
    AdClicked,
    AdCompleted,
    AdError,
    AdEvent,
    AdPlaying,
    AdSkipped,
    AdStarted,
    ContentCompleted,
    ContentEvent,
    ContentPlaying,
    ContentStarted,
    Envelope,
    Event,
    NowPlaying,
    PlannedAd,
    PlaybackBufferCompleted,
    PlaybackBufferStarted,
    PlaybackCompleted,
    PlaybackEvent,
    PlaybackExited,
    PlaybackInterrupted,
    PlaybackPaused,
    PlaybackResumed,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire import PROFILES, Encoder, check_message

ENVELOPE = Envelope(user_id="u1")
PLAYER = PlayerAttributes(
    video_player="youtube",
    sound=55,
    full_screen=False,
    ad_enabled=True,
    quality="hd1080",
    bitrate=100,
    framerate=29.97,
    livestream=False,
)
CONTENT = Content(
    asset_id="0129370",
    title="Interview with Tony Robbins",
    description="short description",
    keywords=("entrepreneurship", "motivation"),
    season="2",
    episode="177",
    genre="entrepreneurship",
    program="Tim Ferris Show",
    publisher="Tim Ferris",
    channel="espn",
    full_episode=True,
    livestream=False,
    airdate="1991-08-13",
    load_type="dynamic",
)
AD = Ad(asset_id="ad123", title="Connection Modes", publisher="Segment", load_type="dynamic")
SPARSE_PLAYER = PlayerAttributes()
IN_CONTENT = NowPlaying(content_asset_id="0129370", content_pod_id="segA")
IN_AD = NowPlaying(ad_asset_id="ad123", ad_pod_id="adSegA", ad_type="mid-roll")
EVERY_PROFILE = pytest.mark.parametrize("profile", sorted(PROFILES))

COMMON: dict[str, Any] = {
    "at": 0.0,
    "sequence": 1,
    "session_id": "12345",
    "properties": {},
    "position": 278,
    "total_length": 392,
}


def framerate(profile: str) -> int | float:
    return 30 if profile == "customerio" else 29.97


def player_properties(profile: str) -> dict[str, Any]:
    return {
        "session_id": "12345",
        "position": 278,
        "total_length": 392,
        "bitrate": 100,
        "framerate": framerate(profile),
        "video_player": "youtube",
        "sound": 55,
        "full_screen": False,
        "ad_enabled": True,
        "quality": "hd1080",
        "livestream": False,
    }


def content_properties(profile: str) -> dict[str, Any]:
    return {
        "session_id": "12345",
        "asset_id": "0129370",
        "pod_id": "segA",
        "title": "Interview with Tony Robbins",
        "description": "short description",
        "keywords": ["entrepreneurship", "motivation"],
        "season": "2",
        "episode": "177",
        "genre": "entrepreneurship",
        "program": "Tim Ferris Show",
        "publisher": "Tim Ferris",
        "channel": "espn",
        "full_episode": True,
        "livestream": False,
        "airdate": "1991-08-13",
        "load_type": "dynamic",
        "position": 278,
        "total_length": 392,
        "bitrate": 100,
        "framerate": framerate(profile),
    }


def playback(kind: type[PlaybackEvent], **changes: Any) -> PlaybackEvent:
    return kind(**{**COMMON, "player": PLAYER, "playing": IN_CONTENT, **changes})


def content(kind: type[ContentEvent], **changes: Any) -> ContentEvent:
    fields = {"content": CONTENT, "asset_id": "0129370", "pod_id": "segA", "player": PLAYER}
    return kind(**{**COMMON, **fields, **changes})


def ad(kind: type[AdEvent] = AdStarted, **changes: Any) -> AdEvent:
    fields = {
        "position": 5,
        "total_length": 21,
        "ad": AD,
        "asset_id": "ad123",
        "pod_id": "adSegA",
        "ad_type": "mid-roll",
        "pod_position": 1,
        "pod_length": 2,
        "content": CONTENT,
        "content_asset_id": "0129370",
        "content_pod_id": "segA",
        "content_position": 278,
        "content_length": 392,
        "player": PLAYER,
    }
    return kind(**{**COMMON, **fields, **changes})


def properties(
    event: Event, profile: str = "customerio", envelope: Envelope = ENVELOPE
) -> dict[str, Any]:
    message = Encoder(profile).message(event, envelope)
    assert message["event"] == event.name
    result: dict[str, Any] = message["properties"]
    return result


PLAIN_PLAYBACK = [
    PlaybackPaused,
    PlaybackResumed,
    PlaybackBufferStarted,
    PlaybackBufferCompleted,
    PlaybackCompleted,
    PlaybackExited,
]


@EVERY_PROFILE
@pytest.mark.parametrize("kind", PLAIN_PLAYBACK)
def test_a_playback_event_has_the_player_and_the_content_that_plays(
    kind: type[PlaybackEvent], profile: str
) -> None:
    """Table 1.2 P and C-one; only the ids of what plays are there (S34)."""
    expected = player_properties(profile)
    expected |= {"content_asset_id": "0129370", "content_pod_id": "segA"}

    assert properties(playback(kind), profile) == expected


@EVERY_PROFILE
@pytest.mark.parametrize("kind", PLAIN_PLAYBACK)
def test_a_playback_event_in_an_ad_has_the_ids_of_the_ad_alone(
    kind: type[PlaybackEvent], profile: str
) -> None:
    """S34: the content's ids are left out during an ad."""
    expected = player_properties(profile)
    expected |= {"ad_asset_id": "ad123", "ad_pod_id": "adSegA", "ad_type": "mid-roll"}

    assert properties(playback(kind, playing=IN_AD), profile) == expected


@EVERY_PROFILE
def test_both_ids_are_sent_when_the_session_gives_both(profile: str) -> None:
    """S34, ids="both"."""
    both = NowPlaying("0129370", "segA", "ad123", "adSegA", "mid-roll")
    expected = player_properties(profile)
    expected |= {"content_asset_id": "0129370", "content_pod_id": "segA"}
    expected |= {"ad_asset_id": "ad123", "ad_pod_id": "adSegA", "ad_type": "mid-roll"}

    assert properties(playback(PlaybackPaused, playing=both), profile) == expected


@EVERY_PROFILE
def test_the_other_ids_are_null_when_asked_for(profile: str) -> None:
    """S34, absent="null": nulls for the block that does not play, as in Segment's listing."""
    nulls = Envelope(user_id="u1", absent="null")
    expected = player_properties(profile)
    expected |= {"content_asset_id": "0129370", "content_pod_id": "segA"}
    expected |= {"ad_asset_id": None, "ad_pod_id": None, "ad_type": None}

    assert properties(playback(PlaybackPaused), profile, nulls) == expected

    ids = {"content_asset_id": None, "content_pod_id": None}
    in_ad = properties(playback(PlaybackPaused, playing=IN_AD), profile, nulls)
    assert in_ad.items() >= ids.items()


@EVERY_PROFILE
def test_null_ids_never_stand_on_playback_started(profile: str) -> None:
    """S34 speaks of what plays; Started lists what is planned (S52)."""
    nulls = Envelope(user_id="u1", absent="null")

    assert properties(playback(PlaybackStarted), profile, nulls) == player_properties(profile)


@EVERY_PROFILE
def test_interrupted_has_its_method(profile: str) -> None:
    """S26: with ``method``."""
    expected = player_properties(profile)
    expected |= {"content_asset_id": "0129370", "content_pod_id": "segA"}
    expected |= {"method": "network loss"}

    assert properties(playback(PlaybackInterrupted, method="network loss"), profile) == expected
    assert "method" not in properties(playback(PlaybackInterrupted), profile)


@EVERY_PROFILE
def test_seek_started_says_from_where_to_where(profile: str) -> None:
    """S33: position is where the viewer left, seek_position what was sought."""
    expected = player_properties(profile)
    expected |= {"content_asset_id": "0129370", "content_pod_id": "segA", "seek_position": 320}

    assert properties(playback(PlaybackSeekStarted, seek_position=320), profile) == expected
    assert "seek_position" not in properties(playback(PlaybackSeekStarted), profile)


@pytest.mark.parametrize(
    ("profile", "expected"), [("customerio", 320), ("segment", 320), ("rudderstack", 318)]
)
def test_seek_completed_keeps_what_was_sought_but_in_rudderstack_repeats_the_position(
    profile: str, expected: int
) -> None:
    """S33: seek_position is on both; 2.4: RudderStack wants it equal to position."""
    event = playback(PlaybackSeekCompleted, position=318, seek_position=320)

    assert properties(event, profile)["position"] == 318
    assert properties(event, profile)["seek_position"] == expected


PLANNED = (
    PlannedAd("ad1", "adPod1", "mid-roll"),
    PlannedAd("ad2", "adPod2", "pre-roll"),
    PlannedAd("ad3", "adPod2", "pre-roll"),
)
LISTS = {"content_asset_ids": ("a", "b"), "content_pod_ids": ("p1", "p2"), "planned_ads": PLANNED}


def test_playback_started_in_customerio_names_the_first_planned_pre_roll_by_strings() -> None:
    """S52."""
    expected = player_properties("customerio")
    expected |= {"content_asset_ids": ["a", "b"], "content_pod_ids": ["p1", "p2"]}
    expected |= {"ad_asset_id": "ad2", "ad_pod_id": "adPod2", "ad_type": "pre-roll"}

    assert properties(playback(PlaybackStarted, **LISTS)) == expected


def test_playback_started_in_customerio_without_a_pre_roll_names_no_ad() -> None:
    """S52: a planned mid-roll is not the ad playing at the start."""
    event = playback(PlaybackStarted, planned_ads=PLANNED[:1])

    assert properties(event) == player_properties("customerio")


@pytest.mark.parametrize("profile", ["segment", "rudderstack"])
def test_playback_started_elsewhere_lists_all_planned_ads(profile: str) -> None:
    """S52: arrays under the singular keys, as the tables have them."""
    expected = player_properties(profile)
    expected |= {"content_asset_ids": ["a", "b"], "content_pod_ids": ["p1", "p2"]}
    expected |= {"ad_asset_id": ["ad1", "ad2", "ad3"], "ad_pod_id": ["adPod1", "adPod2", "adPod2"]}
    expected |= {"ad_type": ["mid-roll", "pre-roll", "pre-roll"]}

    assert properties(playback(PlaybackStarted, **LISTS), profile) == expected


@EVERY_PROFILE
@pytest.mark.parametrize("kind", [ContentStarted, ContentPlaying, ContentCompleted])
def test_a_content_event_has_the_content_block(kind: type[ContentEvent], profile: str) -> None:
    """Table 1.2 K, with ``episode`` and what was said of ``load_type`` as extras."""
    assert properties(content(kind), profile) == content_properties(profile)


@EVERY_PROFILE
def test_what_is_not_known_is_left_out(profile: str) -> None:
    """S6: absent and null are different things; unknown is absent."""
    unknown = {"position": None, "total_length": None, "player": SPARSE_PLAYER}
    bare = content(ContentStarted, content=Content(asset_id="0129370"), **unknown)

    assert properties(bare, profile) == {
        "session_id": "12345",
        "asset_id": "0129370",
        "pod_id": "segA",
    }
    assert properties(playback(PlaybackStarted, **unknown), profile) == {"session_id": "12345"}


@EVERY_PROFILE
def test_a_livestream_has_a_null_length_on_playback_and_content_events(profile: str) -> None:
    """S6: the key is there, with the value null."""
    live = PlayerAttributes(livestream=True)
    paused = properties(playback(PlaybackPaused, player=live, total_length=None), profile)
    started = properties(playback(PlaybackStarted, player=live, total_length=None), profile)
    asset = Content(asset_id="0129370", livestream=True)
    playing = properties(content(ContentPlaying, content=asset, total_length=None), profile)

    for block in (paused, started, playing):
        assert block["livestream"] is True
        assert block["total_length"] is None
    assert (
        b'"total_length":null'
        in Encoder(profile)
        .encode(playback(PlaybackPaused, player=live, total_length=None), ENVELOPE)
        .body
    )


def test_a_livestream_has_no_length_even_when_the_player_names_one() -> None:
    """S6: the length of a live window is no length."""
    live = PlayerAttributes(livestream=True)

    assert properties(playback(PlaybackPaused, player=live))["total_length"] is None


def test_the_asset_knows_better_than_the_player_whether_it_is_live() -> None:
    """S6: in a playlist one item may be live and the next not."""
    recorded = properties(
        content(ContentPlaying, player=PlayerAttributes(livestream=True), total_length=392)
    )
    unsaid = content(
        ContentPlaying,
        content=Content(asset_id="0129370"),
        player=PlayerAttributes(livestream=True),
    )

    assert (recorded["livestream"], recorded["total_length"]) == (False, 392)
    assert (properties(unsaid)["livestream"], properties(unsaid)["total_length"]) == (True, None)


def test_a_live_position_may_be_negative() -> None:
    """S8, live_position="offset": seconds behind the live edge."""
    live = Content(asset_id="0129370", livestream=True)
    event = content(ContentPlaying, content=live, position=-30, total_length=None)

    assert properties(event)["position"] == -30


@EVERY_PROFILE
@pytest.mark.parametrize("kind", [AdStarted, AdPlaying, AdCompleted, AdSkipped, AdClicked, AdError])
def test_an_ad_event_has_the_ad_block_with_the_content_inside(
    kind: type[AdEvent], profile: str
) -> None:
    """Table 1.2 A; S53: the content event block of the asset; S13: extras have the same block."""
    assert properties(ad(kind), profile) == {
        "session_id": "12345",
        "asset_id": "ad123",
        "pod_id": "adSegA",
        "type": "mid-roll",
        "title": "Connection Modes",
        "publisher": "Segment",
        "load_type": "dynamic",
        "pod_position": 1,
        "pod_length": 2,
        "position": 5,
        "total_length": 21,
        "content": content_properties(profile),
    }


def test_the_content_of_an_ad_is_the_block_that_content_events_have() -> None:
    """S53, word for word."""
    assert properties(ad())["content"] == properties(content(ContentPlaying))


def test_an_ad_whose_content_is_not_known_has_no_content() -> None:
    """S53: when that asset is known."""
    nothing: dict[str, Any] = dict.fromkeys(
        ["content", "content_asset_id", "content_pod_id", "content_position", "content_length"]
    )
    bare = ad(AdStarted, **nothing, ad=Ad(), pod_length=None, total_length=None)

    assert properties(bare) == {
        "session_id": "12345",
        "asset_id": "ad123",
        "pod_id": "adSegA",
        "type": "mid-roll",
        "pod_position": 1,
        "position": 5,
    }


def test_the_content_of_an_ad_in_a_livestream_has_a_null_length_and_the_ad_its_own() -> None:
    """S5, S6: an ad has a length even in a livestream."""
    block = properties(ad(player=PlayerAttributes(livestream=True), content=Content(asset_id="x")))

    assert block["total_length"] == 21
    assert block["content"]["livestream"] is True
    assert block["content"]["total_length"] is None


def test_only_an_event_with_a_quartile_has_one() -> None:
    """S45."""
    assert properties(ad(AdPlaying, quartile=2))["quartile"] == 2
    assert "quartile" not in properties(ad(AdPlaying))


@EVERY_PROFILE
def test_quality_updated_has_session_and_position_beside_its_figures(profile: str) -> None:
    """S54, with the two names in camelCase; a zero is a figure."""
    event = QualityUpdated(
        **{**COMMON, "position": 12},
        bitrate=2500.6,
        framerate=29.97,
        startup_time=840,
        dropped_frames=0,
    )

    assert properties(event, profile) == {
        "session_id": "12345",
        "position": 12,
        "bitrate": 2501,
        "framerate": framerate(profile),
        "startupTime": 840,
        "droppedFrames": 0,
    }


@EVERY_PROFILE
def test_quality_updated_leaves_out_what_is_not_known(profile: str) -> None:
    """S54: the second one has no startup time."""
    event = QualityUpdated(**{**COMMON, "position": None}, bitrate=800)

    assert properties(event, profile) == {"session_id": "12345", "bitrate": 800}


@pytest.mark.parametrize(
    ("sound", "expected"), [(0, 0), (0.4, 0), (54.5, 55), (100, 100), (130, 100), (None, None)]
)
def test_sound_is_a_whole_number_from_0_to_100(sound: float | None, expected: int | None) -> None:
    """S54: 0 is muted and is sent; a boosted volume is as loud as can be said."""
    event = playback(PlaybackPaused, player=PlayerAttributes(sound=sound))

    assert properties(event).get("sound") == expected


def test_framerate_is_an_integer_in_customerio_and_a_float_elsewhere() -> None:
    """S54; 3.1."""
    event = playback(PlaybackPaused, player=PlayerAttributes(framerate=25))
    kinds = {name: type(properties(event, name)["framerate"]) for name in PROFILES}

    assert kinds == {"customerio": int, "segment": float, "rudderstack": float}


PLUS_TWO = datetime.timezone(datetime.timedelta(hours=2))


@EVERY_PROFILE
@pytest.mark.parametrize(
    ("airdate", "expected"),
    [
        ("1991-08-13", "1991-08-13"),
        (" 19910813 ", "1991-08-13"),
        (datetime.date(1991, 8, 13), "1991-08-13"),
        ("2020-04-23T18:30:00+02:00", "2020-04-23T16:30:00Z"),
        ("2020-04-23T00:30:00+02:00", "2020-04-22T22:30:00Z"),
        ("2020-04-23T18:30:00.250Z", "2020-04-23T18:30:00.250Z"),
        ("2020-04-23T18:30:00+00:00", "2020-04-23T18:30:00Z"),
        ("2020-04-23 18:30", "2020-04-23T18:30:00Z"),
        (datetime.datetime(2020, 4, 23, 18, 30, tzinfo=PLUS_TWO), "2020-04-23T16:30:00Z"),
        (datetime.datetime(2020, 4, 23, 18, 30), "2020-04-23T18:30:00Z"),  # noqa: DTZ001
    ],
)
def test_airdate_is_a_date_or_utc_with_z(
    airdate: str | datetime.date, expected: str, profile: str
) -> None:
    """S54: a date gets no invented time, a time gets no offset."""
    event = content(ContentStarted, content=Content(asset_id="a", airdate=airdate))
    message = Encoder(profile).message(event, ENVELOPE)

    assert message["properties"]["airdate"] == expected
    assert check_message(message, profile) == []


@pytest.mark.parametrize(
    "airdate", ["", "1991", "last Tuesday", "2020-13-01", "2020-02-30", "0001-01-01T00:00:00+02:00"]
)
def test_an_airdate_that_is_no_date_is_left_out_and_counted_on_every_event(airdate: str) -> None:
    """S54: nothing is sent rather than something that a destination cannot read."""
    seen: list[object] = []
    encoder = Encoder(on_repair=seen.append)
    event = content(ContentStarted, content=Content(asset_id="a", airdate=airdate))

    for _ in range(2):
        assert "airdate" not in encoder.message(event, ENVELOPE)["properties"]
    assert encoder.repairs == {"bad_date": 2}
    assert len(seen) == 2


def test_custom_properties_join_from_session_and_event_then_asset() -> None:
    """S51: the asset's go over the session's; the ad's are not the content's."""
    asset = Content(asset_id="a", properties={"rights": "eu", "team": "asset"})
    spot = Ad(asset_id="b", properties={"campaign": 7, "team": "ad"})
    session = {"team": "session", "plan": "gold"}
    of_content = properties(content(ContentStarted, content=asset, properties=session))
    of_ad = properties(ad(ad=spot, content=asset, properties=session))
    of_playback = properties(playback(PlaybackPaused, properties=session))

    custom = {"rights": "eu", "team": "asset", "plan": "gold"}
    assert {name: of_content[name] for name in custom} == custom
    custom = {"campaign": 7, "team": "ad", "plan": "gold"}  # type: ignore[dict-item]
    assert {name: of_ad[name] for name in custom} == custom
    assert "rights" not in of_ad
    assert of_ad["content"]["rights"] == "eu"
    assert of_ad["content"]["team"] == "asset"
    assert (of_playback["team"], of_playback["plan"]) == ("session", "gold")


MEDDLING = {"session_id": "evil", "position": -1, "title": "Mine", "ad_type": "own"}


def test_custom_properties_never_overwrite_derived_ones() -> None:
    """S51; they may fill a gap."""
    assert properties(content(ContentStarted, properties=MEDDLING)) == {
        **content_properties("customerio"),
        "ad_type": "own",
    }
    nulls = Envelope(user_id="u1", absent="null")
    derived = properties(playback(PlaybackPaused, properties=MEDDLING), "customerio", nulls)
    assert (derived["session_id"], derived["position"], derived["ad_type"]) == ("12345", 278, None)


def test_custom_properties_overwrite_derived_ones_when_asked_to() -> None:
    """S51, custom_overrides."""
    asking = Envelope(user_id="u1", custom_overrides=True)
    block = properties(content(ContentStarted, properties=MEDDLING), "customerio", asking)

    assert block == {**content_properties("customerio"), **MEDDLING}


def every_event() -> list[Event]:
    made: list[Event] = []
    for kind in EVENTS.values():
        if issubclass(kind, PlaybackEvent):
            made.append(playback(kind))
        elif issubclass(kind, ContentEvent):
            made.append(content(kind))
        elif issubclass(kind, AdEvent):
            made.append(ad(kind))
        else:
            made.append(QualityUpdated(**COMMON))
    return made


@EVERY_PROFILE
def test_no_event_of_the_library_is_lost_in_any_profile(profile: str) -> None:
    """Each of the 20 events makes a message that obeys the profile's own tables."""
    events = every_event()

    assert {event.name for event in events} == set(EVENTS)
    for event in events:
        assert check_message(Encoder(profile).message(event, ENVELOPE), profile) == []


def test_rudderstack_knows_no_exited_and_gets_it_as_a_custom_event() -> None:
    """2.4; section 3.1: 17, 17 and 16 events."""
    assert {name: len(profile.events) for name, profile in PROFILES.items()} == {
        "customerio": 17,
        "segment": 17,
        "rudderstack": 16,
    }
    message = Encoder("rudderstack").message(playback(PlaybackExited), ENVELOPE)
    assert message["event"] == "Video Playback Exited"


PUBLISHED_PLAYER = PlayerAttributes(
    video_player="youtube",
    sound=88,
    bitrate=100,
    full_screen=False,
    ad_enabled=False,
    quality="hd1080",
)


def test_the_published_pause_of_segment_is_reproduced_with_its_nulls() -> None:
    """2.2, event 5 of the worked session, property by property."""
    event = playback(PlaybackPaused, position=21, player=PUBLISHED_PLAYER)

    assert properties(event, "segment", Envelope(user_id="u1", absent="null")) == {
        "session_id": "12345",
        "content_asset_id": "0129370",
        "content_pod_id": "segA",
        "ad_asset_id": None,
        "ad_pod_id": None,
        "ad_type": None,
        "position": 21,
        "total_length": 392,
        "video_player": "youtube",
        "sound": 88,
        "bitrate": 100,
        "full_screen": False,
        "ad_enabled": False,
        "quality": "hd1080",
    }


def test_the_published_start_of_segment_differs_by_the_names_of_its_ad_lists_alone() -> None:
    """2.2, event 1: our arrays stand under the singular keys of the table (S52)."""
    ads = (PlannedAd("ad123", "adSegA", "mid-roll"), PlannedAd("ad097", "adSegB", "post-roll"))
    event = playback(
        PlaybackStarted,
        position=0,
        player=PUBLISHED_PLAYER,
        content_asset_ids=("0129370",),
        content_pod_ids=("segA", "segB"),
        planned_ads=ads,
    )

    assert properties(event, "segment") == {
        "session_id": "12345",
        "content_asset_ids": ["0129370"],
        "content_pod_ids": ["segA", "segB"],
        "ad_asset_id": ["ad123", "ad097"],
        "ad_pod_id": ["adSegA", "adSegB"],
        "ad_type": ["mid-roll", "post-roll"],
        "position": 0,
        "total_length": 392,
        "bitrate": 100,
        "video_player": "youtube",
        "sound": 88,
        "full_screen": False,
        "ad_enabled": False,
        "quality": "hd1080",
    }
