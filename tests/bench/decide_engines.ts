/** The engines of the decision benchmarks, each made ready once and then asked: Gatehouse, casbin and Cedar. @module */
import {
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from "@cedar-policy/cedar-wasm/nodejs";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import ipaddr from "ipaddr.js";
import { decide } from "../../broker/core/decide.ts";
import { indexGrants } from "../../broker/core/grant_index.ts";
import { noPolicy } from "../../broker/core/policy.ts";
import type { Question } from "../../broker/core/question.ts";
import {
  app,
  type Asked,
  type Entry,
  grantEntries,
  grants,
  ruleEntries,
  rules,
} from "./decide_data.ts";

/** Whether the question is allowed. */
export type Engine = (asked: Asked) => boolean;

const entries: readonly Entry[] = [...ruleEntries, ...grantEntries];

/** `decide()`, whole: the target is read, protections and all steps are gone through. */
export function gatehouse(): Engine {
  const question: Omit<Question, "target"> = {
    app,
    capability: "tcp-connect",
    addresses: null,
    sessionId: null,
    policy: { ...noPolicy, rules },
    grants: indexGrants(grants),
    mode: "ask",
    limit: null,
    embargoed: false,
    ownAddresses: new Set(),
    brokerPorts: [8737],
    nowMs: 1,
  };
  return ({ host, port }) => decide({ ...question, target: `${host}:${port}` }).effect === "allow";
}

const casbinModel = `
[request_definition]
r = app, capability, host, port

[policy_definition]
p = app, capability, host, first, last, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.app == p.app && r.capability == p.capability && inRange(r.port, p.first, p.last) && hostMatch(r.host, p.host)
`;

/** What casbin's own functions do not do, as plain functions: a port in a range, a name below another, an address in a block. */
export async function casbin(): Promise<Engine> {
  const lines = entries.map(({ effect, host, firstPort, lastPort }) =>
    `p, ${app.id}, tcp-connect, ${host}, ${firstPort}, ${lastPort}, ${effect}`
  );
  const enforcer = await newEnforcer(
    newModelFromString(casbinModel),
    new StringAdapter(lines.join("\n")),
  );
  await enforcer.addFunction(
    "inRange",
    (port: number, first: string, last: string) => Number(first) <= port && port <= Number(last),
  );
  const blocks = new Map(
    entries.filter(({ host }) => host.includes("/"))
      .map(({ host }) => [host, ipaddr.IPv4.parseCIDR(host)] as const),
  );
  await enforcer.addFunction("hostMatch", (host: string, pattern: string) => {
    if (pattern.startsWith("*.")) {
      return host === pattern.slice(2) || host.endsWith(pattern.slice(1));
    }
    const block = blocks.get(pattern);
    if (!block) return host === pattern;
    return ipaddr.IPv4.isValid(host) && ipaddr.IPv4.parse(host).match(block);
  });
  return ({ host, port }) => enforcer.enforceSync(app.id, "tcp-connect", host, port);
}

function cedarCondition({ host, firstPort, lastPort }: Entry): string {
  const ports = `context.port >= ${firstPort} && context.port <= ${lastPort}`;
  if (host.includes("/")) {
    return `${ports} && context has address && context.address.isInRange(ip("${host}"))`;
  }
  const name = host.startsWith("*.")
    ? `(context.host == "${host.slice(2)}" || context.host like "${host}")`
    : `context.host == "${host}"`;
  return `${ports} && ${name}`;
}

/** Cedar with its policies parsed beforehand; deny overrides in it as it does here. */
export function cedar(): Engine {
  const policies = entries.map((entry) =>
    `${entry.effect === "allow" ? "permit" : "forbid"}(principal == App::"${app.id}", ` +
    `action == Action::"tcp-connect", resource) when { ${cedarCondition(entry)} };`
  );
  const parsed = preparsePolicySet("entries", { staticPolicies: policies.join("\n") });
  if (parsed.type === "failure") throw new Error(JSON.stringify(parsed.errors.slice(0, 3)));
  return ({ host, port }) => {
    const isAddress = /^\d+(\.\d+){3}$/.test(host);
    const call: StatefulAuthorizationCall = {
      principal: { type: "App", id: app.id },
      action: { type: "Action", id: "tcp-connect" },
      resource: { type: "Target", id: "target" },
      context: {
        host,
        port,
        ...(isAddress && { address: { __extn: { fn: "ip", arg: host } } }),
      },
      preparsedPolicySetId: "entries",
      validateRequest: false,
      entities: [],
    };
    const answer = statefulIsAuthorized(call);
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision === "allow";
  };
}
