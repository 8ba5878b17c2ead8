"""The JSON Schemas: they are what the table says, and a validator finds what breaks them."""

import copy
import json
import random
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import attrs
import pytest
from hypothesis import given

from tests.wire.strategies import ENVELOPE, NONE, PROFILE, events
from tests.wire.test_plain import PLAIN_CUSTOM
from tests.wire.test_schema import AD, CONTENT, GOOD, LEFT_OUT, STARTED, changed
from video_tracker.events import EVENTS, Envelope, Event, NowPlaying, PlannedAd
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire import PROFILES, Encoder, check_message, json_schema
from video_tracker.wire.json_schema import file_name
from video_tracker.wire.schema import SCHEMAS

jsonschema = pytest.importorskip("jsonschema")

EVERY_PROFILE = pytest.mark.parametrize("profile", sorted(PROFILES))
VALIDATORS = {
    (profile, event): jsonschema.Draft202012Validator(json_schema(event, profile))
    for profile in PROFILES
    for event in EVENTS
}


def faults(message: Any, profile: str = "customerio") -> list[str]:
    """Where a validator finds faults, such as ``properties.sound``."""
    found = VALIDATORS[profile, message["event"]].iter_errors(message)
    return sorted({".".join(map(str, error.absolute_path)) for error in found})


@EVERY_PROFILE
@pytest.mark.parametrize("event", EVENTS)
def test_every_schema_is_one_and_lies_in_the_package(event: str, profile: str) -> None:
    """After a change of the table: ``video-tracker schema --profile ... -o ...``."""
    schema = json_schema(event, profile)
    file = files("video_tracker.wire") / "schemas" / profile / file_name(event)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(file.read_text("utf-8")) == schema


def test_no_other_schema_lies_in_the_package() -> None:
    folder = files("video_tracker.wire") / "schemas"
    names = {(each.name, file.name) for each in folder.iterdir() for file in each.iterdir()}

    assert names == {(profile, file_name(event)) for profile, event in VALIDATORS}


@EVERY_PROFILE
@pytest.mark.parametrize("event", EVENTS)
def test_a_schema_has_the_properties_of_the_table(event: str, profile: str) -> None:
    properties = json_schema(event, profile)["properties"]["properties"]

    assert list(properties["properties"]) == list(SCHEMAS[profile][event])
    assert properties.get("additionalProperties", True)


@given(events(NONE), ENVELOPE, PROFILE)
def test_what_is_encoded_obeys_its_schema(event: Event, envelope: Envelope, profile: str) -> None:
    """Tables 1.1, 1.2, 2.1 and 2.4, as a validator of somebody else reads them."""
    body = Encoder(profile).encode(event, envelope).body

    assert faults(json.loads(body), profile) == []


PLAYERS = [
    PlayerAttributes(),
    PlayerAttributes("html5", 55.4, False, True, "1080p", 4200.5, 29.97, False),
    PlayerAttributes(sound=130, framerate=60, livestream=True),
]
CONTENTS = [
    Content(),
    Content(title="Up", keywords=("a", "b"), season="2", full_episode=True, livestream=False),
    Content(airdate="2020-04-23T18:30:00+02:00", load_type="linear", livestream=True),
]
NUMBERS = [None, 0, 8, 3_600]
IDS = [None, "a1", "content-1"]
FIELDS: dict[str, Sequence[Any]] = {
    "at": [0.0, 1_795_432_210.25],
    "sequence": [1, 999],
    "session_id": ["s1", "é" * 200],
    "properties": [{}, {"own": [1, None]}],
    "context": [{}, {"ip": "192.0.2.1"}],
    "integrations": [{}, {"All": False}],
    "player": PLAYERS,
    "playing": [NowPlaying(), NowPlaying("a", "p"), NowPlaying(None, None, "a", "p", "mid-roll")],
    "content_asset_ids": [(), ("a", "b")],
    "content_pod_ids": [(), ("p",)],
    "planned_ads": [(), (PlannedAd("a", "p", "mid-roll"), PlannedAd("b", "p", "pre-roll"))],
    "method": [None, "crash"],
    "content": CONTENTS,
    "ad": [Ad(), Ad(title="Cars", publisher="c", load_type="dynamic")],
    "asset_id": ["a1"],
    "pod_id": ["p1"],
    "ad_type": ["pre-roll", "mid-roll", "post-roll"],
    "content_asset_id": IDS,
    "content_pod_id": IDS,
    "pod_position": [1, 3],
    "quartile": [None, 1, 2, 3],
    "bitrate": [None, 0, 2_500.6],
    "framerate": [None, 25, 29.97],
}
"""What the fields of events may hold; all others are whole numbers or not known."""


