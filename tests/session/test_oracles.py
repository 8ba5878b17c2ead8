"""The published worked sessions, property by property, with each deliberate difference named.

A difference is one edit of the published listing, with its rule. The session must give exactly the
edited listing, and each edit must be needed: a difference that no longer differs fails too.
No beat follows Resumed in the listings, though S43 wants one, and none may (S44): the viewer
resumes at the very position of the planned mid-roll, which is the known end of the pod.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.session.story import Story, ad, mid, names, pre
from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes
from video_tracker.wire import Encoder

PUBLISHED = json.loads(
    Path(__file__).with_name("data").joinpath("published_sessions.json").read_text("utf-8")
)

Properties = dict[str, Any]
Listing = list[tuple[str, Properties]]


class Difference(NamedTuple):
    """One deliberate difference from a published listing."""

    rule: str
    why: str
    edit: Callable[[Listing], Listing]


def published(name: str) -> Listing:
    """A listing as its documentation has it."""
    session = PUBLISHED[name]
    return [
        (row[0], {**(session["content"] if row[2:] else {}), **row[1]}) for row in session["events"]
    ]


def change(where: Callable[[str, Properties], bool], **values: Any) -> Callable[..., Listing]:
    """An edit that sets properties of some events."""

    def edit(listing: Listing) -> Listing:
        return [
            (name, {**properties, **values} if where(name, properties) else properties)
            for name, properties in listing
        ]

    return edit


def drop(where: Callable[[str, Properties], bool], *keys: str) -> Callable[..., Listing]:
    """An edit that leaves properties of some events out."""

    def edit(listing: Listing) -> Listing:
        return [
            (name, {k: v for k, v in properties.items() if k not in keys})
            if where(name, properties)
            else (name, properties)
            for name, properties in listing
        ]

    return edit


def is_ad(name: str, _: Properties) -> bool:
    return name.startswith("Video Ad ")


def is_playback(name: str, _: Properties) -> bool:
    return name.startswith("Video Playback ")


def is_content(name: str, _: Properties) -> bool:
    return name.startswith("Video Content ")


def named(event: str) -> Callable[[str, Properties], bool]:
    return lambda name, _: name == f"Video {event}"


def content_event(listing: Listing, event: str, pod_id: str, position: int) -> tuple[str, Any]:
    """A content event of the listing's asset."""
    block = next(properties for name, properties in listing if is_content(name, properties))
    return f"Video {event}", {**block, "pod_id": pod_id, "position": position}


def index_of(listing: Listing, event: str, nth: int = 0) -> int:
    """Where the n-th event of that name stands."""
    return [i for i, (name, _) in enumerate(listing) if name == f"Video {event}"][nth]


def singular_ad_keys(listing: Listing) -> Listing:
    """Playback Started lists its ads under the table's singular keys, not the listing's plural."""
    renamed = {
        "ad_asset_ids": "ad_asset_id",
        "ad_pod_ids": "ad_pod_id",
        "ad_types": "ad_type",
    }
    name, properties = listing[0]
    return [(name, {renamed.get(k, k): v for k, v in properties.items()}), *listing[1:]]


def pods_around_the_mid_roll(first: str, second: str, at: int) -> Callable[[Listing], Listing]:
    def edit(listing: Listing) -> Listing:
        start = index_of(listing, "Ad Started")
        end = index_of(listing, "Ad Completed") + 1
        return [
            *listing[:start],
            content_event(listing, "Content Completed", first, at),
            *listing[start:end],
            content_event(listing, "Content Started", second, at),
            *listing[end:],
        ]

    return edit


def beats(pod_id: str, after: int, positions: range) -> Callable[[Listing], Listing]:
    """The heartbeats that a listing spares its reader, put before the last Content Completed."""

    def edit(listing: Listing) -> Listing:
        at = index_of(listing, "Content Completed", -1)
        assert listing[at - 1][1]["position"] == after
        filled = [content_event(listing, "Content Playing", pod_id, p) for p in positions]
        return [*listing[:at], *filled, *listing[at:]]

    return edit


def ads_tell_their_content(listing: Listing) -> Listing:
    """Each ad event carries the content block of its asset, as the content stands then."""
    edited: Listing = []
    block: Properties = {}
    for name, properties in listing:
        if is_content(name, properties):
            block = properties
        told = {**properties, "content": block} if is_ad(name, properties) else properties
        edited.append((name, told))
    return edited


