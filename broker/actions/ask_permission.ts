/** Asking: the known answer at once, or a pending request for a person. @module */
import { decide } from "../core/decide.ts";
import { parseCapabilityTarget } from "../core/capability_target.ts";
import { mayNotify } from "../core/request_groups.ts";
import { pendingLimit, surplusEnded } from "../core/request_limits.ts";
import type { App } from "../schema/app.ts";
import type { Capability } from "../schema/capability.ts";
import type { Decision } from "../schema/decision.ts";
import type { FrameAncestry } from "../schema/frame.ts";
import type { ContextId, RequestId } from "../schema/ids.ts";
import type { AccessRequest } from "../schema/request.ts";
import { limitAsking } from "./limit_asking.ts";
import { pendingRequests } from "./pending_requests.ts";
import type { Broker, Removal } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { transact } from "./transact.ts";

/** The context of an app that asks over REST: it ends with this run of the broker. */
export const restContextId: ContextId = `ctx_${"0".repeat(32)}`;

/** How a connection is to be encrypted, as far as a person is asked about it. */
export interface TransportWish {
  /** Whether it is encrypted from its beginning. */
  readonly secureTransport: boolean;
  /** The name that the server has to prove, where that is not the target's own host. */
  readonly serverName?: string | undefined;
  /** Whether the app shows the server a certificate of its own. */
  readonly clientCertificate?: boolean;
  /** Whether it begins in plain text, to be encrypted later. */
  readonly upgradable?: boolean;
}

/** What an app asks. */
export interface Ask extends TransportWish {
  capability: Capability;
  target: string;
  reason: string | null;
  userActivation: boolean;
  /** Who waits for the answer; null when the app asked over REST. */
  contextId: ContextId | null;
  /** The pages around the one that asks; null or absent when there are none. */
  frame?: FrameAncestry | null | undefined;
  /** Every address of the target's name, once it has been looked up. */
  addresses?: readonly string[] | null;
  /** The app leaves the host to the person, who is asked whatever was allowed before. */
  unaddressed?: boolean;
}

/** The decision, and, where it is `ask`, the request that now waits. */
export interface Asked {
  decision: Decision;
  request: AccessRequest | null;
}

/**
 * Decides, and stores a pending request where a person must answer. There is one for each app, capability and target:
 * a repeat bumps its count. An app that asks too often, or has too much waiting, is denied with `limit`.
 */
export async function askPermission(broker: Broker, app: App, ask: Ask): Promise<Asked> {
  const subject = {
    appId: app.id,
    capability: ask.capability,
    target: ask.target,
    addresses: ask.addresses ?? null,
    frame: ask.frame,
    secureTransport: ask.secureTransport,
    serverName: ask.serverName,
  };
  const first = limitAsking(broker, subject, decide(questionFor(broker, subject)));
  if (isAnswered(ask, first)) return { decision: first, request: null };
  return await transact<Asked>(broker, () => {
    const decision = decide(questionFor(broker, subject));
    if (isAnswered(ask, decision)) return { batch: null, result: { decision, request: null } };
    const { text: target } = parseCapabilityTarget(ask.capability, ask.target);
    const pending = pendingRequests(broker);
    const known = pending.find((request) =>
      request.appId === app.id && request.capability === ask.capability &&
      request.target === target && request.serverName === ask.serverName &&
      (request.unaddressed ?? false) === (ask.unaddressed ?? false)
    );
    const limit = known ? null : pendingLimit(pending, app.id);
    if (limit) {
      const limited = decide(questionFor(broker, { ...subject, limit }));
      return { batch: null, result: { decision: limited, request: null } };
    }
    const request = known ? repeated(broker, app, known, ask) : fresh(broker, app, ask, target);
    const removals = known ? [] : tooOld(broker, app);
    const version = known ? broker.store.get("request", known.id)?.version ?? null : null;
    return {
      batch: {
        checks: [{ noun: "request", id: request.id, version }],
        puts: [{ noun: "request", id: request.id, record: request }],
        removals,
      },
      result: { decision, request },
    };
  });
}

