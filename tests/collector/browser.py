"""Drives a real Chromium over its debugging pipe: what a viewer does, and pictures of what he sees.

No driver and no socket: Chromium reads commands on file descriptor 3 and answers on 4, as JSON
with a zero byte behind each (the Chrome DevTools Protocol).
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

__all__ = ["CHROMIUM", "Browser", "BrowserError", "Page"]

CHROMIUM: Final = shutil.which("chromium")
"""Where Chromium is; None when it is not installed."""

_PATIENCE: Final = 120.0

_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
)


class BrowserError(Exception):
    """A command failed, or the page's script raised."""


class Browser:
    """One Chromium with a profile of its own; use it as a context manager.

    Args:
        profile: An empty directory.
    """

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        arguments = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{commands} 4>&{answers}', *arguments],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._lock = threading.Lock()
        self._number = 0
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []
        """What pages wrote to their consoles as errors, and exceptions nobody caught."""
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(BrowserError, OSError):
            self.command("Browser.close", patience=10.0)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._write)
        self._reader.join(10)

    def command(
        self,
        method: str,
        parameters: Mapping[str, Any] | None = None,
        session: str | None = None,
        patience: float = _PATIENCE,
    ) -> dict[str, Any]:
        """Say a command and wait for its answer; callable from any thread."""
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            self._number += 1
            message: dict[str, Any] = {"id": self._number, "method": method}
            message["params"] = parameters or {}
            if session is not None:
                message["sessionId"] = session
            self._waiting[self._number] = answer
            data = json.dumps(message).encode() + b"\0"
            while data:
                data = data[os.write(self._write, data) :]
        said = answer.result(patience)
        if "error" in said:
            raise BrowserError(f"{method}: {said['error']}")
        return dict(said.get("result", {}))

    def page(self, address: str, width: int = 1280, height: int = 800) -> "Page":
        """Open a page in a window and a profile of its own."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command(
            "Target.createTarget",
            {
                "url": "about:blank",
                "browserContextId": context,
                "newWindow": True,
                "width": width,
                "height": height,
            },
        )["targetId"]
        attached = self.command("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(self, target, attached["sessionId"])
        for domain in ("Page", "Runtime", "Log"):
            page.command(f"{domain}.enable")
        page.resize(width, height)
        page.command("Page.navigate", {"url": address})
        return page

    def _listen(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while part := os.read(self._read, 1 << 16):
                *messages, rest = (rest + part).split(b"\0")
                for message in messages:
                    self._hear(json.loads(message))
        os.close(self._read)
        with self._lock:
            for answer in self._waiting.values():
                answer.cancel()

    def _hear(self, message: dict[str, Any]) -> None:
        if "id" in message:
            with self._lock:
                answer = self._waiting.pop(message["id"], None)
            if answer is not None:
                answer.set_result(message)
            return
        said = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.complaints.append(str(details.get("exception", details).get("description")))
        elif message["method"] == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.complaints.append(f"{said['entry']['text']} {said['entry'].get('url')}")


class Page:
    """One page; made by :meth:`Browser.page`."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    def command(self, method: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Say a command to this page."""
        return self._browser.command(method, parameters, self._session)

    def evaluate(self, expression: str) -> Any:
        """The value of a script's expression, as if the viewer had clicked; promises are awaited.

        Raises:
            BrowserError: It threw, or its promise was rejected.
        """
        answer = self.command(
            "Runtime.evaluate",
            {
                "expression": expression,
                "awaitPromise": True,
                "returnByValue": True,
                "userGesture": True,
            },
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            said = details.get("exception", {}).get("description", details.get("text"))
            raise BrowserError(f"{expression}: {said}")
        return answer["result"].get("value")

    def until(self, condition: str, seconds: float = 25.0, then: str = "") -> None:
        """Wait, inside the page, until a condition holds; asked fifty times a second.

        Args:
            condition: An expression.
            seconds: How long to wait.
            then: Statements that are run at that very moment.
        """
        self.evaluate(
            "new Promise((done, failed) => {"
            f"const since = Date.now(); const timer = setInterval(() => {{ if ({condition})"
            f" {{ clearInterval(timer); done(); {then} }}"
            f" else if (Date.now() - since > {seconds * 1000})"
            f" {{ clearInterval(timer); failed(new Error({json.dumps(condition)})); }} }}, 20); }})"
        )

    def resize(self, width: int, height: int, *, dark: bool = False, mobile: bool = False) -> None:
        """Show the page in a window of that size."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", {"features": [scheme]})

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """Write a PNG of what is seen, or of the whole page."""
        shot = self.command(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole}
        )
        file.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """Close it, as a viewer closes a tab."""
        self._browser.command("Target.closeTarget", {"targetId": self._target})
