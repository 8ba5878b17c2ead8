"""The messages that a destination was sent, as the bytes that they were."""

import gzip
import json
from collections.abc import Iterator

from tests.delivery.server import FaultyServer, Request
from video_tracker.transports.bodies import SENT_AT_BYTES

__all__ = ["bodies_of", "messages_in"]

_HEAD = b'{"batch":['


def messages_in(request: Request) -> Iterator[tuple[str, bytes]]:
    """Id and bytes of each message of a request, without what the envelope adds."""
    packed = request.headers.get("content-encoding") == "gzip"
    raw = gzip.decompress(request.body) if packed else request.body
    if not raw.startswith(_HEAD):
        yield json.loads(raw)["messageId"], raw[: -SENT_AT_BYTES - 1] + b"}"
        return
    text, read = raw.decode(), json.JSONDecoder().raw_decode
    place = len(_HEAD)
    while text[place] != "]":
        message, end = read(text, place)
        yield message["messageId"], text[place:end].encode()
        place = end + (text[end] == ",")


def bodies_of(destination: FaultyServer, session: str, *, once: bool = True) -> list[bytes]:
    """What arrived of a viewer, by the numbers of the events; what came again was the same.

    Args:
        destination: Where it arrived.
        session: The id of his first session.
        once: Hold that nothing came again.
    """
    found: dict[tuple[int, int], bytes] = {}
    for request in destination.requests:
        for name, body in messages_in(request):
            owner, _, number = name.rpartition("-")
            if owner != session:
                continue
            known = found.setdefault(_placed(number), body)
            assert known == body, f"{name} is two messages"
            assert not once or destination.arrivals[name] == 1, f"{name} came again"
    return [found[name] for name in sorted(found)]


def _placed(number: str) -> tuple[int, int]:
    """Session and number of an event; those of the first session are without the session's."""
    session, _, own = number.rpartition(".")
    return int(session or 1), int(own)
