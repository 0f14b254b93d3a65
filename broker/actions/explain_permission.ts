/** Explaining a decision: to the person in full, to an app what is its own. Nothing is stored, and nobody is asked. @module */
import { explain } from "../core/explain.ts";
import { nameResolution } from "../core/host.ts";
import { parseTarget } from "../core/target.ts";
import type { App } from "../schema/app.ts";
import type { DecisionReason } from "../schema/decision.ts";
import type {
  Candidate,
  ExplainBody,
  OwnExplainBody,
  OwnExplanation,
  PersonExplanation,
} from "../schema/explanation.ts";
import { ActionError } from "./action_error.ts";
import { ownGrant } from "./own_grant.ts";
import { type Broker, ConnectError } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** How long an explanation waits for a name to be looked up, in milliseconds. */
const lookUpTimeoutMs = 2000;

/**
 * Explains what would be decided for an app, as if it opened a connection now.
 *
 * @throws ActionError `not-found` when no app, or more than one, is meant.
 */
export async function explainPermission(
  broker: Broker,
  body: ExplainBody,
): Promise<PersonExplanation> {
  const app = findMeantApp(broker, body.app);
  const { capability, target, secureTransport } = body;
  const found = body.lookUp ? await lookUp(broker, body) : { addresses: null, problem: null };
  const { addresses } = found;
  const subject = { appId: app.id, capability, target, secureTransport, addresses };
  return {
    ...explain(questionFor(broker, subject)),
    app: { id: app.id, name: app.claims.name },
    capability,
    target,
    lookUpProblem: found.problem,
  };
}

/** Explains to an app what is its own: the decision, who made it, and how its grants were matched. Nothing is looked up. */
export function explainOwnPermission(
  broker: Broker,
  app: App,
  body: OwnExplainBody,
): OwnExplanation {
  const explanation = explain(questionFor(broker, { appId: app.id, ...body }), "grant");
  const { ruleIds: _, ...decision } = explanation.decision;
  return {
    decision,
    decidedBy: whoDecided(decision.reason),
    grants: explanation.candidates.flatMap((candidate) => ownCandidate(broker, candidate)),
  };
}

function ownCandidate(broker: Broker, candidate: Candidate): OwnExplanation["grants"] {
  const grant = broker.store.get("grant", candidate.id)?.record;
  if (!grant) return [];
  return [{ ...ownGrant(grant), matched: candidate.matched, parts: candidate.parts }];
}

function whoDecided(reason: DecisionReason): OwnExplanation["decidedBy"] {
  switch (reason) {
    case "policy-deny":
    case "policy-allow":
    case "asking-forbidden":
      return "organisation";
    case "grant-deny":
    case "grant-allow":
    case "budget-spent":
    case "host-blocked":
    case "lockdown":
    case "paused":
    case "silenced":
    case "embargo":
    case "quiet":
      return "person";
    case "no-answer-yet":
      return "nobody";
    default:
      return "broker";
  }
}

/** The one app that a text names: by id, origin or manifest id, or by a name that no other app has. */
function findMeantApp(broker: Broker, text: string): App {
  const apps = [...broker.store.list("app")];
  const [exact] = apps.filter(({ id, manifestId }) => id === text || manifestId === text);
  if (exact) return exact;
  const byOrigin = apps.filter(({ origin }) => origin === text);
  const byName = apps.filter(({ claims }) => claims.name.toLowerCase() === text.toLowerCase());
  const meant = byOrigin.length > 0 ? byOrigin : byName;
  const [app] = meant;
  if (app && meant.length === 1) return app;
  const detail = app
    ? `${meant.length} apps are called that. Give an id: ${meant.map(({ id }) => id).join(", ")}.`
    : "There is no such app. Give its id, origin, manifest id or name.";
  throw new ActionError("not-found", detail);
}

/** Looks a name up as opening a connection would; what is no name that DNS may be asked for has nothing to look up. */
async function lookUp(
  broker: Broker,
  { capability, target }: ExplainBody,
): Promise<{ addresses: string[] | null; problem: string | null }> {
  const name = nameToLookUp(capability, target);
  if (name === null) return { addresses: null, problem: null };
  const aborting = new AbortController();
  const stopTimer = broker.clock.setTimer(lookUpTimeoutMs, () => aborting.abort());
  try {
    const addresses = await broker.resolver.resolve(name, { signal: aborting.signal });
    return { addresses, problem: addresses.length > 0 ? null : `${name} has no address.` };
  } catch (fault) {
    if (!(fault instanceof ConnectError) && !aborting.signal.aborted) throw fault;
    const why = fault instanceof ConnectError ? fault.message : "It took too long.";
    return { addresses: null, problem: why };
  } finally {
    stopTimer();
  }
}

function nameToLookUp(capability: ExplainBody["capability"], target: string): string | null {
  if (capability !== "tcp-connect" && capability !== "udp-send") return null;
  try {
    const { host } = parseTarget(target);
    return host.kind === "name" && nameResolution(host.name) === "dns" ? host.name : null;
  } catch {
    // The explanation says what is wrong with the target.
    return null;
  }
}
