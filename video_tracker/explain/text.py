"""An explanation as text that a person reads: of a whole session, or of one question.

Times are seconds from Playback Started.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.diagnostics import REASONS
from video_tracker.explain.explanation import EventAccount, Explanation
from video_tracker.explain.figures import Figure, Share
from video_tracker.explain.places import PlacePart, PositionAccount
from video_tracker.explain.record import Cause
from video_tracker.explain.view import Miss
from video_tracker.spelling import nearest
from video_tracker.transcript import seconds_text, short_name

__all__ = [
    "account_of",
    "cause_text",
    "event_text",
    "explanation_text",
    "figure_text",
    "known_name",
    "missing_text",
    "position_text",
    "value_text",
]

_MOST_SHARES: Final = 4  # of a figure in the account of the whole; asked for, it shows all
_MOST_CAUSES: Final = 3
_LONGEST: Final = 60  # characters of an argument
_LARGEST: Final = 10**15  # a number beyond it is a mistake, and may have thousands of digits
_TIMES: Final = frozenset(("content_media_seconds", "unique_seconds", "watched", "furthest"))
_EXTRAS: Final = frozenset(("Ad Skipped", "Ad Clicked", "Ad Error", "heartbeat", "quartile"))


def known_name(word: str, names: Iterable[str], what: str) -> str:
    """The name that is meant: with or without ``Video``, in capitals or not, or its last word.

    Args:
        word: As somebody wrote it.
        names: The names that there are.
        what: What they are names of, for the error.

    Returns:
        The name as it stands among ``names``.

    Raises:
        LookupError: There is none; the message names the nearest one.
    """
    listed = {_plain(name): name for name in names}
    if _plain(word) in listed:
        return listed[_plain(word)]
    ending = [name for plain, name in listed.items() if plain.endswith(f" {_plain(word)}")]
    if len(ending) == 1:
        return ending[0]
    near = nearest(_plain(word), listed, cutoff=0.5)
    hint = "" if near is None else f"did you mean {short_name(listed[near])!r}? "
    shown = ", ".join(short_name(name) for name in listed.values())
    raise LookupError(f"no {what} {word!r}; {hint}there are: {shown}")


def _plain(name: str) -> str:
    return short_name(" ".join(name.replace("_", " ").title().split())).lower()


def account_of(explanation: Explanation, number: int) -> EventAccount:
    """The account of the event of a number.

    Raises:
        LookupError: There is no such event.
    """
    events = explanation.events
    for account in events:
        if account.event.sequence == number:
            return account
    last = events[-1].event.sequence if events else 0
    counted = f"its events are 1 to {last}" if last else "it has no events"
    raise LookupError(f"session {explanation.session_id} has no event {number}: {counted}")


# -- the whole -------------------------------------------------------------------------------------


def explanation_text(explanation: Explanation) -> str:
    """The readable account of a whole session."""
    e = explanation
    begun = datetime.datetime.fromtimestamp(e.origin, datetime.UTC)
    moment = begun.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = [f"Session {e.session_id} ({e.summary.ended}); second 0 is {moment}."]
    parts = [head, *(_event_lines(e, account) for account in e.events)]
    parts += [list(_notes(e)), list(_what_is_missing(e)), ["Figures", *_figures(e)]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def event_text(explanation: Explanation, number: int) -> str:
    """Why an event came, in full.

    Raises:
        LookupError: There is no such event.
    """
    account = account_of(explanation, number)
    lines = _event_lines(explanation, account)
    return "\n".join([*lines, f"{_INDENT}way      {' > '.join(account.way)}"])


_INDENT: Final = "     "


def _event_lines(e: Explanation, account: EventAccount) -> list[str]:
    event = account.event
    at = seconds_text(event.at - e.origin)
    ids = "/".join(str(each) for each in event.about if each is not None)
    lines = [f"{event.sequence:>3}  {at} s  {short_name(event.name)}  {ids}".rstrip()]
    lines += [f"{_INDENT}because  {line}" for line in _because(e, account)]
    lines.append(f"{_INDENT}rule     {account.rule.number}: {account.rule.sentence}")
    lines.append(f"{_INDENT}position {_sum(account.position, event.total_length)}")
    shown = dict.fromkeys((note.kind, note.reason, note.sentence) for note in account.notes)
    lines += [f"{_INDENT}{_KINDS[kind]:<8} {code}: {text}" for kind, code, text in shown]
    return lines


_KINDS: Final = {"repair": "repaired", "ignore": "ignored", "reject": "rejected"}


def _because(e: Explanation, account: EventAccount) -> Iterator[str]:
    cause, dated, at = account.cause, account.dated, account.event.at
    heard = cause.moment
    if account.by_clock and cause.name == "tick":
        yield f"it fell due; nothing else came until then ({cause_text(cause)})"
    elif account.by_clock:
        yield f"it fell due before {cause_text(cause)}, which noticed it"
    else:
        yield cause_text(cause)
    if dated is not None:
        yield f"and bears the time of {cause_text(dated)}"
    elif not account.by_clock and heard is not None and heard - at > 0.0005:
        yield (
            f"which came at {seconds_text(heard - e.origin)} s and shows what was "
            f"{seconds_text(heard - at)} s before"
        )


def _sum(position: PositionAccount, length: int | None) -> str:
    if position.position is None:
        return f"unknown: {position.sentence}"
    of = "" if length is None else f" of {length}"
    text = "".join(map(_term, position.parts)).removeprefix(" + ")
    down = "" if float(position.position) == round(position.total, 3) else ", rounded down (S3)"
    guess = ", reckoned from the time: nobody had told it (S63)" if position.reckoned else ""
    return f"{position.position}{of} = {text}{down}{guess}"


def _term(part: PlacePart) -> str:
    if part.kind != "correction":
        return f" + {part.words} {seconds_text(part.seconds)}"
    sign = "-" if part.seconds < 0 else "+"
    return f" {sign} {seconds_text(abs(part.seconds))} ({part.name})"


def position_text(explanation: Explanation, number: int) -> str:
    """What the position of an event is made of, a line a part.

    Raises:
        LookupError: There is no such event.
    """
    account = account_of(explanation, number)
    event, position = account.event, account.position
    head = f"{event.sequence} {short_name(event.name)}: position "
    if position.position is None:
        return f"{head}unknown: {position.sentence}"
    width = max(len(part.words) for part in position.parts)
    lines = [f"  {part.words:<{width}}  {part.seconds:>10.3f}" for part in position.parts]
    total = f"  {'sum':<{width}}  {position.total:>10.3f}"
    return "\n".join([f"{head}{position.position}, whole seconds rounded down (S3)", *lines, total])


# -- what was repaired, what did not come ----------------------------------------------------------


def _notes(e: Explanation) -> Iterator[str]:
    grouped: dict[tuple[str, str], list[Cause]] = {}
    for note in e.notes:
        key = note.diagnostic.kind, note.diagnostic.reason
        grouped.setdefault(key, []).append(note.cause)
    if grouped:
        yield "Repaired, ignored or rejected"
    for (kind, reason), causes in sorted(grouped.items()):
        yield f"  {_KINDS[kind]} {len(causes)} x {reason}: {REASONS[reason]}"
        shown = [cause_text(cause) for cause in causes[:_MOST_CAUSES]]
        more = len(causes) - len(shown)
        yield from (f"{_INDENT}  {line}" for line in shown)
        if more:
            yield f"{_INDENT}  and {more} more"


def _what_is_missing(e: Explanation) -> Iterator[str]:
    came = {account.event.name for account in e.events}
    found = []
    for name, misses in e.missing.items():
        partly = name in came and short_name(name).endswith(("Completed", "Resumed", "Ad Started"))
        wanted = short_name(name) not in _EXTRAS and (name not in came or partly)
        found += [(short_name(name), miss) for miss in misses[:_MOST_CAUSES] if wanted]
    if found:
        yield "What did not come, and the nearest miss"
    for name, miss in found:
        yield f"  {name}: {_miss(miss)}"


def _miss(miss: Miss) -> str:
    return miss.sentence + ("" if miss.cause is None else f" [{cause_text(miss.cause)}]")


def missing_text(explanation: Explanation, name: str) -> str:
    """Why there is no such event, or no more of them.

    Args:
        explanation: Of the session.
        name: The event's name, with or without ``Video``, or ``heartbeat`` or ``quartile``.

    Raises:
        LookupError: There is no such event.
    """
    name = known_name(name, explanation.missing, "event")
    came = [a for a in explanation.events if a.event.name == name]
    lines = []
    if came:
        numbers = ", ".join(str(account.event.sequence) for account in came[:20])
        more = "..." if len(came) > 20 else ""
        lines.append(f"{short_name(name)} came {_times(len(came))}: event {numbers}{more}.")
    misses = explanation.missing[name]
    if misses:
        lines.append(f"{'What else' if came else short_name(name)} did not come:")
        lines += [f"  {_miss(miss)}" for miss in misses]
    else:
        lines.append("Nothing of it is missing.")
    return "\n".join(lines)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


# -- figures ---------------------------------------------------------------------------------------


def _figures(e: Explanation) -> Iterator[str]:
    for name, figure in e.figures.items():
        if figure.value not in (0, 0.0, None, {}):
            yield from _figure_lines(e, name, figure, most=_MOST_SHARES)


def figure_text(explanation: Explanation, name: str) -> str:
    """What a figure of the summary is made of, in full.

    Raises:
        LookupError: There is no such figure.
    """
    name = known_name(name, explanation.figures, "figure")
    figure = explanation.figures[name]
    return "\n".join(_figure_lines(explanation, name, figure, most=None))


def _figure_lines(e: Explanation, name: str, figure: Figure, most: int | None) -> Iterator[str]:
    yield f"  {name} {value_text(figure.value)}: {figure.meaning}"
    if figure.formula:
        yield f"{_INDENT}= {figure.formula}"
    if name == "elapsed" and most is not None:
        return
    lines = [_share(e, name, share) for share in figure.shares]
    lines += [
        f"{step.step:+d}  {f'{step.reason}  ' if step.reason else ''}{cause_text(step.cause)}"
        for step in figure.occurrences
    ]
    if name == "diagnostics" and most is not None:
        return
    yield from (f"{_INDENT}{line}" for line in lines[:most])
    if most is not None and len(lines) > most:
        yield f"{_INDENT}and {len(lines) - most} more"


def value_text(value: Any) -> str:
    """The value of a figure: seconds, counts by reason, ranges of each content."""
    if isinstance(value, float):
        return seconds_text(value)
    if isinstance(value, Mapping | list) and not value:
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {value_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " ".join(
            f"{seconds_text(each[0])}-{seconds_text(each[1])}"
            if isinstance(each, list)
            else value_text(each)
            for each in value
        )
    return str(value)


def _share(e: Explanation, name: str, share: Share) -> str:
    seconds = f"{float(share.seconds):>9.3f}"
    if name in _TIMES:
        place = f"{share.name} {seconds_text(share.start)} to {seconds_text(share.end)}"
        return f"{seconds}  {place}" + (
            "" if share.closed is None else f"  [{_short(share.closed)}]"
        )
    start, end = seconds_text(share.start - e.origin), seconds_text(share.end - e.origin)
    whole = abs(share.end - share.start - float(share.seconds)) < 0.001
    of = f"{start} to {end}" if whole else f"of {start} to {end}"
    which = f"{share.name}  " if name in ("elapsed", "startup_time") else ""
    ends = f"{_short(share.opened)} ... {_short(share.closed)}"
    if share.opened is not None and share.opened is share.closed:
        ends = f"shown by {_short(share.closed)}"
    return f"{seconds}  {which}{of}  [{ends}]"


# -- causes ----------------------------------------------------------------------------------------


def cause_text(cause: Cause | None) -> str:
    """An input: where it stands, what it was, and what it said."""
    if cause is None:
        return "the end of the log"
    said = " ".join(f"{key}={_argument(value)}" for key, value in cause.said.items())
    held = "" if cause.source is None else cause.source.until
    until = f" (held until line {held})" if held else ""
    return f"{_short(cause)} {said}".rstrip() + until


def _short(cause: Cause | None) -> str:
    if cause is None:
        return "the end of the log"
    source = cause.source
    if source is None or source.line is None:
        if cause.name == "tick":
            return "the end of the log" if source is not None else f"input {cause.number}: tick"
        return f"input {cause.number}: {cause.name}"
    callback = f"{source.callback} -> " if source.callback else ""
    return f"line {source.line}: {callback}{cause.name}"


def _argument(value: Any) -> str:
    if isinstance(value, float):
        return seconds_text(value)
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, int) and abs(value) < _LARGEST:
        return str(value)
    named = getattr(value, "asset_id", None)
    return named if isinstance(named, str) else "..."
