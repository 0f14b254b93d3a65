/** Which grants and sessions a query finds, and in which order. @module */
import assert from "node:assert/strict";
import { countGrants, type ListedGrant, listGrants } from "../../../broker/core/grant_list.ts";
import { listSessions } from "../../../broker/core/session_list.ts";
import { unusedAfterMs } from "../../../broker/core/unused_grants.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { GrantUse } from "../../../broker/schema/grant_use.ts";
import { GrantQuery, SessionQuery } from "../../../broker/schema/list_query.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { imapSession } from "../../components/shown_views.ts";

const nowMs = 1_800_000_000_000;

function row(n: number, appName: string, more: Partial<Grant>, used: Partial<GrantUse> = {}) {
  const grant: Grant = {
    v: 1,
    id: fakeId("grant", n),
    effect: "allow",
    appId: fakeId("app", appName === "Mail" ? 1 : 2),
    capability: "tcp-connect",
    target: "imap.example.com:993",
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: nowMs - n,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...more,
  };
  const use: GrantUse = { v: 1, id: grant.id, useCount: 1, lastUsedAtMs: nowMs, bytes: 0, ...used };
  return { grant, appName, use, open: false } satisfies ListedGrant;
}

const rows = [
  row(1, "Mail", {}, { useCount: 9, lastUsedAtMs: nowMs - 50 }),
  row(2, "Mail", { target: "*.example.com:443" }),
  row(3, "chat", { effect: "deny", target: "ads.example.org:*" }),
  row(4, "chat", { duration: { kind: "for", ms: 5000 }, target: "irc.example.net:6697" }),
  row(5, "Mail", { capability: "udp-send", target: "ntp.example.com:123" }, { useCount: 3 }),
  row(6, "chat", { createdAtMs: nowMs - unusedAfterMs }, { lastUsedAtMs: 0 }),
];

/** What a query finds, by the numbers of the rows. */
function found(query: Record<string, string>): number[] {
  const listing = listGrants(rows, GrantQuery.parse(query), nowMs);
  assert.equal(listing.matching, countGrants(rows, GrantQuery.parse(query), nowMs).matching);
  return listing.rows.map((one) => rows.findIndex(({ grant }) => grant === one.grant) + 1);
}

const cases: readonly (readonly [query: Record<string, string>, numbers: readonly number[]])[] = [
  [{}, [1, 2, 3, 4, 5, 6]],
  [{ sort: "oldest" }, [6, 5, 4, 3, 2, 1]],
  [{ sort: "app" }, [3, 4, 6, 1, 2, 5]],
  [{ sort: "target" }, [2, 3, 1, 6, 4, 5]],
  [{ sort: "most-used", limit: "2" }, [1, 5]],
  [{ q: "MAIL example" }, [1, 2, 5]],
  [{ q: "irc chat" }, [4]],
  [{ q: "irc mail" }, []],
  [{ app: fakeId("app", 2) }, [3, 4, 6]],
  [{ effect: "deny" }, [3]],
  [{ capability: "udp-send" }, [5]],
  [{ duration: "timed" }, [4]],
  [{ duration: "once" }, []],
  [{ unused: "yes" }, [6]],
  [{ broad: "yes" }, [2]],
  [{ narrower: "yes" }, []],
];
for (const [query, numbers] of cases) {
  Deno.test(`grants: ${JSON.stringify(query)} finds ${numbers.join(", ") || "nothing"}`, () => {
    assert.deepEqual(found(query), numbers);
  });
}

Deno.test("the figures are of all grants, whatever is looked for", () => {
  const { total, matching, unused } = listGrants(rows, GrantQuery.parse({ q: "irc" }), nowMs);
  assert.deepEqual({ total, matching, unused }, { total: 6, matching: 1, unused: 1 });
});

Deno.test("a query with a word that it does not know is refused with its place", () => {
  for (const bad of [{ sort: "random" }, { effect: "maybe" }, { limit: "0" }, { page: "2" }]) {
    assert.equal(GrantQuery.safeParse(bad).success, false, JSON.stringify(bad));
  }
});

Deno.test("sessions: by app, words of name, target and address, and by bytes", () => {
  const sessions = [1, 2, 3].map((n) => ({
    session: imapSession(n, {
      bytesReceived: n * 10,
      remoteAddress: `192.0.2.${n}`,
      openedAtMs: n,
      ...(n === 3 && { capability: "udp-send" as const }),
    }),
    appName: n === 2 ? "Chat" : "Mail",
  }));
  const ids = (query: Record<string, string>) =>
    listSessions(sessions, SessionQuery.parse(query)).rows.map(({ session }) => session.openedAtMs);
  assert.deepEqual(ids({}), [1, 2, 3]);
  assert.deepEqual(ids({ sort: "most-bytes" }), [3, 2, 1]);
  assert.deepEqual(ids({ q: "chat" }), [2]);
  assert.deepEqual(ids({ q: "192.0.2.3 mail" }), [3]);
  assert.deepEqual(ids({ capability: "udp-send" }), [3]);
});
