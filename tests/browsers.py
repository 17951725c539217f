"""Firefox and WebKit, as tests drive them: the same few acts in both.

Firefox is spoken to over WebDriver BiDi: Playwright's way to it asks for more than Firefox ESR can. WebKitGTK has a driver
of its own (W3C WebDriver), and needs a screen, which Xvfb makes. Sound goes to PulseAudio, which plays it to nobody where the machine has no sound card.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

from bench.server import free_ports

_LISTENS: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""What a WebDriver calls a reference to an element (W3C WebDriver, 12.3)."""
_LONGEST: Final = 30
"""Seconds that anything is waited for."""


class RefusedError(Exception):
    """What a WebDriver was asked to do and could not."""


class Window(ABC):
    """A window of a browser, new and unused. What has to do with elements takes a CSS selector, and its first element."""

    @abstractmethod
    def open(self, address: str) -> None: ...

    @abstractmethod
    def run(self, script: str) -> Any:
        """Return what the body of an async function returns in the page."""

    @abstractmethod
    def press(self, selector: str) -> None:
        """Press as a person does: sound may begin after it."""

    @abstractmethod
    def write(self, selector: str, text: str) -> None: ...

    @abstractmethod
    def enter_frame(self) -> None:
        """Go into the frame of the page: all that follows happens there, until another page is opened."""

    @abstractmethod
    def complaints(self) -> list[str]:
        """Return what the console says of all pages so far."""

    def wait_for(self, expression: str) -> None:
        """Wait until something holds, in this page or in one that is on its way."""
        until = time.monotonic() + _LONGEST
        said: object = "never true"
        while time.monotonic() < until:
            try:
                if self.run(f"return Boolean({expression})"):
                    return
            except RefusedError as error:
                said = error  # the page went away while it was asked
            time.sleep(0.05)
        raise AssertionError(f"{expression}: {said}")