/** Whether nobody has to be asked. That every host is allowed does not say which of them is meant. */
function isAnswered({ unaddressed }: Ask, { effect }: Decision): boolean {
  return effect === "deny" || (effect === "allow" && !unaddressed);
}

function fresh(broker: Broker, app: App, ask: Ask, target: string): AccessRequest {
  const nowMs = broker.clock.nowMs();
  return {
    v: 1,
    id: nextRequestId(broker, app, ask, target),
    appId: app.id,
    capability: ask.capability,
    target,
    reason: ask.reason,
    userActivation: ask.userActivation,
    secureTransport: ask.secureTransport,
    ...(ask.serverName !== undefined && { serverName: ask.serverName }),
    ...(ask.clientCertificate && { clientCertificate: true }),
    ...(ask.upgradable && { upgradable: true }),
    ...(ask.unaddressed && { unaddressed: true }),
    count: 1,
    createdAtMs: nowMs,
    lastAskedAtMs: nowMs,
    notifiedAtMs: notifies(broker, app, ask) ? nowMs : null,
    seenAtMs: null,
    postponedAtMs: null,
    bootId: broker.bootId,
    contextIds: [ask.contextId ?? restContextId],
    outcome: null,
    endedAtMs: null,
    grantId: null,
    message: null,
  };
}

/** An app that asks and withdraws without end leaves no more behind than one that asks now and then. */
function tooOld(broker: Broker, app: App): Removal[] {
  const ended = [...broker.store.list("request")].filter(({ appId, outcome }) =>
    appId === app.id && outcome !== null
  );
  return surplusEnded(ended).map(({ id }) => ({ noun: "request", id }));
}

/**
 * The next id for this question. It follows from the question and from how often it was asked before, so that of two
 * commits that ask the same at once only one goes through, and the other finds it pending.
 */
function nextRequestId(
  broker: Broker,
  app: App,
  { capability, serverName, unaddressed }: Ask,
  target: string,
): RequestId {
  for (let turn = 0;; turn++) {
    const asked = [capability, target, serverName, unaddressed ?? false];
    const text = JSON.stringify([broker.bootId, app.id, ...asked, turn]);
    const id: RequestId = `req_${broker.secrets.hash(text).slice(0, 32)}`;
    if (!broker.store.get("request", id)) return id;
  }
}

function notifies(broker: Broker, app: App, { userActivation }: Ask): boolean {
  const own = [...broker.store.list("request")].filter(({ appId }) => appId === app.id);
  return mayNotify(
    { userActivation, nowMs: broker.clock.nowMs() },
    own.map(({ notifiedAtMs }) => notifiedAtMs),
  );
}

// What is kept of a flood of identical questions: enough to know that somebody still waits.
const maxContexts = 256;

function repeated(broker: Broker, app: App, known: AccessRequest, ask: Ask): AccessRequest {
  const contextIds = new Set(known.contextIds).add(ask.contextId ?? restContextId);
  const { upgradable: _, ...rest } = known;
  return {
    ...rest,
    count: known.count + 1,
    userActivation: known.userActivation || ask.userActivation,
    // The card says "encrypted" only as long as that is true of everything that waits for it.
    secureTransport: known.secureTransport && ask.secureTransport,
    ...(staysUpgradable(known, ask) && { upgradable: true }),
    ...(ask.clientCertificate && { clientCertificate: true }),
    notifiedAtMs: notifies(broker, app, ask) ? broker.clock.nowMs() : known.notifiedAtMs,
    lastAskedAtMs: broker.clock.nowMs(),
    contextIds: [...contextIds].slice(-maxContexts),
  };
}

/** Likewise: whether everything that begins in plain text says that it is encrypted later. */
function staysUpgradable(known: AccessRequest, ask: Ask): boolean {
  const plain = [known, ask].filter(({ secureTransport }) => !secureTransport);
  return plain.length > 0 && plain.every(({ upgradable }) => upgradable === true);
}
