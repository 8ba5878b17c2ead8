"""The store in PostgreSQL, before a real server: whoever is killed, each message goes out once."""

import itertools
from collections.abc import Iterator

import pytest

pytest.importorskip("psycopg", reason="needs video-tracker[postgres]")

from tests.stores.postgres_server import PostgresServer, postgres_server
from video_tracker.stores import Store
from video_tracker.stores.postgres import PostgresStore
from video_tracker.testing.stores import StoreConformance

SCHEMAS = (f"tables_{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as started:
        yield started


@pytest.fixture
def store(server: PostgresServer) -> Iterator[PostgresStore]:
    made = PostgresStore(server.conninfo, schema=next(SCHEMAS), partitions=4)
    made.create_tables()
    yield made
    made.close()


class TestPostgresStore(StoreConformance):
    @pytest.fixture(autouse=True)
    def _new(self, store: PostgresStore) -> None:
        self._store = store

    def store(self) -> Store:
        return self._store
