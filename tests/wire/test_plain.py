"""The ordinary message, joined from parts, is the general one to the last byte."""

import itertools
import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.strategies import CUSTOM, ENVELOPE, NONE, PROFILE, events
from video_tracker.errors import EncodingError
from video_tracker.events import (
    AdPlaying,
    ContentPlaying,
    Envelope,
    Event,
    NowPlaying,
    PlaybackEvent,
    PlaybackPaused,
    PlaybackStarted,
)
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire import Encoder
from video_tracker.wire.fragments import DERIVED, MappingTexts
from video_tracker.wire.plain import PlainWriter

VIEWER = Envelope(user_id="u1")
CONTENT = Content(asset_id="a", title="Up", keywords=("x", "é"), airdate="2026-09-21")
PLAYER = PlayerAttributes(video_player="html5", sound=80, bitrate=4200, framerate=25)
PAUSED = PlaybackPaused(0.5, 1, "s1", {}, 3, 60, PLAYER, NowPlaying("a", "content-1"))
PLAYING = ContentPlaying(0.5, 2, "s1", {}, 3, 60, CONTENT, "a", "content-1", PLAYER)
AD = AdPlaying(
    *(0.5, 3, "s1", {}, 3, 15, Ad(title="Cars"), "ad", "ad-1", "pre-roll", 1, 1),
    *(CONTENT, "a", "content-1", 0, 60, PLAYER, 2),
)

PLAIN_TEXT = st.text(max_size=8)  # no half surrogate pairs
OWN_NAME = PLAIN_TEXT.filter(lambda name: name not in DERIVED | {"library", "restarted_from"})
PLAIN_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.just(-0.0) | PLAIN_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN_TEXT, inner, max_size=3),
    max_leaves=6,
)
PLAIN_CUSTOM: st.SearchStrategy[dict[str, Any]] = st.dictionaries(OWN_NAME, PLAIN_VALUE, max_size=3)
CLASHING = st.dictionaries(st.sampled_from(sorted(DERIVED)), PLAIN_VALUE, max_size=3)


def general(encoder: Encoder, event: Event, envelope: Envelope) -> bytes:
    """What the standard library makes of the message as a dict."""
    message = encoder.message(event, envelope)
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def assert_both_alike(event: Event, envelope: Envelope, profile: str = "customerio") -> None:
    encoder, other = Encoder(profile, engine="json"), Encoder(profile)
    for _ in range(2):  # the second time from what was remembered
        assert encoder.encode(event, envelope).body == general(other, event, envelope)
    assert encoder.repairs == other.repairs


@given(events(CUSTOM | CLASHING), ENVELOPE, st.booleans(), PROFILE)
def test_any_message_is_the_same_bytes_either_way(
    event: Event, envelope: Envelope, overrides: bool, profile: str
) -> None:
    """S50 to S55: which way a message takes can not be seen in it."""
    assert_both_alike(event, attrs.evolve(envelope, custom_overrides=overrides), profile)


@given(events(PLAIN_CUSTOM), PLAIN_CUSTOM, PLAIN_CUSTOM, st.none() | PLAIN_TEXT, PROFILE)
def test_a_message_with_the_callers_own_values_is_the_same_bytes_either_way(
    event: Event,
    context: dict[str, Any],
    integrations: dict[str, Any],
    source: str | None,
    profile: str,
) -> None:
    """S51: custom properties, context and integrations, all of them ordinary."""
    envelope = Envelope("u", "a", context, integrations, restarted_from=source)
    assert_both_alike(event, envelope, profile)


@pytest.mark.parametrize("event", [PAUSED, PLAYING, AD])
@given(custom=PLAIN_CUSTOM, context=PLAIN_CUSTOM, profile=PROFILE)
def test_an_ordinary_message_takes_the_short_way(
    event: Event, custom: dict[str, Any], context: dict[str, Any], profile: str
) -> None:
    """Otherwise all of this would hold and save nothing."""
    event = attrs.evolve(event, properties=custom)
    envelope = Envelope("u", "a", context, {"All": True}, restarted_from="s0")
    written = PlainWriter(Encoder(profile).profile).write(event, envelope)

    record = Encoder(profile).encode(event, envelope)
    assert written == (record.message_id, record.body)
    assert written[1] == general(Encoder(profile), event, envelope)


@given(events(NONE), PROFILE)
def test_every_derived_name_is_known_to_be_one(event: Event, profile: str) -> None:
    """S51: else a custom property of that name would stand beside it in one object."""
    properties = Encoder(profile).message(event, VIEWER)["properties"]

    assert set(properties) <= DERIVED
    assert set(properties.get("content", {})) <= DERIVED


@pytest.mark.parametrize("name", ["position", "session_id", "title", "quartile", "content", "own"])
@pytest.mark.parametrize("overrides", [True, False])
@pytest.mark.parametrize("event", [PAUSED, PLAYING, AD])
def test_a_custom_property_of_a_derived_name_is_sent_once(
    name: str, overrides: bool, event: Any
) -> None:
    """S51, wherever it was given: with the event, the content, the ad or several of them."""
    own = {name: "mine", "another": 1}
    envelope = Envelope("u", custom_overrides=overrides)
    given_with = {"content": Content(properties=own), "ad": Ad(properties=own), "properties": own}
    fields = [field for field in given_with if hasattr(event, field)]
    for number in range(1, len(fields) + 1):
        for chosen in itertools.combinations(fields, number):
            changed = attrs.evolve(event, **{field: given_with[field] for field in chosen})
            assert_both_alike(changed, envelope)


