#!/usr/bin/env bash
# undici and fetch: one caller that sends one request after another holds two connections; ten hold up to twenty.
#
# Software: undici 7.30.2 from npm (Node's built-in fetch is undici too).
# Behaviour: a loop that awaits a whole answer before it sends the next request makes the pool open a second
#   connection, at once and for good. With one turn of the event loop between two requests it stays at one. Node's own
#   http client with a keep-alive agent needs one connection for each caller, without a pause.
# Source: lib/dispatcher/client-h1.js waits for one turn of the event loop on purpose before it uses a socket again,
#   but the caller's await returns before that; pool.js then finds no free client and makes one, for `connections` has
#   no limit by default. With { connections: 1 } the caller waits for that turn. The consequence was not found in the
#   documentation, nor in a public issue.
# Why it hurts: twice the sockets, ports and places in the server's table that the number of callers suggests; the
#   second connection idles in between, so it is the one that a server's idle time-out closes; and a server that
#   counts connections, as granian does, is full at half the load.
# Seen (50 requests a caller): 1 caller: fetch 2 connections, request() 2, with a pause 1, { connections: 1 } 1,
#   node:http 1. 10 callers: fetch 16, request() 16, with a pause 10, node:http 10.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" undici@7.30.2 ||
    { echo "npm cannot install the package" >&2; exit 2; }

cat >check.mjs <<'JS'
import assert from "node:assert/strict";
import http from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { Agent, fetch, request } from "undici";

let connections = 0;
const server = http.createServer((_, response) => response.end("ok"));
server.on("connection", () => connections++);
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;

const withFetch = async (dispatcher) => (await fetch(url, { dispatcher })).text();
const withRequest = async (dispatcher) => (await request(url, { dispatcher })).body.text();
const withHttp = (agent) =>
    new Promise((done, failed) => {
        http.get(url, { agent }, (response) => response.resume().on("end", done)).on("error", failed);
    });

async function connectionsOf(send, pool, callers, pause) {
    connections = 0;
    const caller = async () => {
        for (let sent = 0; sent < 50; sent++) {
            await send(pool);
            if (pause) await turn();
        }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await (pool.close?.() ?? pool.destroy());
    return connections;
}

async function all(callers) {
    const seen = {
        fetch: await connectionsOf(withFetch, new Agent(), callers),
        request: await connectionsOf(withRequest, new Agent(), callers),
        paused: await connectionsOf(withFetch, new Agent(), callers, true),
        http: await connectionsOf(withHttp, new http.Agent({ keepAlive: true }), callers),
    };
    console.log(`${callers} caller(s):`, JSON.stringify(seen));
    return seen;
}

assert.deepEqual(await all(1), { fetch: 2, request: 2, paused: 1, http: 1 });
assert.equal(await connectionsOf(withFetch, new Agent({ connections: 1 }), 1), 1);
const ten = await all(10);
assert(ten.fetch > 12 && ten.request > 12 && ten.fetch <= 20 && ten.request <= 20);
assert(ten.paused <= 11 && ten.http === 10);
server.closeAllConnections();
server.close();
JS
node check.mjs
echo "as described"
