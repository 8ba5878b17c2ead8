"""Test logic of your own with simulated viewings: run `python examples/simulation_in_tests.py`.

The logic here is a bill: an advertiser pays for each ad of which at least half was seen. It is held
against what is true of thirty viewings in which anything may happen.
"""

from collections.abc import Iterable

from video_tracker import Event
from video_tracker.events import AdCompleted, AdPlaying
from video_tracker.testing import simulate
from video_tracker.testing.simulator import random_scenario

HALF = 2
"""The quartile at which half of an ad was seen."""


def ads_to_bill(events: Iterable[Event]) -> set[str]:
    """The ids of the ads of which half was seen: their second quartile, or their end, was told."""
    billed: set[str] = set()
    for event in events:
        if isinstance(event, AdCompleted) or (
            isinstance(event, AdPlaying) and (event.quartile or 0) >= HALF
        ):
            billed.add(str(event.asset_id))
    return billed


def main() -> None:
    """Hold the bill against the truth, in two players' callbacks."""
    ads = 0
    for seed in range(15):
        scenario = random_scenario(seed, most=5)
        for player in ("hlsjs", "ima"):
            viewing = simulate(scenario, player, jitter=0.2, seed=seed)
            lengths = {
                ad.asset_id: ad.duration for part in viewing.plan.ad_breaks for ad in part.ads
            }
            seen = {
                ad.name for ad in viewing.truth.ads if ad.seconds >= (lengths[ad.name] or 0.0) / 2
            }
            assert ads_to_bill(viewing.events()) == seen, scenario
            ads += len(seen)
    print(f"{ads} ads were billed, and each of them rightly")


if __name__ == "__main__":
    main()
