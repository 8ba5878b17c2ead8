"""Who is live follows from the sessions: from their beginning to their end or their silence."""

from collections.abc import Sequence

import pytest

from video_tracker.keyed import Opening
from video_tracker.plan import Content, SessionPlan
from video_tracker.signals import ContentStart, Exit, Pause, Play, Playing, Progress, Signal
from video_tracker.stores import MemoryStore, SharedSessions
from video_tracker.stores.presence import Presence

T0 = 1_795_432_200.0


class Town:
    """A store with viewers who say things, and whose time passes."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.sessions = SharedSessions(store, self.opening, presence=True)
        self.presence = Presence(store)

    @staticmethod
    def opening(key: str) -> Opening:
        account, film, _ = key.split("/")
        plan = SessionPlan(contents=[Content(asset_id=film, duration=600.0)])
        return Opening(plan=plan, user_id=f"user-{account}", labels=(f"account:{account}",))

    def hears(self, key: str, *said: Signal) -> None:
        self.sessions.feed({key: said})

    def waits_until(self, now: float) -> None:
        while self.sessions.wake(now):
            pass

    def begins(self, *keys: str) -> None:
        for key in keys:
            self.hears(key, Play(T0), Playing(T0 + 0.5, 0.0), Progress(T0 + 1.5, 1.0))


@pytest.fixture
def town() -> Town:
    return Town()


def test_who_begins_counts_under_his_asset_his_name_and_his_labels(town: Town) -> None:
    town.begins("1/film/a", "1/film/b", "2/news/c")
    now = T0 + 2

    assert town.presence.sessions("asset:film", now) == ["1/film/a", "1/film/b"]
    assert town.presence.count("asset:news", now) == 1
    assert town.presence.count("viewer:user-1", now) == 2
    assert town.presence.sessions("account:2", now) == ["2/news/c"]


def test_who_only_loaded_the_page_does_not_count(town: Town) -> None:
    town.hears("1/film/a", Progress(T0, 0.0))

    assert town.presence.count("asset:film", T0) == 0


@pytest.mark.parametrize(
    "last",
    [
        pytest.param([Exit(T0 + 10, 9.0)], id="leaves"),
        pytest.param(
            [Progress(T0 + 1.5 + n, 1.0 + n) for n in range(1, 599)] + [Exit(T0 + 600.4, 599.9)],
            id="has seen it all",
        ),
    ],
)
def test_who_leaves_counts_no_more(town: Town, last: Sequence[Signal]) -> None:
    town.begins("1/film/a", "1/film/b")
    town.hears("1/film/a", *last)

    assert town.presence.sessions("asset:film", T0 + 2) == ["1/film/b"]
    assert town.presence.count("account:1", T0 + 2) == 1


def test_who_falls_silent_counts_until_his_silence_is_told(town: Town) -> None:
    """S26: five minutes while playing."""
    town.begins("1/film/a")
    town.waits_until(T0 + 301.0)
    assert town.presence.count("asset:film", T0 + 301.0) == 1
    town.waits_until(T0 + 302.0)
    assert town.presence.count("asset:film", T0 + 302.0) == 0


def test_a_pause_is_no_silence(town: Town) -> None:
    town.begins("1/film/a")
    town.hears("1/film/a", Pause(T0 + 10, 9.5))
    town.waits_until(T0 + 1700.0)

    assert town.presence.count("asset:film", T0 + 1700.0) == 1


def test_where_nobody_looks_after_the_store_who_said_no_more_fades(town: Town) -> None:
    town.begins("1/film/a")

    assert town.presence.count("asset:film", T0 + 360.0) == 1
    assert town.presence.count("asset:film", T0 + 362.0) == 0


def test_who_goes_on_to_another_asset_counts_there_alone(town: Town) -> None:
    town.begins("1/film/a")
    town.hears(
        "1/film/a",
        ContentStart(T0 + 20, Content(asset_id="trailer", duration=60.0), 0.0),
        Playing(T0 + 20.5, 0.0),
        Progress(T0 + 21.5, 1.0),
    )

    assert town.presence.count("asset:film", T0 + 22) == 0
    assert town.presence.sessions("asset:trailer", T0 + 22) == ["1/film/a"]


def test_the_fourth_stream_of_an_account_is_refused_until_one_ends(town: Town) -> None:
    ask = town.presence.grant
    keys = [f"1/film/{name}" for name in "abcd"]

    assert [ask("account:1", key, 3, T0) for key in keys] == [True, True, True, False]
    town.begins(*keys[:3])
    town.hears(keys[0], Progress(T0 + 100.0, 99.5))
    town.hears(keys[1], Progress(T0 + 100.0, 99.5))
    town.hears(keys[2], Exit(T0 + 100.0, 99.0))
    assert ask("account:1", keys[3], 3, T0 + 100.0)
    assert not ask("account:1", "1/film/e", 3, T0 + 100.0)
    assert ask("account:1", keys[0], 3, T0 + 100.0)  # a page that was loaded anew
    assert ask("account:2", "2/film/a", 3, T0 + 100.0)


def test_a_stream_that_falls_silent_is_freed(town: Town) -> None:
    assert town.presence.grant("account:1", "1/film/a", 1, T0)
    town.begins("1/film/a")
    town.waits_until(T0 + 250.0)
    assert not town.presence.grant("account:1", "1/film/b", 1, T0 + 250.0)
    town.waits_until(T0 + 302.0)
    assert town.presence.grant("account:1", "1/film/b", 1, T0 + 302.0)


def test_a_stream_that_never_begins_is_freed_after_a_minute_or_by_hand(town: Town) -> None:
    ask = town.presence.grant

    assert ask("account:1", "1/film/a", 1, T0)
    assert not ask("account:1", "1/film/b", 1, T0 + 59.9)
    assert ask("account:1", "1/film/b", 1, T0 + 60.0)
    town.presence.free("account:1", "1/film/b")
    assert ask("account:1", "1/film/c", 1, T0 + 60.0)