SEGMENT = [
    Difference("S52", "ad keys of Started: the table's, not the listing's", singular_ad_keys),
    Difference(
        "S21",
        "a mid-roll completes the pod before it, and the content opens the next one",
        pods_around_the_mid_roll("segA", "segB", 21),
    ),
    Difference("S40", "the listing leaves beats out", beats("segB", 31, range(41, 360, 10))),
    Difference(
        "S10",
        "documentation error: a mid-roll's later events called pre-roll",
        change(lambda n, p: is_ad(n, p) and p["asset_id"] == "ad123", type="mid-roll"),
    ),
    Difference("S12", "ads tell their place", change(is_ad, pod_position=1, pod_length=1)),
    Difference("1.2 K", "content events tell the known bitrate", change(is_content, bitrate=100)),
    Difference(
        "1.2 P", "playback events tell what the content says", change(is_playback, livestream=False)
    ),
    Difference("S53", "ad events carry their content", ads_tell_their_content),
    Difference(
        "S34",
        "documentation typo ad907, and its type left null: Completed names what played last",
        change(named("Playback Completed"), ad_asset_id="ad097", ad_type="post-roll"),
    ),
]

RUDDERSTACK = [
    Difference("S52", "ad keys of Started: the table's, not the listing's", singular_ad_keys),
    Difference(
        "S21",
        "the content after the mid-roll is a pod of its own",
        change(named("Playback Started"), content_pod_ids=["RudderA", "RudderB"]),
    ),
    Difference(
        "S41",
        "the grid starts anew with the content: no beat at once after an ad",
        lambda listing: [
            each for i, each in enumerate(listing) if i != index_of(listing, "Content Playing", -1)
        ],
    ),
    Difference(
        "S21",
        "a mid-roll completes the pod before it, and the content opens the next one",
        pods_around_the_mid_roll("RudderA", "RudderB", 11),
    ),
    Difference("S40", "the listing leaves beats out", beats("RudderB", 11, range(21, 300, 10))),
    Difference(
        "S21",
        "the pod that ends is the second",
        lambda listing: [
            (n, {**p, "pod_id": "RudderB"}) if is_content(n, p) and p["position"] > 11 else (n, p)
            for n, p in listing
        ],
    ),
    Difference(
        "S4", "the ad counts in the playback's length", change(is_playback, total_length=315)
    ),
    Difference(
        "S7",
        "the ad counts in the playback's position",
        change(named("Playback Completed"), position=315),
    ),
    Difference("S12", "ads tell their place", change(is_ad, pod_position=1, pod_length=1)),
    Difference("1.2 K", "content events tell the known bitrate", change(is_content, bitrate=128)),
    Difference(
        "1.2 P", "playback events tell what the content says", change(is_playback, livestream=False)
    ),
    Difference("S53", "ad events carry their content", ads_tell_their_content),
    Difference(
        "S34",
        "Completed names what played last: the content, not an ad long gone",
        change(
            named("Playback Completed"),
            content_asset_id="123",
            content_pod_id="RudderB",
            ad_asset_id=None,
            ad_pod_id=None,
        ),
    ),
]


def without_nulls(listing: Listing) -> Listing:
    return [(n, {k: v for k, v in p.items() if v is not None}) for n, p in listing]


CUSTOMERIO = [
    *SEGMENT,
    Difference(
        "S52",
        "Customer.io wants strings of the first planned pre-roll, and there is none",
        drop(named("Playback Started"), "ad_asset_id", "ad_pod_id", "ad_type"),
    ),
    Difference("S34", "what is not playing is left out", without_nulls),
]


def edited(listing: Listing, differences: list[Difference]) -> Listing:
    for difference in differences:
        listing = difference.edit(listing)
    return listing


def encode(story: Story, profile: str) -> Listing:
    """What the wire says of a story's events."""
    encoder = Encoder(profile=profile)
    envelope = story.session.envelope()
    messages = [json.loads(encoder.encode(event, envelope).body) for event in story.events]
    return [(message["event"], message["properties"]) for message in messages]


def segment_story(absent: str) -> Story:
    """The session that Segment's listing tells."""
    block = PUBLISHED["segment"]["content"]
    content = Content(
        duration=360.0,
        pod_ids=("segA", "segB"),
        **{k: v for k, v in block.items() if k not in ("session_id", "total_length")},
    )
    ads = {
        "ad123": Ad(
            asset_id="ad123",
            duration=21,
            title="Segment Connection Modes",
            publisher="Segment",
            load_type="dynamic",
        ),
        "ad097": Ad(
            asset_id="ad097",
            duration=11,
            title="Segment Cross Domain IDs",
            publisher="Segment",
            load_type="dynamic",
        ),
    }
    story = Story(
        content,
        breaks=[
            mid(21, ads["ad123"], pod_id="adSegA"),
            AdBreak(at="end", ads=(ads["ad097"],), pod_id="adSegB"),
        ],
        plan={
            "player": PlayerAttributes(
                video_player="youtube",
                sound=88,
                bitrate=100,
                full_screen=False,
                ad_enabled=False,
                quality="hd1080",
            )
        },
        session_id="12345",
        quartiles="off",
        absent=absent,
    )
    story.begin().watch(21).pause(4)
    story.pod(("ad123", 21))
    story.say("playing", position=21.0)
    story.watch(339)
    story.say("content_end", position=360.0)
    story.pod(("ad097", 11))
    story.say("end")
    return story


