"""A player that speaks rarely: its progress takes the short way, and says what the long one says.

The long way is taken by telling the same times as ``datetime``: a session reads them alike (S64),
but only plain numbers are short.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from video_tracker import AdBreak, Content, Session, SessionPlan, Settings
from video_tracker.plan import Ad

START = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
PLAN = SessionPlan(
    contents=[Content(asset_id="film", duration=600.0), Content(asset_id="next", duration=60.0)],
    ad_breaks=[
        AdBreak(at=200.0, ads=[Ad(duration=15.0)]),
        AdBreak(at="end", ads=[Ad(duration=5.0)]),
    ],
)

steps = st.lists(
    st.tuples(
        st.sampled_from((0.25, 1.0, 1.9, 2.1, 2.5, 4.0, 5.0, 10.0, 29.0, 31.0, 301.0)),
        st.sampled_from((0.0, 0.0, 0.0, 0.4, 0.6, -0.4, -0.9, -1.1, -2.4, 3.0)),
        st.sampled_from(("progress",) * 8 + ("pause", "playing", "tick", "buffer_start", "end")),
    ),
    min_size=2,
    max_size=25,
)


def told(session: Session, name: str, at: Any, position: float) -> tuple[Any, ...]:
    if name == "tick":
        return session.tick(at)
    return getattr(session, name)(at, position)  # type: ignore[no-any-return]


@given(
    steps,
    st.sampled_from((0.25, 0.5, 1.0, 1.5, 3.0)),
    st.sampled_from((None, 30.0, 1.5)),
    st.sampled_from((10.0, 3.0, None)),
    st.sampled_from((0.0, 190.0, 560.0)),
)
def test_both_ways_say_the_same(
    walk: list[tuple[float, float, str]],
    rate: float,
    patience: float | None,
    heartbeat: float | None,
    begins: float,
) -> None:
    """S63, S65, S42: events, figures and what falls due next are those of the long way."""
    settings = Settings(idle_timeout=patience, heartbeat=heartbeat)
    short, long = (
        Session("v", PLAN, user_id="u", settings=settings, strict=False) for _ in range(2)
    )
    moment, position = START, begins
    for each, at in ((short, moment.timestamp()), (long, moment)):
        each.update(at, playback_rate=rate)
        each.playing(at, position)
    for passed, drift, name in walk:
        moment += timedelta(seconds=passed)
        position = max(position + passed * rate + drift, 0.0)
        said = told(short, name, moment.timestamp(), position)
        assert said == told(long, name, moment, position)
        assert short.summary() == long.summary()
        assert short.wake_at() == long.wake_at()
        assert short.position_now() == long.position_now()
        assert short.diagnostics == long.diagnostics
