"""Cases of the field: a log, and what a truthful tracker must say of it.

``data/<kind>-<what>.json`` is one situation that a tracker met or could meet. What must come of it
was decided from the spec, the rules (S1...) and what the viewer truly saw, never from our output::

    {"what": "the ad's end is lost and content plays on", "why": "S62", "kind": "evidence",
     "player": "signals", "plan": {...}, "set": {"heartbeat": 10}, "profile": "customerio",
     "log": [{"signal": "play", "at": 1800000000.0, "session_id": "s1"}, ...],
     "expect": {"sessions": 1, "events": [["Playback Started", {"position": 0}], ...],
                "ignore": ["Quality Updated"], "contains": [["Ad Completed", {"position": 15}]],
                "absent": [["Playback Paused", {}]], "counts": {"Ad Started": 1},
                "summary": {"content_played": [60, 0.5]}, "ended": ["completed"]}}

``events`` is the exact list (names without ``Video``) but for those of ``ignore``. A property must
be equal; null wants an explicit null, ``"-"`` wants the key absent, ``[low, high]`` gives
``position``, ``total_length`` and ``seek_position`` a range; ``at`` is seconds since the log's
first line, within 0.05. ``"ordered": true``: within a session no message is dated before the one
that came before it. ``summary`` gives a value and its tolerance, summed over the sessions;
``ended`` how each session ended. ``"exit": 2`` is the status that ``replay`` must end with (0 where
absent), ``says`` the words that standard error must have.
"""

import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.cli.main import main

DATA: Final = Path(__file__).parent / "data"
FURTHER: Final = Path(__file__).parent / "more"
"""Cases one step beside those of ``data``, and those of other systems' own documents and tests."""
FILES: Final = {path.stem: path for folder in (DATA, FURTHER) for path in folder.glob("*.json")}
NAMES: Final = tuple(sorted(FILES))
CLOSE: Final = 0.05
"""Seconds by which the date of an event may differ."""

RANGED: Final = ("position", "total_length", "seek_position")

Wanted = Sequence[tuple[str, Mapping[str, Any]]]
"""Names of events without ``Video``, each with the properties that it must have."""


@attrs.frozen(kw_only=True)
class Expectation:
    """What must come of a log; None asks nothing. The module tells what each part means."""

    sessions: int | None = None
    events: Wanted | None = None
    ignore: Sequence[str] = ()
    ordered: bool = False
    contains: Wanted = ()
    absent: Wanted = ()
    counts: Mapping[str, int] = attrs.field(factory=dict)
    summary: Mapping[str, tuple[float, float]] = attrs.field(factory=dict)
    ended: Sequence[str] | None = None
    exit: int = 0
    says: Sequence[str] = ()


@attrs.frozen(kw_only=True)
class Case:
    """One situation; the fields are those of its file."""

    what: str
    why: str
    kind: str
    log: Sequence[Mapping[str, Any]]
    expect: Expectation
    player: str = "signals"
    plan: Mapping[str, Any] = attrs.field(factory=dict)
    set: Mapping[str, Any] = attrs.field(factory=dict)
    profile: str | None = None
    guard: bool = False


@attrs.frozen
class Outcome:
    """What ``replay`` gave: its status, what it said, the messages and the sessions' figures."""

    status: int
    says: str
    messages: Sequence[Mapping[str, Any]] = ()
    summaries: Sequence[Mapping[str, Any]] = ()


def case_from_json(given: Mapping[str, Any]) -> Case:
    """A case from its object; a key that nobody judges is refused.

    The status and the words stand beside ``expect`` or in it.
    """
    case = dict(given)
    beside = {key: case.pop(key) for key in ("exit", "says") if key in case}
    return Case(**{**case, "expect": Expectation(**{**case["expect"], **beside})})


def read_case(name: str) -> Case:
    """The case of that name."""
    return case_from_json(json.loads(FILES[name].read_text(encoding="utf-8")))


def _is_told_in_signals(name: str) -> bool:
    case = read_case(name)
    return case.player == "signals" and not case.expect.exit


FIRST: Final = tuple(filter(_is_told_in_signals, sorted(path.stem for path in DATA.glob("*.json"))))
"""The cases of ``data`` in signals: each is also told in other ways, which must change nothing."""


def replay(case: Case, folder: Path) -> Outcome:
    """Replay a case's log as the command line does, in this process."""
    log, output, figures = folder / "log.jsonl", folder / "out.jsonl", folder / "summary.json"
    log.write_text("".join(json.dumps(line) + "\n" for line in case.log), encoding="utf-8")
    words = ["replay", str(log), "--player", case.player, "--user-id", "viewer-1"]
    words += ["--summary", str(figures), "-o", str(output)]
    if case.plan:
        plan = folder / "plan.json"
        plan.write_text(json.dumps(case.plan), encoding="utf-8")
        words += ["--plan", str(plan)]
    if case.profile is not None:
        words += ["--profile", case.profile]
    for name, value in case.set.items():
        words += ["--set", f"{name}={value if isinstance(value, str) else json.dumps(value)}"]
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            status: Any = main(words)
        except SystemExit as stop:
            status = stop.code
    messages = output.read_text(encoding="utf-8").splitlines() if output.exists() else []
    return Outcome(
        status,
        said.getvalue(),
        [json.loads(line) for line in messages],
        json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else [],
    )


