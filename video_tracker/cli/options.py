"""What the user says of a session on the command line: its plan, its settings, who watches."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.cli.files import CommandError, read_json
from video_tracker.cli.mistaken import PLAN
from video_tracker.errors import PlanError
from video_tracker.plan import SessionPlan
from video_tracker.plan_json import plan_from_json, settings_from_json
from video_tracker.trace import NOBODY, Owner

__all__ = ["PlanOptions", "parse_setting", "read_plan"]

_WHO: Final = (
    "who watches? give --user-id, or a --plan file with user_id or anonymous_id, or log lines that "
    "have one of them"
)


def parse_setting(text: str) -> tuple[str, Any]:
    """Read ``NAME=VALUE``, the value as JSON or else as plain text.

    Args:
        text: Such as ``heartbeat=5``, ``extra_events=true`` or ``ids=both``.

    Returns:
        The setting's name and its value.

    Raises:
        CommandError: There is no such setting (the message lists them), or no such value.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set {text}: NAME=VALUE is needed, such as heartbeat=5")
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        parsed = value
    try:
        settings_from_json({name: parsed})
    except PlanError as error:
        reason = str(error).removeprefix("$").removeprefix(f".{name}").lstrip()
        raise CommandError(f"--set {text}: {reason}") from error
    return name, parsed


def read_plan(name: str | None) -> Mapping[str, Any]:
    """Read and check a plan file; without one the plan is empty.

    Raises:
        CommandError: It is unreadable or wrong: a line for each fault, with its path.
    """
    if name is None:
        return {}
    value = read_json(name, PLAN)
    try:
        plan_from_json(value)
    except PlanError as error:
        faults = [f"{name}: {line}" for line in str(error).splitlines()]
        raise CommandError("\n".join(faults)) from error
    checked: Mapping[str, Any] = value
    return checked


@attrs.frozen(kw_only=True)
class PlanOptions:
    """A plan file and what the command line puts over it.

    Args:
        plan: The checked plan file, as JSON.
        user_id: Who watches; wins over the log's and the plan's.
        settings: Settings that win over the plan's.
        anybody: Who watches where nobody is named and nothing is sent; None makes that a fault.
    """

    plan: Mapping[str, Any] = attrs.field(factory=dict)
    user_id: str | None = None
    settings: Mapping[str, Any] = attrs.field(factory=dict)
    anybody: str | None = None

    @classmethod
    def of(
        cls,
        plan_file: str | None,
        user_id: str | None,
        settings: Iterable[tuple[str, Any]],
        *,
        anybody: str | None = None,
    ) -> "PlanOptions":
        """Read the plan file.

        Raises:
            CommandError: The plan file is wrong.
        """
        plan = read_plan(plan_file)
        return cls(plan=plan, user_id=user_id, settings=dict(settings), anybody=anybody)

    def session_plan(
        self, defaults: Mapping[str, object], player: str | None, viewer: Owner = NOBODY
    ) -> SessionPlan:
        """Join everything into the plan of one session.

        Args:
            defaults: The player adapter's settings: under the plan's, which are under the
                command line's.
            player: The player's name, unless the plan names one.
            viewer: Who watches by the log; stands in place of the plan's whole identity.

        Raises:
            PlanError: Nobody is named (S50), or an adapter's own settings are wrong.
        """
        joined = {
            **({} if player is None else {"video_player": player}),
            **self.plan,
            "settings": {**defaults, **self.plan.get("settings", {}), **self.settings},
        }
        if viewer != NOBODY:
            joined |= {"user_id": viewer.user_id, "anonymous_id": viewer.anonymous_id}
        if self.user_id is not None:
            joined["user_id"] = self.user_id
        if not (joined.get("user_id") or joined.get("anonymous_id")):
            if self.anybody is None:
                raise PlanError(_WHO)
            joined["user_id"] = self.anybody
        return plan_from_json(joined)
