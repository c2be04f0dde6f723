#!/usr/bin/env bash
# granian: --backpressure limits connections, idle ones included, not requests. An idle server answers nobody.
#
# Software: granian 2.8.9 from PyPI.
# Behaviour: with --backpressure 4, four kept-alive connections that wait for nothing block the fifth: it is connected
#   by the kernel, waits in the accept queue and gets no answer, while no request runs. When idle ones are closed,
#   those who wait are served.
# Known: the help says "Maximum number of requests to process concurrently (per worker)". Public pull requests of
#   users, such as mitodl/ol-infrastructure#5694, tell of an outage by it.
# Why it hurts: it looks like an overloaded server (dials succeed, requests time out, health checks fail) with idle
#   threads and an idle processor, and comes with any pool of keep-alive connections in front: a balancer, Go's
#   client.
# Seen: four answers of 200; the fifth connects and has no answer after 2 s, with 4 requests handled so far and none
#   running. Two idle ones are closed: 200 for the sixth, which was connected before.
set -euo pipefail

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" || true; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check granian==2.8.9 ||
    { echo "pip cannot install the package" >&2; exit 2; }
env/bin/granian --help | tr -s ' \n' ' ' >help
grep -q "Maximum number of requests to process concurrently (per worker)" help ||
    { echo "changed: the help says something else of --backpressure" >&2; exit 1; }

cat >app.py <<'PY'
def app(environ, start_response):
    print("handled", file=open("handled", "a"))
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
env/bin/granian --interface wsgi --host 127.0.0.1 --port "$port" --workers 1 --backpressure 4 app:app \
    >granian.log 2>&1 &
server=$!
until grep -q "Started worker" granian.log; do kill -0 "$server"; sleep 0.1; done

cat >check.py <<'PY'
import http.client
import sys


def connection():
    opened = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=2)
    opened.connect()
    opened.request("GET", "/")
    return opened


def status(connection):
    answer = connection.getresponse()
    answer.read()
    return answer.status


idle = []
for _ in range(4):
    idle.append(connection())
    print(status(idle[-1]))
    assert idle[-1].sock, "the server keeps the connection"

fifth = connection()
try:
    sys.exit(f"changed: the fifth connection got {status(fifth)}")
except TimeoutError:
    handled = len(open("handled").readlines())
    print(f"the fifth is connected and has no answer after 2 s; {handled} requests were handled, none is running")
assert handled == 4, handled

sixth = connection()
idle[0].close()
idle[1].close()
print(f"two of the idle ones are closed: {status(sixth)}")
PY
python3 check.py "$port"
echo "as described"
