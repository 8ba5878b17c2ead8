"""A store by its address, as a service is given one."""

from video_tracker.errors import PolicyError
from video_tracker.stores.base import Store

__all__ = ["store_at"]


def store_at(address: str) -> Store:
    """The store at an address; the tables of one in PostgreSQL are made where they are missing.

    Args:
        address: ``redis://...``, ``rediss://...`` or ``unix://...`` (extra ``redis``);
            ``postgresql://...`` or ``postgres://...`` (extra ``postgres``).

    Raises:
        PolicyError: There is no such kind of store.
        ImportError: What it needs is not installed.
        StoreError: Tables are missing and cannot be made.
    """
    scheme, colon, _ = address.partition(":")
    if colon and scheme in ("redis", "rediss", "unix"):
        from video_tracker.stores.redis import RedisStore  # noqa: PLC0415 - only who has one

        return RedisStore(address)
    if colon and scheme in ("postgresql", "postgres"):
        from video_tracker.stores.postgres import PostgresStore  # noqa: PLC0415 - likewise

        store = PostgresStore(address)
        store.create_tables()
        return store
    # Of what is no address nothing is told: it may be a password.
    other = f"{scheme}:..." if colon and scheme.isalpha() else "what was given"
    raise PolicyError(f"a store's address is redis://... or postgresql://..., not {other}")
