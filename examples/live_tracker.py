"""A backend that is told by web players what they do, and sends the events as they happen.

The page posts each callback of its video element; here a list of them stands for the web server,
and a clock moved by hand for the time, so that the example prints the same every time. In a
program, leave the clock out and use ``HttpTransport`` in place of the memory.
"""

import json

from video_tracker import Content, MemoryTransport, SessionPlan, Tracker
from video_tracker.testing.clock import ManualClock

POSTED = [
    (0.0, "loadedmetadata", {"currentTime": 0, "duration": 12.0}),
    (1.0, "play", {"currentTime": 0, "duration": 12.0, "paused": False}),
    (1.2, "playing", {"currentTime": 0, "duration": 12.0, "paused": False}),
    *((1.2 + n, "timeupdate", {"currentTime": float(n), "paused": False}) for n in range(1, 5)),
    (5.5, "pause", {"currentTime": 4.3, "paused": True}),
    (20.5, "play", {"currentTime": 4.3, "paused": False}),
    (20.5, "playing", {"currentTime": 4.3, "paused": False}),
    *((16.2 + n, "timeupdate", {"currentTime": float(n), "paused": False}) for n in range(5, 12)),
    (28.2, "timeupdate", {"currentTime": 12.0, "paused": True, "ended": True}),
    (28.2, "pause", {"currentTime": 12.0, "paused": True, "ended": True}),
    (28.2, "ended", {"currentTime": 12.0, "paused": True, "ended": True}),
]


def main() -> None:
    """Serve one viewer."""
    clock = ManualClock()
    transport = MemoryTransport()
    plan = SessionPlan(contents=[Content(asset_id="clip-7", title="A Walk by the Sea")])
    start = clock.now()
    with Tracker(transport, clock=clock, plan=plan) as tracker:
        player = tracker.open("session-1", player="html5", user_id="viewer-42")
        for after, event, state in POSTED:
            clock.move_to(start + after)
            player.callback(event, state)
        while (due := tracker.wake_at()) is not None:
            clock.move_to(max(due, clock.now()))
            tracker.tick()
        summary = player.summary()

    for record in transport.records:
        message = json.loads(record.body)
        properties = message["properties"]
        print(message["timestamp"][11:23], message["event"], properties.get("position"))
    figures = summary.to_dict()
    print(f"watched {figures['unique_seconds']:.1f} s, paused {figures['paused']:.1f} s")


if __name__ == "__main__":
    main()
