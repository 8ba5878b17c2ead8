"""Of any log: recording changes nothing, and every figure and position adds up exactly."""

import functools
import itertools
import json
from fractions import Fraction
from typing import Any

import pytest

from tests.session.kinds.walks import draw_walk
from video_tracker.events import Event
from video_tracker.explain import (
    Explanation,
    RecordedSession,
    explanation_text,
    explanation_to_dict,
)
from video_tracker.session import Playback, Session
from video_tracker.session.effects.positions import whole
from video_tracker.summary import Summary

SEEDS = range(60)
DUST = Fraction(1, 10**9)
"""What floating point may lose of a figure, in seconds."""


def run(seed: int, session: type[Session]) -> tuple[Playback, list[Event]]:
    """A walk's sessions and events; every second one is looked at in its middle, as it stands."""
    walk = draw_walk(seed)
    playback = Playback(session("s", walk.plan))
    events = [event for signal in walk.signals for _, event in playback.receive(signal)]
    if seed % 2:
        events += [event for _, event in playback.finish()]
    return playback, events


@functools.cache
def explanations(seed: int) -> tuple[Explanation, ...]:
    playback, _ = run(seed, RecordedSession)
    sessions = [each for each in playback.sessions if isinstance(each, RecordedSession)]
    assert len(sessions) == len(playback.sessions)
    return tuple(session.explain() for session in sessions)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recorded_session_says_and_counts_the_same(seed: int) -> None:
    recorded, events = run(seed, RecordedSession)
    plain, said = run(seed, Session)

    assert events == said
    assert [each.summary() for each in recorded.sessions] == [
        each.summary() for each in plain.sessions
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_event_has_an_account_in_its_place(seed: int) -> None:
    _, events = run(seed, RecordedSession)
    accounts = [account for found in explanations(seed) for account in found.events]
    begun = {found.session_id for found in explanations(seed)}

    assert [each.event for each in accounts] == [e for e in events if e.session_id in begun]
    assert all(account.rule.number.startswith("S") for account in accounts)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shares_of_a_figure_add_up_to_it_exactly(seed: int) -> None:
    """What was lost to floating point stands beside them, and is less than a nanosecond."""
    for found in explanations(seed):
        told = found.summary.to_dict()
        assert set(found.figures) == set(told) - {"session_id"}
        exact: dict[str, Any] = {
            **found.summary.buckets,
            "elapsed": sum(found.summary.buckets.values(), Fraction(0)),
            "content_media_seconds": found.summary.media_seconds,
            "unique_seconds": Fraction(found.summary.unique_seconds),
            "startup_time": found.summary.startup_time or Fraction(0),
        }
        for name, figure in found.figures.items():
            assert figure.value == told[name]
            if name in exact:
                assert figure.total == exact[name], name
                assert abs(figure.rounding) < DUST, name
        for name in Summary.COUNTS:
            steps = found.figures[name].occurrences
            assert sum(each.step for each in steps) == told[name], name


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_lie_side_by_side_and_hold_no_more_than_their_time(seed: int) -> None:
    for found in explanations(seed):
        shares = found.figures["elapsed"].shares
        for share in shares:
            assert 0 < share.seconds <= share.end - share.start + 1e-5
        for one, other in itertools.pairwise(shares):
            assert (one.start, one.end) == (other.start, other.end) or (
                other.start >= one.end - 1e-5
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_of_a_position_add_up_to_it(seed: int) -> None:
    """S3: rounded down; an offset from the live edge is a whole number already (S8)."""
    for found in explanations(seed):
        for account in found.events:
            position = account.position
            assert position.position == account.event.position
            if position.position is not None:
                assert position.position in {whole(position.total), position.total}
            else:
                assert position.parts == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_account_is_text_and_json(seed: int) -> None:
    for found in explanations(seed):
        assert f"Session {found.session_id} (" in explanation_text(found)
        assert json.loads(json.dumps(explanation_to_dict(found), allow_nan=False))