class FirefoxWindow(Window):
    def __init__(self, firefox: Firefox) -> None:
        self._firefox = firefox
        self._user = firefox.tell("browser.createUserContext")["userContext"]
        self._window = firefox.tell("browsingContext.create", type="tab", userContext=self._user)["context"]
        self._place = self._window
        firefox.said.clear()

    def open(self, address: str) -> None:
        self._place = self._window
        self._firefox.tell("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def run(self, script: str) -> Any:
        answer = self._call(f"async () => JSON.stringify(await (async () => {{ {script} }})()) ?? 'null'")
        return json.loads(answer["value"])

    def press(self, selector: str) -> None:
        element = self._call(
            f"""() => {{
                const element = document.querySelector({json.dumps(selector)});
                element.scrollIntoView({{block: "center", behavior: "instant"}});
                return element;
            }}"""
        )
        origin = {"type": "element", "element": {"sharedId": element["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        self._act("pointer", move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0})

    def write(self, selector: str, text: str) -> None:
        self.press(selector)
        self._act("key", *({"type": act, "value": letter} for letter in text for act in ("keyDown", "keyUp")))

    def enter_frame(self) -> None:
        [window] = self._firefox.tell("browsingContext.getTree", root=self._window)["contexts"]
        self._place = window["children"][0]["context"]

    def complaints(self) -> list[str]:
        self.run("")  # what was said before the answer has come with it
        return self._firefox.said

    def close(self) -> None:
        self._firefox.tell("browser.removeUserContext", userContext=self._user)

    def _call(self, function: str) -> dict[str, Any]:
        asked = {"functionDeclaration": function, "target": {"context": self._place}, "userActivation": False}
        answer = self._firefox.tell("script.callFunction", awaitPromise=True, **asked)
        if "exceptionDetails" in answer:
            raise RefusedError(answer["exceptionDetails"]["text"])
        result: dict[str, Any] = answer["result"]
        return result

    def _act(self, kind: str, *actions: dict[str, Any]) -> None:
        source = {"type": kind, "id": kind, "actions": actions}
        self._firefox.tell("input.performActions", context=self._place, actions=[source])


class Firefox:
    """A Firefox over WebDriver BiDi; `said` is what its consoles say."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count()
        self.said: list[str] = []
        self.tell("session.new", capabilities={})
        self.tell("session.subscribe", events=["log.entryAdded"])

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return what it answers."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(timeout=2 * _LONGEST))
            if message["type"] == "event":
                self.said.append(message["params"]["text"])
            elif message["type"] == "error":
                raise RefusedError(message["message"])
            else:
                assert message["id"] == number
                answer: dict[str, Any] = message["result"]
                return answer


@contextlib.contextmanager
def firefox(profile: Path, **preferences: Any) -> Iterator[Firefox]:
    """Start a Firefox that nobody has used and nobody sees."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr
        [address] = itertools.islice((line[1] for line in map(_LISTENS.search, process.stderr) if line), 1)
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
        with connect(f"{address}/session", max_size=None) as connection:
            yield Firefox(connection)
        process.terminate()


class WebKitWindow(Window):
    def __init__(self, session: str, console: Path) -> None:
        self._session = session
        self._console = console

    def open(self, address: str) -> None:
        self._ask("frame", id=None)
        self._ask("url", url=address)

    def run(self, script: str) -> Any:
        told = f"""const tell = arguments[0];
            (async () => {{ {script} }})().then((value) => tell({{value}}), (error) => tell({{error: String(error)}}));"""
        answer = self._ask("execute/async", script=told, args=[])
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer.get("value")

    def press(self, selector: str) -> None:
        # WebKit's own scrolling is smooth, where the page asks for it, and not waited for.
        self.run(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center', behavior: 'instant'}})"
        )
        self._ask(f"{self._find(selector)}/click")

    def write(self, selector: str, text: str) -> None:
        self._ask(f"{self._find(selector)}/value", text=text)

    def enter_frame(self) -> None:
        self._ask("frame", id=0)

    def complaints(self) -> list[str]:
        lines = self._console.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("CONSOLE")]

    def _find(self, selector: str) -> str:
        return f"element/{self._ask('element', using='css selector', value=selector)[_ELEMENT]}"

    def _ask(self, what: str, **values: Any) -> Any:
        return ask(f"{self._session}/{what}", **values)


def ask(address: str, **values: Any) -> Any:
    """Return what a WebDriver answers when it is sent some values."""
    try:
        with urlopen(Request(address, json.dumps(values).encode()), timeout=2 * _LONGEST) as answer:
            return json.load(answer)["value"]
    except HTTPError as error:
        raise RefusedError(error.read().decode()) from None


@contextlib.contextmanager
def webkit_window(folder: Path) -> Iterator[WebKitWindow]:
    """Open a window of WebKitGTK on a screen of its own; what it prints goes to a file in the folder."""
    with contextlib.ExitStack() as running, (folder / "console.txt").open("w") as console:
        environment = os.environ | {"DISPLAY": running.enter_context(_screen()), "NO_AT_BRIDGE": "1"}
        [port] = free_ports(1)
        command = ["WebKitWebDriver", f"--port={port}"]
        driver = subprocess.Popen(command, env=environment, stdout=console, stderr=subprocess.STDOUT)
        running.callback(driver.wait)
        running.callback(driver.terminate)
        url = f"http://127.0.0.1:{port}/session"
        options = {"args": ["--automation", "--enable-write-console-messages-to-stdout=true"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options | {"binary": str(_mini_browser())}}}
        while True:
            try:
                session = f"{url}/{ask(url, capabilities=wanted)['sessionId']}"
                break
            except URLError:  # the driver does not listen yet
                assert driver.poll() is None
                time.sleep(0.02)
        yield WebKitWindow(session, folder / "console.txt")
        urlopen(Request(session, method="DELETE"), timeout=_LONGEST).close()


def _mini_browser() -> Path:
    """Return the browser that Debian's driver of WebKitGTK drives."""
    [*_, newest] = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return newest


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """Yield the name of a display that nobody sees."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as xvfb, os.fdopen(read) as said:
        os.close(write)
        yield f":{said.readline().strip()}"
        xvfb.terminate()


def missing(*programs: str) -> str:
    """Return which of some programs the machine lacks, in a sentence; nothing where it has them all."""
    lacking = [program for program in programs if not shutil.which(program)]
    return f"not installed: {', '.join(lacking)}. .ci/run installs them" if lacking else ""
