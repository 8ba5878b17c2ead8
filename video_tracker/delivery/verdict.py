"""An outcome read against the group it answers: who arrived, who is dead, who goes again. Pure."""

from typing import Any, Final

import attrs

from video_tracker.delivery.group import Group
from video_tracker.delivery.outcome import Refused, TryLater, settle
from video_tracker.delivery.policy import SETUP_FAULTS
from video_tracker.record import Record

__all__ = ["Verdict", "read_verdict"]

_NOBODY_KNOWS: Final = "no_outcome"
"""A transport that gave no answer may have delivered: it is not asked again."""


@attrs.define
class Verdict:
    """What an outcome means for each record of a group; each is in one of the three lists.

    Args:
        delivered: Arrived.
        refused: Refused by name, or alone.
        kept: To be sent again, in order.
        times: When each of ``kept`` was put.
        blame: Somebody among ``kept`` was refused, and it is not known who.
        later: Somebody among ``kept`` is to be tried later.
        fault: The configuration was refused.
        after: Seconds that the destination asked for, the most of them.
    """

    delivered: list[Record] = attrs.field(factory=list)
    refused: list[tuple[Record, Refused]] = attrs.field(factory=list)
    kept: list[Record] = attrs.field(factory=list)
    times: list[float] = attrs.field(factory=list)
    blame: Refused | None = None
    later: TryLater | None = None
    fault: Refused | None = None
    after: float | None = None

    @property
    def trouble(self) -> TryLater | Refused | None:
        """The word that matters most."""
        named = self.refused[0][1] if self.refused else None
        return self.fault or self.later or self.blame or named

    @property
    def reason(self) -> str | None:
        """Its reason."""
        return None if self.trouble is None else self.trouble.reason

    @property
    def detail(self) -> str:
        """Its detail."""
        return "" if self.trouble is None else self.trouble.detail

    def take_older_than(self, horizon: float) -> list[Record]:
        """Take those out of ``kept`` that were put before ``horizon``."""
        pairs = list(zip(self.kept, self.times, strict=True))
        young = [(record, time) for record, time in pairs if time >= horizon]
        self.kept = [record for record, _ in young]
        self.times = [time for _, time in young]
        return [record for record, time in pairs if time < horizon]


def read_verdict(group: Group, outcome: Any) -> Verdict:
    """Read an outcome.

    Args:
        group: What was sent.
        outcome: Whatever the transport returned.
    """
    settled = settle(group.records, outcome)
    parts: dict[str, TryLater | Refused] = {}
    parts.update((record.message_id, part) for record, part in settled.later)
    parts.update((record.message_id, part) for record, part in settled.refused)
    verdict = Verdict()
    for record, time in zip(group.records, group.times, strict=True):
        said = parts.get(record.message_id)
        if said is None:
            verdict.delivered.append(record)
        elif isinstance(said, Refused) and _is_final(said, group):
            verdict.refused.append((record, said))
        else:
            verdict.kept.append(record)
            verdict.times.append(time)
            _note(verdict, said)
    if verdict.blame is not None and len(verdict.kept) == 1:
        # Its companions are accounted for, so it is known who is meant.
        verdict.refused.append((verdict.kept.pop(), verdict.blame))
        verdict.times.clear()
        verdict.blame = None
    return verdict


def _is_final(said: Refused, group: Group) -> bool:
    if said.reason in SETUP_FAULTS:
        return False
    by_name = said.which is not None and not said.together
    return by_name or len(group.records) == 1 or said.reason == _NOBODY_KNOWS


def _note(verdict: Verdict, said: TryLater | Refused) -> None:
    if isinstance(said, TryLater):
        verdict.later = verdict.later or said
        if said.after is not None:
            verdict.after = max(said.after, verdict.after or 0.0)
    elif said.reason in SETUP_FAULTS:
        verdict.fault = verdict.fault or said
    else:
        verdict.blame = verdict.blame or said
