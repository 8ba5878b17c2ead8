"""Which address counts as the client's, and how much one of them can take."""

import asyncio
import json

import pytest
from starlette.requests import Request

from collector.addresses import client_of, networks
from collector.settings import Settings
from tests.collector.service import Service, callback, running
from tests.collector.test_requests import start, tell

PROXIES = networks("10.0.0.0/8, 2001:db8:ffff::/48")


def client(peer: str | None, *headers: tuple[str, str], trusted: bool = True) -> str:
    """Whom a request counts for."""
    scope = {
        "type": "http",
        "client": None if peer is None else (peer, 40_000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    return client_of(Request(scope), PROXIES if trusted else ())


def listed(value: str) -> tuple[str, str]:
    return ("x-forwarded-for", value)


def forwarded(value: str) -> tuple[str, str]:
    return ("forwarded", value)


def test_what_a_stranger_says_of_himself_is_not_believed() -> None:
    said = (listed("198.51.100.7"), forwarded("for=198.51.100.7"))
    assert client("192.0.2.1", *said) == "192.0.2.1"
    assert client("10.0.0.1", *said, trusted=False) == "10.0.0.1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("192.0.2.66, 198.51.100.7", "198.51.100.7"),  # the first one is the client's own word
        ("192.0.2.66, 10.1.1.1", "192.0.2.66"),
        ("192.0.2.66, 198.51.100.7, 10.2.2.2, 10.1.1.1", "198.51.100.7"),
        ("10.3.3.3, 10.2.2.2", "10.3.3.3"),  # all of the house
        ("198.51.100.7:51234", "198.51.100.7"),
        ("[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("192.0.2.66, unknown", "10.0.0.1"),
        ("192.0.2.66, nonsense, 10.1.1.1", "10.1.1.1"),
        ("192.0.2.66,", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_last_hop_that_is_no_proxy_counts(value: str, expected: str) -> None:
    assert client("10.0.0.1", listed(value)) == expected
    elements = [f'for="{each.strip()}";proto=https' for each in value.split(",")]
    assert client("10.0.0.1", forwarded(", ".join(elements))) == expected


def test_a_header_in_several_lines_is_one_list() -> None:
    assert client("10.0.0.1", listed("192.0.2.66"), listed("198.51.100.7")) == "198.51.100.7"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("For=198.51.100.7", "198.51.100.7"),
        ("by=10.0.0.1; FOR=198.51.100.7 ;host=a", "198.51.100.7"),
        ('for=192.0.2.66;host=", for=198.51.100.7', "198.51.100.7"),
        ("for=192.0.2.66, by=10.0.0.1", "10.0.0.1"),
        ("for=_hidden", "10.0.0.1"),
    ],
)
def test_elements_of_forwarded_are_read_as_they_are_written(value: str, expected: str) -> None:
    assert client("10.0.0.1", forwarded(value)) == expected


def test_a_second_header_that_says_otherwise_gains_nothing() -> None:
    """The proxy writes one of them; the other came through it from the client."""
    assert client("10.0.0.1", listed("198.51.100.7"), forwarded("for=192.0.2.66")) == "10.0.0.1"
    agreed = (listed("198.51.100.7"), forwarded("for=198.51.100.7"))
    assert client("10.0.0.1", *agreed) == "198.51.100.7"


def test_a_peer_without_an_address_is_itself() -> None:
    assert client(None, listed("198.51.100.7")) == ""
    assert client("testclient", listed("198.51.100.7")) == "testclient"


def test_the_longest_headers_are_read_in_time_that_does_not_grow_faster_than_they_do() -> None:
    for value in (";" * 16_000, " " * 16_000, "for" + " " * 16_000, "a" * 16_000, "," * 16_000):
        assert client("10.0.0.1", forwarded(value), listed(value)) == "10.0.0.1"


def test_networks_are_read_from_the_environment() -> None:
    given = {"COLLECTOR_LOCAL_SINK": "1", "COLLECTOR_PROXIES": "10.0.0.0/8, ::1"}
    assert Settings.from_environment(given).proxies == networks("10.0.0.0/8,::1")
    with pytest.raises(ValueError, match=r"^COLLECTOR_PROXIES: 10.0.0.1/8 has host bits set$"):
        Settings.from_environment({**given, "COLLECTOR_PROXIES": "10.0.0.1/8"})


# -- what one address can take ---------------------------------------------------------------------


def test_the_rate_is_that_of_the_client_behind_the_proxy() -> None:
    async def story(service: Service) -> None:
        async def ask(client: str, address: str = "10.0.0.1") -> int:
            headers = {"x-forwarded-for": client}
            return (await service.call("POST", "/sessions", b"{}", headers, address)).status

        assert [await ask("198.51.100.7") for _ in range(4)] == [400, 400, 400, 429]
        assert await ask("198.51.100.8") == 400
        # Who is no proxy cannot be somebody else each time.
        said = [await ask(f"198.51.100.{n}", "192.0.2.1") for n in range(9, 13)]
        assert said == [400, 400, 400, 429]

    tell(story, address_rate=0.1, address_burst=3, proxies=PROXIES)


def test_an_ipv6_address_has_the_rate_of_its_subnet() -> None:
    async def story(service: Service) -> None:
        async def ask(address: str) -> int:
            return (await service.call("POST", "/sessions", b"{}", address=address)).status

        said = [await ask(f"2001:db8:1:2:{n}::{n}") for n in range(1, 5)]
        assert said == [400, 400, 400, 429]
        assert await ask("2001:db8:1:3::1") == 400
        assert len(service.collector.addresses) == 2

    tell(story, address_rate=0.1, address_burst=3)


async def begin(service: Service, address: str) -> str:
    """A token that is asked for from an address."""
    asked = json.dumps({"video": "film"}).encode()
    return str((await service.call("POST", "/sessions", asked, address=address)).json["token"])


@pytest.mark.parametrize(
    "mine", [["192.0.2.9"] * 5, [f"2001:db8:1:2::{n}" for n in range(5)]], ids=["ipv4", "ipv6"]
)
def test_one_address_cannot_take_the_places_of_all(mine: list[str]) -> None:
    async def story(service: Service) -> None:
        tokens = [await begin(service, address) for address in mine]
        # Wherever they are used from: the place is his who asked for the token.
        answers = [
            await service.say(token, *start(), address=f"198.51.100.{n}")
            for n, token in enumerate(tokens)
        ]
        assert [answer.status for answer in answers] == [204, 204, 204, 429, 429]
        assert answers[-1].error == (429, "too_many_sessions")
        assert answers[-1].headers["retry-after"] == "30"
        other = await begin(service, "198.51.100.1")
        assert (await service.say(other, *start())).status == 204
        assert len(service.collector.sessions) == 4

    tell(story, max_sessions=5, address_sessions=3)


def test_an_address_makes_room_for_itself_by_its_own_silent_sessions_alone() -> None:
    async def story(service: Service) -> None:
        paused = await begin(service, "198.51.100.1")
        await service.say(paused, *start(), callback(3, "pause", 1.0))
        first, second = [await begin(service, "192.0.2.9") for _ in range(2)]
        for token in (first, second):
            await service.say(token, *start())
        service.ahead = 61
        assert (await service.say(second, callback(3, "timeupdate", 1.0))).status == 204
        third, fourth = [await begin(service, "192.0.2.9") for _ in range(2)]
        assert (await service.say(third, *start())).status == 204
        assert (await service.say(fourth, *start())).status == 429
        assert (await service.say(first, callback(3, "pause"))).error == (410, "session_over")
        assert (await service.say(paused, callback(4, "play", 1.0))).status == 204

    tell(story, address_sessions=2, idle_seconds=60.0)


def test_what_is_remembered_of_addresses_ends_with_their_sessions() -> None:
    async def run() -> None:
        async with running(over_seconds=1.0) as service:
            leave = {**callback(3, "pagehide", 1.0), "player": "page"}
            for n in range(20):
                token = await begin(service, f"192.0.2.{n}")
                assert (await service.say(token, *start(), leave)).status == 204
            assert len(service.collector.sessions._at) == 20
            service.ahead = 2
            service.collector.sessions.pass_time(service.collector.clock())
            assert service.collector.sessions._at == {}

    asyncio.run(run())
