"""Messages through the rules: session by session, in the order of the file, in bounded memory."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from video_tracker.linting.message import Message, read_message
from video_tracker.linting.options import Options
from video_tracker.linting.reading import Item, Read, Unreadable
from video_tracker.linting.report import Report
from video_tracker.linting.rule import Finding, Rule
from video_tracker.linting.rules.ids import is_repeated
from video_tracker.linting.seen import Recent, Seen

__all__ = ["BATCH_LIMIT", "lint_messages", "messages_of", "unpacked"]

_MOST_SESSIONS: Final = 10_000
"""How many sessions are open at a time; the one that was quiet for longest is judged as it is."""
_MOST_IDS: Final = 100_000
BATCH_LIMIT: Final = 500_000
"""Bytes of JSON that one batch may take (S55)."""
_CALLS: Final = ("identify", "page", "screen", "group", "alias")


def lint_messages(values: Iterable[Read], options: Options, report: Report) -> None:
    """Judge the messages of a file.

    Args:
        values: What was read.
        options: What was asked for.
        report: Takes the findings and the counts.
    """
    sessions = _Sessions(options)
    for value in values:
        if isinstance(value, Unreadable):
            report.add(options.of_file("VT001", value.line, value.why))
            continue
        report.add(_of_batch(value, options))
        for item in unpacked(value):
            message = _message(item, options, report)
            if message is not None:
                report.messages += 1
                report.add(sessions.take(message))
    report.add(sessions.finish())
    report.sessions = sessions.count
    if not report.messages:
        report.add(options.of_file("VT003", 1, "there is no message of a video event in it"))


def unpacked(item: Item) -> Iterator[Item]:
    """The messages of a batch on one line; else the item itself."""
    batch = item.value.get("batch") if isinstance(item.value, dict) else None
    if not isinstance(batch, list):
        yield item
        return
    for value in batch:
        yield Item(item.line, value, item.size // max(1, len(batch)), batch=True)


def messages_of(values: Iterable[Read]) -> Iterator[Message]:
    """The messages of video events in a file, as far as they can be read; none is judged."""
    for item in chain.from_iterable(unpacked(each) for each in values if isinstance(each, Item)):
        if isinstance(item.value, Mapping):
            message = read_message(item, ())
            if message is not None and message.name:
                yield message


def _of_batch(item: Item, options: Options) -> Iterable[Finding]:
    is_batch = isinstance(item.value, dict) and "batch" in item.value
    if is_batch and item.size > BATCH_LIMIT:
        text = f"a batch of {item.size:,} bytes is more than {BATCH_LIMIT:,}"
        yield from options.of_file("VT004", item.line, text)


def _message(item: Item, options: Options, report: Report) -> Message | None:
    if not isinstance(item.value, dict):
        text = f"a message is an object, not {type(item.value).__name__}"
        report.add(options.of_file("VT002", item.line, text))
        return None
    message = read_message(item, options.profiles)
    if message is not None:
        return message
    if item.value.get("type") in _CALLS or isinstance(item.value.get("event"), str):
        report.others += 1
    else:
        text = "an object without type and event is no message"
        report.add(options.of_file("VT002", item.line, text))
    return None


class _Sessions:
    """The sessions that are open, and the rules held against each."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._each = [rule for rule in options.rules if rule.has_each]
        self._after = [rule for rule in options.rules if rule.has_after]
        self._of_repeated = [rule for rule in self._each if rule.id == "VT403"]
        self._open: OrderedDict[str, Seen] = OrderedDict()
        self._ids = Recent(_MOST_IDS)
        self.count = 0

    def take(self, message: Message) -> Iterator[Finding]:
        """Judge a message, and take it in."""
        if not message.name or (message.is_of("Quality") and not message.session_id):
            yield from self._judge(self._seen(""), message, self._each)  # it belongs to no session
            return
        key = message.session_id or f"\0{message.viewer}"
        seen = self._open.get(key)
        restarts = seen is not None and seen.over and message.short == "Playback Started"
        if seen is None or restarts:
            if seen is not None:
                yield from self._end(self._open.pop(key))
            seen = self._open[key] = self._seen(key, reused=restarts)
            self.count += 1
        self._open.move_to_end(key)
        if is_repeated(seen, message):
            yield from self._judge(seen, message, self._of_repeated)
        else:
            yield from self._followed(seen, message)
            seen.judge(message)
            yield from self._judge(seen, message, self._each)
            seen.take(message)
        if len(self._open) > _MOST_SESSIONS:
            yield from self._end(self._open.popitem(last=False)[1])

    def finish(self) -> Iterator[Finding]:
        """The file is over, and with it every session."""
        while self._open:
            yield from self._end(self._open.popitem(last=False)[1])

    def _seen(self, key: str, *, reused: bool = False) -> Seen:
        options = self._options
        return Seen(
            key,
            message_ids=self._ids,
            heartbeat=options.heartbeat,
            now=options.now,
            reused=reused,
        )

    def _judge(self, seen: Seen, message: Message, rules: Iterable[Rule]) -> Iterator[Finding]:
        for rule in rules:
            for text in rule.each(seen, message):
                yield self._finding(rule, message, text)

    def _followed(self, seen: Seen, following: Message | None) -> Iterator[Finding]:
        if seen.previous is not None:
            for rule in self._after:
                for text in rule.after(seen, following):
                    yield self._finding(rule, seen.previous, text)

    def _end(self, seen: Seen) -> Iterator[Finding]:
        return self._followed(seen, None)

    def _finding(self, rule: Rule, message: Message, text: str) -> Finding:
        return self._options.finding(
            rule,
            message.line,
            text,
            session=message.session_id,
            event=message.name or message.given,
        )
