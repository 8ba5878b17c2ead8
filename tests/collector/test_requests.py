"""What the service answers, to pages as they are and to those who are up to no good."""

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from collector.settings import Settings
from tests.collector.service import SITE, Service, batch, callback, running

Story = Callable[[Service], Awaitable[None]]


def tell(story: Story, **changes: Any) -> Service:
    """Run a story against a service of its own, to the end of its life."""

    async def run() -> Service:
        async with running(**changes) as service:
            await story(service)
        return service

    return asyncio.run(run())


def start() -> list[dict[str, Any]]:
    """The first beacons of a viewing."""
    return [callback(0, "play"), callback(1, "playing"), callback(2, "timeupdate", 0.6)]


# -- what a page does ------------------------------------------------------------------------------


def test_what_a_viewer_did_arrives_as_events() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        answer = await service.say(token, *start())
        assert (answer.status, answer.body) == (204, b"")
        await service.say(token, callback(3, "pause", 1.0), callback(4, "play", 1.0))
        await service.say(token, {**callback(5, "pagehide", 1.5), "player": "page"})

    service = tell(story)
    assert service.events == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Paused",
        "Video Playback Resumed",
        "Video Content Playing",
        "Video Playback Exited",
    ]


def test_the_viewer_is_the_one_of_the_token() -> None:
    async def story(service: Service) -> None:
        await service.say(await service.begin(viewer="anna"), *start())
        await service.say(await service.begin(viewer="<b>\ud800"), *start())

    service = tell(story)
    viewers = [json.loads(record.body)["anonymousId"] for record in service.transport.records]
    assert viewers[0] == "anna"
    assert len(set(viewers)) == 2
    assert all(viewer.isalnum() for viewer in viewers)


def test_a_batch_that_is_sent_again_counts_once() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        for _ in range(3):
            assert (await service.say(token, *start())).status == 204

    assert tell(story).events == ["Video Playback Started", "Video Content Started"]


def test_batches_that_overtake_each_other_are_put_in_order() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        await service.say(token, callback(3, "pause", 1.0))
        await service.say(token, *start())

    assert tell(story).events == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Paused",
    ]


def test_what_waits_for_a_beacon_that_never_came_is_told_when_the_service_stops() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        await service.say(token, *start())
        await service.say(token, callback(4, "pause", 1.0))
        await service.flush()
        assert service.events == ["Video Playback Started", "Video Content Started"]

    assert tell(story).events[2:] == ["Video Playback Paused"]


def test_a_wrong_beacon_costs_itself_alone() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        answer = await service.say(token, start()[0], {**start()[1], "state": 7}, start()[2])
        assert answer.status == 204
        health = await service.call("GET", "/healthz")
        assert health.json["beacons"] == {"taken": 2, "wrong_type": 1}

    tell(story)


# -- who may write where ---------------------------------------------------------------------------


def test_nobody_writes_into_another_session() -> None:
    async def story(service: Service) -> None:
        mine, others = await service.begin(), await service.begin()
        await service.say(others, callback(0, "loadstart"))
        victim = next(iter(service.collector.sessions._live))
        answer = await service.say(mine, {**start()[0], "session_id": victim})
        assert answer.error == (403, "foreign_session")
        body = {"session_id": victim, "beacons": start()}
        answer = await service.call("POST", "/beacons", f"{mine}\n{json.dumps(body)}".encode())
        assert answer.error == (403, "foreign_session")

    assert tell(story).events == []


def test_tokens_that_are_none_of_ours_are_refused() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        for wrong, reason in {
            "": "token_malformed",
            "nonsense": "token_malformed",
            token[:-1]: "token_forged",
            token.swapcase(): "token_forged",
            "é" * 40: "token_malformed",
        }.items():
            answer = await service.say(wrong, *start())
            assert answer.error == (401, reason)
        async with running() as stranger:
            answer = await service.say(await stranger.begin(), *start())
            assert answer.error == (401, "token_forged")

    assert tell(story).events == []


def test_a_token_dies_in_time() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        await service.say(token, start()[0])
        service.ahead = 6 * 3600
        assert (await service.say(token, *start()[1:])).error == (401, "token_expired")

    assert tell(story).events == ["Video Playback Started"]


def test_a_token_that_nobody_used_cannot_begin_a_session_later() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        service.ahead = 121
        assert (await service.say(token, *start())).error == (410, "session_over")

    assert tell(story).events == []


