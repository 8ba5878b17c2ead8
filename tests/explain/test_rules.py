"""The table of rules: complete, without a dead row, and true to the session's functions."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import video_tracker.session
from tests.explain.asking import START
from tests.session.kinds.walks import draw_walk
from video_tracker import SessionPlan
from video_tracker.events import EVENTS, Event, OwnEvent
from video_tracker.explain import RecordedSession
from video_tracker.explain.rules import RULES, Rule
from video_tracker.plan import Ad, AdBreak, Content, Settings
from video_tracker.session import Playback

SEMANTICS = Path(__file__).parents[2] / "docs" / "explanation" / "semantics.md"
ROWS = [(kind, rule) for kind, rules in RULES.items() for rule in rules]
FUNCTIONS = {
    f"{name.rpartition('.')[2]}.{attribute}"
    for _, name, _ in pkgutil.walk_packages(
        video_tracker.session.__path__, "video_tracker.session."
    )
    for attribute, value in vars(importlib.import_module(name)).items()
    if getattr(value, "__module__", None) == name
}


def test_every_event_has_rows_and_the_last_takes_any_way() -> None:
    assert set(RULES) == {*EVENTS.values(), OwnEvent}
    assert [kind for kind, rules in RULES.items() if rules[-1].through is not None] == []


def test_every_row_names_a_function_of_the_session() -> None:
    named = {rule.through for _, rule in ROWS} - {None}
    assert named - FUNCTIONS == set()


def test_every_row_names_rules_that_the_documentation_has() -> None:
    documented = set(re.findall(r"^\| (S\d+) \|", SEMANTICS.read_text("utf-8"), re.MULTILINE))
    assert {number for _, rule in ROWS for number in rule.number.split(", ")} <= documented


def accounts_of(session: RecordedSession) -> set[tuple[type[Event], Rule]]:
    return {(type(each.event), each.rule) for each in session.explain().events}


def film(**settings: object) -> RecordedSession:
    """Content of a minute that plays up to its 56th second."""
    plan = SessionPlan(
        user_id="u1",
        contents=[Content(asset_id="film", duration=60)],
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
    session = RecordedSession("s", plan)
    session.play(START, 0.0)
    session.playing(START, 0.0)
    for second in range(1, 57):
        session.progress(START + second, float(second))
    return session


def left_at_its_end() -> RecordedSession:
    session = film()
    for second in (57.0, 58.0, 59.0):
        session.progress(START + second, second)
    session.exit(START + 59.5, 59.5)
    return session


def stands_still() -> RecordedSession:
    session = film(inferred_buffering=True)
    for second in (58, 60, 62):
        session.progress(START + second, 56.0)
    return session


def clicked() -> RecordedSession:
    session = film(extra_events=True)
    session.ad_start(START + 56, Ad(asset_id="boots", duration=10))
    session.ad_click(START + 57)
    session.emit(START + 58, "Chapter Seen")
    return session


def ends_for_a_break() -> RecordedSession:
    session = film()
    session.content_end(START + 56, 56.0)
    session.ad_break_start(START + 56.5, placement="mid")
    session.ad_start(START + 56.5, Ad(asset_id="boots", duration=10))
    return session


def quality_in_doubt() -> RecordedSession:
    session = film()
    session.pause(START + 59.5, 59.5)
    session.quality(START + 59.6, bitrate=1200.0)
    session.exit(START + 70)
    return session


def post_roll_unseen() -> RecordedSession:
    plan = SessionPlan(
        user_id="u1",
        contents=[Content(asset_id="film", duration=2)],
        ad_breaks=[AdBreak(at="end", ads=[Ad(asset_id="boots", duration=10)])],
    )
    session = RecordedSession("s", plan)
    session.play(START, 0.0)
    session.playing(START, 0.0)
    session.content_end(START + 2, 2.0)
    session.exit(START + 3)
    return session


def trick_play() -> RecordedSession:
    session = film()
    session.update(START + 56.5, playback_rate=-2)
    return session


HANDMADE = (
    left_at_its_end, stands_still, clicked, ends_for_a_break, quality_in_doubt, post_roll_unseen,
    trick_play,
)  # fmt: skip


def test_every_row_is_the_rule_of_some_event() -> None:
    found = set[tuple[type[Event], Rule]]()
    for make in HANDMADE:
        found |= accounts_of(make())
    for seed in range(120):
        walk = draw_walk(seed)
        playback = Playback(RecordedSession("s", walk.plan))
        for signal in walk.signals:
            playback.receive(signal)
        playback.finish()
        for session in playback.sessions:
            assert isinstance(session, RecordedSession)
            found |= accounts_of(session)

    assert [(kind.name, rule) for kind, rule in ROWS if (kind, rule) not in found] == []


@pytest.mark.parametrize(
    ("make", "name", "number"),
    [
        (left_at_its_end, "Video Content Completed", "S75, S90"),
        (stands_still, "Video Playback Buffer Started", "S65"),
        (clicked, "Video Ad Clicked", "S13"),
        (ends_for_a_break, "Video Content Completed", "S82, S21"),
        (quality_in_doubt, "Video Quality Updated", "S86"),
        (post_roll_unseen, "Video Playback Exited", "S75"),
        (trick_play, "Video Playback Seek Started", "S70"),
    ],
)
def test_an_event_is_of_the_rule_that_made_it(make: object, name: str, number: str) -> None:
    assert callable(make)
    events = make().explain().events
    assert [each.rule.number for each in events if each.event.name == name][-1] == number
