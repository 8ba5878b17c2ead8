"""An event of the embedder's own, and what messages carry that is not the session's (S51)."""

from typing import Any

import pytest

from video_tracker.errors import StrictError
from video_tracker.events import Event, OwnEvent, PlaybackPaused
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.session import Session, restore, snapshot
from video_tracker.testing.clock import NOON
from video_tracker.testing.grammar import check_messages, check_stream
from video_tracker.wire import Encoder

PLAN = SessionPlan(
    anonymous_id="a1",
    contents=[Content(asset_id="film", duration=60)],
    ad_breaks=[AdBreak(at=10, ads=[Ad(asset_id="ad-1", duration=5)])],
    context={"ip": "192.0.2.1"},
)


def begun(plan: SessionPlan = PLAN) -> tuple[Session, list[Event]]:
    session = Session("s1", plan)
    return session, [*session.play(NOON, 0.0), *session.playing(NOON, 0.0)]


def watch(session: Session, first: int, last: int) -> list[Event]:
    ticks = range(first + 1, last + 1)
    return [e for n in ticks for e in session.progress(NOON + n, float(n))]


def message(session: Session, event: Event) -> dict[str, Any]:
    written = Encoder().message(event, session.envelope())
    body = Encoder().encode(event, session.envelope()).body
    assert Encoder(engine="json").message(event, session.envelope()) == written
    assert body
    return written


def test_an_own_event_has_the_place_and_the_next_number_of_the_session() -> None:
    """S1, S50: what the next playback event would bear."""
    session, events = begun()
    events += watch(session, 0, 7)
    (own,) = session.emit(NOON + 7, "Trailer Liked", {"stars": 5})

    assert (own.name, own.sequence, own.position, own.total_length) == ("Trailer Liked", 3, 7, 65)
    told = message(session, own)
    assert told["messageId"] == "s1-3"
    assert told["event"] == "Trailer Liked"
    assert told["properties"]["stars"] == 5
    assert told["properties"]["position"] == 7
    assert told["properties"]["content_asset_id"] == "film"
    assert check_stream([*events, own, *session.exit(NOON + 8, 8.0)]) == []
    assert check_messages([told]) == []


def test_in_an_ad_it_names_the_ad() -> None:
    """S1, S34."""
    session, _ = begun()
    watch(session, 0, 10)
    session.ad_break_start(NOON + 10)
    session.ad_start(NOON + 10, "ad-1")
    session.ad_progress(NOON + 12, 2.0)
    (own,) = session.emit(NOON + 12, "Offer Shown")

    assert isinstance(own, OwnEvent)
    assert (own.position, own.playing.ad_asset_id) == (12, "ad-1")


def test_it_decides_nothing_that_is_in_doubt() -> None:
    """S31: a pause near the end may be the end's; its date stays its own."""
    session, _ = begun()
    watch(session, 0, 9)
    session.progress(NOON + 59, 59.0)
    watch(session, 59, 59)
    held = session.pause(NOON + 59.5, 59.5)
    own = session.emit(NOON + 60, "Rated")
    later = session.tick(NOON + 70)

    assert [event.name for event in (*held, *own)] == ["Rated"]
    pauses = [event for event in later if isinstance(event, PlaybackPaused)]
    assert [event.at for event in pauses] == [NOON + 59.5]


@pytest.mark.parametrize("name", ["", "Video Content Started", None, 7, "Video Ad Playing"])
def test_it_bears_none_of_the_librarys_own_names(name: Any) -> None:
    """S20, S60."""
    session, _ = begun()

    assert session.emit(NOON + 1, name) == ()
    assert session.diagnostics == {"invalid_value": 1}


def test_there_is_none_before_the_start_and_after_the_end() -> None:
    """S20: the first and the last word are the session's."""
    session = Session("s1", PLAN)
    assert session.emit(NOON, "Early") == ()
    session.play(NOON, 0.0)
    session.exit(NOON + 1, 0.0)
    assert session.emit(NOON + 2, "Late") == ()

    assert session.diagnostics == {"not_started": 1, "after_end": 1}