@pytest.mark.parametrize("event", [PAUSED, PLAYING, AD])
@given(fillings=st.lists(CUSTOM | PLAIN_CUSTOM, min_size=2, max_size=5))
def test_a_mapping_that_is_filled_anew_is_read_anew(
    event: Event, fillings: list[dict[str, Any]]
) -> None:
    """S51: one dict may carry one viewer's values after the other's."""
    encoder, used = Encoder(engine="json"), dict[str, Any]()
    envelope = Envelope("u1", context=used, integrations=used)
    event = attrs.evolve(event, properties=used)
    for filling in [*fillings, *fillings]:
        used.clear()
        used.update(filling)
        assert encoder.encode(event, envelope).body == general(Encoder(), event, envelope)


def test_values_that_are_equal_but_not_the_same_are_told_apart() -> None:
    """S51: True, 1 and 1.0 are equal to Python and three different things in JSON."""
    encoder, deep = Encoder(), dict[str, Any]()
    envelope = Envelope("u1", context={"deep": [deep]})
    for value, text in ((1, b"1"), (True, b"true"), (1.0, b"1.0"), (-0.0, b"-0.0"), (0, b"0")):
        deep["value"] = value
        assert b'"deep":[{"value":' + text + b"}]" in encoder.encode(PAUSED, envelope).body


@given(st.lists(events(NONE), min_size=2, max_size=6), PROFILE)
def test_what_is_remembered_of_one_event_never_shows_in_another(
    several: list[Event], profile: str
) -> None:
    """S53: contents, ads and players of other sessions change nothing."""
    encoder = Encoder(profile, engine="json")
    for event in [*several, *several]:
        assert encoder.encode(event, VIEWER).body == general(Encoder(profile), event, VIEWER)


ODD = [-5, 0, 10**9 - 1, 10**9, 2**53 - 1, 2**53, -(2**53), True, 1.5, -0.5, float("nan"), "12", []]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("live", [None, False, True])
@pytest.mark.parametrize("event", [PAUSED, PLAYING, AD])
def test_odd_numbers_are_the_same_bytes_either_way(event: Any, live: bool | None, odd: Any) -> None:
    """S3, S6: whatever an event holds where a whole number belongs."""
    numbers = ("position", "total_length", "pod_length", "content_position", "content_length")
    fields = {name: odd for name in (*numbers, "quartile") if hasattr(event, name)}
    player = attrs.evolve(PLAYER, livestream=live)
    assert_both_alike(attrs.evolve(event, **fields, player=player), VIEWER)
    assert_both_alike(attrs.evolve(event, position=odd, player=player), VIEWER)


def test_a_kind_derived_from_one_of_ours_is_written_like_it() -> None:
    """Its own writer is found by its ancestors, in the general way."""

    class Held(PlaybackPaused):
        name = "Video Playback Paused"

    held = Held(**attrs.asdict(PAUSED, recurse=False))
    assert PlainWriter(Encoder().profile).write(held, VIEWER) is None
    assert Encoder(engine="json").encode(held, VIEWER) == Encoder().encode(PAUSED, VIEWER)


@pytest.mark.parametrize(
    ("event", "envelope"),
    [
        (PAUSED, Envelope("u", absent="null")),
        (PAUSED, Envelope()),
        (PAUSED, Envelope("u", context={"library": "mine"})),
        (attrs.evolve(PAUSED, session_id="\ud800"), VIEWER),
        (attrs.evolve(PAUSED, at=float("nan")), VIEWER),
        (attrs.evolve(PAUSED, properties={"price": float("nan")}), VIEWER),
        (attrs.evolve(PAUSED, properties={"word": "x" * 5000}), VIEWER),
        (attrs.evolve(PLAYING, content=Content(airdate="some day")), VIEWER),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_general_way(
    event: PlaybackEvent, envelope: Envelope
) -> None:
    """S34, S50, S54: it repairs and refuses, with a reason."""
    assert PlainWriter(Encoder().profile).write(event, envelope) is None


def test_playback_started_is_left_to_the_general_way() -> None:
    """S52: once in a session, and of many lists."""
    started = PlaybackStarted(0.5, 1, "s1", {}, 0, 60, PLAYER, NowPlaying(), ("a",))
    assert PlainWriter(Encoder().profile).write(started, VIEWER) is None


def test_a_value_of_endless_size_in_few_bytes_is_refused_at_once() -> None:
    """S55: sixty lists inside each other, each twice, are more values than memory holds."""
    bomb: Any = []
    for _ in range(60):
        bomb = [bomb, bomb]
    for changed in ({"bomb": bomb}, {"bomb": [bomb] * 3}):
        with pytest.raises(EncodingError) as caught:
            Encoder().encode(attrs.evolve(PAUSED, properties=changed), VIEWER)
        assert caught.value.reason == "too_large"


def test_a_few_mappings_are_remembered_and_no_long_ones() -> None:
    """A context is each viewer's own, and a process lives for months."""
    texts = MappingTexts(frozenset({"taken"}), size=10)

    assert [texts.get({"n": number}) for number in range(95)] == [
        f'"n":{number},' for number in range(95)
    ]
    assert len(texts) <= 10
    known = len(texts)
    assert texts.get({"n": 94}) == '"n":94,'
    assert texts.get({"long": "x" * 5000}) is None
    assert texts.get({}) == ""
    assert len(texts) == known
    assert texts.get({"taken": 1}) is None
