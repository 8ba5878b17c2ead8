"""The faulty server does what it says, or the tests that rely on it would prove nothing."""

import http.client
import json
import time

import pytest

from tests.delivery.server import FAULTS, FaultyServer

ONE = json.dumps({"messageId": "m1", "properties": {}})
BATCH = json.dumps({"batch": [{"messageId": f"m{n}", "properties": {}} for n in (1, 2)]})


def post(server: FaultyServer, body: str, timeout: float = 0.3) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request("POST", "/v1/batch", body)
        response = connection.getresponse()
        return response.status, response.read1()
    finally:
        connection.close()


def test_a_sound_server_counts_what_arrives() -> None:
    with FaultyServer() as server:
        assert post(server, ONE)[0] == 200
        assert post(server, BATCH)[0] == 200
    assert server.accepted == server.arrivals == {"m1": 2, "m2": 1}
    assert [request.path for request in server.requests] == ["/v1/batch"] * 2
    assert len(server.gaps()) == 1


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_passes_after_so_many_times(name: str) -> None:
    fault = FAULTS[name]
    with FaultyServer(fault, times=1) as server:
        started = time.monotonic()
        try:
            status = post(server, ONE)[0]
        except (OSError, http.client.HTTPException):
            status = 0
        assert time.monotonic() - started < 1
        assert server.arrivals == {"m1": 1}
        if fault.is_success:
            assert server.accepted == {"m1": 1}
        elif not fault.is_lasting or status == 400:
            assert server.accepted == {} or name == "400, one bad event"
        assert post(server, ONE)[0] == 200
    assert server.arrivals == {"m1": 2}


def test_it_can_begin_and_cease_to_fail() -> None:
    with FaultyServer(delay=0.01) as server:
        assert post(server, ONE)[0] == 200
        server.fail(FAULTS["503"])
        assert post(server, ONE)[0] == 503
        server.recover()
        assert post(server, ONE)[0] == 200
    assert server.accepted == {"m1": 2}
