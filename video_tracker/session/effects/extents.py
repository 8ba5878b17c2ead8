"""How long something is, as playing proves it (S80)."""

import attrs

from video_tracker.session.data.reasons import IGNORE
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import NEAR, NEVER, SHORTEST_SLACK


def unsaid_slack(length: float | None) -> float:
    """The end tolerance where nobody says that it ended: 1 s, less for short things (S90)."""
    return NEAR if length is None else min(NEAR, max(length / 10, SHORTEST_SLACK))


def said_slack(length: float | None) -> float:
    """The end tolerance where the player says that it ended (S72, S90)."""
    return NEAR if length is None else min(NEAR, length / 4)


def set_duration(s: State, seconds: float | None) -> None:
    """The current content's length from now on; None: nobody knows it."""
    s.duration = seconds
    s.timeline = s.timeline.with_asset(s.asset_index, attrs.evolve(s.asset, duration=seconds))


def yield_to_play(s: State, at: float, name: str) -> None:
    """What plays more than a second beyond its known end has another length: unknown again."""
    if s.duration is not None and s.position > s.duration + NEAR and not s.live:
        s.note(at, name, IGNORE, "length_disproved")
        set_duration(s, None)
        s.length_disproved = True
    ad = s.ad
    if ad is not None and ad.ad.duration is not None and ad.position > ad.ad.duration + NEAR:
        s.note(at, name, IGNORE, "length_disproved")
        ad.ad = attrs.evolve(ad.ad, duration=None)
        ad.quartile_due = NEVER
        s.ad_disproved = True
        s.timeline = s.timeline.with_break(s.ad_break.with_ad(ad.place, ad.ad))


def end_is_length(s: State) -> None:
    """An explicit end that stands makes its place the length, if one had ever been told."""
    if (s.duration is not None or s.length_disproved) and s.position > 0:
        set_duration(s, s.position)
        s.length_disproved = False