def test_the_token_of_a_session_that_is_over_begins_no_new_one() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        leave = {**callback(3, "pagehide", 1.0), "player": "page"}
        await service.say(token, *start(), leave)
        assert len(service.collector.sessions) == 1
        service.ahead = 2
        service.collector.sessions.pass_time(service.collector.clock())
        assert len(service.collector.sessions) == 0
        assert (await service.say(token, *start())).error == (410, "session_over")
        service.ahead = 200  # when it is forgotten, it is too old to begin one
        service.collector.sessions.pass_time(service.collector.clock())
        assert not service.collector.sessions._over
        assert (await service.say(token, *start())).error == (410, "session_over")

    assert tell(story, over_seconds=1.0).events[-1] == "Video Playback Exited"


def test_a_token_of_an_earlier_process_begins_no_session() -> None:
    async def run() -> None:
        settings = Settings(secret=b"k" * 32)
        async with running(settings) as before:
            token = await before.begin()
        async with running(settings) as after:
            assert (await after.say(token, *start())).error == (410, "session_over")

    asyncio.run(run())


# -- limits ----------------------------------------------------------------------------------------


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async def story(service: Service) -> None:
        for length in ("66001", "9" * 5000, "-1", "x", ""):
            headers = {"content-length": length}
            answer = await service.call("POST", "/beacons", [b"x"] * 9, headers)
            assert answer.error == (413, "too_large")
            assert answer.parts == 0

    tell(story)


def test_a_body_that_grows_too_large_is_not_read_to_its_end() -> None:
    async def story(service: Service) -> None:
        answer = await service.call("POST", "/beacons", [b"x" * 10_000] * 1_000)
        assert answer.error == (413, "too_large")
        assert answer.parts == 7

    tell(story)


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    async def story(service: Service) -> None:
        answer = await service.call("POST", "/beacons", None)
        assert answer.error == (408, "too_slow")

    tell(story, body_seconds=0.05)


def test_a_client_that_goes_away_is_no_trouble() -> None:
    async def story(service: Service) -> None:
        answer = await service.call("POST", "/beacons", [])
        assert answer.error == (400, "disconnected")

    tell(story)


def test_who_asks_too_often_with_a_token_has_to_wait() -> None:
    async def story(service: Service) -> None:
        token, other = await service.begin(), await service.begin()
        answers = [await service.say(token, callback(n, "timeupdate")) for n in range(4)]
        assert [answer.status for answer in answers] == [204, 204, 204, 429]
        assert answers[-1].error == (429, "too_many_requests")
        assert answers[-1].headers["retry-after"] == "2"
        assert (await service.say(other, *start())).status == 204
        service.ahead = 2.1
        assert (await service.say(token, callback(3, "timeupdate"))).status == 204

    tell(story, token_rate=0.5, token_burst=3)


def test_who_asks_too_often_from_an_address_has_to_wait() -> None:
    async def story(service: Service) -> None:
        said = [await service.call("POST", "/sessions", b"{}") for _ in range(6)]
        assert [answer.status for answer in said] == [400] * 5 + [429]
        assert (await service.call("POST", "/sessions", b"{}", address="192.0.2.2")).status == 400
        assert (await service.call("GET", "/healthz")).status == 200

    tell(story, address_rate=0.1, address_burst=5)


def test_when_there_is_no_room_new_viewers_wait_and_the_others_do_not() -> None:
    async def story(service: Service) -> None:
        tokens = [await service.begin() for _ in range(4)]
        answers = [await service.say(token, *start()) for token in tokens[:3]]
        assert [answer.status for answer in answers] == [204, 204, 503]
        assert answers[-1].error == (503, "full")
        assert answers[-1].headers["retry-after"] == "30"
        service.ahead = 90
        assert (await service.say(tokens[1], callback(3, "timeupdate", 1))).status == 204
        # The first one was silent for long enough to make room.
        assert (await service.say(tokens[3], *start())).status == 204
        assert (await service.say(tokens[0], callback(3, "pause"))).error == (410, "session_over")

    tell(story, max_sessions=2, idle_seconds=60.0)


# -- pages of other sites --------------------------------------------------------------------------


def test_pages_of_other_sites_are_refused() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        for path, body in {"/sessions": b"{}", "/beacons": batch(token, *start())}.items():
            for origin in ("https://evil.example", "null", SITE + ".evil.example"):
                answer = await service.call("POST", path, body, {"origin": origin})
                assert answer.error == (403, "foreign_origin")
                assert "access-control-allow-origin" not in answer.headers

    assert tell(story).events == []


def test_pages_of_the_own_sites_may_read_the_answers() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        answer = await service.say(token, *start(), headers={"origin": SITE})
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == SITE
        asked = {"origin": SITE, "access-control-request-method": "POST"}
        asked["access-control-request-headers"] = "content-type"
        answer = await service.call("OPTIONS", "/sessions", b"", asked)
        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == SITE
        asked["origin"] = "https://evil.example"
        answer = await service.call("OPTIONS", "/sessions", b"", asked)
        assert answer.status == 400

    tell(story)


