"""The service's settings, from the environment."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import attrs

from collector.addresses import Networks, networks
from video_tracker.ingest import Limits

__all__ = ["Settings"]

_BATCH: Final = Limits()


@attrs.frozen(kw_only=True)
class Settings:
    """What an operator decides; every field has an environment variable or a safe default.

    Args:
        key: ``COLLECTOR_KEY``: the API key of the Customer.io source.
        region: ``COLLECTOR_REGION``: ``us`` or ``eu``.
        destination: ``COLLECTOR_DESTINATION``: another host in place of the region's.
        local_sink: ``COLLECTOR_LOCAL_SINK=1``: keep messages here and show them; send nothing.
        spool_dir: ``COLLECTOR_SPOOL_DIR``: a directory in which events outlive the process.
        queue_bytes: How much may wait for Customer.io, in the spool or else in memory.
        workers_dir: ``COLLECTOR_WORKERS_DIR``: a directory, the same for all workers of this
            machine, by which each passes on what belongs to another. Without it there is one.
        store: ``COLLECTOR_STORE``: where the sessions are (``redis://...``, ``postgresql://...``);
            then any number of workers, on any number of machines, serve all of them.
        proxies: ``COLLECTOR_PROXIES``: networks of proxies in front, separated by commas, whose
            ``X-Forwarded-For`` or ``Forwarded`` is believed.
        origins: ``COLLECTOR_ORIGINS``: sites whose pages may post, separated by commas.
        secret: ``COLLECTOR_SECRET``: signs tokens. Without it one is made at the start, and the
            tokens of an earlier process are worth nothing.
        libraries: A ``node_modules`` folder with players for the demonstration page.
        token_seconds: How long a token is good for: longer than anyone watches.
        start_seconds: How soon after its token was given a session must begin.
        max_sessions: Viewers at a time.
        idle_seconds: Silence after which a session may have to make room for another one.
        over_seconds: Silence after which a session that is over is let go of.
        reorder_seconds: How long a beacon waits for those before it (S68).
        body_bytes: The largest body; browsers send 64 KiB at page hide.
        body_seconds: How long a body may take to arrive.
        address_sessions: How many of the viewers may be of one address (IPv6: one /64).
        address_rate, address_burst: Requests a second from one address, and at once.
        token_rate, token_burst: The same with one token.
        batch: What a batch of beacons may hold.
    """

    key: str = ""
    region: Literal["us", "eu"] = "us"
    destination: str | None = None
    local_sink: bool = False
    spool_dir: Path | None = None
    queue_bytes: int = 256 * 1024 * 1024
    workers_dir: Path | None = None
    store: str | None = None
    proxies: Networks = ()
    origins: frozenset[str] = frozenset()
    secret: bytes = attrs.field(factory=lambda: secrets.token_bytes(32), repr=False)
    libraries: Path = Path(__file__).parent / "node_modules"
    token_seconds: float = 6 * 3600.0
    start_seconds: float = 120.0
    max_sessions: int = 20_000
    idle_seconds: float = 300.0
    over_seconds: float = 120.0
    reorder_seconds: float = 5.0
    body_bytes: int = 66_000
    body_seconds: float = 10.0
    address_sessions: int = 200
    address_rate: float = 50.0
    address_burst: float = 500.0
    token_rate: float = 5.0
    token_burst: float = 30.0
    batch: Limits = _BATCH

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment.

        Raises:
            ValueError: A variable cannot be used; the message names it.
        """
        said = {
            name.removeprefix("COLLECTOR_").lower(): value
            for name, value in environment.items()
            if name.startswith("COLLECTOR_") and value
        }
        region = said.get("region", "us")
        if region not in ("us", "eu"):
            raise ValueError(f"COLLECTOR_REGION must be us or eu, not {region!r}")
        secret = said.get("secret", "").encode()
        if 0 < len(secret) < 32:
            raise ValueError("COLLECTOR_SECRET must be 32 bytes or longer")
        if {"workers_dir", "store"} & said.keys() and not secret:
            raise ValueError("COLLECTOR_SECRET is missing: workers have one together")
        for name in ("workers_dir", "spool_dir"):
            if "store" in said and name in said:
                raise ValueError(f"COLLECTOR_{name.upper()} has no use: COLLECTOR_STORE is set")
        try:
            proxies = networks(said.get("proxies", ""))
        except ValueError as error:
            raise ValueError(f"COLLECTOR_PROXIES: {error}") from error
        local_sink = said.get("local_sink") == "1"
        if not local_sink and not said.get("key"):
            raise ValueError("COLLECTOR_KEY is missing (or set COLLECTOR_LOCAL_SINK=1)")
        origins = said.get("origins", "http://127.0.0.1:8000,http://localhost:8000")
        return cls(
            key=said.get("key", ""),
            region="eu" if region == "eu" else "us",
            destination=said.get("destination"),
            local_sink=local_sink,
            spool_dir=Path(said["spool_dir"]) if "spool_dir" in said else None,
            workers_dir=Path(said["workers_dir"]) if "workers_dir" in said else None,
            store=said.get("store"),
            proxies=proxies,
            origins=frozenset(origin.strip().rstrip("/") for origin in origins.split(",")),
            secret=secret or secrets.token_bytes(32),
        )
