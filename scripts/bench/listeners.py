"""Many people who hear an episode at once, each as fast as it is spoken.

A listener does what podcast apps do: asks what there is (HEAD), tries whether parts are to be had (`bytes=0-1`), asks
for the whole from the start (`bytes=0-`), and reads a second of sound every second. When all have heard enough, each
takes the rest as fast as it comes, so that nobody counts as served who did not get every byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

SEGMENT: Final = 1448
"""Bytes of a segment on an ordinary line. The loopback's are 45 times as large, and the kernel's buffers with them."""
WINDOW: Final = 64 * 1024
"""Bytes that a player keeps ahead; what it does not take stays with the server."""
AT_ONCE: Final = 50
"""Listeners that arrive, or leave, at the same moment."""
PATIENCE: Final = 120
"""Seconds for an answer to begin or a rest to arrive."""


@dataclass(slots=True, kw_only=True)
class Hall:
    """What became of the listeners: `late` is the longest that one waited for a second of sound, in seconds."""

    count: int
    arrived: int = 0
    served: int = 0
    stalled: int = 0
    late: float = 0
    errors: Counter[str] = field(default_factory=Counter)
    done: threading.Event = field(default_factory=threading.Event)


class WrongAnswerError(Exception):
    """Something else came than what was asked for."""


@contextlib.contextmanager
def listening(port: int, path: str, *, length: int, count: int, rate: int) -> Iterator[Hall]:
    """Let `count` listeners hear a file of `length` bytes over TLS, `rate` bytes a second, until the block ends.

    The block begins when all hear something, or have failed. Afterwards it is known who got all of it.
    """
    _allow_files(count + 100)
    hall = Hall(count=count)
    audience = _Audience(hall=hall, port=port, path=path, length=length, rate=rate)
    thread = threading.Thread(target=asyncio.run, args=[audience.come()], daemon=True)
    thread.start()
    try:
        while thread.is_alive() and hall.arrived < count:
            time.sleep(0.05)
        yield hall
    finally:
        hall.done.set()
        thread.join()


def _allow_files(needed: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"So many listeners need {needed} open files, and this shell allows {hard}: see ulimit -Hn.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def _trusting() -> ssl.SSLContext:
    """Return what believes a certificate that nobody vouches for."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return tls


@dataclass(slots=True, kw_only=True)
class _Audience:
    hall: Hall
    port: int
    path: str
    length: int
    rate: int
    door: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    tls: ssl.SSLContext = field(default_factory=_trusting)

    async def come(self) -> None:
        await asyncio.gather(*(self.attend() for _ in range(self.hall.count)))

    async def attend(self) -> None:
        """Be one listener, and say how it went."""
        try:
            await self.hear()
        except (OSError, EOFError, asyncio.LimitOverrunError, TimeoutError, WrongAnswerError) as error:
            self.hall.errors[str(error) or type(error).__name__] += 1
        else:
            self.hall.served += 1

    async def hear(self) -> None:
        try:
            async with self.door, asyncio.timeout(PATIENCE):
                reader, writer = await self.connect()
                await self.ask(reader, writer, "HEAD", status=200, length=self.length)
                await self.ask(reader, writer, "GET", "bytes=0-1", status=206, length=2)
                await reader.readexactly(2)
                await self.ask(reader, writer, "GET", "bytes=0-", status=206, length=self.length)
        finally:
            self.hall.arrived += 1
        try:
            heard = await self.play(reader)
            async with self.door, asyncio.timeout(PATIENCE):
                while rest := await reader.read(WINDOW):
                    heard += len(rest)
                    if heard == self.length:
                        return
            raise WrongAnswerError("the connection was closed in the middle of the file")
        finally:
            writer.transport.abort()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        line = socket.socket()
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW // 2)  # the kernel doubles it
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=line, ssl=self.tls, server_hostname="127.0.0.1", limit=WINDOW // 2)

    async def ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        method: str,
        part: str | None = None,
        *,
        status: int,
        length: int,
    ) -> None:
        wanted = f"Range: {part}\r\n" if part else ""
        writer.write(f"{method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{wanted}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        if f" {status} " not in head[0] or f"content-length: {length}" not in head:
            raise WrongAnswerError(f"{method} {part or ''}: {head[0]}")

    async def play(self, reader: asyncio.StreamReader) -> int:
        """Hear a second of sound every second until all are to stop, and return how many bytes it was."""
        start, heard = time.monotonic(), 0
        while not self.hall.done.is_set() and heard + self.rate <= self.length:
            asked = time.monotonic()
            async with asyncio.timeout(PATIENCE):
                await reader.readexactly(self.rate)
            heard += self.rate
            waited = time.monotonic() - asked
            self.hall.late = max(self.hall.late, waited)
            self.hall.stalled += waited > 1
            await asyncio.sleep(start + heard / self.rate - time.monotonic())
        return heard
