/** A restart, and a power cut: grants are there, pending requests are not, history is whole. @module */
import assert from "node:assert/strict";
import type { AddProgramResult, GrantList, HistoryPage } from "../../broker/schema/admin_api.ts";
import type {
  OwnRequest,
  PermissionStatus,
  RequestPermissionResult,
} from "../../broker/schema/app_api.ts";
import type {
  AnswerResult,
  DashboardSnapshot,
  RequestView,
} from "../../broker/schema/dashboard.ts";
import { type BrokerProcess, freePort, startBrokerProcess } from "../fakes/broker_process.ts";

const target = "imap.example.com:993";

/** Calls the broker with a bearer token, and expects it to succeed. */
async function call<Result>(
  broker: BrokerProcess,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Result> {
  // No browser resolves the name here, so the address does.
  const url = `http://127.0.0.1:${new URL(broker.origin).port}${path}`;
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined as Result : JSON.parse(text);
}

for (const ending of ["stop", "kill"] as const) {
  Deno.test(`after a ${ending}, grants are there, pending requests are not, history is whole`, async () => {
    const data = await Deno.makeTempDir({ prefix: "gatehouse-restart-" });
    const port = freePort();
    const first = await startBrokerProcess({ port, data });
    const admin = (await Deno.readTextFile(`${data}/admin.token`)).trim();
    const { token } = await call<AddProgramResult>(first, admin, "POST", "/admin/v1/apps", {
      name: "sync-tool",
    });
    const ask = (target: string) =>
      call<RequestPermissionResult>(first, token, "POST", "/api/v1/permissions/request", {
        capability: "tcp-connect",
        target,
      });
    const answered = (await ask(target)).request;
    const left = (await ask("smtp.example.com:587")).request;
    assert.ok(answered && left);
    const view = await call<RequestView>(first, admin, "GET", `/admin/v1/requests/${answered.id}`);
    const answer = { effect: "allow", duration: { kind: "always" }, reviewToken: view.reviewToken };
    const { grant } = await call<AnswerResult>(
      first,
      admin,
      "POST",
      `/admin/v1/requests/${answered.id}/answer`,
      answer,
    );
    const before = await call<HistoryPage>(first, admin, "GET", "/admin/v1/history");
    if (ending === "stop") assert.equal(await first.stop(), 0);
    else await first.kill();

    const second = await startBrokerProcess({ port, data });
    try {
      const descriptor = { capability: "tcp-connect", target };
      const query = await call<PermissionStatus>(
        second,
        token,
        "POST",
        "/api/v1/permissions/query",
        descriptor,
      );
      assert.equal(query.state, "granted");
      const { grants } = await call<GrantList>(second, admin, "GET", "/admin/v1/grants");
      assert.deepEqual(grants.map(({ id }) => id), [grant?.id]);
      const gone = await call<OwnRequest>(second, token, "GET", `/api/v1/requests/${left.id}`);
      assert.deepEqual([gone.state, gone.outcome], ["ended", "expired"]);
      const snapshot = await call<DashboardSnapshot>(second, admin, "GET", "/admin/v1/snapshot");
      assert.deepEqual(snapshot.requests, []);
      assert.deepEqual(snapshot.unreadable, [], "the chain of the history holds");
      const after = await call<HistoryPage>(second, admin, "GET", "/admin/v1/history");
      const known = new Map(after.entries.map((entry) => [entry.seq, entry]));
      for (const entry of before.entries) assert.deepEqual(known.get(entry.seq), entry);
    } finally {
      await second.stop();
      await Deno.remove(data, { recursive: true });
    }
  });
}
