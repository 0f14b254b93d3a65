/** The rules, grants and questions of the decision benchmarks: the same for everybody who answers them. @module */
import type { PolicyRule } from "../../broker/core/policy.ts";
import type { App } from "../../broker/schema/app.ts";
import type { Grant, GrantEffect } from "../../broker/schema/grant.ts";
import { fakeId } from "../fakes/fake_secrets.ts";

/** How many rules there are. */
export const ruleCount = 1000;
/** How many grants the one app has. */
export const grantCount = 10_000;

/** One entry that all engines are given: who may, or may not, reach what. */
export interface Entry {
  readonly effect: GrantEffect;
  /** A name, `*.name`, or an IPv4 block. */
  readonly host: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

/** One question that all engines are asked. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly allowed: boolean;
}

/** The app that asks. */
export const app: App = {
  v: 1,
  id: fakeId("app", 1),
  kind: "web",
  origin: "https://mail.example.com",
  manifestId: "https://mail.example.com/",
  state: "installed",
  claims: { name: "Mail", manifestUrl: null, reason: null },
  credentials: [],
  registeredAtMs: 0,
  installedAtMs: 0,
  pausedAtMs: null,
  silence: null,
};

const byte = (n: number) => `${n >> 8}.${n & 255}`;

/** Names, wildcards and blocks in turn; every tenth denies. Hosts of rules and of grants are apart. */
function entries(count: number, kind: "rule" | "grant"): Entry[] {
  const network = kind === "rule" ? "11" : "12";
  return Array.from({ length: count }, (_, n) => {
    const effect = n % 10 === 0 ? "deny" : "allow";
    switch (n % 3) {
      case 0:
        return { effect, host: `h${n}.${kind}.example.com`, firstPort: 993, lastPort: 993 };
      case 1:
        return { effect, host: `*.w${n}.${kind}.example.net`, firstPort: 80, lastPort: 1024 };
      default:
        return { effect, host: `${network}.${byte(n)}.0/24`, firstPort: 1, lastPort: 65535 };
    }
  });
}

/** The entries that are rules of the policy, and those that are the app's grants. */
export const ruleEntries: readonly Entry[] = entries(ruleCount, "rule");
/** The entries that are the app's grants. */
export const grantEntries: readonly Entry[] = entries(grantCount, "grant");

const targetOf = ({ host, firstPort, lastPort }: Entry) => {
  const ports = firstPort === lastPort ? `${firstPort}` : `${firstPort}-${lastPort}`;
  return `${host}:${ports}`;
};

/** The rules, as a policy has them. */
export const rules: readonly PolicyRule[] = ruleEntries.map((entry, n) => ({
  id: `policy.rules[${n}]`,
  effect: entry.effect,
  apps: ["*"],
  capabilities: ["tcp-connect"],
  targets: [targetOf(entry)],
  except: [],
  reason: null,
}));

/** The grants, as the store has them. */
export const grants: readonly Grant[] = grantEntries.map((entry, n) => ({
  v: 1,
  id: fakeId("grant", n + 1),
  effect: entry.effect,
  appId: app.id,
  capability: "tcp-connect",
  target: targetOf(entry),
  spaces: ["public"],
  duration: { kind: "always" },
  createdAtMs: 0,
  expiresAtMs: null,
  requestId: null,
  spentBy: null,
}));

/** A host within an entry's. */
function hostIn({ host }: Entry): string {
  if (host.startsWith("*.")) return `deep.below.${host.slice(2)}`;
  return host.replace(/\.0\/24$/, ".77");
}

/** Questions for `count` entries of each kind, spread over all of them, and as many that nothing answers. */
export function questions(count: number): Asked[] {
  const pick = (all: readonly Entry[]) =>
    Array.from({ length: count }, (_, n) => all[Math.floor((n * all.length) / count)]!);
  return [...pick(ruleEntries), ...pick(grantEntries)].flatMap((entry) => [
    { host: hostIn(entry), port: entry.firstPort, allowed: entry.effect === "allow" },
    { host: `not-${entry.firstPort}.example.org`, port: 443, allowed: false },
  ]);
}
