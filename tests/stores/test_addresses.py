"""A store by its address."""

import contextlib
from pathlib import Path

import pytest

from tests.stores.addresses import SERVERS, served_by
from video_tracker.errors import PolicyError, StoreError
from video_tracker.stores import Change, store_at


@pytest.mark.parametrize("server", SERVERS)
def test_two_workers_with_one_address_have_the_same_viewers(server: str, tmp_path: Path) -> None:
    with (
        served_by(server, tmp_path) as address,
        contextlib.closing(store_at(address)) as one,
        contextlib.closing(store_at(address)) as other,
    ):
        assert one.save([Change("s1", 0, b"snapshot", 5.0)]) == [True]
        (stored,) = other.load(["s1"])
        assert stored is not None
        assert stored.snapshot == b"snapshot"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://u:secret@db/x", "mysql:..."),
        ("", "what was given"),
        ("redis", "what was given"),
        ("secret", "what was given"),
        ("se-cret:redis", "what was given"),
        ("host=db password=secret:x", "what was given"),
    ],
)
def test_what_is_no_address_of_a_store_is_refused_and_not_repeated(address: str, told: str) -> None:
    with pytest.raises(PolicyError) as refused:
        store_at(address)
    assert str(refused.value).endswith(f"redis://... or postgresql://..., not {told}")
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_a_store_error_and_no_other(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        store_at(f"postgresql:///postgres?host={tmp_path}&user=tests")
