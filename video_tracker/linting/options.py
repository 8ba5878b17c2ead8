"""What a run of the linter is asked for: which rules, which destinations, which flavour."""

from collections.abc import Iterable
from typing import Final

import attrs

from video_tracker.linting.rule import Finding, Rule
from video_tracker.linting.rules import RULES
from video_tracker.linting.rules.destinations import DESTINATIONS
from video_tracker.spelling import hint
from video_tracker.wire.profiles import PROFILES, Profile, find_profile

__all__ = ["ALL", "KINDS", "Options"]

KINDS: Final = ("messages", "trace", "signals", "plan")
"""What can be linted."""
ALL: Final = "all"
"""Stands for all destinations."""


def _known(words: Iterable[str], known: Iterable[str], what: str) -> tuple[str, ...]:
    listed = tuple(known)
    for word in words:
        if word not in listed:
            meant = hint(word, listed, cutoff=0.5, listed=True)
            raise ValueError(f"there is no {what} {word!r}{meant}")
    return tuple(words)


@attrs.frozen(kw_only=True)
class Options:
    """What was asked for.

    Args:
        rules: Those that speak, in the order of the table.
        destinations: Whose rules are among them.
        profiles: The flavours that a message may have.
        heartbeat: Seconds between two heartbeats, as they should be.
        now: The time of the run in Unix seconds; None is not known.
    """

    rules: tuple[Rule, ...]
    destinations: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = tuple(PROFILES.values())
    heartbeat: float = 10.0
    now: float | None = None

    @classmethod
    def of(
        cls,
        *,
        destinations: str | Iterable[str] = (),
        profile: str | Profile | None = None,
        ignore: str | Iterable[str] = (),
        heartbeat: float = 10.0,
        now: float | None = None,
    ) -> "Options":
        """Check what was asked for.

        Raises:
            ValueError: There is no such destination or rule, or the heartbeat is no time.
            LookupError: No profile has that name.
        """
        wanted = (destinations,) if isinstance(destinations, str) else tuple(destinations)
        _known(wanted, (*DESTINATIONS, ALL), "destination")
        named = DESTINATIONS if ALL in wanted else wanted
        off = _known((ignore,) if isinstance(ignore, str) else tuple(ignore), RULES, "rule")
        if not heartbeat > 0:
            raise ValueError(f"heartbeat must be seconds, more than zero, not {heartbeat!r}")
        return cls(
            rules=tuple(
                rule
                for rule in RULES.values()
                if rule.id not in off
                and (not rule.effects or not rule.effects.keys().isdisjoint(named))
            ),
            destinations=named,
            profiles=tuple(PROFILES.values()) if profile is None else (find_profile(profile),),
            heartbeat=heartbeat,
            now=now,
        )

    def finding(
        self, rule: Rule, line: int, text: str, *, session: str = "", event: str = ""
    ) -> Finding:
        """What a rule found at a place."""
        return Finding(
            rule=rule.id,
            severity=rule.severity,
            line=line,
            session=session,
            event=event,
            message=text,
            why=rule.reason(self.destinations),
            do=rule.do,
        )

    def of_file(
        self, number: str, line: int, text: str, *, session: str = "", event: str = ""
    ) -> Iterable[Finding]:
        """The finding of a rule without a check of its own; nothing when it is switched off."""
        rule = RULES[number]
        if rule in self.rules:
            yield self.finding(rule, line, text, session=session, event=event)
