"""Batches over HTTP, and the same words from the transport with an event loop."""

import asyncio
import gzip
import json
import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import httpx
import pytest

from video_tracker.errors import TransportError
from video_tracker.transports import (
    DELIVERED,
    AsyncHttpTransport,
    HttpTransport,
    Mixed,
    Outcome,
    Record,
    Refused,
    TryLater,
)
from video_tracker.transports.bodies import BATCH_OVERHEAD

KEY = "k3y-of-the-source"
MakeRecord = Callable[..., Record]
Send = Callable[..., Outcome]


class FixedClock:
    at = 1_795_433_019.5

    def now(self) -> float:
        return self.at


def send_sync(url: str, records: Sequence[Record], **options: Any) -> Outcome:
    transport = HttpTransport(KEY, base_url=url, clock=FixedClock(), **options)
    try:
        return transport.send(records)
    finally:
        transport.close()


def send_async(url: str, records: Sequence[Record], **options: Any) -> Outcome:
    async def work() -> Outcome:
        transport = AsyncHttpTransport(KEY, base_url=url, clock=FixedClock(), **options)
        try:
            return await transport.send(records)
        finally:
            await transport.close()

    return asyncio.run(work())


@pytest.fixture(params=[send_sync, send_async], ids=["threads", "loop"])
def send(request: pytest.FixtureRequest) -> Send:
    made: Send = request.param
    return made


@pytest.fixture
def three(make_record: MakeRecord) -> list[Record]:
    return [make_record(number) for number in (1, 2, 3)]


def test_several_records_are_one_batch_with_the_time_of_sending_on_its_envelope(
    send: Send, server: Any, three: list[Record]
) -> None:
    """S50, S51: each message is as it was, its own context in it; ``sentAt`` is the envelope's."""
    assert send(server.url, three) == DELIVERED
    (request,) = server.requests
    assert request.path == "/v1/batch"
    assert request.message == {
        "batch": [json.loads(record.body) for record in three],
        "sentAt": "2026-11-23T11:23:39.500Z",
    }
    bodies = sum(len(record.body) for record in three)
    assert len(request.body) == bodies + len(three) - 1 + BATCH_OVERHEAD


def test_one_record_is_a_message_of_its_own(
    send: Send, server: Any, make_record: MakeRecord
) -> None:
    assert send(server.url, [make_record(1)]) == DELIVERED
    (request,) = server.requests
    assert (request.path, request.message["messageId"]) == ("/v1/track", "s1-1")


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_any_2xx_delivers_the_batch(
    send: Send, server: Any, three: list[Record], answer_with: Any, code: int
) -> None:
    server.answers = [answer_with(code)]
    assert send(server.url, three) == DELIVERED
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "headers", "outcome"),
    [
        (400, {}, Refused("rejected", "HTTP 400: {}")),
        (401, {}, Refused("credentials", "HTTP 401: {}")),
        (404, {}, Refused("endpoint", "HTTP 404: {}")),
        (413, {}, Refused("too_large", "HTTP 413: {}")),
        (429, {"retry_after": "7"}, TryLater("throttled", "HTTP 429: {}", after=7.0)),
        (503, {}, TryLater("unavailable", "HTTP 503: {}")),
    ],
)
def test_the_answer_to_a_batch_holds_for_all_of_it(
    send: Send,
    server: Any,
    three: list[Record],
    answer_with: Any,
    code: int,
    headers: dict[str, str],
    outcome: Outcome,
) -> None:
    """Who is at fault is found by sending less, which is not the transport's business."""
    server.answers = [answer_with(code, b"{}", **headers)]
    assert send(server.url, three) == outcome
    assert len(server.requests) == 1


