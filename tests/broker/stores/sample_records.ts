/** Records and drafts that fit their schemas, numbered, for tests of the stores. @module */
import type { Put } from "../../../broker/actions/ports.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Grant } from "../../../broker/schema/grant.ts";
import type { HistoryDraft } from "../../../broker/schema/history.ts";
import type { AppManifest } from "../../../broker/schema/manifest.ts";
import type { AccessRequest } from "../../../broker/schema/request.ts";
import type { SignIn } from "../../../broker/schema/sign_in.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";

/** Where the clock stands when sample records are made. */
export const sampleMs = Date.UTC(2026, 0, 1);

/** The `n`th app. */
export function sampleApp(n: number, changes: Partial<App> = {}): App {
  return {
    v: 1,
    id: fakeId("app", n),
    kind: "web",
    origin: `https://app${n}.example`,
    manifestId: null,
    state: "installed",
    claims: { name: `App ${n}`, manifestUrl: null, reason: null },
    credentials: [{
      id: fakeId("cred", n),
      tokenHash: n.toString(16).padStart(64, "0"),
      state: "active",
      createdAtMs: sampleMs,
    }],
    registeredAtMs: sampleMs,
    installedAtMs: sampleMs,
    pausedAtMs: null,
    silence: null,
    ...changes,
  };
}

/** The `n`th grant, of the app with the number `app`. */
export function sampleGrant(n: number, app: number, changes: Partial<Grant> = {}): Grant {
  return {
    v: 1,
    id: fakeId("grant", n),
    effect: "allow",
    appId: fakeId("app", app),
    capability: "tcp-connect",
    target: `host${n}.example.com:993`,
    spaces: ["public"],
    duration: { kind: "always" },
    createdAtMs: sampleMs + n,
    expiresAtMs: null,
    requestId: null,
    spentBy: null,
    ...changes,
  };
}

/** The `n`th request, of the app with the number `app`. */
export function sampleRequest(
  n: number,
  app: number,
  changes: Partial<AccessRequest> = {},
): AccessRequest {
  return {
    v: 1,
    id: fakeId("req", n),
    appId: fakeId("app", app),
    capability: "tcp-connect",
    target: `host${n}.example.com:993`,
    reason: "To read mail",
    userActivation: true,
    secureTransport: false,
    count: 1,
    createdAtMs: sampleMs,
    lastAskedAtMs: sampleMs,
    notifiedAtMs: null,
    seenAtMs: null,
    postponedAtMs: null,
    bootId: fakeId("boot", 1),
    contextIds: [],
    outcome: null,
    endedAtMs: null,
    grantId: null,
    message: null,
    ...changes,
  };
}

/** The `n`th sign-in. */
export function sampleSignIn(n: number): SignIn {
  return {
    v: 1,
    id: fakeId("sign", n),
    cookieHash: "c".repeat(64),
    secretHash: "5".repeat(64),
    host: "gatehouse.localhost:8737",
    createdAtMs: sampleMs,
    expiresAtMs: sampleMs + 1,
  };
}

/** A draft whose message is `message`, of the app with the number `app` (0: of none). */
export function sampleDraft(
  message: string,
  app = 0,
  changes: Partial<HistoryDraft> = {},
): HistoryDraft {
  return {
    atMs: sampleMs,
    kind: "session-opened",
    actor: "app",
    appId: app === 0 ? null : fakeId("app", app),
    appName: app === 0 ? null : `App ${app}`,
    capability: "tcp-connect",
    target: "imap.example.com:993",
    message,
    detail: { port: 993, addresses: ["192.0.2.1"] },
    ...changes,
  };
}

/** The putting of a record. */
export function putApp(record: App): Put {
  return { noun: "app", id: record.id, record };
}
/** The putting of a record. */
export function putGrant(record: Grant): Put {
  return { noun: "grant", id: record.id, record };
}
/** The putting of a record. */
export function putRequest(record: AccessRequest): Put {
  return { noun: "request", id: record.id, record };
}
/** The putting of a record. */
export function putSignIn(record: SignIn): Put {
  return { noun: "signIn", id: record.id, record };
}

/** The manifest of the app with the number `app`. */
export function sampleManifest(app: number): AppManifest {
  return {
    v: 1,
    id: fakeId("app", app),
    manifestUrl: `https://app${app}.example/manifest.json`,
    state: "unreachable",
    problem: "It did not answer in time.",
    checkedAtMs: sampleMs,
    nextCheckAtMs: sampleMs + 1,
    verifiedAtMs: null,
    manifest: null,
    errors: [],
    extensions: [],
    seenWishes: null,
  };
}