def test_context_and_integrations_go_with_what_one_input_causes() -> None:
    """S51."""
    session, _ = begun()
    watch(session, 0, 5)
    session.annotate({"why": "button"}, context={"page": "/tv"}, integrations={"Mixpanel": False})
    (paused,) = session.pause(NOON + 5.2, 5.2)
    resumed, *_ = session.play(NOON + 9, 5.2)

    first, second = message(session, paused), message(session, resumed)
    assert first["context"]["ip"] == second["context"]["ip"] == "192.0.2.1"
    assert first["context"]["page"] == "/tv"
    assert (first["integrations"], first["properties"]["why"]) == ({"Mixpanel": False}, "button")
    assert "page" not in second["context"]
    assert second["integrations"] == {}


def test_what_is_held_back_keeps_its_own_context_over_a_snapshot() -> None:
    """S31, S51."""
    session, _ = begun(SessionPlan(anonymous_id="a1", contents=[Content(duration=12)]))
    watch(session, 0, 11)
    session.annotate(context={"page": "/tv"})
    assert session.pause(NOON + 11.5, 11.5) == ()
    session = restore(snapshot(session))
    (paused,) = session.tick(NOON + 13)

    assert paused.context == {"page": "/tv"}
    assert session.exit(NOON + 14, 11.5)[0].context == {}


def test_context_integrations_and_properties_may_change_for_good() -> None:
    """S51: an update holds from then on."""
    session, _ = begun()
    session.update(
        NOON + 1, properties={"tier": "gold"}, context={"tab": 2}, integrations={"All": False}
    )
    (left,) = session.exit(NOON + 2, 2.0)

    told = message(session, left)
    assert told["properties"]["tier"] == "gold"
    assert told["context"]["tab"] == 2
    assert told["context"]["ip"] == "192.0.2.1"
    assert told["integrations"] == {"All": False}


def test_who_watches_may_be_known_late() -> None:
    """S50: a viewer who signs in; from then on every message names both."""
    session, events = begun()
    first = message(session, events[0])
    session.identify("u1")
    (left,) = session.exit(NOON + 2, 2.0)
    last = message(session, left)

    assert "userId" not in first
    assert (last["userId"], last["anonymousId"]) == ("u1", "a1")
    assert session.diagnostics == {}


def test_a_session_has_one_viewer() -> None:
    """S50, S60: another one is left out and counted."""
    session, _ = begun()
    session.identify("u1")
    session.identify("u2")
    session.identify(anonymous_id="a2")
    session.identify("u1", "a1")
    (left,) = session.exit(NOON + 2, 2.0)

    assert message(session, left)["userId"] == "u1"
    assert message(session, left)["anonymousId"] == "a1"
    assert session.diagnostics == {"fixed_for_session": 2}


def test_an_id_that_is_too_long_is_cut_as_it_is_told() -> None:
    """S60: as every text is."""
    session = Session("s1", PLAN)
    session.identify("u" * 2_000)
    assert session.envelope().user_id == "u" * 1_000
    assert session.diagnostics == {"out_of_range": 1}


def test_the_same_id_that_is_too_long_is_the_same_viewer() -> None:
    """S50, S60: whether it was cut when it was told, or stands whole in the plan."""
    session = Session("s1", PLAN)
    session.identify("u" * 2_000)
    session.identify("u" * 2_000)
    whole = Session("s2", SessionPlan(user_id="u" * 2_000))
    whole.identify("u" * 2_000)

    assert session.diagnostics == {"out_of_range": 2}
    assert whole.diagnostics == {}


def test_another_viewer_is_an_error_where_errors_are_raised() -> None:
    """S60: strict."""
    session = Session("s1", PLAN, strict=True)
    session.play(NOON, 0.0)
    session.identify("u1")
    with pytest.raises(StrictError):
        session.emit(NOON + 1, "")