def judge(case: Case, outcome: Outcome) -> list[str]:
    """Where an outcome falls short of what the case expects, a sentence each."""
    return _Judge(case, outcome).faults()


@attrs.frozen
class _Told:
    """A message with its name and its date since the log's first line."""

    name: str
    at: float
    properties: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.name}@{self.at:.2f} {self.properties.get('position')}"


class _Judge:
    def __init__(self, case: Case, outcome: Outcome) -> None:
        self.want = case.expect
        self.outcome = outcome
        start = _start(case.log[0])
        self.told = [
            _Told(
                message["event"].removeprefix("Video "),
                _seconds(message["timestamp"]) - start,
                message["properties"],
            )
            for message in outcome.messages
        ]

    def faults(self) -> list[str]:
        """All faults; where the process itself failed, only that."""
        return self._process() or [
            *self._sessions(),
            *self._events(),
            *self._order(),
            *self._contains(),
            *self._absent(),
            *self._counts(),
            *self._summary(),
            *self._ended(),
        ]

    def _process(self) -> list[str]:
        status, said = self.outcome.status, self.outcome.says
        if status != self.want.exit:
            return [f"status {status} instead of {self.want.exit}: {said.strip()[-200:]}"]
        unsaid = [word for word in self.want.says if word.lower() not in said.lower()]
        if unsaid:
            return [f"it does not say {', '.join(unsaid)}: {said.strip()[-200:]}"]
        return []

    def _sessions(self) -> list[str]:
        got = len({each.properties["session_id"] for each in self.told})
        if self.want.sessions in (None, got):
            return []
        return [f"{got} sessions instead of {self.want.sessions}"]

    def _events(self) -> list[str]:
        if self.want.events is None:
            return []
        seen = [each for each in self.told if each.name not in self.want.ignore]
        for number, (name, wanted) in enumerate(self.want.events, start=1):
            if number > len(seen):
                return [f"nothing instead of {name} {dict(wanted)}"]
            if not fits(seen[number - 1], name, wanted):
                return [f"event {number} is {seen[number - 1]} instead of {name} {dict(wanted)}"]
        if len(seen) > len(self.want.events):
            return [f"one too many: {seen[len(self.want.events)]}"]
        return []

    def _order(self) -> list[str]:
        newest: dict[str, _Told] = {}
        for each in self.told if self.want.ordered else ():
            before = newest.get(each.properties["session_id"])
            if before is not None and each.at < before.at:
                return [f"{each} comes after {before}"]
            newest[each.properties["session_id"]] = each
        return []

    def _contains(self) -> list[str]:
        return [
            f"no {name} {dict(wanted)}"
            for name, wanted in self.want.contains
            if not any(fits(each, name, wanted) for each in self.told)
        ]

    def _absent(self) -> list[str]:
        hits = (
            next((each for each in self.told if fits(each, name, wanted)), None)
            for name, wanted in self.want.absent
        )
        return [f"there is {hit}" for hit in hits if hit is not None]

    def _counts(self) -> list[str]:
        got = {name: sum(each.name == name for each in self.told) for name in self.want.counts}
        return [
            f"{got[name]} x {name} instead of {number}"
            for name, number in self.want.counts.items()
            if got[name] != number
        ]

    def _summary(self) -> list[str]:
        faults = []
        for key, (value, slack) in self.want.summary.items():
            got = sum(float(each.get(key) or 0) for each in self.outcome.summaries)
            if abs(got - value) > slack:
                faults.append(f"{key} {got:.2f} instead of {value}")
        return faults

    def _ended(self) -> list[str]:
        got = [each.get("ended") for each in self.outcome.summaries]
        if self.want.ended is None or got == list(self.want.ended):
            return []
        return [f"ended {got} instead of {self.want.ended}"]


def fits(told: _Told, name: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a message bears the name and every wanted property."""
    return told.name == name and all(_has(told, key, value) for key, value in wanted.items())


def _has(told: _Told, key: str, value: Any) -> bool:
    if key == "at":
        return bool(abs(told.at - value) <= CLOSE)
    if value == "-":
        return key not in told.properties
    got = told.properties.get(key, "-")
    if key in RANGED and isinstance(value, Sequence):
        return isinstance(got, int) and bool(value[0] <= got <= value[1])
    return bool(got == value)


def _start(first: Mapping[str, Any]) -> float:
    return float(first["at"]) if "at" in first else _seconds(first["wall"])


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
