"""Bodies of CMCD event reports in, beacons out; and the answer that the players understand.

A body has one report a line (:mod:`video_tracker.ingest.cmcd_report`). Its session is the report's
``sid``, its order its time and then its number, since a session has a numbering for each lane. A
line that is wrong costs itself alone.
"""

from collections.abc import Iterator
from typing import Final

from video_tracker.ingest.cmcd_report import (
    ReportError,
    is_media_type,
    lines_of,
    read_report,
)
from video_tracker.ingest.decode import Beacon, Decoded
from video_tracker.ingest.limits import Limits
from video_tracker.ingest.rejections import Fault, Rejection
from video_tracker.ingest.text import body_text
from video_tracker.ingest.walk import check_values
from video_tracker.players.base import finite, text_of

__all__ = ["cmcd_status", "decode_cmcd"]

_TAKEN: Final = 204
_WAIT: Final = 429
_STOP: Final = 410
_DEFAULT: Final = Limits()


def decode_cmcd(
    body: bytes,
    limits: Limits = _DEFAULT,
    *,
    content_type: str | None = None,
    session_id: str | None = None,
) -> Decoded:
    """Read a body of event reports. Nothing is raised, whatever the bytes are (S60).

    Args:
        body: The bytes as they came.
        limits: How much of them is read; a report is a beacon.
        content_type: The request's; one that is neither ``application/cmcd`` nor ``text/cmcd`` is
            rejected (``wrong_type``). None: it has been looked at.
        session_id: The session whose token came with them: all reports belong to it, whatever
            their ``sid``. None: each must name its own (``sid``), and nobody has proven it.

    Returns:
        The beacons, for an :class:`~video_tracker.ingest.Intake` of each session with the adapter
        ``cmcd``, and the rejections.
    """
    beacons: list[Beacon] = []
    rejected: list[Rejection] = []
    try:
        if content_type is not None and not is_media_type(content_type):
            raise Fault(
                "$", "wrong_type", f"the body is {content_type!r:.60}, not application/cmcd"
            )
        for count, (number, line) in enumerate(lines_of(body_text(body, limits))):
            path = f"lines[{number}]"
            if count >= limits.max_beacons:
                raise Fault(path, "too_many")
            rejected += _take(line, path, limits, session_id, beacons)
    except Fault as fault:
        rejected.append(fault.rejection())
    return Decoded(tuple(beacons), tuple(rejected))


def _take(
    line: str, path: str, limits: Limits, owner: str | None, beacons: list[Beacon]
) -> Iterator[Rejection]:
    try:
        beacons.append(_beacon(line, path, limits, owner))
    except Fault as fault:
        yield fault.rejection()


def _beacon(line: str, path: str, limits: Limits, owner: str | None) -> Beacon:
    try:
        said = read_report(line)
    except ReportError as error:
        raise Fault(path, error.reason, str(error)) from error
    weight = check_values(dict(said.detail), path, limits)
    session_id = owner or text_of(said.detail.get("sid"))
    if session_id is None:
        raise Fault(f"{path}.sid", "missing")
    if len(session_id) > limits.max_name:
        raise Fault(f"{path}.sid", "too_long", f"the id has {len(session_id)} characters")
    number = finite(said.detail.get("sn"))
    if number is not None and not 0 <= number <= limits.max_sequence:
        raise Fault(f"{path}.sn", "bad_sequence")
    order = 0 if number is None else int(number) + 1
    return Beacon(session_id, None, said.at, said, weight, order)


def cmcd_status(*, busy: bool = False, over: bool = False) -> int:
    """The status that answers a body, as the players take it.

    They send a body again after 429 and 5xx, stop for the rest of their ``sid`` after 410, and take
    everything else for taken. So a body that cannot be read is answered as one that was: it would
    only come again.

    Args:
        busy: Whether nothing of the body was used, and it shall come again.
        over: Whether no report of this session is wanted any more: it is over, its token has run
            out, or its adapter says that it is of no use
            (``CmcdAdapter.unusable``).

    Returns:
        410 when it is over, else 429 when busy, else 204.
    """
    if over:
        return _STOP
    return _WAIT if busy else _TAKEN
