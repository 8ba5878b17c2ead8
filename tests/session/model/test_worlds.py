"""Seeded viewings, told to a session: these events, in this order, and nothing more.

A world is drawn from a seed (``drawn``, ``world``), the viewer's way through it is decided as a
truth (``viewing``), the events follow from the truth by the rules (``expected``, ``figures``), and
a player tells it to a session (``told``). ``MODEL_WORLDS`` is the number of worlds of each kind.
"""

import itertools
import os
from collections.abc import Iterable, Iterator

import pytest

from tests.session.model.checks import (
    Check,
    from_ints,
    from_snapshots,
    from_ticks,
    from_truth,
    is_clear,
)
from tests.session.model.drawn import KINDS, draw_world
from tests.session.model.report import report
from tests.session.model.world import World

WORLDS = int(os.environ.get("MODEL_WORLDS", "60"))
of_every_kind = pytest.mark.parametrize("kind", KINDS)


def worlds(kind: str, count: int) -> Iterator[World]:
    """The first so many worlds of a kind of which the rules say everything."""
    drawn = (draw_world(seed, kind) for seed in itertools.count())
    return itertools.islice(filter(is_clear, drawn), max(count, 1))


def judge(judged: Iterable[World], check: Check) -> None:
    """Fail with one small world for each way in which worlds go wrong."""
    wrong = report(judged, check)
    if wrong:
        pytest.fail(wrong, pytrace=False)


@of_every_kind
def test_a_session_tells_what_happened(kind: str) -> None:
    judge(worlds(kind, WORLDS), from_truth)


@of_every_kind
def test_a_snapshot_changes_nothing(kind: str) -> None:
    judge(worlds(kind, WORLDS // 3), from_snapshots)


@of_every_kind
@pytest.mark.parametrize("every", [None, 0.25, 1.0, 7.0])
def test_ticks_change_nothing(kind: str, every: float | None) -> None:
    """S88: whenever somebody hears of it; None is a tick whenever the session wants one."""
    judge(worlds(kind, WORLDS // 4), from_ticks(every))


@of_every_kind
def test_whole_numbers_may_be_ints(kind: str) -> None:
    judge(worlds(kind, WORLDS // 4), from_ints)
