"""The least that sends video events: run `python examples/quickstart.py`.

A player's callbacks go in as the page posted them, one message a line comes out. In a program,
``HttpTransport("the source's API key")`` takes the place of the console.
"""

import json
import sys

from video_tracker import ConsoleTransport, Tracker

POSTED = [
    b'{"session": "s1", "at": 1795432200.0, "event": "play", "state": {"currentTime": 0}}',
    b'{"session": "s1", "at": 1795432200.4, "event": "playing", "state": {"currentTime": 0}}',
    b'{"session": "s1", "at": 1795432207.6, "event": "pause", "state": {"currentTime": 7.2}}',
    b'{"session": "s1", "at": 1795432219.0, "event": "emptied", "state": {"currentTime": 7.2}}',
]
"""What a page said, and when; without ``at`` a callback counts as said now."""


def main() -> None:
    """Take what a page posted."""
    with Tracker(ConsoleTransport(sys.stdout)) as tracker:
        for body in POSTED:
            said = json.loads(body)
            player = tracker.open(said["session"], player="html5", user_id="viewer-42")
            player.callback(said["event"], said["state"], at=said["at"])


if __name__ == "__main__":
    main()
