#!/usr/bin/env bash
# autocannon: after each closed connection its latencies are those of older requests, and lost requests are no errors.
#
# Software: autocannon 9.0.0 from npm.
# Behaviour: the server answers after 10 ms and closes each connection upon its tenth request. (a) It answers the
#   tenth, then closes: all that it read is answered, and the printed p50 is more than ten times the true one and
#   grows with the run. (b) It closes instead of the tenth answer: one request in ten is lost, and "errors" is 0.
# Source: lib/httpClient.js of the package. On "end" and "error" the client connects anew, but does not empty its list
#   of requests without an answer (its own reconnects do). So the next answer is taken for that of the oldest lost
#   request, and so on for the rest of the run, one place further with each close. The "end" itself is counted
#   nowhere. No public issue was found that says it.
# Why it hurts: a server with a limit of requests for each connection, or one that is restarted, seems to become
#   slower and slower, and a server that drops one request in ten seems free of errors.
# Seen (5 connections, 4 s): kept open: p50 11 ms. (a) p50 187 ms, maximum 327 ms; the slowest answer left the server
#   after 28 ms. (b) p50 202 ms, 180 requests lost, errors 0.
set -euo pipefail

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" || true; rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" autocannon@9.0.0 ||
    { echo "npm cannot install the package" >&2; exit 2; }

cat >server.py <<'PY'
import asyncio
import json
import os
import sys

MODE = sys.argv[1]
seen = {"answered": 0, "lost": 0, "slowest_ms": 0}


async def serve(reader, writer):
    clock = asyncio.get_running_loop().time
    number = 0
    try:
        while MODE == "open" or number < 10:
            await reader.readuntil(b"\r\n\r\n")
            asked = clock()
            number += 1
            if MODE == "instead" and number == 10:
                seen["lost"] += 1
                break
            await asyncio.sleep(0.01)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            seen["answered"] += 1
            seen["slowest_ms"] = max(seen["slowest_ms"], round(1000 * (clock() - asked)))
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

# $1: the server's mode. Sets what autocannon prints (p50, worst, errors) and what the server saw (answered, lost,
# slowest).
run() {
    rm -f port
    python3 server.py "$1" 2>server.log &
    server=$!
    until [[ -s port ]]; do kill -0 "$server"; sleep 0.1; done
    node_modules/.bin/autocannon --json -c 5 -d 4 "http://127.0.0.1:$(cat port)/" >out.json 2>autocannon.log
    sleep 0.5
    kill "$server"
    wait "$server" || true
    server=
    read -r p50 worst errors < <(in_file out.json 'd["latency"]["p50"], d["latency"]["max"], d["errors"]')
    read -r answered lost slowest < <(in_file seen.json 'd["answered"], d["lost"], d["slowest_ms"]')
    echo "$1: autocannon: p50 $p50 ms, max $worst ms, errors $errors;" \
        "server: $answered answered, $lost lost, slowest $slowest ms"
    rm out.json seen.json
}
in_file() { python3 -c "import json; d = json.load(open('$1')); print($2)"; }
expect() { (("$1")) || { echo "changed: expected $1" >&2; exit 1; }; }

run open
expect "p50 < 30 && errors == 0 && lost == 0"
run after
expect "p50 > 60 && worst > 2 * slowest && lost == 0"
run instead
expect "p50 > 60 && worst > 2 * slowest && lost > 50 && errors == 0"
echo "as described"
