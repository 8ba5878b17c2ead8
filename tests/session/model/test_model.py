"""The model itself, held to worlds that were written out by hand."""

import pytest

from tests.session.model.checks import is_clear, run
from tests.session.model.drawn import KINDS, draw_world
from tests.session.model.expected import expected_rows
from tests.session.model.figures import expected_figures
from tests.session.model.rows import rows_of
from tests.session.model.viewing import watch
from tests.session.model.world import Act, Break, Item, Manner, Spot, Stretch, World

EVERY_BREAK = World(
    seed=0,
    items=(Item("film", 60.0, 60.0),),
    breaks=(
        Break(0, 0.0, "pre", (Spot("a", 8.0, 8.0),)),
        Break(0, 20.0, "mid", (Spot("b", 12.0, 12.0), Spot("c", 21.0, 21.0, skip_at=4.0))),
        Break(0, 60.0, "post", (Spot("z", 5.0, 5.0),), planned=False),
    ),
    acts=(
        Act("watch", 13.0),
        Act("pause", 4.0),
        Act("watch", 36.0),
        Act("seek", 50.0),
        Act("watch", 2.0),
        Act("stall", 3.0),
    ),
    manner=Manner(quartiles=False),
    startup=1.0,
)
WRITTEN_OUT = [
    (
        "0 Playback Started 0/101 film content-1,content-2 "
        "ad-1/a/pre-roll,ad-2/b/mid-roll,ad-2/c/mid-roll"
    ),
    "1 Ad Started 0/8 ad-1/a pre-roll 1 of 1",
    "9 Ad Completed 8/8 ad-1/a pre-roll 1 of 1",
    "9 Content Started 0/60 film/content-1",
    "14 Playback Paused 13/101 @film/content-1",
    "18 Playback Resumed 13/101 @film/content-1",
    "18 Content Playing 5/60 film/content-1",
    "28 Content Playing 15/60 film/content-1",
    "33 Content Completed 20/60 film/content-1",
    "33 Ad Started 0/12 ad-2/b mid-roll 1 of 2",
    "43 Ad Playing 10/12 ad-2/b mid-roll 1 of 2",
    "45 Ad Completed 12/12 ad-2/b mid-roll 1 of 2",
    "45 Ad Started 0/21 ad-2/c mid-roll 2 of 2",
    "49 Content Started 20/60 film/content-2",
    "54 Playback Seek Started 49/101 @film/content-2 >74",
    "54.5 Playback Seek Completed 74/101 @film/content-2 >74",
    "56.5 Playback Buffer Started 76/101 @film/content-2",
    "59.5 Playback Buffer Completed 76/101 @film/content-2",
    "67.5 Content Completed 60/60 film/content-2",
    "67.5 Ad Started 0/5 ad-3/z post-roll 1 of -",
    "72.5 Ad Completed 5/5 ad-3/z post-roll 1 of -",
    "72.5 Playback Completed 89/106",
]


def test_a_world_written_out_by_hand() -> None:
    truth = watch(EVERY_BREAK)
    rows = expected_rows(EVERY_BREAK, truth)
    assert rows == WRITTEN_OUT
    assert rows_of(run(EVERY_BREAK)[1]) == WRITTEN_OUT
    figures = expected_figures(truth, rows, 1.0)
    assert figures["content_played"] == figures["unique_seconds"] == 35.0
    assert (figures["ad_played"], figures["paused"], figures["buffering"]) == (29.0, 4.0, 3.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_world_is_drawn_anew_and_most_are_clear(kind: str) -> None:
    worlds = [draw_world(seed, kind) for seed in range(60)]
    assert worlds == [draw_world(seed, kind) for seed in range(60)]
    assert sum(is_clear(world) for world in worlds) >= 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_truth_has_no_holes(kind: str) -> None:
    """Every instant lies in one stretch, and every moment at its border."""
    for seed in range(30):
        now = 0.0
        for each in watch(draw_world(seed, kind)):
            if isinstance(each, Stretch):
                assert each.start == now < each.end
                now = each.end
            else:
                assert each.at == now
