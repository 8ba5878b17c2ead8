"""A rule of the linter, and a finding of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

if TYPE_CHECKING:
    from video_tracker.linting.message import Message
    from video_tracker.linting.seen import Seen

__all__ = ["SEVERITIES", "AfterCheck", "EachCheck", "Finding", "Rule", "Severity", "nothing"]

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""From the worst on."""

EachCheck = Callable[["Seen", "Message"], Iterable[str]]
AfterCheck = Callable[["Seen", "Message | None"], Iterable[str]]


def nothing(_seen: "Seen", _message: Any) -> Iterable[str]:
    """Find nothing: for the half of a rule that it does not have."""
    return ()


@attrs.frozen(eq=False)
class Rule:
    """A row of the table of rules.

    Args:
        id: ``VT101``; it never changes its meaning.
        severity: ``error``: figures or messages are lost. ``warning``: figures are wrong or
            doubtful. ``note``: worth knowing.
        finds: What it finds, as a sentence.
        why: Why that matters.
        do: What to do about it.
        source: Where it is written: a rule of the semantics (``S21``), or the vendor's document.
        each: Holds one message against what came before it; a text for each finding.
        after: Holds the message before (``seen.previous``) against the one that follows it; None
            follows at the end of the session.
        codes: The faults of order, or the violations of the schema, that it reports.
        effects: Of a rule about destinations: what each of them does with it.
    """

    id: str
    severity: Severity
    finds: str
    why: str
    do: str
    source: str
    each: EachCheck = nothing
    after: AfterCheck = nothing
    codes: tuple[str, ...] = ()
    effects: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def has_each(self) -> bool:
        """Whether it judges messages one by one."""
        return self.each is not nothing

    @property
    def has_after(self) -> bool:
        """Whether it judges a message by what follows it."""
        return self.after is not nothing

    def reason(self, destinations: Iterable[str]) -> str:
        """Why it matters to those destinations; of a general rule, to everybody."""
        told = [f"{name}: {self.effects[name]}" for name in destinations if name in self.effects]
        return "; ".join(told) or self.why


@attrs.frozen(kw_only=True)
class Finding:
    """What is wrong at one place.

    Args:
        rule: The rule's id.
        severity: ``error``, ``warning`` or ``note``.
        line: The line of the file, counted from 1; of messages that come from no file, which one.
        session: The session's id; empty where there is none.
        event: The event's name; empty where there is none.
        message: What is wrong.
        why: Why it matters.
        do: What to do.
    """

    rule: str
    severity: Severity
    line: int
    session: str
    event: str
    message: str
    why: str
    do: str

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return attrs.asdict(self)
