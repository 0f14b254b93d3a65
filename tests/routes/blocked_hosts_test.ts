/** Blocking a host for all apps over the API: what is open to it is cut, and unblocking gives back what was granted. @module */
import assert from "node:assert/strict";
import { openTcpSession } from "../../broker/actions/open_tcp_session.ts";
import { queryPermission } from "../../broker/actions/query_permission.ts";
import { maxBlockedHosts } from "../../broker/schema/blocked_host.ts";
import type { SessionError } from "../../broker/schema/session.ts";
import { installedApp } from "../fakes/fake_broker.ts";
import { fakeId } from "../fakes/fake_secrets.ts";
import { adminToken, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

async function withTwin(run: (twin: WebTwin) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin);
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

async function person(twin: WebTwin, method: string, path: string, json?: unknown) {
  const call = { method, token: adminToken, ...(json !== undefined && { json }) };
  const answer = await twin.call(`/admin/v1/blocked-hosts${path}`, call);
  return { status: answer.status, body: await answer.json() };
}

Deno.test("a block cuts what is open, whoever was granted it, and ends with its removal", async () => {
  await withTwin(async (twin) => {
    const { broker } = twin;
    broker.resolver.addresses.set("imap.example.com", ["93.184.216.34"]);
    const app = await installedApp(broker);
    const descriptor = { capability: "tcp-connect", target: "imap.example.com:993" } as const;
    await broker.store.commit({
      puts: [{
        noun: "grant",
        id: fakeId("grant", 900),
        record: {
          v: 1,
          id: fakeId("grant", 900),
          effect: "allow",
          appId: app.id,
          ...descriptor,
          spaces: ["public"],
          duration: { kind: "always" },
          createdAtMs: broker.clock.nowMs(),
          expiresAtMs: null,
          requestId: null,
          spentBy: null,
        },
      }],
    });
    const cut = Promise.withResolvers<SessionError>();
    await openTcpSession(broker, app.id, {
      contextId: fakeId("ctx", 1),
      remoteAddress: "imap.example.com",
      remotePort: 993,
      noDelay: false,
      keepAlive: false,
      reason: null,
      userActivation: false,
    }, { signal: new AbortController().signal, onWaiting() {}, onCut: cut.resolve });

    const blocked = await person(twin, "POST", "", { host: "IMAP.Example.COM." });
    assert.equal(blocked.status, 200);
    assert.equal(blocked.body.id, "imap.example.com");
    assert.equal((await cut.promise).code, "permission-ended");
    assert.match((await cut.promise).message, /You blocked imap\.example\.com for all apps/);
    assert.equal(queryPermission(broker, app, descriptor).reason, "host-blocked");
    assert.deepEqual((await person(twin, "GET", "")).body.hosts, [blocked.body]);

    assert.equal((await person(twin, "DELETE", "/imap.example.com")).status, 200);
    assert.equal(queryPermission(broker, app, descriptor).reason, "grant-allow");
    assert.equal((await person(twin, "DELETE", "/imap.example.com")).status, 404);
    const kinds = (await broker.store.history({ limit: 10 })).map(({ kind }) => kind);
    assert.ok(kinds.includes("host-blocked") && kinds.includes("host-unblocked"));
  });
});

Deno.test("an address is blocked and unblocked in any spelling; what is no host is told so", async () => {
  await withTwin(async (twin) => {
    const { body } = await person(twin, "POST", "", { host: "0:0::1" });
    assert.equal(body.id, "[::1]");
    assert.equal((await person(twin, "DELETE", "/::1")).status, 200);
    for (const host of ["", "a b", "https://example.com/", "*.example.com", "x".repeat(254)]) {
      const answer = await person(twin, "POST", "", { host });
      assert.equal(answer.status, 400, host);
      assert.equal(answer.body.errors[0].pointer, "/host", host);
    }
  });
});

Deno.test("there is an end to how many hosts are blocked", async () => {
  await withTwin(async (twin) => {
    const puts = Array.from({ length: maxBlockedHosts }, (_, n) => {
      const id = `host${n}.example.com`;
      return { noun: "blockedHost", id, record: { v: 1, id, createdAtMs: 0 } } as const;
    });
    await twin.broker.store.commit({ puts: puts.slice(0, 500) });
    await twin.broker.store.commit({ puts: puts.slice(500) });
    assert.equal((await person(twin, "POST", "", { host: "one-more.example.com" })).status, 429);
    assert.equal((await person(twin, "POST", "", { host: "host7.example.com" })).status, 200);
  });
});
