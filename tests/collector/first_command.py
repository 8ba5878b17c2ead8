"""Waits for a collector on a port of this machine and asks it for its page."""

import sys
import time

import httpx


def main() -> None:
    """Ask for two minutes; the last trouble is raised."""
    address = f"http://127.0.0.1:{int(sys.argv[1])}"
    until = time.monotonic() + 120
    while True:
        try:
            assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
            break
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
    page = httpx.get(f"{address}/").text
    assert "/static/page.js" in page
    session = httpx.post(f"{address}/sessions", json={"video": "film", "player": "html5"})
    assert session.status_code == 201
    sys.stdout.write(f"the collector serves its page: {len(page)} characters\n")


if __name__ == "__main__":
    main()
