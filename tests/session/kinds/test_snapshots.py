"""A session that is written down and read again goes on as if nothing had happened."""

import pytest

from tests.session.kinds.logs import LOGS, Log, play, play_restored


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_a_snapshot_after_every_signal_changes_nothing(log: Log) -> None:
    """S50: the same bytes, the same figures, the same reasons."""
    ((_, run),) = play_restored(log, at_every=True)

    assert run == play(log)


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_a_snapshot_after_any_signal_changes_nothing(log: Log) -> None:
    """S50: each place is tried by itself."""
    whole = play(log)
    for number, run in play_restored(log, at_every=False):
        assert run == whole, f"after signal {number}"