def rudderstack_story() -> Story:
    """The session that RudderStack's listing tells."""
    block = PUBLISHED["rudderstack"]["content"]
    story = Story(
        Content(
            duration=300.0,
            pod_ids=("RudderA", "RudderB"),
            **{k: v for k, v in block.items() if k not in ("session_id", "total_length", "pod_id")},
        ),
        breaks=[
            mid(
                11,
                Ad(
                    asset_id="ad1",
                    duration=15,
                    title="Thums Up",
                    publisher="Coca Cola",
                    load_type="linear",
                ),
                pod_id="adRudderA",
            )
        ],
        plan={
            "player": PlayerAttributes(
                video_player="youtube",
                sound=66,
                bitrate=128,
                full_screen=True,
                ad_enabled=False,
                quality="hd1080",
            )
        },
        session_id="12345",
        quartiles="off",
        absent="null",
    )
    story.begin().watch(11).pause(4)
    story.pod(("ad1", 15))
    story.say("playing", position=11.0)
    story.watch(289).end()
    return story


CASES = [
    pytest.param("segment", "segment", SEGMENT, id="segment"),
    pytest.param("rudderstack", "rudderstack", RUDDERSTACK, id="rudderstack"),
    pytest.param("segment", "customerio", CUSTOMERIO, id="segment-in-customerio"),
]


DIFFERENCES: dict[str, list[Difference]] = {
    "segment": SEGMENT,
    "rudderstack": RUDDERSTACK,
    "segment-in-customerio": CUSTOMERIO,
}


def story_of(listing: str, profile: str) -> Story:
    if listing == "rudderstack":
        return rudderstack_story()
    return segment_story("omit" if profile == "customerio" else "null")


@pytest.mark.parametrize(("listing", "profile", "differences"), CASES)
def test_a_published_session_is_reproduced(
    listing: str, profile: str, differences: list[Difference]
) -> None:
    """Every event and property is the published one, but for the differences named above."""
    wanted = edited(published(listing), differences)
    got = encode(story_of(listing, profile), profile)

    assert [(n, p.get("position")) for n, p in got] == [(n, p.get("position")) for n, p in wanted]
    for (name, properties), (_, expected) in zip(got, wanted, strict=True):
        assert properties == expected, name


@pytest.mark.parametrize(
    ("listing", "differences", "left_out"),
    [
        pytest.param(case.values[0], case.values[2], i, id=f"{case.id}-{each.rule}-{i}")
        for case in CASES
        for i, each in enumerate(DIFFERENCES[str(case.id)])
    ],
)
def test_each_difference_is_needed(
    listing: str, differences: list[Difference], left_out: int
) -> None:
    """A difference that changes nothing is not one, and its rule would go untested."""
    before = edited(published(listing), differences[:left_out])

    assert differences[left_out].edit(before) != before


def test_the_order_of_the_published_picture_is_reproduced() -> None:
    """19 events: two ads in one break, then one; content pods around them (S14, S21)."""
    story = Story(
        55,
        breaks=[mid(15, ad("a1", 5), ad("a2", 12)), mid(40, ad("a3", 5))],
        quartiles="off",
    )
    story.begin().watch(15)
    story.pod(("a1", 5), ("a2", 12))
    story.say("playing", position=15.0)
    story.watch(25)
    story.pod(("a3", 5))
    story.say("playing", position=40.0)
    story.watch(15).end()

    got = [event.name.removeprefix("Video ") for event in story.events]
    assert got == PUBLISHED["segment_picture"]["events"]


def test_the_customerio_flowchart_is_walked_edge_by_edge() -> None:
    """Content, pause, resume with a beat, content completed, ads, content started anew."""
    story = Story(40, breaks=[pre(ad("a0", 5)), mid(20, ad("a1", 5))], quartiles="off")
    story.say("play")
    story.pod(("a0", 5))
    story.say("playing", position=0.0)
    story.watch(12).pause(3).watch(8)
    story.pod(("a1", 5))
    story.say("playing", position=20.0)
    story.watch(20).end()

    assert names(story.events) == [
        "Playback Started",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Paused",
        "Resumed",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Content Completed",
        "Playback Completed",
    ]