def test_more_than_a_batch_may_hold_is_several(
    send: Send, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    """S55: no body is longer than the limit, to the byte."""
    records = [make_record(number, padding="x" * 1000) for number in range(10, 16)]
    size = len(records[0].body)
    server.answers = [answer_with(200), answer_with(400), answer_with(503)]
    outcome = send(server.url, records, batch_bytes=BATCH_OVERHEAD + 2 * size + 1)
    assert [len(request.message["batch"]) for request in server.requests] == [2, 2, 2]
    assert outcome == Mixed(
        (
            Refused("rejected", "HTTP 400", which=("s1-12", "s1-13"), together=True),
            TryLater("unavailable", "HTTP 503", which=("s1-14", "s1-15")),
        )
    )


def test_what_cannot_be_posted_does_not_spoil_the_batch(
    send: Send, server: Any, three: list[Record], make_record: MakeRecord
) -> None:
    large = make_record(4, padding="x" * 32_000)
    broken = attrs.evolve(make_record(5), body=b"[]")
    outcome = send(server.url, [three[0], three[1], large, broken, three[2]])
    assert isinstance(outcome, Mixed)
    assert [(part.reason, part.which) for part in outcome.parts] == [
        ("too_large", ("s1-4",)),
        ("unencodable", ("s1-5",)),
    ]
    assert [request.path for request in server.requests] == ["/v1/batch", "/v1/track"]


def test_bodies_are_packed_when_asked_for(
    send: Send, server: Any, make_record: MakeRecord, three: list[Record]
) -> None:
    many = [make_record(number) for number in range(20)]
    assert send(server.url, many, gzip=True) == DELIVERED
    assert send(server.url, three[:1], gzip=True) == DELIVERED
    packed, small = server.requests
    assert packed.headers["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(packed.body))["batch"]) == 20
    assert len(packed.body) < len(gzip.decompress(packed.body)) / 3
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize("mood", ["reset", "half", "nonsense"])
def test_a_broken_connection_is_tried_later(
    send: Send, server: Any, three: list[Record], mood: str
) -> None:
    def answer(handler: Any) -> None:
        said = {"reset": b"", "half": b"HTTP/1.1 200 OK\r\nConte", "nonsense": b"\x16\x03\r\n\r\n"}
        handler.wfile.write(said[mood])
        handler.close_connection = True

    server.answers = [answer]
    outcome = send(server.url, three)
    assert isinstance(outcome, TryLater)
    assert (outcome.reason, outcome.which) == ("network", None)


def test_a_server_that_never_answers_is_tried_later(
    send: Send, server: Any, three: list[Record]
) -> None:
    server.answers = [lambda _: server.over.wait(30)]
    outcome = send(server.url, three, timeout=0.1)
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "timeout"


def test_huge_and_packed_bodies_are_not_read(
    send: Send, server: Any, three: list[Record], answer_with: Any
) -> None:
    server.answers = [
        answer_with(400, b"x" * 1_000_000),
        answer_with(400, b"\x1f\x8b", content_encoding="gzip"),
    ]
    first, second = send(server.url, three), send(server.url, three)
    assert isinstance(first, Refused)
    assert len(first.detail) == 500
    assert second == Refused("rejected", "HTTP 400")


def test_the_loops_transport_keeps_the_key_to_itself_and_says_when_it_is_closed(
    server: Any, three: list[Record]
) -> None:
    async def work() -> None:
        transport = AsyncHttpTransport(KEY, base_url=server.url)
        assert KEY not in repr(transport) + repr(vars(transport))
        with pytest.raises(TypeError):
            pickle.dumps(transport)
        await transport.close()
        with pytest.raises(TransportError, match="is closed"):
            await transport.send(three)

    asyncio.run(work())


def test_a_loops_client_of_the_callers_own_is_used_and_left_open(three: list[Record]) -> None:
    async def work() -> None:
        replying = httpx.MockTransport(lambda _: httpx.Response(202))
        async with httpx.AsyncClient(transport=replying) as client:
            transport = AsyncHttpTransport(KEY, client=client)
            assert await transport.send(three) == DELIVERED
            await transport.close()
            assert not client.is_closed

    asyncio.run(work())


def test_a_mistake_in_the_program_is_raised_in_the_loop_too(three: list[Record]) -> None:
    async def work() -> None:
        client = httpx.AsyncClient()
        await client.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await AsyncHttpTransport(KEY, client=client).send(three)

    asyncio.run(work())


# -- forks -------------------------------------------------------------------------------------


def replying(made: list[httpx.Client]) -> httpx.Client:
    made.append(httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))))
    return made[-1]


def test_a_child_process_does_not_speak_on_its_parents_connections(three: list[Record]) -> None:
    """A client is made anew; one of the caller's own that was in use cannot be."""
    made: list[httpx.Client] = []
    transport = HttpTransport(KEY, client=lambda: replying(made))
    transport.send(three)
    transport.after_fork()
    assert transport.send(three) == DELIVERED
    assert len(made) == 2
    transport.close()
    assert [client.is_closed for client in made] == [False, True]

    with replying(made) as own:
        unused, used = HttpTransport(KEY, client=own), HttpTransport(KEY, client=own)
        used.send(three)
        for transport in (unused, used):
            transport.after_fork()
        assert unused.send(three) == DELIVERED
        refusal = used.send(three)
    assert isinstance(refusal, Refused)
    assert refusal.reason == "endpoint"
    assert "give a function" in refusal.detail


def test_two_processes_share_one_transport(server: Any, make_record: MakeRecord) -> None:
    transport = HttpTransport(KEY, base_url=server.url)
    transport.send([make_record(1)])
    child = os.fork()
    if child == 0:
        transport.after_fork()
        os._exit(0 if transport.send([make_record(2)]) == DELIVERED else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert transport.send([make_record(3)]) == DELIVERED
    transport.close()
    sent = [request.message["messageId"] for request in server.requests]
    assert sent == ["s1-1", "s1-2", "s1-3"]
