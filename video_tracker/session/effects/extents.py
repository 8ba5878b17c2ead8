"""How long something is, as playing proves it (S80)."""

import attrs

from video_tracker.session.data.reasons import IGNORE
from video_tracker.session.data.state import State
from video_tracker.session.data.tolerances import NEAR, NEVER


def set_duration(s: State, seconds: float | None) -> None:
    """The current content's length from now on; None: nobody knows it."""
    s.duration = seconds
    s.timeline = s.timeline.with_asset(s.asset_index, attrs.evolve(s.asset, duration=seconds))


def yield_to_play(s: State, at: float, name: str) -> None:
    """What plays more than a second beyond its known end has another length: unknown again."""
    if s.duration is not None and s.position > s.duration + NEAR and not s.live:
        s.note(at, name, IGNORE, "length_disproved")
        set_duration(s, None)
    ad = s.ad
    if ad is not None and ad.ad.duration is not None and ad.position > ad.ad.duration + NEAR:
        s.note(at, name, IGNORE, "length_disproved")
        ad.ad = attrs.evolve(ad.ad, duration=None)
        ad.quartile_due = NEVER
        s.timeline = s.timeline.with_break(s.ad_break.with_ad(ad.place, ad.ad))


def end_is_length(s: State) -> None:
    """An explicit end that stands makes its place the length."""
    if s.duration is not None and s.position > 0:
        set_duration(s, s.position)
