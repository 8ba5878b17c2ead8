"""Linting, explaining and what-if, as a type checker of a user's sees them."""

from typing import Any, assert_type

from video_tracker import Content, Event, SessionPlan, Settings, lint
from video_tracker.explain import (
    Difference,
    EventAccount,
    Explanation,
    Figure,
    RecordedSession,
    explanation_to_dict,
    figure_text,
    what_if,
)
from video_tracker.linting import Finding, Report
from video_tracker.signals import Exit, Play

START = 1_795_432_200.0
PLAN = SessionPlan(user_id="viewer-42", contents=[Content(asset_id="film", duration=60)])


def test_a_report_has_findings() -> None:
    message: dict[str, Any] = {"type": "track", "event": "Video Playback Startet", "properties": {}}
    report = assert_type(lint([message], kind="messages", destinations="all"), Report)
    finding = report.findings[0]

    assert assert_type(finding, Finding).rule
    assert isinstance(finding, Finding)


def test_a_recorded_session_gives_the_same_events_and_explains_them() -> None:
    session = RecordedSession("s", PLAN)
    events = assert_type(session.play(START), tuple[Event, ...])
    explanation = assert_type(session.explain(), Explanation)
    account = assert_type(explanation.events[0], EventAccount)

    assert account.event == events[0]
    assert account.rule.number == "S25"
    assert assert_type(explanation.figures["startup"], Figure).total == 0
    assert assert_type(figure_text(explanation, "startup"), str)
    assert assert_type(explanation_to_dict(explanation), dict[str, Any])


def test_what_if_compares_two_plans() -> None:
    other = SessionPlan(user_id="viewer-42", settings=Settings(heartbeat=5))
    difference = assert_type(what_if([Play(START), Exit(START + 1)], PLAN, other), Difference)

    assert assert_type(difference.text(), str)
    assert assert_type(difference.same, bool) in {True, False}
