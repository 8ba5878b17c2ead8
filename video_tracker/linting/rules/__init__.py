"""The table of rules: everything that the linter knows, by number."""

from collections.abc import Mapping
from typing import Final

from video_tracker.linting.rule import Rule
from video_tracker.linting.rules import (
    destinations,
    files,
    heartbeats,
    ids,
    order,
    positions,
    properties,
    times,
)

__all__ = ["GROUPS", "RULES"]

GROUPS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Reading": tuple(rule for rule in files.RULES if rule.id < "VT7"),
    "Order and pairs": order.RULES,
    "Properties": properties.RULES,
    "Positions and lengths": positions.RULES,
    "Ids, identity, envelope": ids.RULES,
    "Heartbeats": heartbeats.RULES,
    "Time stamps": times.RULES,
    "Traces, signal logs and plans": tuple(rule for rule in files.RULES if rule.id > "VT7"),
    "Destinations": destinations.RULES,
}
"""All rules by subject."""
RULES: Final[Mapping[str, Rule]] = {rule.id: rule for group in GROUPS.values() for rule in group}
"""All rules by id."""
