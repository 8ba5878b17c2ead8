"""Whose a length, a break or a clock is when one content follows another (S11, S12, S78, S80)."""

import pytest

from video_tracker.events import AdStarted
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.session import Session

T0 = 1_800_000_000.0
TWO = (Content(asset_id="one", duration=20), Content(asset_id="two", duration=20))


def watched(session: Session, seconds: int) -> Session:
    session.play(T0, 0.0)
    session.playing(T0, 0.0)
    for second in range(1, seconds + 1):
        session.progress(T0 + second, float(second))
    return session


def after_the_first(breaks: tuple[AdBreak, ...], late: SessionPlan | None = None) -> Session:
    """The first content has ended, and a break begins that nobody names."""
    session = Session("s", SessionPlan(user_id="u", contents=TWO, ad_breaks=breaks))
    if late is not None:
        session.load(T0, plan=late)
    watched(session, 20)
    session.content_end(T0 + 20)
    session.ad_break_start(T0 + 20.1)
    return session


def started(session: Session, *said: object, **values: object) -> list[tuple[str, str, str]]:
    events = session.ad_start(T0 + 20.2, *said, **values)  # type: ignore[arg-type]
    return [
        (event.ad_type, event.pod_id, event.asset_id)
        for event in events
        if isinstance(event, AdStarted)
    ]


@pytest.mark.parametrize("told", [(Ad(duration=10.0), None), (None, 10.0)])
def test_an_ads_length_says_whose_it_is_however_it_is_told(
    told: tuple[Ad | None, float | None],
) -> None:
    """S11, S12: the next content's pre-roll lasts 30 s, so an ad of 10 s is none of it."""
    pre_roll = AdBreak(at="start", content_asset_id="two", ads=(Ad(duration=30.0),))
    session = after_the_first((pre_roll,))

    assert started(session, told[0], duration=told[1]) == [("post-roll", "ad-2", "ad-2-1")]


def test_an_ad_of_the_next_contents_pre_roll_is_in_that_and_in_no_other_break_of_it() -> None:
    """S11: also where the plan knew another break of that content before."""
    mid_roll = AdBreak(at=10.0, content_asset_id="two", ads=(Ad(asset_id="m", duration=30.0),))
    pre_roll = AdBreak(at="start", content_asset_id="two", ads=(Ad(asset_id="p", duration=5.0),))
    late = SessionPlan(user_id="u", contents=TWO, ad_breaks=(pre_roll,))
    session = after_the_first((mid_roll,), late)

    assert started(session, "p") == [("pre-roll", "ad-2", "p")]


def test_an_ad_in_a_livestream_has_a_length_or_none_but_no_clock() -> None:
    """S78: what is too long for a length is left out; a livestream's clock is not the ad's."""
    live = Content(asset_id="news", livestream=True)
    session = watched(Session("s", SessionPlan(user_id="u", contents=(live,))), 2)

    events = session.ad_start(T0 + 3, "spot", None, T0)

    assert [event.name for event in events] == ["Video Content Completed", "Video Ad Started"]
    assert session.diagnostics["invalid_value"] == 1
    assert "internal_fault" not in session.diagnostics


def test_whose_positions_are_told_is_known_of_an_item_that_was_loaded_ahead() -> None:
    """S78, S92: after `positions="content"` no range makes the session convert once more."""
    session = watched(Session("s", SessionPlan(user_id="u", contents=(TWO[0],))), 2)
    session.load(T0 + 2, next_item=True, content=TWO[1], positions="content")
    session.content_end(T0 + 3, 20.0)
    session.content_start(T0 + 4, "two", 0.0)

    assert session.ad_ranges(T0 + 4, ()) == ()
    assert session.diagnostics["content_positions"] == 1
