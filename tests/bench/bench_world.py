"""How many chat calls the world's provider answers on one core, at zero latency.

    python tests/bench/bench_world.py

The figure is calls by second of the server's own CPU, so that neither the client nor a second core
can flatter it; the client's CPU is printed beside it. The bar is 3,000.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time

import psutil

BAR = 3000
CONNECTIONS = 32
SECONDS = 5.0
KEY = "sk-bench"
SERVER = f"""
import sys
from world.provider import Provider
from world.server import serve
from world.workloads import PUBLIC, Workload

with serve([Provider(key="{KEY}", workload=Workload.load(PUBLIC))]) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def request(*, stream: bool) -> bytes:
    """Return one HTTP request, bytes and all."""
    flag = b', "stream": true' if stream else b""
    question = b'[{"role": "user", "content": "Do I have to pay the return postage myself?"}]'
    body = b'{"model": "gpt-4o-mini", "messages": ' + question + flag + b"}"
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: w\r\nAuthorization: Bearer {KEY}\r\n"
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + length).encode() + body


async def caller(address: tuple[str, int], data: bytes, *, stream: bool, until: float) -> int:
    """Ask over one kept connection until the time is over; return how often it was answered."""
    reader, writer = await asyncio.open_connection(*address)
    answered = 0
    while time.monotonic() < until:
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the provider answered {head[:60]!r}")
        if stream:
            await reader.readuntil(b"0\r\n\r\n")
        else:
            lower = head.lower()
            start = lower.index(b"content-length:") + 15
            await reader.readexactly(int(head[start : lower.index(b"\r\n", start)]))
        answered += 1
    writer.close()
    return answered


async def load(address: tuple[str, int], *, stream: bool) -> int:
    """Ask over many connections at once."""
    until = time.monotonic() + SECONDS
    calls = (
        caller(address, request(stream=stream), stream=stream, until=until)
        for _ in range(CONNECTIONS)
    )
    return sum(await asyncio.gather(*calls))


def measure(server: subprocess.Popen[str], address: tuple[str, int], *, stream: bool) -> float:
    """Print one row and return calls by second of the server's CPU."""
    process = psutil.Process(server.pid)
    before, own = process.cpu_times(), time.process_time()
    answered = asyncio.run(load(address, stream=stream))
    after = process.cpu_times()
    used = (after.user - before.user) + (after.system - before.system)
    rate = answered / used
    kind = "streamed" if stream else "plain"
    client = (time.process_time() - own) / SECONDS
    print(
        f"{kind:10} {answered / SECONDS:8.0f} calls/s {rate:8.0f} calls a CPU second"
        f" {used / answered * 1e6:6.0f} us a call; client {client:4.0%}"
    )
    return rate


def main() -> int:
    """Run both rows; 1 when the bar is missed."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        if server.stdout is None:
            raise AssertionError("the server's output is a pipe")
        host, port = server.stdout.readline().strip().removeprefix("http://").split(":")
        rates = [measure(server, (host, int(port)), stream=stream) for stream in (False, True)]
    finally:
        server.kill()
        server.wait()
    print(f"bar: {BAR} plain calls a CPU second: {'held' if rates[0] >= BAR else 'MISSED'}")
    return int(rates[0] < BAR)


if __name__ == "__main__":
    sys.exit(main())
