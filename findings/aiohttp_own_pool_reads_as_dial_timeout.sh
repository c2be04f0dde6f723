#!/usr/bin/env bash
# aiohttp: a wait for a place in the client's own pool ends in the very error of a server that does not accept.
#
# Software: aiohttp 3.14.5 from PyPI.
# Behaviour: with ClientTimeout(connect=...) two unlike troubles give the same class and the same text,
#   ConnectionTimeoutError "Connection timeout to host URL": (a) the session's connector has all its connections (100
#   by default) in use, and nobody dials; (b) the server's accept queue is full, and the dial gets no answer. The
#   cause that the exception carries is the same, too. With sock_connect instead, (a) waits and (b) is an error.
# Known: aiohttp's documentation says of `connect` that it covers both; the public issue aio-libs/aiohttp#2648 says
#   that this misleads.
# Why it hurts: the line in the log names the host, so people look at the server and the network, while all
#   connections sit in their own process: a slow answer elsewhere, or a response that was not read to its end.
# Seen: (a) "Connection timeout to host http://127.0.0.1:PORT/", the server accepted 1 connection; (b)
#   "Connection timeout to host http://127.0.0.1:PORT/". (a) with sock_connect: 200.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check aiohttp==3.14.5 ||
    { echo "pip cannot install the package" >&2; exit 2; }

cat >check.py <<'PY'
import asyncio
import re
import socket

import aiohttp

accepted = 0


async def slow_server(reader, writer):
    global accepted
    accepted += 1
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(1.5)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def outcome(session, url):
    try:
        async with session.get(url) as response:
            await response.read()
            return str(response.status)
    except aiohttp.ClientError as error:
        return f"{type(error).__name__} {re.sub(r':[0-9]+/', ':PORT/', str(error))} <- {error.__cause__!r}"


async def own_pool_full(timeout):
    listener = await asyncio.start_server(slow_server, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1), timeout=timeout) as session:
        first = asyncio.create_task(outcome(session, url))
        await asyncio.sleep(0.2)
        second = await outcome(session, url)
        assert await first == "200", await first
    return second


async def accept_queue_full(timeout):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(listener.getsockname())
        await asyncio.sleep(0.2)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            result = await outcome(session, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        for connection in waiting:
            connection.close()
        return result


async def main():
    connect = aiohttp.ClientTimeout(connect=0.8)
    sock_connect = aiohttp.ClientTimeout(sock_connect=0.8)
    pool = await own_pool_full(connect)
    print("own pool full:", pool, f"({accepted} connection accepted)")
    queue = await accept_queue_full(connect)
    print("accept queue full:", queue)
    assert pool == queue, "the texts differ now"
    assert pool.startswith("ConnectionTimeoutError Connection timeout to host http://127.0.0.1:PORT/"), pool
    assert accepted == 1, accepted
    pool = await own_pool_full(sock_connect)
    queue = await accept_queue_full(sock_connect)
    print(f"with sock_connect: {pool}; {queue}")
    assert pool == "200" and "timeout to host" in queue, (pool, queue)


asyncio.run(main())
PY
env/bin/python check.py
echo "as described"
