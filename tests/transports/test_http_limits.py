"""A request ends in time, whatever the destination sends, and nothing that is told has the key."""

import asyncio
import base64
import html
import json
import signal
import socket
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from video_tracker.clock import SystemClock
from video_tracker.delivery import Outcome, TryLater
from video_tracker.errors import TransportError
from video_tracker.transports import AsyncHttpTransport, HttpTransport, Record
from video_tracker.transports.answers import judge
from video_tracker.transports.masking import masked

MakeRecord = Callable[..., Record]

KEY = "sk_eu_5eCr3t/Key+With%Odd'Signs\"&<\\>"
TOKEN = base64.b64encode(f"{KEY}:".encode()).decode()


class Rude:
    """A destination that takes a request and then behaves as it is told to."""

    def __init__(self, behave: Callable[[socket.socket], None], *, read: bool = True) -> None:
        self._behave = behave
        self._read = read
        self.over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                try:
                    if self._read:
                        connection.recv(65_536)
                    self._behave(connection)
                except OSError:
                    continue  # it hung up, as it should

    def close(self) -> None:
        self.over.set()
        self._server.close()


def trickling_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    waiting = threading.Event()
    for _ in range(600):
        connection.sendall(b"x")
        waiting.wait(0.05)


def announcing_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def trickling_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 10000\r\n\r\n")
    waiting = threading.Event()
    for _ in range(600):
        connection.sendall(b"x")
        waiting.wait(0.05)


BEHAVIOURS = {each.__name__: each for each in (trickling_head, announcing_for_ever, trickling_body)}


@pytest.fixture(params=BEHAVIOURS)
def rude(request: pytest.FixtureRequest) -> Iterator[Rude]:
    server = Rude(BEHAVIOURS[request.param])
    yield server
    server.close()


def by_thread(url: str, record: Record) -> Outcome:
    transport = HttpTransport("key", base_url=url, timeout=0.3)
    try:
        return transport.send([record])
    finally:
        transport.close()


def by_loop(url: str, record: Record) -> Outcome:
    async def work() -> Outcome:
        transport = AsyncHttpTransport("key", base_url=url, timeout=0.3)
        try:
            return await transport.send([record])
        finally:
            await transport.close()

    return asyncio.run(work())


@pytest.mark.parametrize("send", [by_thread, by_loop])
def test_a_request_takes_three_times_its_timeout_at_most(
    rude: Rude, make_record: MakeRecord, send: Callable[[str, Record], Outcome]
) -> None:
    clock = SystemClock()
    start = clock.now()
    outcome = send(rude.url, make_record(1))
    assert clock.now() - start < 2.0
    assert isinstance(outcome, TryLater)


def test_the_next_request_has_all_its_time_again(make_record: MakeRecord) -> None:
    turns: list[int] = []

    def behave(connection: socket.socket) -> None:
        turns.append(1)
        if len(turns) == 1:
            trickling_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = Rude(behave)
    transport = HttpTransport("key", base_url=server.url, timeout=0.2)
    assert isinstance(transport.send([make_record(1)]), TryLater)
    waiting = threading.Event()
    for _ in range(100):
        if not isinstance(transport.send([make_record(1)]), TryLater):
            break
        waiting.wait(0.1)
    else:
        pytest.fail("it never arrived")
    transport.close()
    server.close()


# -- the key -----------------------------------------------------------------------------------

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in an address": lambda key: urllib.parse.quote(key, safe=""),
    "in an address, in part": urllib.parse.quote,
    "in an address, in lower case": lambda key: urllib.parse.quote(key, safe="").lower(),
    "in an address, all of it": lambda key: "".join(f"%{ord(char):02X}" for char in key),
    "in an address, twice": lambda key: urllib.parse.quote(urllib.parse.quote(key, safe="")),
    "in a form": urllib.parse.quote_plus,
    "in JSON": lambda key: json.dumps(key)[1:-1],
    "in JSON in JSON": lambda key: json.dumps(json.dumps(key))[1:-1],
    "in JSON, all of it": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "in Python": lambda key: repr(key)[1:-1],
    "in Python, as bytes": lambda key: repr(key.encode()),
    "in Python, all of it": lambda key: "".join(f"\\x{ord(char):02x}" for char in key),
    "in HTML": html.escape,
    "in HTML, all of it": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "in the header": lambda key: "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
    "in base64, behind something": lambda key: base64.b64encode(f"user={key}!".encode()).decode(),
    "in base64 for addresses": lambda key: base64.urlsafe_b64encode(f"a{key}".encode()).decode(),
    "in base64 in an address": lambda key: urllib.parse.quote(
        base64.b64encode(f"{key}:".encode()).decode(), safe=""
    ),
}


