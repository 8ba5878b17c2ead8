"""Plans as JSON: exact round trips, and every fault named by its path."""

import datetime
import decimal
import json
import math
import uuid
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import PlanError
from video_tracker.json_values import SAFE_INTEGER
from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.plan_json import (
    ad_break_from_json,
    ad_break_to_json,
    ad_from_json,
    ad_to_json,
    content_from_json,
    content_to_json,
    json_value,
    plan_from_json,
    plan_to_json,
    settings_from_json,
    settings_to_json,
)
from video_tracker.session import Session
from video_tracker.wire import Encoder

texts = st.text(max_size=8)
ids = st.none() | st.text(min_size=1, max_size=8)
flags = st.none() | st.booleans()
seconds = st.floats(0, 1e6) | st.integers(0, 10**6)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE_INTEGER, SAFE_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, json_values, max_size=3)
contents = st.builds(
    Content,
    asset_id=ids,
    duration=st.none() | seconds,
    title=st.none() | texts,
    keywords=st.none() | st.lists(texts, max_size=3),
    season=st.none() | texts,
    full_episode=flags,
    livestream=flags,
    airdate=st.none() | texts,
    load_type=st.sampled_from((None, "linear", "dynamic")),
    pod_ids=st.lists(texts, max_size=2),
    properties=objects,
)
ads = st.builds(
    Ad, asset_id=ids, duration=st.none() | seconds, publisher=st.none() | texts, properties=objects
)
ad_breaks = st.builds(
    AdBreak,
    at=st.sampled_from(("start", "end")) | seconds,
    ads=st.lists(ads, max_size=2),
    pod_id=ids,
    pod_length=st.none() | st.integers(0, 9),
)
settings = st.builds(
    Settings,
    heartbeat=st.floats(0.1, 60),
    quartiles=st.sampled_from(("emit", "tag", "off")),
    extra_events=st.booleans(),
    idle_timeout=st.none() | st.floats(1, 9000),
    scrub_window=st.floats(0, 5),
)
players = st.builds(
    PlayerAttributes,
    video_player=st.none() | texts,
    sound=st.none() | st.floats(0, 100),
    full_screen=flags,
    bitrate=st.none() | st.integers(0, 9000),
    livestream=flags,
)
plans = st.builds(
    SessionPlan,
    user_id=ids,
    anonymous_id=ids,
    contents=st.lists(contents, max_size=2),
    ad_breaks=st.lists(ad_breaks, max_size=2),
    player=players,
    properties=objects,
    context=objects,
    integrations=objects,
    settings=settings,
)


@given(plans)
def test_a_plan_survives_json_exactly(plan: SessionPlan) -> None:
    text = json.dumps(plan_to_json(plan), allow_nan=False)

    assert plan == plan_from_json(json.loads(text))


@given(contents, ads, ad_breaks, settings)
def test_each_part_survives_json_exactly(
    content: Content, ad: Ad, ad_break: AdBreak, setting: Settings
) -> None:
    assert content == content_from_json(content_to_json(content))
    assert ad == ad_from_json(ad_to_json(ad))
    assert ad_break == ad_break_from_json(ad_break_to_json(ad_break))
    assert setting == settings_from_json(settings_to_json(setting))


def test_only_what_differs_from_the_defaults_is_written() -> None:
    plan = SessionPlan(
        user_id="u1",
        contents=(Content(asset_id="film", duration=20),),
        ad_breaks=(AdBreak(at="start", ads=(Ad(),)),),
        player=PlayerAttributes(video_player="html5", sound=0),
        settings=Settings(heartbeat=5),
    )

    assert plan_to_json(SessionPlan()) == {}
    assert plan_to_json(plan) == {
        "user_id": "u1",
        "video_player": "html5",
        "sound": 0,
        "contents": [{"asset_id": "film", "duration": 20}],
        "ad_breaks": [{"at": "start", "ads": [{}]}],
        "settings": {"heartbeat": 5},
    }


