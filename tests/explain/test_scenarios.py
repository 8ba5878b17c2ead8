"""Five simulated viewings, whose truth is known: the answers are that truth."""

import pytest

from video_tracker.explain import Explanation, RecordedSession
from video_tracker.session import Playback
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.simulator import Simulation, simulate

POLL = 1.0

ADS = (
    Scenario(length=60)
    .ads("pre", [15])
    .play()
    .watch(12)
    .pause(5)
    .seek(to=30)
    .ads("mid", [10, 8], skip=1, after=3)
    .watch_to_end()
)
STALLS = Scenario(length=40).play().watch(8).stall(3).watch(10).stall(1.5).watch(5).exit()
SEEKS = Scenario(length=90).play().watch(10).seek(to=50).watch(5).seek(to=20).watch(6).exit()
LEFT = Scenario(length=30).play().watch(28.5).exit()
PAUSES = Scenario(length=30).play().watch(5).pause(10).watch(5).pause(2).watch_to_end()

SCENARIOS = {"ads": ADS, "stalls": STALLS, "seeks": SEEKS, "left": LEFT, "pauses": PAUSES}
CASES = [(name, player) for name in SCENARIOS for player in ("signals", "html5", "hlsjs")]
CASES.remove(("ads", "html5"))  # a bare element has no ads


def explained(name: str, player: str) -> tuple[Simulation, Explanation]:
    simulation = simulate(SCENARIOS[name], player=player)
    playback = Playback(RecordedSession("s", simulation.plan))
    for signal in simulation.signals:
        playback.receive(signal)
    playback.finish()
    session = playback.session
    assert isinstance(session, RecordedSession)
    return simulation, session.explain()


@pytest.mark.parametrize(("name", "player"), CASES)
def test_the_seconds_of_each_figure_are_the_true_ones(name: str, player: str) -> None:
    """Within one interval of the player's clock."""
    simulation, explanation = explained(name, player)
    for figure, seconds in simulation.truth.seconds.items():
        assert float(explanation.figures[figure].total) == pytest.approx(seconds, abs=POLL), figure


@pytest.mark.parametrize(("name", "player"), CASES)
def test_the_parts_of_the_last_position_are_content_and_the_ads_that_were_seen(
    name: str, player: str
) -> None:
    simulation, explanation = explained(name, player)
    last, truth = explanation.events[-1].position, simulation.truth
    content = [part.seconds for part in last.parts if part.kind == "content"]
    ads = [part.seconds for part in last.parts if part.kind == "ad"]

    assert ads == pytest.approx([ad.seconds for ad in truth.ads], abs=POLL)
    where = truth.events[-1].position
    assert content == pytest.approx([where - sum(ad.seconds for ad in truth.ads)], abs=POLL)


@pytest.mark.parametrize("player", ["signals", "html5", "hlsjs"])
def test_who_leaves_a_second_and_a_half_early_is_told_so(player: str) -> None:
    """S75, S90."""
    _, explanation = explained("left", player)
    (miss,) = explanation.missing["Video Content Completed"]
    assert "left 1.5 s before the end" in miss.sentence
    assert "needs the last 1 s" in miss.sentence
    assert miss.cause is not None
    assert miss.cause.name == "exit"


@pytest.mark.parametrize("player", ["signals", "hlsjs"])
def test_the_ad_that_was_skipped_is_named_with_its_seconds(player: str) -> None:
    """S13."""
    _, explanation = explained("ads", player)
    (miss,) = explanation.missing["Video Ad Completed"]
    assert miss.sentence == (
        "mid-1 went by for 3.0 s of 10, and was skipped: a skipped ad gets no Completed (S13)."
    )


@pytest.mark.parametrize("player", ["signals", "html5", "hlsjs"])
def test_the_pauses_are_told_with_their_beginning_and_end(player: str) -> None:
    """S30."""
    simulation, explanation = explained("pauses", player)
    shares = explanation.figures["paused"].shares
    assert [float(share.seconds) for share in shares] == pytest.approx([10, 2], abs=0.1)
    opened = [share.opened.name for share in shares if share.opened is not None]
    closed = [share.closed.name for share in shares if share.closed is not None]
    assert (opened, closed) == (["pause", "pause"], ["play", "play"])
    assert simulation.truth.counts["pauses"] == 2