def readable(text: str) -> str:
    """The letters of a text alone: what is left of a key when its odd signs were escaped."""
    return "".join(char for char in text if char.isalnum())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", [KEY, "sk_live_0123456789abcdef"])
def test_the_key_is_masked_in_whatever_form_it_is_repeated(form: str, key: str) -> None:
    said = FORMS[form](key)
    token = base64.b64encode(f"{key}:".encode()).decode()
    body = f"<p>no such key: {said}, sorry</p>".encode()
    answer = judge(401, {}, body, now=0.0, secrets=(key, token))
    detail = answer.detail  # type: ignore[union-attr]
    assert "***" in detail
    assert detail.startswith("HTTP 401: <p>no such key: ")
    assert detail.endswith("sorry</p>")
    # A few characters of base64 belong to its neighbours as well; no more than that is left.
    left = detail.removeprefix("HTTP 401: <p>no such key: ").removesuffix(", sorry</p>")
    assert len(left) <= len("Basic ***") + 10


def test_what_is_no_key_is_not_masked() -> None:
    text = "the quick brown fox % \\u0041 &#65; dGhlIHF1aWNr"
    assert masked(text, (KEY, TOKEN)) == text


def test_masking_a_hostile_answer_takes_no_time() -> None:
    clock = SystemClock()
    start = clock.now()
    for hostile in ("\\" * 65_000, "%25" * 20_000, "s" * 65_000, "sk_eu" * 13_000, "&#0" * 20_000):
        masked(hostile, (KEY, TOKEN))
    assert clock.now() - start < 2.0


def with_locals(error: BaseException) -> str:
    """A traceback as services for errors record it: with the values of all variables."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [
        "".join(traceback.StackSummary.from_list([frame]).format())
        for each in (shown, shown.__cause__, shown.__context__)
        if each is not None
        for frame in each.stack
        if "test_http_limits" not in frame.filename
    ]
    return "".join(ours) + "".join(shown.format_exception_only())


@pytest.mark.parametrize(
    "options",
    [
        {"region": "mars"},
        {"base_url": "ftp://x"},
        {"base_url": 7},
        {"timeout": 0},
        {"timeout": "soon"},
        {"client": lambda: 1 / 0},
        {"key": KEY + "\n:"},
    ],
)
def test_an_error_of_the_constructor_shows_no_key_to_who_looks_at_its_variables(
    options: dict[str, Any],
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whichever it is
        HttpTransport(**{"key": KEY, **options})
    shown = with_locals(raised.value)
    assert "5eCr3t" not in shown
    assert "__init__" in shown


class Mistaken(httpx.Client):
    """A client with a mistake in it, deep inside."""

    def send(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a mistake")


def test_a_mistake_in_a_client_shows_no_key_to_who_looks_at_its_variables(
    make_record: MakeRecord,
) -> None:
    transport = HttpTransport(KEY, client=Mistaken())
    with pytest.raises(ZeroDivisionError) as raised:
        transport.send([make_record(1)])
    shown = with_locals(raised.value)
    assert "5eCr3t" not in shown
    assert TOKEN not in shown
    assert "_verdict" in shown


def test_an_interruption_shows_no_key_to_who_looks_at_its_variables(
    make_record: MakeRecord,
) -> None:
    class JobTimeoutError(Exception):
        pass

    def over(_number: int, _frame: object) -> None:
        raise JobTimeoutError

    def keep_quiet(_: socket.socket) -> None:
        server.over.wait(20)

    server = Rude(keep_quiet)
    transport = HttpTransport(KEY, base_url=server.url, timeout=10)
    before = signal.signal(signal.SIGALRM, over)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(JobTimeoutError) as raised:
            transport.send([make_record(1)])
    finally:
        signal.signal(signal.SIGALRM, before)
        server.close()
        transport.close()
    shown = with_locals(raised.value)
    assert "5eCr3t" not in shown
    assert TOKEN not in shown


def test_a_transport_that_is_half_made_can_be_shown() -> None:
    half = HttpTransport.__new__(HttpTransport)
    assert repr(half) == "<HttpTransport that could not be made>"
    with pytest.raises(TransportError):
        half.__init__("")  # type: ignore[misc]
    assert "could not be made" in repr(half)