def test_every_field_of_the_plan_can_stand_in_a_plan_file() -> None:
    """A field that is added to a class of the plan is read here without another line."""
    whole: dict[str, Any] = {
        "user_id": "u1",
        "anonymous_id": "a1",
        "contents": [
            {
                "asset_id": "film",
                "duration": 20.5,
                "title": "t",
                "description": "d",
                "keywords": ["k"],
                "season": "1",
                "episode": "2",
                "genre": "g",
                "program": "p",
                "publisher": "pub",
                "channel": "c",
                "full_episode": True,
                "livestream": False,
                "airdate": "2026-11-23",
                "load_type": "linear",
                "pod_ids": ["segA"],
                "properties": {"rights": {"eu": True}},
            }
        ],
        "ad_breaks": [
            {
                "at": 8.0,
                "ads": [
                    {
                        "asset_id": "ad5",
                        "duration": 5,
                        "title": "t",
                        "publisher": "p",
                        "load_type": "dynamic",
                        "properties": {"creative": 7},
                    }
                ],
                "pod_id": "mid",
                "content_asset_id": "film",
                "pod_length": 2,
                "resume_offset": 2.5,
            }
        ],
        "video_player": "html5",
        "sound": 80,
        "full_screen": True,
        "ad_enabled": False,
        "quality": "480p",
        "bitrate": 800,
        "framerate": 29.97,
        "livestream": True,
        "properties": {"campaign": None},
        "context": {"app": {"name": "tv"}},
        "integrations": {"All": True},
        "settings": dict(
            zip(
                [field.name for field in attrs.fields(Settings)],
                (
                    *(5, "tag", True, "both", "null", "epoch", 1, 1, 60, False, True, 9, 9, True),
                    "stitched",
                    ["buffer", "resume"],
                    True,
                ),
                strict=True,
            )
        ),
    }

    assert plan_to_json(plan_from_json(whole)) == whole
    assert set(whole["contents"][0]) == {field.name for field in attrs.fields(Content)}
    assert set(whole["ad_breaks"][0]) == {field.name for field in attrs.fields(AdBreak)}
    assert set(whole["ad_breaks"][0]["ads"][0]) == {field.name for field in attrs.fields(Ad)}


def test_all_faults_are_reported_at_once_each_with_its_path() -> None:
    with pytest.raises(PlanError) as caught:
        plan_from_json(
            {
                "user_id": 3,
                "contets": [],
                "contents": [{"duration": "20"}, 5],
                "ad_breaks": [
                    {"at": "middle", "ads": [{"duration": -1}]},
                    {"ads": {}},
                ],
                "settings": {"min_buffer": None, "quartile": "emit", "ids": "none"},
                "sound": float("nan"),
                "properties": {"a": [float("inf")]},
            }
        )

    assert str(caught.value).splitlines() == [
        "$.user_id must be a non-empty string, not 3",
        "$ has an unknown key 'contets' (did you mean 'contents'?)",
        "$.contents[0].duration must be seconds, zero or more, not '20'",
        "$.contents[1] must be an object, not 5",
        '$.ad_breaks[0].at must be "start", "end" or seconds, not \'middle\'',
        "$.ad_breaks[0].ads[0].duration must be seconds, zero or more, not -1.0",
        "$.ad_breaks[1] must have the key 'at'",
        "$.ad_breaks[1].ads must be a list of ads, not an object",
        "$.settings.min_buffer must not be null",
        "$.settings has an unknown key 'quartile' (did you mean 'quartiles'?)",
        "$.settings.ids must be one of playing, both, not 'none'",
        "$.sound must be a number, zero or more, not nan",
        "$.properties.a[0] must be a finite number",
    ]


def test_a_break_of_an_unlisted_content_is_named_by_its_place() -> None:
    with pytest.raises(
        PlanError, match=r"^\$\.ad_breaks\[1\]: .* 'b' names no content of the plan$"
    ):
        plan_from_json(
            {
                "contents": [{"asset_id": "a"}],
                "ad_breaks": [
                    {"at": 1, "content_asset_id": "a"},
                    {"at": 2, "content_asset_id": "b"},
                ],
            }
        )


def test_a_key_that_resembles_nothing_is_answered_with_the_known_ones() -> None:
    with pytest.raises(PlanError, match="unknown key 'zzz'; known are asset_id, duration, title"):
        ad_from_json({"zzz": 1})


