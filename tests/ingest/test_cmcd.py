"""Bodies of CMCD event reports: what is read of them, and the answer that a player gets."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recordings.cmcd_truth import bodies
from video_tracker.ingest import (
    REJECTIONS,
    Decoded,
    Intake,
    Limits,
    PlayerFeed,
    ReorderWindow,
    cmcd_status,
    decode_cmcd,
)
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.cmcd import CmcdAdapter
from video_tracker.session import Playback, Session


def line(**keys: Any) -> bytes:
    """A report: ``line(sn=3, sta="p")``."""
    told = {"e": "ps", "sid": '"s1"', "cid": '"film"', "ts": 1795938196665, "v": 2, **keys}
    return ",".join(f"{key}={value}" for key, value in told.items() if value is not None).encode()


def faults(decoded: Decoded) -> list[tuple[str, str]]:
    return [(rejection.path, rejection.reason) for rejection in decoded.rejected]


def test_a_body_has_a_beacon_on_each_line() -> None:
    body = line(sn=0, sta="s") + b"\n" + line(sn=1, sta="p", ts=1795938196700) + b"\n"

    decoded = decode_cmcd(body, content_type="application/cmcd")

    assert decoded.rejected == ()
    assert [(each.session_id, each.sequence, each.order, each.at) for each in decoded.beacons] == [
        ("s1", None, 1, 1795938196.665),
        ("s1", None, 2, 1795938196.7),
    ]
    said = decoded.beacons[1].said
    assert isinstance(said, Callback)
    assert (said.player, said.event, said.detail["sta"]) == ("cmcd", "ps", "p")


@pytest.mark.parametrize("name", ["hls", "dash", "shaka", "hls-int"])
def test_every_body_of_the_recordings_is_read_whole(name: str) -> None:
    for recorded in bodies(name):
        told = json.loads(recorded)
        decoded = decode_cmcd(told["body"].encode(), content_type=told["type"])

        assert decoded.rejected == ()
        assert len(decoded.beacons) == told["body"].count("\n")


@pytest.mark.parametrize(
    "kind", ["application/cmcd", "text/cmcd", "text/cmcd; charset=utf-8", None]
)
def test_both_media_types_are_taken(kind: str | None) -> None:
    assert len(decode_cmcd(line(), content_type=kind).beacons) == 1


def test_another_media_type_is_rejected() -> None:
    decoded = decode_cmcd(line(), content_type="application/json")

    assert decoded.beacons == ()
    assert faults(decoded) == [("$", "wrong_type")]


def test_a_wrong_line_costs_itself_alone() -> None:
    """S60."""
    body = b"\n".join(
        [
            line(sn=0),
            b"e=ps,ts=",
            line(v=None),
            line(ts=None),
            line(ts="soon"),
            line(sid=None),
            line(sn=-1),
            b"",
            line(sn=1),
        ]
    )

    decoded = decode_cmcd(body)

    assert [each.order for each in decoded.beacons] == [1, 2]
    assert faults(decoded) == [
        ("lines[2]", "malformed"),
        ("lines[3]", "bad_version"),
        ("lines[4]", "missing"),
        ("lines[5]", "bad_time"),
        ("lines[6].sid", "missing"),
        ("lines[7].sn", "bad_sequence"),
    ]


def test_the_sessions_token_says_whose_the_reports_are() -> None:
    """A ``sid`` is the player's own; nobody has proven it."""
    body = line(sid='"x"') + b"\n" + line(sid=None)

    assert {each.session_id for each in decode_cmcd(body, session_id="s9").beacons} == {"s9"}


@pytest.mark.parametrize(
    ("limits", "body", "found"),
    [
        (Limits(max_bytes=40), line(), [("$", "too_large")]),
        (Limits(max_beacons=1), line(sn=0) + b"\n" + line(sn=1) + b"\n" + line(sn=2),
         [("lines[2]", "too_many")]),
        (Limits(max_string=20), line(url='"http://127.0.0.1/v0.m4s"'),
         [("lines[1].url", "too_long")]),
        (Limits(max_keys=5), line(sn=1), [("lines[1]", "too_wide")]),
        (Limits(max_items=2), line(bsd="(1 2 3)"), [("lines[1].bsd", "too_wide")]),
        (Limits(max_name=1), line(), [("lines[1]", "too_long")]),
        (Limits(max_number=100), line(), [("lines[1].ts", "bad_number")]),
        (Limits(), b"\xff\xfe", [("$", "encoding")]),
    ],
)  # fmt: skip
def test_the_limits_of_beacons_are_those_of_reports(
    limits: Limits, body: bytes, found: list[tuple[str, str]]
) -> None:
    decoded = decode_cmcd(body, limits)

    assert faults(decoded) == found
    assert len(decoded.beacons) == (found[0][1] == "too_many")


@given(st.binary(max_size=300))
def test_any_bytes_are_beacons_or_reasons(body: bytes) -> None:
    """S60."""
    decoded = decode_cmcd(body)

    assert set(decoded.reasons()) <= set(REJECTIONS)


def test_the_answers_are_those_that_players_understand() -> None:
    """204 is taken, 429 asks for the same again, 410 stops the player's reports of this session."""
    assert cmcd_status() == 204
    assert cmcd_status(busy=True) == 429
    assert cmcd_status(over=True) == 410
    assert cmcd_status(busy=True, over=True) == 410


def test_reports_of_one_millisecond_go_by_their_numbers_and_repetitions_are_dropped() -> None:
    """S68: a seek's `k` and the `r` right after it."""
    given_on: list[Any] = []
    intake = Intake[None](given_on.append, session_id="s1", window=ReorderWindow(2.0))
    states = ["s", "p", "k", "r", "p"]
    lines = [line(sn=number, sta=state) for number, state in enumerate(states)]
    for body in (lines[3], lines[1], lines[3], lines[4], lines[0], lines[2], lines[4]):
        intake.push(decode_cmcd(body), received_at=1795938197.0)
    intake.flush()

    assert [said.detail["sta"] for said in given_on] == states
    assert intake.count.duplicates == 2


def test_lanes_of_one_session_may_bear_the_same_numbers() -> None:
    """An interstitial counts for itself: (sid, sn) alone names no report."""
    given_on: list[Any] = []
    intake = Intake[None](given_on.append, session_id="s1")
    for cid in ('"film"', '"ad"'):
        intake.push(decode_cmcd(line(cid=cid, sn=7, sta="p")), received_at=1795938197.0)
    intake.flush()

    assert {said.detail["cid"] for said in given_on} == {"film", "ad"}
    assert intake.count.duplicates == 0


def test_an_intake_says_what_is_of_no_use() -> None:
    adapter = CmcdAdapter()
    sid = "e8c3a2b9-7622-4bb1-ab20-9c07df274beb"
    intake = Intake(PlayerFeed(Playback(Session(sid, SessionPlan(user_id="u1"))), adapter))
    for recorded in bodies("shaka"):
        told = json.loads(recorded)
        intake.push(decode_cmcd(told["body"].encode()), received_at=told["at"])

    assert intake.finish() == ()
    assert intake.count.released == 84
    assert cmcd_status(over=adapter.unusable is not None) == 410
