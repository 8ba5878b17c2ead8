"""The HTTP transport against a real server on loopback, in every mood a server has."""

import base64
import json
import logging
import pickle
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import httpx
import pytest

from video_tracker.errors import TransportError
from video_tracker.transports import (
    DELIVERED,
    HttpTransport,
    Mixed,
    Record,
    Refused,
    Transport,
    TryLater,
)

KEY = "k3y-of-the-source"
TOKEN = base64.b64encode(f"{KEY}:".encode()).decode()
MakeRecord = Callable[..., Record]


class FixedClock:
    """Says what it is told to."""

    def __init__(self, at: float = 1_795_433_019.5) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


@pytest.fixture
def transport(server: Any) -> Iterator[HttpTransport]:
    made = HttpTransport(KEY, base_url=server.url, timeout=2.0, clock=FixedClock())
    yield made
    made.close()


@pytest.fixture
def single(server: Any) -> Iterator[HttpTransport]:
    """Posts every record in a request of its own."""
    made = HttpTransport(KEY, base_url=server.url, timeout=2.0, clock=FixedClock(), batch=False)
    yield made
    made.close()


def test_a_message_is_posted_as_it_is_with_the_time_of_sending(
    transport: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    """S50: every attempt has its own ``sentAt``; nothing else of the message changes."""
    assert transport.send([make_record(1)]) == DELIVERED
    (request,) = server.requests
    assert request.path == "/v1/track"
    assert request.headers["authorization"] == f"Basic {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("video-tracker/")
    assert "x-strict-mode" not in request.headers
    assert request.message == {
        **json.loads(make_record(1).body),
        "sentAt": "2026-11-23T11:23:39.500Z",
    }


def test_a_second_attempt_has_a_later_time_of_sending(server: Any, make_record: MakeRecord) -> None:
    clock = FixedClock(1_795_433_019.5)
    transport = HttpTransport(KEY, base_url=server.url, clock=clock)
    transport.send([make_record(1)])
    clock.at += 60
    transport.send([make_record(1)])
    transport.close()
    first, second = (request.message for request in server.requests)
    assert first.pop("sentAt") == "2026-11-23T11:23:39.500Z"
    assert second.pop("sentAt") == "2026-11-23T11:24:39.500Z"
    assert first == second


def test_records_are_posted_one_by_one_in_order_over_one_connection(
    single: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    assert single.send([make_record(number) for number in (1, 2, 3)]) == DELIVERED
    ids = [request.message["messageId"] for request in server.requests]
    assert ids == ["s1-1", "s1-2", "s1-3"]


def test_strict_mode_asks_for_real_errors(server: Any, make_record: MakeRecord) -> None:
    transport = HttpTransport(KEY, base_url=server.url, strict=True)
    transport.send([make_record(1)])
    transport.close()
    assert server.requests[0].headers["x-strict-mode"] == "1"


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_any_2xx_is_delivered(
    transport: HttpTransport,
    server: Any,
    make_record: MakeRecord,
    answer_with: Any,
    code: int,
) -> None:
    server.answers = [answer_with(code)]
    assert transport.send([make_record(1)]) == DELIVERED


def test_a_400_refuses_its_record_with_the_reasons_and_no_other(
    single: HttpTransport, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    body = json.dumps({"meta": {"errors": ["event is empty"]}}).encode()
    server.answers = [answer_with(200), answer_with(400, body), answer_with(200)]
    outcome = single.send([make_record(number) for number in (1, 2, 3)])
    assert outcome == Refused("rejected", "HTTP 400: event is empty", which=("s1-2",))
    assert len(server.requests) == 3


def test_a_401_stops_at_once_and_holds_for_all(
    transport: HttpTransport, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    server.answers = [answer_with(401, b'{"meta": {"errors": ["bad key"]}}')]
    outcome = transport.send([make_record(1), make_record(2)])
    assert outcome == Refused("credentials", "HTTP 401: bad key")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [(408, "timeout"), (429, "throttled"), (500, "unavailable"), (503, "unavailable")],
)
def test_a_busy_server_is_tried_later_when_it_says(
    single: HttpTransport,
    server: Any,
    make_record: MakeRecord,
    answer_with: Any,
    code: int,
    reason: str,
) -> None:
    """What stands behind the failing record was not tried, so that the order is kept."""
    server.answers = [answer_with(200), answer_with(code, retry_after="9")]
    outcome = single.send([make_record(number) for number in (1, 2, 3)])
    assert outcome == TryLater(reason, f"HTTP {code}", after=9.0, which=("s1-2", "s1-3"))
    assert len(server.requests) == 2


def test_a_bad_record_and_a_busy_server_are_told_apart(
    single: HttpTransport, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    server.answers = [answer_with(413), answer_with(200), answer_with(503)]
    outcome = single.send([make_record(number) for number in (1, 2, 3)])
    assert outcome == Mixed(
        (
            Refused("too_large", "HTTP 413", which=("s1-1",)),
            TryLater("unavailable", "HTTP 503", which=("s1-3",)),
        )
    )


def test_a_redirect_is_not_followed(
    transport: HttpTransport, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    """The key must not be carried to where an answer points."""
    server.answers = [answer_with(307, location=f"{server.url}/elsewhere")]
    assert transport.send([make_record(1)]) == Refused("endpoint", "HTTP 307")
    assert len(server.requests) == 1


def reset(handler: Any) -> None:
    """Hang up the hard way."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def hang_up(handler: Any) -> None:
    handler.close_connection = True


def talk_nonsense(handler: Any) -> None:
    handler.wfile.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    handler.close_connection = True


def half_a_head(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    handler.close_connection = True


@pytest.mark.parametrize("mood", [reset, hang_up, talk_nonsense, half_a_head])
def test_a_broken_connection_is_tried_later(
    transport: HttpTransport, server: Any, make_record: MakeRecord, mood: Any
) -> None:
    server.answers = [mood]
    outcome = transport.send([make_record(1)])
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "network"
    assert transport.send([make_record(1)]) == DELIVERED


def test_a_server_that_never_answers_is_tried_later(server: Any, make_record: MakeRecord) -> None:
    server.answers = [lambda _: server.over.wait(30)]
    transport = HttpTransport(KEY, base_url=server.url, timeout=0.1)
    outcome = transport.send([make_record(1)])
    transport.close()
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "timeout"


def test_nobody_listening_is_tried_later(make_record: MakeRecord) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    transport = HttpTransport(KEY, base_url=f"http://127.0.0.1:{port}")
    outcome = transport.send([make_record(1), make_record(2)])
    transport.close()
    assert isinstance(outcome, TryLater)
    assert (outcome.reason, outcome.which) == ("network", None)


def half_a_body(code: int) -> Any:
    def answer(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 %d X\r\nContent-Length: 100\r\n\r\n{" % code)
        handler.close_connection = True

    return answer


def test_half_a_body_does_not_hide_the_status(
    transport: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    """The message arrived when the status says so; sending it again would be a duplicate."""
    server.answers = [half_a_body(200), half_a_body(400)]
    assert transport.send([make_record(1)]) == DELIVERED
    assert transport.send([make_record(1)]) == Refused("rejected", "HTTP 400: {", which=("s1-1",))


def endless(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")


def test_a_body_without_end_is_cut_off(
    transport: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    server.answers = [endless]
    outcome = transport.send([make_record(1)])
    assert isinstance(outcome, TryLater)
    assert outcome.reason == "unavailable"
    assert len(outcome.detail) == 500


def test_a_body_that_drips_is_left_at_the_deadline(server: Any, make_record: MakeRecord) -> None:
    clock = FixedClock()

    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b"x")
            clock.at += 1
            server.over.wait(0.01)

    server.answers = [drip]
    transport = HttpTransport(KEY, base_url=server.url, timeout=5.0, clock=clock)
    outcome = transport.send([make_record(1)])
    transport.close()
    assert isinstance(outcome, TryLater)
    assert outcome.detail.startswith("HTTP 500: x")
    assert len(outcome.detail) < 60


def test_a_packed_body_is_not_unpacked(
    transport: HttpTransport, server: Any, make_record: MakeRecord, answer_with: Any
) -> None:
    server.answers = [answer_with(400, b"\x1f\x8b garbage", content_encoding="gzip")]
    assert transport.send([make_record(1)]) == Refused("rejected", "HTTP 400", which=("s1-1",))
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_message_too_large_with_its_time_of_sending_is_not_posted(
    transport: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    """S55: over 32,000 bytes Customer.io would answer 200 and drop it."""
    spare = 32_000 - len(make_record(1, padding="").body)
    outcome = transport.send([make_record(1, padding="x" * spare), make_record(2)])
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.which) == ("too_large", ("s1-1",))
    assert [request.message["messageId"] for request in server.requests] == ["s1-2"]


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"{"])
def test_a_body_that_is_no_object_is_not_posted(
    transport: HttpTransport, server: Any, make_record: MakeRecord, body: bytes
) -> None:
    outcome = transport.send([attrs.evolve(make_record(1), body=body)])
    assert isinstance(outcome, Refused)
    assert outcome.reason == "unencodable"
    assert server.requests == []


def test_an_empty_object_stays_an_object(
    transport: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    transport.send([attrs.evolve(make_record(1), body=b" { } \n")])
    assert list(server.requests[0].message) == ["sentAt"]


def test_the_key_shows_nowhere(
    server: Any, make_record: MakeRecord, answer_with: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    parrot = json.dumps({"meta": {"errors": [f"no key {KEY}", TOKEN]}}).encode()
    server.answers = [answer_with(401, parrot)]
    transport = HttpTransport(f"  {KEY}\n", base_url=server.url)
    shown = [repr(transport), str(transport), repr(vars(transport))]
    shown += [repr(transport.send([make_record(1)])), caplog.text]
    transport.close()
    with pytest.raises(TransportError) as closed:
        transport.send([make_record(1)])
    shown.append(str(closed.value))
    for text in shown:
        assert KEY not in text
        assert TOKEN not in text
    assert server.requests[0].headers["authorization"] == f"Basic {TOKEN}"


@pytest.mark.parametrize("key", ["", "   ", "a:b", "a\nb", "schlüssel", None, 7])
def test_a_key_that_cannot_be_one_is_refused_unseen(key: Any) -> None:
    with pytest.raises(TransportError, match="key must be") as refused:
        HttpTransport(key)
    assert str(key).strip() not in str(refused.value) or not str(key).strip()


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://cdp.customer.io/v1/track"),
        ({"region": "eu"}, "https://cdp-eu.customer.io/v1/track"),
        ({"base_url": "https://relay.example"}, "https://relay.example/v1/track"),
        ({"base_url": "https://relay.example/cdp/"}, "https://relay.example/cdp/v1/track"),
        ({"base_url": "http://localhost:8080/v1"}, "http://localhost:8080/v1/track"),
    ],
)
def test_the_address_comes_from_the_region_or_the_base(options: Any, url: str) -> None:
    transport = HttpTransport(KEY, **options)
    assert url in repr(transport)
    transport.close()


@pytest.mark.parametrize(
    "options",
    [
        {"region": "mars"},
        {"base_url": "relay.example"},
        {"base_url": "ftp://relay.example"},
        {"base_url": "https://"},
        {"base_url": "https://user:secret@relay.example"},
        {"base_url": "https://relay.example/?key=1"},
        {"base_url": "https://relay.example/#part"},
        {"base_url": "https://relay.example:port"},
        {"base_url": 7},
        {"timeout": 0},
        {"timeout": float("nan")},
    ],
)
def test_what_cannot_work_is_said_at_once(options: Any) -> None:
    with pytest.raises(TransportError) as refused:
        HttpTransport(KEY, **options)
    assert "secret" not in str(refused.value)


def replying(status: int) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, json={}))


def test_a_client_of_the_callers_own_is_used_and_left_open(make_record: MakeRecord) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    with httpx.Client(
        transport=httpx.MockTransport(answer), follow_redirects=True, auth=("other", "secret")
    ) as client:
        transport = HttpTransport(KEY, region="eu", client=client)
        assert transport.send([make_record(1)]) == Refused("endpoint", "HTTP 302")
        transport.close()
        assert not client.is_closed
    (request,) = seen
    assert str(request.url) == "https://cdp-eu.customer.io/v1/track"
    assert request.headers["authorization"] == f"Basic {TOKEN}"


class TimeoutException(Exception):  # noqa: N818 - named like the class of a fork of httpx
    pass


class RequestError(Exception):
    pass


class UnsupportedProtocol(RequestError):  # noqa: N818
    pass


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TimeoutException("slow"), TryLater("timeout", "TimeoutException: slow")),
        (RequestError(""), TryLater("network", "RequestError")),
        (OSError(f"at {KEY}"), TryLater("network", "OSError: at ***")),
        (UnsupportedProtocol("gopher"), Refused("endpoint", "UnsupportedProtocol: gopher")),
        (httpx.ReadTimeout("slow"), TryLater("timeout", "ReadTimeout: slow")),
        (httpx.RemoteProtocolError("what"), TryLater("network", "RemoteProtocolError: what")),
    ],
)
def test_errors_are_known_by_name_so_a_fork_of_httpx_will_do(
    make_record: MakeRecord, error: Exception, outcome: Any
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with httpx.Client(transport=httpx.MockTransport(fail)) as client:
        assert HttpTransport(KEY, client=client).send([make_record(1)]) == outcome


def test_a_mistake_in_the_program_is_raised(make_record: MakeRecord) -> None:
    client = httpx.Client(transport=replying(200))
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        HttpTransport(KEY, client=client).send([make_record(1)])


def test_a_closed_transport_says_so(transport: HttpTransport, make_record: MakeRecord) -> None:
    transport.close()
    with pytest.raises(TransportError, match="is closed"):
        transport.send([make_record(1)])


def test_many_threads_share_one_transport(
    single: HttpTransport, server: Any, make_record: MakeRecord
) -> None:
    gate = threading.Barrier(4)
    outcomes: list[Any] = []

    def post(first: int) -> None:
        gate.wait()
        numbers = range(first, first + 10)
        outcomes.append(single.send([make_record(number) for number in numbers]))

    threads = [threading.Thread(target=post, args=(10 * turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [DELIVERED] * 4
    ids = {request.message["messageId"] for request in server.requests}
    assert len(ids) == len(server.requests) == 40


def test_it_is_a_transport_and_cannot_be_written_down(transport: HttpTransport) -> None:
    """A pickle would hold the key; the connections forbid one anyway."""
    assert isinstance(transport, Transport)
    with pytest.raises(TypeError):
        pickle.dumps(transport)
