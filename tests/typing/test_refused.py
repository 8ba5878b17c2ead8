"""Wrong uses: a type checker refuses them, and a program that has none is told what to do.

Each ``# type: ignore[code]`` is an expectation: both checkers report one that is needless.
"""

import re
from collections.abc import Sequence

import pytest

from video_tracker import (
    AdBreak,
    AsyncHttpTransport,
    AsyncTracker,
    Content,
    Delivered,
    Encoder,
    HttpTransport,
    MemoryTransport,
    Outcome,
    PlanError,
    PolicyError,
    Record,
    Session,
    SessionPlan,
    Settings,
    Tracker,
    TransportError,
    UnknownPlayerError,
    lint,
)
from video_tracker.ingest import decode_beacons

PLAN = SessionPlan(user_id="viewer-42")


class NoClose:
    """Half a transport."""

    def send(self, _records: Sequence[Record], /) -> Outcome:
        return Delivered()


class Unanswering:
    """A transport that does not say what became of its records."""

    def send(self, records: Sequence[Record]) -> None: ...

    def close(self) -> None: ...


def test_what_is_no_transport_is_refused() -> None:
    with pytest.raises(TransportError, match=r"a transport needs close\(\); NoClose has none"):
        Tracker(NoClose())  # type: ignore[arg-type]
    with pytest.raises(TransportError, match=r"MemoryTransport is a class: give a transport"):
        Tracker(MemoryTransport)  # type: ignore[arg-type]
    with pytest.raises(TransportError, match="cannot be called: give it to AsyncTracker"):
        Tracker(AsyncHttpTransport("key"))  # type: ignore[arg-type]
    with pytest.raises(TransportError):
        Tracker("https://cdp.customer.io")  # type: ignore[arg-type]


def test_a_transport_says_what_became_of_its_records() -> None:
    with Tracker(Unanswering(), mode="manual") as tracker:  # type: ignore[arg-type]
        tracker.open("s", user_id="u").play(0.0)
        assert tracker.flush(0.0).delivered == 0


def test_an_unknown_player_is_refused_and_the_nearest_is_named() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        with pytest.raises(UnknownPlayerError, match="html5"):
            tracker.open("s", player="htlm5")
        with pytest.raises(UnknownPlayerError, match="a name or an adapter class, not 5"):
            tracker.open("s", player=5)  # type: ignore[call-overload]


def test_a_session_has_an_id_and_a_viewer() -> None:
    with Tracker(MemoryTransport(), mode="manual") as tracker:
        with pytest.raises(PlanError, match="a non-empty string, not 42"):
            tracker.open(42, PLAN)  # type: ignore[call-overload]
        with pytest.raises(PlanError, match="a plan must be a SessionPlan"):
            tracker.open("s", {"user_id": "viewer-42"})  # type: ignore[call-overload]
        with pytest.raises(PlanError, match=re.escape("settings must be Settings(...), not")):
            tracker.open("s", PLAN, settings={"heartbeat": 5})  # type: ignore[call-overload]
        with pytest.raises(PlanError, match="a session needs a user_id or an anonymous_id"):
            tracker.open("s")


def test_beacons_belong_to_an_intake() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        session = tracker.open("s")
        assert not hasattr(session, "push")
        with pytest.raises(AttributeError):
            session.push([])  # type: ignore[attr-defined]
        with pytest.raises(AttributeError):
            session.callback("play")  # type: ignore[attr-defined]


def test_options_are_known_and_possible() -> None:
    with pytest.raises(TypeError, match="flush_interval"):
        Tracker(MemoryTransport(), flush_interval=1)  # type: ignore[call-arg]
    with pytest.raises(PolicyError, match=re.escape("mode must be one of")):
        Tracker(MemoryTransport(), mode="threads")  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="max_sessions must be 1 or more"):
        Tracker(MemoryTransport(), max_sessions="many")  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="policy must be a DeliveryPolicy, not"):
        Tracker(MemoryTransport(), policy={"max_records": 5})  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="plan must be a SessionPlan"):
        Tracker(MemoryTransport(), plan={"user_id": "u"})  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match=re.escape("settings must be Settings(...), not")):
        Tracker(MemoryTransport(), settings={"heartbeat": 5})  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="spool_dir must be a folder's path or a Spool, not 5"):
        Tracker(MemoryTransport(), spool_dir=5)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="clock must have a method"):
        Tracker(MemoryTransport(), clock=5)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="an event loop decides itself"):
        AsyncTracker(MemoryTransport(), mode="sync")


def test_a_plan_is_made_of_known_values() -> None:
    with pytest.raises(PlanError, match="seconds"):
        Content(asset_id="film", duration="60")
    with pytest.raises(PlanError, match='"start", "end" or seconds'):
        AdBreak(at="middle")  # type: ignore[arg-type]
    with pytest.raises(PlanError):
        Settings(live_position="edge")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="asset"):
        Content(asset="film")  # type: ignore[call-arg]


def test_an_input_of_a_pure_session_has_its_time() -> None:
    session = Session("s", PLAN)
    with pytest.raises(TypeError, match="at"):
        session.play()  # type: ignore[call-arg]
    assert session.play("now") == ()  # type: ignore[arg-type]
    assert dict(session.diagnostics) == {"invalid_time": 1}


def test_an_encoder_has_a_known_profile_and_encodes_events() -> None:
    with pytest.raises(LookupError, match="customerio"):
        Encoder(profile="snowplow")
    session = Session("s", PLAN)
    (event,) = session.play(1_795_432_200.0)
    with pytest.raises(TypeError):
        Encoder().encode(event)  # type: ignore[call-arg]


def test_a_key_is_text() -> None:
    with pytest.raises(TransportError, match="key"):
        HttpTransport(None)  # type: ignore[arg-type]
    with pytest.raises(TransportError, match="timeout must be seconds, more than zero, not '10'"):
        HttpTransport("key", timeout="10")  # type: ignore[arg-type]
    with pytest.raises(TransportError, match="region"):
        HttpTransport("key", region="mars")  # type: ignore[arg-type]


def test_a_body_is_bytes() -> None:
    with pytest.raises(TypeError, match="a body is bytes as they came, not str"):
        decode_beacons('{"event": "play"}')  # type: ignore[arg-type]


def test_a_linter_has_known_words() -> None:
    with pytest.raises(ValueError, match="there is no kind 'message'"):
        lint([], kind="message")
    with pytest.raises(TypeError):
        lint([], heartbeats=10)  # type: ignore[call-arg]
