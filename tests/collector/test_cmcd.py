"""What the service answers to players that report by themselves."""

import json
from collections.abc import Mapping

import pytest

from tests.collector.service import SITE, Answer, Service
from tests.collector.test_requests import tell

CMCD = {"content-type": "application/cmcd"}


def reports(service: Service, *states: str) -> bytes:
    """A report a second, numbered from 0, the last one now."""
    now = round(service.collector.clock() * 1000)
    begin = now - 1000 * len(states)
    lines = [
        f'cid="film",e=ps,sid="s-1",sn={number},sta={state},ts={begin + 1000 * number},v=2'
        for number, state in enumerate(states)
    ]
    return "\n".join(lines).encode()


async def post(
    service: Service, token: str, body: bytes, headers: Mapping[str, str] = CMCD
) -> Answer:
    return await service.call("POST", f"/cmcd/{token}", body, headers)


def test_what_a_player_reports_arrives_as_events() -> None:
    """Its `sid` is its own: the token says whose the session is."""

    async def story(service: Service) -> None:
        token = await service.begin(player="cmcd", viewer="anna")
        answer = await post(service, token, reports(service, "d", "s", "p", "a", "p", "e"))
        assert (answer.status, answer.body) == (204, b"")

    service = tell(story)
    messages = [json.loads(record.body) for record in service.transport.records]
    names = [message["event"] for message in messages if "Playing" not in message["event"]]
    assert names == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Paused",
        "Video Playback Resumed",
        "Video Content Completed",
        "Video Playback Completed",
    ]
    assert {message["anonymousId"] for message in messages} == {"anna"}
    assert "s-1" not in {message["properties"]["session_id"] for message in messages}


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{}", "application/cmcd"), (b"", "application/cmcd"), (b"e=t", "text/html")],
)
def test_what_cannot_be_read_is_answered_as_taken(body: bytes, kind: str) -> None:
    """It would only come again."""

    async def story(service: Service) -> None:
        token = await service.begin(player="cmcd")
        answer = await post(
            service, token, body, {"content-type": kind, "content-length": str(len(body))}
        )
        assert answer.status == 204

    assert tell(story).events == []


def test_a_body_that_is_too_large_is_not_asked_for_again() -> None:
    async def story(service: Service) -> None:
        token = await service.begin(player="cmcd")
        assert (await post(service, token, b"x" * 200_000)).status == 204

    tell(story)


def test_a_hasty_player_is_asked_to_wait() -> None:
    async def story(service: Service) -> None:
        token = await service.begin(player="cmcd")
        answers = [await post(service, token, reports(service, "d")) for _ in range(3)]
        assert [answer.status for answer in answers] == [204, 204, 429]

    tell(story, token_rate=0.001, token_burst=2)


def test_a_player_without_a_good_token_is_told_to_stop() -> None:
    async def story(service: Service) -> None:
        token = await service.begin(player="cmcd")
        assert (await post(service, "forged.token", reports(service, "d"))).status == 410
        assert (await post(service, token + "x", reports(service, "d"))).status == 410
        service.ahead = 1e6
        assert (await post(service, token, reports(service, "d"))).status == 410

    tell(story)


def test_a_browser_may_send_reports_from_the_operators_site() -> None:
    """`application/cmcd` is not a type that browsers send across origins unasked."""

    async def story(service: Service) -> None:
        asked = {
            "origin": SITE,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        }
        answer = await service.call("OPTIONS", "/cmcd/t", b"", asked)
        assert answer.status == 200
        assert "content-type" in answer.headers["access-control-allow-headers"].lower()

    tell(story)
