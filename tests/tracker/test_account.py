"""The account: every event is counted, under a reason where it did not arrive (S55)."""

import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.testing.clock import ManualClock
from video_tracker.tracker.account import Account, LimitedLog, Stats


def balanced(stats: Stats) -> bool:
    settled = stats.delivered + stats.refused + stats.failed + stats.undeliverable
    return stats.made == settled + stats.pending and stats.pending >= 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["admit", "delivered", "refused", "failed", "undeliverable", "close"]),
        st.integers(1, 9),
    )
)


@given(STEPS)
def test_it_balances_at_every_instant(steps: list[tuple[str, int]]) -> None:
    account = Account()
    for step, events in steps:
        if step == "admit":
            account.admit(events)
        elif step == "close":
            account.close()
        elif account.stats(0).pending >= events:
            account.settle(step, events, None if step == "delivered" else "why")
        stats = account.stats(0)
        assert balanced(stats)
        lost = stats.refused + stats.failed + stats.undeliverable
        assert sum(stats.reasons.values()) == lost


def test_what_comes_after_the_close_is_undeliverable() -> None:
    account = Account()
    assert account.admit(2)
    assert account.close()
    assert not account.close()
    assert not account.admit(3)
    stats = account.stats(0)
    assert (stats.made, stats.pending, stats.undeliverable) == (5, 2, 3)
    assert stats.reasons == {"closed": 3}


def test_waiting_ends_when_nothing_is_pending() -> None:
    account = Account()
    account.admit(1)
    assert not account.wait_settled(0.0)
    settler = threading.Timer(0.01, account.settle, ("delivered", 1))
    settler.start()
    assert account.wait_settled(30.0)
    settler.join()


def test_reasons_made_up_without_end_do_not_grow_it() -> None:
    account = Account()
    account.admit(1000)
    for number in range(1000):
        account.settle("refused", 1, f"reason {number}")
    reasons = account.stats(0).reasons
    assert len(reasons) == 101
    assert reasons["other"] == 900


def test_a_kind_of_trouble_is_logged_once_in_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    log = LimitedLog(clock, logging.getLogger("test"))
    for _ in range(5):
        log.tell("network", "it failed")
    log.tell("disk", "it is full")
    clock.advance(30)
    log.tell("network", "it failed")
    assert [record.getMessage() for record in caplog.records] == [
        "it failed",
        "it is full",
        "it failed (and 4 more of this kind since the last line)",
    ]


def test_kinds_made_up_without_end_are_one_kind(caplog: pytest.LogCaptureFixture) -> None:
    log = LimitedLog(ManualClock(), logging.getLogger("test"))
    for number in range(1000):
        log.tell(f"kind {number}", "trouble")
    assert len(caplog.records) == 101
