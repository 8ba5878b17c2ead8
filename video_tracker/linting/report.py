"""What a run of the linter found."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import attrs

from video_tracker.linting.rule import SEVERITIES, Finding, Severity

__all__ = ["MOST_FINDINGS", "Report"]

MOST_FINDINGS: Final = 10_000
"""How many findings a report keeps; the rest are only counted."""


@attrs.define(kw_only=True)
class Report:
    """What was found, and how much was read.

    Attributes:
        kind: ``messages``, ``trace``, ``signals`` or ``plan``.
        findings: In the order of the file, at most 10,000.
        counts: How many findings each rule has, those left out too.
        severities: How many findings of each severity.
        messages: How many video messages, callbacks, signals or plans were judged.
        others: How many values were none, such as ``identify`` calls.
        sessions: How many sessions they were of.
    """

    kind: str = "messages"
    findings: list[Finding] = attrs.field(factory=list)
    counts: Counter[str] = attrs.field(factory=Counter)
    severities: Counter[Severity] = attrs.field(factory=Counter)
    messages: int = 0
    others: int = 0
    sessions: int = 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in."""
        for finding in findings:
            self.counts[finding.rule] += 1
            self.severities[finding.severity] += 1
            if len(self.findings) < MOST_FINDINGS:
                self.findings.append(finding)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.counts

    @property
    def left_out(self) -> int:
        """How many findings are counted but not kept."""
        return self.counts.total() - len(self.findings)

    def reaches(self, severity: Severity) -> bool:
        """Whether there is a finding as bad as that, or worse.

        Args:
            severity: ``error``, ``warning`` or ``note``.
        """
        worse = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(self.severities[each] for each in worse)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "kind": self.kind,
            "messages": self.messages,
            "others": self.others,
            "sessions": self.sessions,
            "counts": dict(sorted(self.counts.items())),
            "left_out": self.left_out,
            "findings": [finding.to_dict() for finding in self.findings],
        }
