"""A backend that keeps no session in memory between two requests.

Each request restores the session from its snapshot, gives it one signal, and stores the new
snapshot: any process can serve the next request, and the events are the same, byte for byte.
"""

import json
from collections.abc import Mapping

from video_tracker import Content, Encoder, Session, SessionPlan, restore, snapshot
from video_tracker.signal_log import signal_from_json

REQUESTS = [
    {"signal": "play", "at": 1795432200.0},
    {"signal": "playing", "at": 1795432200.4, "position": 0.0},
    {"signal": "progress", "at": 1795432204.4, "position": 4.0},
    {"signal": "pause", "at": 1795432205.4, "position": 5.0},
    {"signal": "exit", "at": 1795432219.0, "position": 5.0},
]

STORE: dict[str, str] = {}
ENCODER = Encoder()


def serve(session_id: str, request: Mapping[str, object]) -> list[bytes]:
    """Answer one request: the bytes to send."""
    session = restore(json.loads(STORE[session_id]))
    events = session.receive(signal_from_json(request))
    STORE[session_id] = json.dumps(snapshot(session))
    return [ENCODER.encode(event, session.envelope()).body for event in events]


def main() -> None:
    """Begin a session and serve its requests."""
    plan = SessionPlan(user_id="viewer-42", contents=[Content(asset_id="film", duration=60)])
    STORE["session-1"] = json.dumps(snapshot(Session("session-1", plan)))
    for request in REQUESTS:
        for body in serve("session-1", request):
            message = json.loads(body)
            print(message["messageId"], message["event"], message["properties"]["position"])
    print(f"the snapshot takes {len(STORE['session-1'])} bytes")


if __name__ == "__main__":
    main()
