"""The ``properties`` of any event with any values, as a dict that is made row by row.

A property whose value is not known is left out; ``null`` is sent only where a rule says so.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, Event
from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.plan import EMPTY, Content
from video_tracker.wire.table import ABSENT, LIVE, Block, Property, Table, block_of

__all__ = ["build", "known"]

Properties = dict[str, Any]


def build(table: Table, event: Event, envelope: Envelope, repairs: Repairs) -> Properties:
    """Return the properties of ``event`` as a profile's table has them, custom ones too (S51).

    Raises:
        EncodingError: It is none of the library's events, or holds too many custom values.
    """
    block = block_of(table, type(event))
    if block is None:
        raise EncodingError("unencodable", f"{type(event).__name__} is no event of the library")
    return _object(block, event, envelope, repairs, "properties", event.properties)


def _object(
    block: Block,
    event: Any,
    envelope: Envelope,
    repairs: Repairs,
    path: str,
    told: Mapping[str, Any] = EMPTY,
) -> Properties:
    """Write a block; ``told`` are the custom properties that are not its asset's."""
    nulls = (ABSENT,) if envelope.absent == "null" else ()
    if block.livestream is not None and block.livestream.read(event):
        nulls = (*nulls, LIVE)
    derived = known(block.rows, event, repairs, path, nulls)
    row = block.inner
    if row is not None and row.block is not None and row.read(event) is not None:
        said = event if event.content is not None else attrs.evolve(event, content=Content())
        derived[row.name] = _object(row.block, said, envelope, repairs, f"{path}.{row.name}")
    own = getattr(event, block.asset).properties if block.asset else EMPTY
    if not told and not own:
        return derived
    of_asset = clean_mapping(own, path, repairs)
    custom = {**clean_mapping(told, path, repairs), **of_asset}  # the asset's go over the others
    return {**derived, **custom} if envelope.custom_overrides else {**custom, **derived}


def known(
    rows: Iterable[Property],
    event: Any,
    repairs: Repairs,
    path: str = "",
    nulls: tuple[str, ...] = (),
) -> Properties:
    """Return what is known of some properties, as it is sent; objects aside.

    Args:
        rows: The properties.
        event: What holds their values.
        repairs: Takes what cannot be used.
        path: Where they stand in the message.
        nulls: Why some are null: ``ABSENT``, ``LIVE``.
    """
    found: Properties = {}
    for row in rows:
        value = row.read(event)
        if row.null in nulls and (value is None or row.null == LIVE):
            found[row.name] = None
        elif value is not None and row.block is None:
            write, name = row.kind.write, row.name
            written = value if write is None else write(value)
            if written is not None:
                found[name] = written
            elif row.kind.repair:
                repairs.append((f"{path}.{name}", row.kind.repair))
    return found