@pytest.mark.parametrize("value", [None, 3, "plan", [], [{}], True])
def test_a_plan_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(PlanError, match=r"^\$ must be an object, not "):
        plan_from_json(value)


def test_the_caller_names_the_root_of_the_paths() -> None:
    with pytest.raises(PlanError, match=r"^plan\.duration must be "):
        content_from_json({"duration": True}, "plan")


def test_null_is_the_same_as_absent_where_nothing_is_the_default() -> None:
    assert Content(asset_id="film") == content_from_json({"asset_id": "film", "title": None})


def test_reading_copies_so_that_a_plan_cannot_change_later() -> None:
    properties = {"tags": ["a"]}
    plan = plan_from_json({"properties": properties})

    properties["tags"].append("b")

    assert plan.properties == {"tags": ["a"]}


def test_dates_are_written_as_iso_strings() -> None:
    """S54: an air date and its ISO string are the same in every event."""
    day = datetime.date(2026, 11, 23)
    moment = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)

    assert content_to_json(Content(airdate=day)) == {"airdate": "2026-11-23"}
    assert content_to_json(Content(airdate=moment)) == {"airdate": "2026-11-23T09:30:00Z"}
    assert json_value({"days": (day,), "all": {"b", "a"}}) == {
        "days": ["2026-11-23"],
        "all": ["a", "b"],
    }


WILD = {
    "nan": math.nan,
    "list": [math.inf, (1, 2)],
    "price": decimal.Decimal("9.90"),
    "id": uuid.UUID(int=7),
    "at": datetime.datetime(2026, 11, 23, 9, 30, 0, 1500, datetime.UTC),
    "days": {datetime.date(2026, 1, 2), datetime.date(2026, 1, 1)},
    "bytes": b"lost",
    "large": 2**70,
    "keys": {1: "one", None: "lost"},
    "half": "\ud800",
}


def test_a_plan_read_back_makes_the_same_messages() -> None:
    """S50, S51: whatever the custom properties are, a snapshot's plan changes no byte."""
    airdate = datetime.datetime(2026, 11, 23, 9, 30, 0, 1500, datetime.UTC)
    content = Content(asset_id="film", airdate=airdate, properties=WILD)
    plan = SessionPlan(
        user_id="u1", contents=[content], properties=WILD, context=WILD, integrations=WILD
    )
    again = plan_from_json(json.loads(json.dumps(plan_to_json(plan), allow_nan=False)))

    assert messages(plan) == messages(again)
    assert len(messages(plan)) == 2


def messages(plan: SessionPlan) -> list[bytes]:
    session = Session("s1", plan)
    events = (*session.play(1e9), *session.playing(1e9, 0.0))
    return [Encoder().encode(event, session.envelope()).body for event in events]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": math.nan}, r"^\$\.a must be a finite number$"),
        ({"a": [1, object()]}, r"^\$\.a\[1\] must be a JSON value$"),
        ({"a": {None: 2}}, r"^\$\.a must have keys that are strings$"),
        (b"bytes", r"^\$ must be a JSON value$"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_path(value: object, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        json_value(value)


def test_a_cycle_is_refused_and_does_not_exhaust_the_stack() -> None:
    cycle: list[object] = []
    cycle.append(cycle)

    with pytest.raises(PlanError, match="must not contain itself"):
        json_value(cycle)


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Settings)])
def test_a_setting_with_a_default_cannot_be_none(field: str) -> None:
    nothing: dict[str, Any] = {field: None}
    if field in ("idle_timeout", "heartbeat"):  # none means: its own, none at all
        assert getattr(Settings(**nothing), field) is None
        return
    with pytest.raises(PlanError, match=rf"^Settings\.{field} must be "):
        Settings(**nothing)


def test_a_number_beyond_every_float_is_a_fault_like_others() -> None:
    large = 10**400

    with pytest.raises(PlanError) as caught:
        plan_from_json({"sound": large, "contents": [{"duration": large}]})

    assert [line.split(",")[0] for line in str(caught.value).splitlines()] == [
        "$.sound must be a number",
        "$.contents[0].duration must be seconds",
    ]