# -- all the rest ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b"[" * 1900, 400, "malformed"),
        (b"\xff", 400, "malformed"),
        (b"{}", 400, "malformed"),
        (b'{"video": "film", "player": "signals"}', 422, "unknown_video_or_player"),
        (b'{"video": ["film"]}', 400, "malformed"),
        (b'{"video": {}, "player": []}', 400, "malformed"),
        (b'{"video": "film", "player": null}', 400, "malformed"),
        (b"{" + b" " * 2000 + b"}", 413, "too_large"),
    ],
)
def test_who_asks_for_no_session_gets_none(body: bytes, status: int, reason: str) -> None:
    async def story(service: Service) -> None:
        assert (await service.call("POST", "/sessions", body)).error == (status, reason)

    tell(story)


@pytest.mark.parametrize("clock", ["1", None, -1, 1e300, True, [], float("nan")])
def test_a_device_may_say_any_time_when_it_asks(clock: object) -> None:
    async def story(service: Service) -> None:
        token = await service.begin(clock=clock)
        assert (await service.say(token, *start())).status == 204

    assert tell(story).events == ["Video Playback Started", "Video Content Started"]


def test_pages_that_are_not_there_are_told_in_json() -> None:
    async def story(service: Service) -> None:
        assert (await service.call("GET", "/nowhere")).error == (404, "no_such_page")
        assert (await service.call("GET", "/beacons")).error == (405, "no_such_method")
        assert (await service.call("GET", "/static/../app.py")).error == (404, "no_such_page")
        assert (await service.call("GET", "/debug/session")).error == (404, "no_such_page")

    tell(story)


def test_a_fault_of_the_service_shows_nobody_its_insides() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        service.collector.sessions.take = None  # type: ignore[method-assign,assignment]
        assert (await service.say(token, *start())).error == (500, "internal")

    assert len(tell(story).faults) == 1


def test_the_demonstration_shows_a_viewer_his_own_session_alone() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        await service.say(token, *start())
        await service.flush()
        bearer = {"authorization": f"Bearer {token}"}
        answer = (await service.call("GET", "/debug/session", headers=bearer)).json
        names = [message["event"] for message in answer["messages"]]
        assert names == ["Video Playback Started", "Video Content Started"]
        assert (answer["standing"]["where"], answer["standing"]["how"]) == ("content", "playing")
        for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {token}"}):
            assert (await service.call("GET", "/debug/session", headers=wrong)).status == 401
        other = {"authorization": f"Bearer {await service.begin()}"}
        answer = (await service.call("GET", "/debug/session", headers=other)).json
        assert answer == {"messages": [], "standing": None}

    tell(story, local_sink=True)


def test_the_demonstration_draws_a_viewer_his_own_session_alone() -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        bearer = {"authorization": f"Bearer {token}"}
        empty = await service.call("GET", "/debug/timeline", headers=bearer)
        assert (empty.status, empty.body) == (204, b"")
        await service.say(token, *start())
        await service.flush()
        service.ahead += 5.0  # nothing was said since, but time passed
        answer = await service.call("GET", "/debug/timeline", headers=bearer)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        svg = ET.fromstring(answer.body)
        texts = {"".join(each.itertext()) for each in svg.iter() if each.tag.endswith("text")}
        assert {"content", "playhead", "seen film"} <= texts
        for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {token}"}):
            assert (await service.call("GET", "/debug/timeline", headers=wrong)).status == 401
        other = {"authorization": f"Bearer {await service.begin()}"}
        assert (await service.call("GET", "/debug/timeline", headers=other)).status == 204

    tell(story, local_sink=True)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"theme=dark&width=600", 200),
        (b"width=999999999", 200),
        (b"width=10", 400),
        (b"width=wide", 400),
        (b"theme=blue", 400),
    ],
)
def test_a_picture_is_asked_for_in_bounds(asked: bytes, status: int) -> None:
    async def story(service: Service) -> None:
        token = await service.begin()
        await service.say(token, *start())
        await service.flush()
        headers = {"authorization": f"Bearer {token}"}
        answer = await service.call("GET", "/debug/timeline", headers=headers, query=asked)
        assert answer.status == status
        if status == 200:
            assert float(ET.fromstring(answer.body).attrib["width"]) <= 1600

    tell(story, local_sink=True)


def test_only_a_demonstration_draws() -> None:
    async def story(service: Service) -> None:
        headers = {"authorization": f"Bearer {await service.begin()}"}
        answer = await service.call("GET", "/debug/timeline", headers=headers)
        assert answer.error == (404, "no_such_page")

    tell(story)
