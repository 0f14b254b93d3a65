/** Every worked policy of the README does what the table below it says. @module */
import assert from "node:assert/strict";
import { decide } from "../broker/core/decide.ts";
import { indexGrants } from "../broker/core/grant_index.ts";
import type { Policy } from "../broker/core/policy.ts";
import { readPolicy } from "../broker/core/read_policy.ts";
import type { App } from "../broker/schema/app.ts";
import { Capability } from "../broker/schema/capability.ts";
import type { Grant } from "../broker/schema/grant.ts";
import { fakeId } from "./fakes/fake_secrets.ts";

/** One row: who asks for what, where it leads, what the person had said, and what happens. */
interface Row {
  readonly app: string;
  readonly capability: Capability;
  readonly target: string;
  readonly addresses: readonly string[] | null;
  readonly said: "allow" | "deny" | null;
  readonly happens: string;
}

/** A policy with its heading and its rows. */
interface WorkedPolicy {
  readonly heading: string;
  readonly text: string;
  readonly rows: readonly Row[];
}

const wantedHeadings = [
  "Lock-down",
  "Developers' laptops",
  "Kiosk",
  "Allow an intranet",
  "Forbid asking",
];

/** The worked policies of a Markdown text: a heading, a block of JSON with comments, and a table after it. */
function workedPolicies(markdown: string): WorkedPolicy[] {
  return markdown.split(/^#{2,4} /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf("\n")).trim();
    const block = /```jsonc\n([\s\S]*?"permissionBroker"[\s\S]*?)```\n([\s\S]*)/.exec(section);
    const [, text, rest] = block ?? [];
    if (text === undefined || rest === undefined) return [];
    const lines = rest.split("\n").filter((line) => line.startsWith("|")).slice(2);
    return [{ heading, text, rows: lines.map(readRow) }];
  });
}

function readRow(line: string): Row {
  const cells = line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", ""));
  const [app = "", capability, target = "", leadsTo = "", said = "", happens = ""] = cells;
  assert.equal(cells.length, 6, line);
  assert.ok(said === "" || said === "allow" || said === "deny", line);
  return {
    app,
    capability: Capability.parse(capability),
    target,
    addresses: leadsTo === "" ? null : leadsTo.split(", "),
    said: said === "" ? null : said,
    happens,
  };
}

function appOf(origin: string): App {
  return {
    v: 1,
    id: fakeId("app", 1),
    kind: "web",
    origin,
    manifestId: `${origin}/`,
    state: "installed",
    claims: { name: "App", manifestUrl: null, reason: null },
    credentials: [],
    registeredAtMs: 0,
    installedAtMs: 0,
    pausedAtMs: null,
    silence: null,
  };
}

function grantOf({ capability, target, said }: Row): Grant[] {
  if (said === null) return [];
  return [{
    v: 1,
    id: fakeId("grant", 1),
    effect: said,
    appId: fakeId("app", 1),
    capability,
    target,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: 0,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
  }];
}

function whatHappens(policy: Policy, row: Row): string {
  const { effect, reason } = decide({
    app: appOf(row.app),
    capability: row.capability,
    target: row.target,
    addresses: row.addresses,
    sessionId: null,
    policy,
    grants: indexGrants(grantOf(row)),
    mode: "ask",
    limit: null,
    embargoed: false,
    ownAddresses: new Set(),
    brokerPorts: [8737],
    nowMs: 0,
  });
  return `${effect} ${reason}`;
}

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
const policies = workedPolicies(readme);

Deno.test("the README works the five policies out", () => {
  assert.deepEqual(policies.map(({ heading }) => heading), wantedHeadings);
});

for (const { heading, text, rows } of policies) {
  Deno.test(`the README's policy "${heading}" does what its table says`, () => {
    const { policy, warnings } = readPolicy(text, (text) => text);
    assert.deepEqual(warnings, []);
    assert.ok(rows.length >= 4, `${rows.length} rows`);
    for (const row of rows) {
      assert.equal(whatHappens(policy, row), row.happens, JSON.stringify(row));
    }
  });
}
