"""The Django recipe, driven by Django's test client."""

import json
import time
from types import ModuleType
from typing import Any

import pytest

from video_tracker import MemoryTransport, Tracker

pytest.importorskip("django", reason="django is not installed: pip install '.[examples]'")


@pytest.fixture(scope="module")
def site() -> ModuleType:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE", ":memory:")
        environment.delenv("CUSTOMERIO_KEY", raising=False)
        from recipes import django_site  # noqa: PLC0415 - it reads its environment
    from django.core.management import call_command  # noqa: PLC0415 - configured by now

    call_command("migrate", verbosity=0)
    return django_site


@pytest.fixture
def transport(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> MemoryTransport:
    memory = MemoryTransport()
    monkeypatch.setattr(site, "TRACKER", Tracker(memory))
    return memory


@pytest.fixture
def client(transport: MemoryTransport) -> Any:
    from django.test import Client  # noqa: PLC0415 - configured by now

    assert transport.records == []
    return Client()


def post(client: Any, path: str, body: object) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def said(*events: tuple[str, float]) -> dict[str, Any]:
    now = time.time() * 1000
    return {
        "player": "html5",
        "beacons": [
            {"seq": number, "t": now + 500 * number, "event": event, "state": {"currentTime": at}}
            for number, (event, at) in enumerate(events)
        ],
    }


def test_who_is_logged_in_is_the_user_of_the_events(
    site: ModuleType, client: Any, transport: MemoryTransport
) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - configured by now

    user = User.objects.create_user("mara")
    client.force_login(user)
    begun = post(client, "/sessions", {"video": "film"})
    session = begun.json()["session"]
    heard = post(client, f"/sessions/{session}/beacons", said(("play", 0.0), ("playing", 0.0)))
    stats = site.TRACKER.close()

    assert (begun.status_code, heard.status_code, heard.content) == (201, 204, b"")
    assert transport.events == ["Video Playback Started", "Video Content Started"]
    assert {message["userId"] for message in transport.messages} == {str(user.pk)}
    assert transport.messages[1]["properties"]["asset_id"] == "film"
    assert (stats.delivered, stats.lost) == (2, 0)


def test_a_visitor_is_anonymous_and_the_same_in_all_of_his_sessions(
    site: ModuleType, client: Any, transport: MemoryTransport
) -> None:
    for _ in range(2):
        session = post(client, "/sessions", {"video": "film"}).json()["session"]
        post(client, f"/sessions/{session}/beacons", said(("play", 0.0)))
    site.TRACKER.close()

    assert transport.events == ["Video Playback Started"] * 2
    assert len({message["properties"]["session_id"] for message in transport.messages}) == 2
    assert {message["anonymousId"] for message in transport.messages} == {
        client.session.session_key
    }
    assert all("userId" not in message for message in transport.messages)


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ([], {"error": "say {'video': ...}"}),
        ({"player": "html5"}, {"error": "say {'video': ...}"}),
        ({"video": "film", "player": "html"}, None),
    ],
)
def test_a_wrong_beginning_is_told_what_is_wrong(client: Any, wanted: object, answer: Any) -> None:
    refused = post(client, "/sessions", wanted)

    assert refused.status_code == 400
    assert answer is None or refused.json() == answer
    assert answer is not None or "html5" in refused.json()["error"]


def test_a_session_that_is_not_here_is_gone_and_nonsense_is_refused(client: Any) -> None:
    session = post(client, "/sessions", {"video": "film"}).json()["session"]

    assert post(client, "/sessions/unknown/beacons", said(("play", 0.0))).status_code == 410
    assert post(client, f"/sessions/{session}/beacons", [1]).status_code == 400
    assert client.get(f"/sessions/{session}/beacons").status_code == 405
    assert client.get("/healthz").json()["sessions"] == 1
