"""Timelines of anybody's messages, and of streams with several sessions."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.timeline.viewings import EVERYTHING, of_events
from video_tracker import Encoder
from video_tracker.testing import simulate
from video_tracker.timeline import session_timeline, session_timelines

START = 1_767_225_600.0


def message(name: str, second: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": f"Video {name}",
        "userId": "u",
        "timestamp": f"2026-01-01T00:00:{second:02}.000Z",
        "properties": {"session_id": "s", **properties},
    }


def viewing(session: str | None = "s") -> list[dict[str, Any]]:
    film = {"asset_id": "film", "pod_id": "film-1", "total_length": 60}
    messages = [
        message("Playback Started", 0),
        message("Content Started", 1, position=0, **film),
        message("Playback Paused", 11, position=10),
        message("Playback Resumed", 15, position=10),
        message("Content Playing", 25, position=20, **film),
        message("Playback Exited", 30, position=25),
    ]
    for each in messages:
        if session is None:
            del each["properties"]["session_id"]
        else:
            each["properties"]["session_id"] = session
    return messages


@pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
def test_the_messages_of_a_session_give_the_picture_of_its_events(profile: str) -> None:
    simulated = simulate(EVERYTHING)
    encoder = Encoder(profile=profile)
    bodies = [encoder.encode(event, envelope).body for envelope, event in simulated.run().said]
    drawn, _ = of_events(EVERYTHING)
    read = session_timeline([json.loads(body) for body in bodies])

    assert [(bar.lane, bar.label) for bar in read.bars] == [
        (bar.lane, bar.label) for bar in drawn.bars
    ]
    # A message's time is told to the millisecond (S50).
    assert [bar.end for bar in read.bars] == pytest.approx(
        [bar.end for bar in drawn.bars], abs=0.002
    )
    assert [(ad.asset_id, ad.ad_type, ad.fate) for ad in read.ads] == [
        (ad.asset_id, ad.ad_type, ad.fate) for ad in drawn.ads
    ]
    assert [tick.name for tick in read.ticks] == [tick.name for tick in drawn.ticks]


def test_lines_a_file_and_decoded_messages_give_one_picture(tmp_path: Path) -> None:
    lines = [json.dumps(each) for each in viewing()]
    file = tmp_path / "messages.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    decoded = session_timeline(viewing())

    assert session_timeline(lines) == decoded
    assert session_timeline(file) == decoded
    with file.open("rb") as opened:
        assert session_timeline(opened) == decoded
    assert session_timeline([json.dumps({"batch": viewing()})]) == decoded


def test_names_that_are_spelt_otherwise_are_read_as_the_linter_reads_them() -> None:
    strange = [
        {
            **each,
            "event": each["event"].lower().replace(" ", "_"),
            "properties": {
                {"asset_id": "assetId", "total_length": "duration"}.get(key, key): value
                for key, value in each["properties"].items()
            },
        }
        for each in viewing()
    ]

    assert session_timeline(strange) == session_timeline(viewing())


def test_messages_out_of_order_are_drawn_by_their_times() -> None:
    assert session_timeline(viewing()[::-1]).bars == session_timeline(viewing()).bars


def test_the_playback_position_places_the_playhead_where_no_ad_was_seen() -> None:
    timeline = session_timeline(viewing())

    assert [(line.kind, line.start_position, line.end_position) for line in timeline.playhead] == [
        ("startup", 0, 0),
        ("content_played", 0, 10),
        ("paused", 10, 10),
        ("content_played", 10, 25),
    ]


def test_a_session_that_is_not_over_is_drawn_until_now() -> None:
    timeline = session_timeline(viewing()[:-1], until=START + 40)

    assert timeline.length == 40
    assert timeline.bars[-1].end == 40
    assert timeline.figures["ended"] == "open"


def test_each_session_of_a_stream_is_a_timeline() -> None:
    stream = [each for pair in zip(viewing("a"), viewing("b"), strict=True) for each in pair]
    first, second = session_timelines(stream)

    assert (first.session_id, second.session_id) == ("a", "b")
    assert first.bars == second.bars == session_timeline(viewing()).bars
    assert session_timeline(stream, session="b") == second


def test_messages_without_a_session_id_belong_to_their_viewer_from_start_to_end() -> None:
    again = [
        {**each, "timestamp": each["timestamp"].replace("T00:00", "T00:01")}
        for each in viewing(None)
    ]
    first, second = session_timelines(viewing(None) + again)

    assert first.bars == second.bars
    assert (first.title, second.origin - first.origin) == ("u", 60)


def test_several_sessions_where_one_is_wanted_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"name one, or take session_timelines\(\); there are: a, b"
    ):
        session_timeline(viewing("a") + viewing("b"))
    with pytest.raises(ValueError, match="no session 'c'; there are: a, b"):
        session_timeline(viewing("a") + viewing("b"), session="c")


@pytest.mark.parametrize("source", [[], [{"type": "identify", "userId": "u"}], ["not JSON"]])
def test_without_an_event_nothing_can_be_drawn(source: list[Any]) -> None:
    with pytest.raises(ValueError, match="there is no video event in it"):
        session_timeline(source)


def test_events_and_messages_in_one_list_are_refused() -> None:
    event = simulate(EVERYTHING).events()[0]

    with pytest.raises(TypeError, match="not both"):
        session_timeline([event, viewing()[0]])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": "ten"},
        {"position": float("nan")},
        {"total_length": -4},
        {"asset_id": 7},
        {"asset_id": None},
        {"pod_id": ["p"]},
    ],
)
def test_what_is_wrong_in_a_message_costs_only_what_it_tells(wrong: dict[str, Any]) -> None:
    stream = viewing()
    stream[4]["properties"].update(wrong)
    timeline = session_timeline(stream)

    assert [bar.lane for bar in timeline.bars if bar.lane != "content_played"] == [
        "startup",
        "paused",
    ]
    assert timeline.length == 30


def test_a_summary_that_is_given_takes_the_place_of_the_counted_figures() -> None:
    timeline = session_timeline(viewing(), summary={"ended": "exited", "elapsed": 99.0})

    assert timeline.figures == {"ended": "exited", "elapsed": 99.0}