@EVERY_PROFILE
@pytest.mark.parametrize("event", EVENTS)
def test_thousands_of_events_obey_their_schemas(event: str, profile: str) -> None:
    """A hundred of each in each profile, with nulls where they are asked for (S34)."""
    chance, kind, encoder = random.Random(f"{event} {profile}"), EVENTS[event], Encoder(profile)
    names = [field.name for field in attrs.fields(kind)]
    for _ in range(100):
        made = kind(**{name: chance.choice(FIELDS.get(name, NUMBERS)) for name in names})
        envelope = Envelope("u1", absent=chance.choice(["omit", "null"]))
        assert faults(json.loads(encoder.encode(made, envelope).body), profile) == []


@given(events(PLAIN_CUSTOM), PROFILE)
def test_custom_properties_are_no_violation(event: Event, profile: str) -> None:
    """S51: every vendor allows more than its tables list."""
    message = Encoder(profile).message(event, Envelope(user_id="u1"))

    assert faults(message, profile) == []


WRONG: dict[str, list[Any]] = {
    "string": [7, True, ["a"], {}],
    "integer": ["7", 7.5, True, [7]],
    "number": ["7", True, [7.5]],
    "boolean": ["true", 1, 0],
    "strings": ["a", [1], [None], {}],
    "airdate": ["2020-04-23T18+02", "1991", 1991, "2020-04-23T18:30:00+02:00"],
    "object": ["a", [], 1],
}


@EVERY_PROFILE
@pytest.mark.parametrize("event", EVENTS)
def test_every_property_of_another_type_or_out_of_range_is_a_violation(
    event: str, profile: str
) -> None:
    """Each row of the table alone, in the schema and in ``check_message`` alike."""
    good = {**GOOD, "event": event, "properties": {"session_id": "s1"}}
    assert faults(good, profile) == check_message(good, profile) == []
    for name, row in SCHEMAS[profile][event].items():
        wrong = list(WRONG[row.kind.type])
        wrong += [] if row.null else [None]
        wrong += [] if row.kind.low is None else [row.kind.low - 1]
        wrong += [] if row.kind.high is None else [row.kind.high + 1]
        wrong += [["other"] if row.kind.type == "strings" else "other"] if row.kind.choices else []
        for value in wrong:
            bad = copy.deepcopy(good)
            bad["properties"][name] = value
            assert [one for one in faults(bad, profile) if one.startswith(f"properties.{name}")]
            assert check_message(bad, profile)


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (changed(session_id=LEFT_OUT), "properties"),
        (changed(total_length=None), "properties.total_length"),
        (changed(livestream=True), "properties.total_length"),
        (changed(livestream=True, total_length=LEFT_OUT), "properties"),
        (changed(position=-1), "properties.position"),
        (changed(AD, content={"title": 1}), "properties.content.title"),
        (changed(AD, content={"livestream": True}), "properties.content"),
        (changed(AD, content={"position": -1}), "properties.content.position"),
        (changed(CONTENT, keywords=["a", 1]), "properties.keywords.1"),
        (changed(STARTED, ad_asset_id=["ad1"]), "properties.ad_asset_id"),
        ({**GOOD, "type": "page"}, "type"),
        ({**GOOD, "userId": None}, ""),
        ({**GOOD, "userId": 7}, "userId"),
        ({**GOOD, "messageId": "x" * 101}, "messageId"),
        ({**GOOD, "timestamp": "2026-11-23T11:10:10Z"}, "timestamp"),
        ({**GOOD, "context": None}, "context"),
        ({**GOOD, "properties": None}, "properties"),
    ],
)
def test_a_broken_message_is_found_where_it_is_broken(message: dict[str, Any], where: str) -> None:
    """S6, S8, S50, S51."""
    assert where in faults(message)
    assert check_message(message)


@pytest.mark.parametrize("event", ["Video Playback Paused", CONTENT, "Video Playback Started"])
def test_a_livestream_has_a_null_length_and_may_be_behind_its_edge(event: str) -> None:
    """S6, S8."""
    assert faults(changed(event, livestream=True, total_length=None, position=-30)) == []


@pytest.mark.parametrize("profile", ["segment", "rudderstack"])
def test_the_other_vendors_take_arrays_on_started_and_float_framerates(profile: str) -> None:
    """2.1, 2.4, S52, S54."""
    assert faults(changed(STARTED, ad_type=["mid-roll"], framerate=29.97), profile) == []
    assert faults(changed(STARTED, ad_type=["pre"]), profile) == ["properties.ad_type.0"]


def test_an_anonymous_viewer_is_one() -> None:
    """S50."""
    assert faults({**GOOD, "userId": None, "anonymousId": "a1"}) == []


def test_unknown_events_and_profiles_are_refused() -> None:
    with pytest.raises(LookupError, match="no event is named 'Video Paused'"):
        json_schema("Video Paused")
    with pytest.raises(LookupError, match="no profile is named 'adobe'"):
        json_schema("Video Ad Started", "adobe")
