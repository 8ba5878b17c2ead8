"""The servers of stores, each by an address as a service is given one."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from redis import Redis

from tests.stores.postgres_server import postgres_server
from tests.stores.redis_server import RedisServer

__all__ = ["SERVERS", "end_leases", "served_by"]

SERVERS = ("redis", "postgresql")


@contextlib.contextmanager
def served_by(server: str, folder: Path) -> Iterator[str]:
    """A running server; its address."""
    if server == "postgresql":
        with postgres_server() as postgres:
            folder = Path(postgres.conninfo.partition("host=")[2].partition(" ")[0])
            yield f"postgresql:///postgres?host={quote(str(folder), safe='')}&user=tests"
        return
    redis = RedisServer(folder).start()
    try:
        yield redis.address
    finally:
        redis.stop()


def end_leases(address: str) -> None:
    """Let the time be over for which whoever was killed still has the partitions."""
    if address.startswith("redis"):
        with contextlib.closing(Redis.from_url(address)) as client:
            for name in client.scan_iter("*:lease:*"):
                client.hset(name, "until", 0)
    else:
        with psycopg.connect(address) as client:
            client.execute("UPDATE video_tracker.leases SET until = '-infinity'")
