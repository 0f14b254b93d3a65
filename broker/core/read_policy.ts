/** Reading a policy: from the text of a `deno.json` to what decisions read, or to what is wrong with it and where. @module */
import { capabilities, type Capability } from "../schema/capability.ts";
import { readFieldProblems } from "../schema/field_problems.ts";
import { everything, PolicyFile, type PolicyFileRule } from "../schema/policy_file.ts";
import { AppReferenceError, canonicalAppReference, everyApp } from "./app_reference.ts";
import { intranetEntry } from "./intranet.ts";
import { type JsonPath, JsonText } from "./json_text.ts";
import { noPolicy, type Policy, type PolicyRule } from "./policy.ts";
import { PolicyError, type PolicyProblem } from "./policy_error.ts";
import { ruleIndex } from "./policy_match.ts";
import { capabilitiesOf, everyTarget, grammarOf, readRuleTarget } from "./policy_rule.ts";
import { policyWarnings } from "./policy_warnings.ts";
import { spanMs } from "./span.ts";
import { isSingleHost, isSinglePort, parseTarget, TargetError } from "./target.ts";

/** The key of `deno.json` that holds the policy. */
export const policyKey = "permissionBroker";

/** A policy that has been read. */
export interface PolicyReading {
  readonly policy: Policy;
  /** How the broker itself is to run. */
  readonly server: PolicyFile["server"];
  /** What is allowed but surely not meant, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads the policy of a `deno.json`. A file without the key sets no policy.
 *
 * @param hash Digests a text; two policies that say the same have the same `revision`.
 * @throws PolicyError with everything that is wrong.
 */
export function readPolicy(text: string, hash: (text: string) => string): PolicyReading {
  const json = new JsonText(text);
  const value = json.value(policyKey);
  if (value === undefined) return { policy: noPolicy, server: {}, warnings: [] };
  const parsed = PolicyFile.safeParse(value);
  if (!parsed.success) {
    throw new PolicyError(
      readFieldProblems(parsed.error, PolicyFile).map(({ pointer, detail }) =>
        json.problem([policyKey, ...stepsOf(pointer)], detail)
      ),
    );
  }
  const problems: PolicyProblem[] = [];
  const report: Report = (path, message) =>
    problems.push(json.problem([policyKey, ...path], message));
  const policy = compile(parsed.data, report, hash(JSON.stringify(parsed.data)));
  if (problems.length > 0) throw new PolicyError(problems);
  // Read and indexed now, so that the first decision does not wait for it.
  ruleIndex(policy);
  return { policy, server: parsed.data.server, warnings: policyWarnings(policy) };
}

type Report = (path: JsonPath, message: string) => void;

/** The steps of a JSON pointer (RFC 6901). */
function stepsOf(pointer: string): JsonPath {
  return pointer.split("/").slice(1).map((step) => {
    if (/^(0|[1-9]\d*)$/.test(step)) return Number(step);
    return step.replaceAll("~1", "/").replaceAll("~0", "~");
  });
}

function compile(file: PolicyFile, report: Report, revision: string): Policy {
  const { managedBy, contact, requireTls, limits, durations, settings, apps } = file;
  const references = (texts: readonly string[], path: JsonPath) =>
    texts.map((text, index) => appReference(text, [...path, index], report));
  const forceInstalled = references(apps.forceInstalled, ["apps", "forceInstalled"]);
  const every = forceInstalled.indexOf(everyApp);
  if (every >= 0) {
    report(["apps", "forceInstalled", every], "Name each app: not every app can be installed.");
  }
  return {
    managedBy: managedBy ?? null,
    contact: contact ?? null,
    rules: file.rules.map((rule, index) => compileRule(rule, index, report)),
    asking: mayAsk(file.asking),
    intranet: file.intranet.map((text, index) => {
      const entry = intranetEntry(text);
      if ("fault" in entry) report(["intranet", index], entry.fault);
      return "fault" in entry ? text : entry.canonical;
    }),
    requireTls,
    stunServer: file.network.stunServer === undefined
      ? null
      : stunServer(file.network.stunServer, report),
    limits,
    durations: { longestMs: durations.longest === undefined ? null : spanMs(durations.longest) },
    settings: {
      cardDuration: settings.cardDuration ?? null,
      quieting: settings.quieting ?? null,
    },
    apps: { forceInstalled, blocked: references(apps.blocked, ["apps", "blocked"]) },
    revision,
  };
}

/** One host and one port, in canonical form. */
function stunServer(text: string, report: Report): string {
  try {
    const target = parseTarget(text);
    if (isSingleHost(target) && isSinglePort(target)) return target.text;
  } catch (fault) {
    if (!(fault instanceof TargetError)) throw fault;
  }
  report(["network", "stunServer"], "Name one host and its port, such as stun.example.com:3478.");
  return text;
}

function appReference(text: string, path: JsonPath, report: Report): string {
  try {
    return canonicalAppReference(text);
  } catch (fault) {
    if (!(fault instanceof AppReferenceError)) throw fault;
    report(path, fault.message);
    return text;
  }
}

/** Whether apps may ask, for each capability: as it is named, or else as `*` says. */
function mayAsk(asking: PolicyFile["asking"]): Policy["asking"] {
  const otherwise = asking[everything] ?? true;
  return Object.fromEntries(capabilities.map((name) => [name, asking[name] ?? otherwise]));
}

function compileRule(file: PolicyFileRule, index: number, report: Report): PolicyRule {
  const path = ["rules", index] as const;
  const rule: PolicyRule = {
    id: `policy.rules[${index}]`,
    effect: file.effect,
    apps: file.apps.map((text, n) => appReference(text, [...path, "apps", n], report)),
    capabilities: file.capabilities,
    targets: file.targets,
    except: file.except,
    reason: file.reason ?? null,
  };
  const read = new Set<Capability>();
  let isReadable = true;
  for (const list of ["targets", "except"] as const) {
    for (const [n, text] of rule[list].entries()) {
      const { targets, faults } = readRuleTarget(rule, text);
      if (targets.length === 0) {
        isReadable = false;
        report([...path, list, n], unreadableTarget(text, rule, faults));
      }
      if (list === "except") continue;
      for (const { kind } of targets) read.add(grammarOfKind[kind]);
    }
  }
  // A target that can't be read may have been meant for the capability that lacks one.
  for (const [n, capability] of isReadable ? file.capabilities.entries() : []) {
    if (capability === everything || read.has(grammarOf(capability))) continue;
    report(
      [...path, "capabilities", n],
      `None of the rule's targets is one for ${capability}. Add ${
        example[grammarOf(capability)]
      }, or "${everyTarget}" for every target.`,
    );
  }
  return rule;
}

const grammarOfKind = {
  socket: "tcp-connect",
  pattern: "host-access",
  whole: "network-info",
} as const;

const example: Partial<Record<Capability, string>> = {
  "tcp-connect": "one such as example.com:443",
  "host-access": "one such as https://*.example.com/*",
  "network-info": `"${everyTarget}"`,
};

function unreadableTarget(text: string, rule: PolicyRule, faults: readonly string[]): string {
  const named = rule.capabilities.includes(everything)
    ? "any capability"
    : capabilitiesOf(rule).join(" or ");
  return `${JSON.stringify(text.slice(0, 80))} is no target for ${named}. ${faults.join(" ")}`;
}
