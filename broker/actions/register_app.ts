/** Registering: an app says who it is, and gets a token that is worth nothing until a person installs the app. @module */
import { equalInConstantTime } from "../core/constant_time.ts";
import { isThirdPartyFrame } from "../core/frame_ancestry.ts";
import { frameProtection } from "../core/protections.ts";
import {
  type App,
  type AppClaims,
  type Credential,
  maxActiveCredentials,
  maxCredentials,
} from "../schema/app.ts";
import type { DeclaredHosts } from "../schema/declared_hosts.ts";
import type { FrameAncestry } from "../schema/frame.ts";
import type { AppId } from "../schema/ids.ts";
import { ActionError } from "./action_error.ts";
import { admitOrigin, type AdmittedOrigin } from "./admit_origin.ts";
import { historyDraft } from "./history_draft.ts";
import { installedByPolicy } from "./install_forced_apps.ts";
import { isNews } from "./is_news.ts";
import type { Broker } from "./ports.ts";
import { readHosts } from "./read_hosts.ts";
import { transact } from "./transact.ts";

/** How many apps may wait for their installation at a time; any page can register. */
export const maxPendingApps = 50;
/** How many browser profiles of one app may wait; the oldest gives way. */
const maxPendingCredentials = maxCredentials - maxActiveCredentials;

/** What a registration says. The origin is the browser's word, the rest is the app's. */
export interface Registration {
  /** The `Origin` header. */
  origin: string | null;
  name: string;
  manifestUrl?: string | undefined;
  manifestId?: string | undefined;
  reason?: string | undefined;
  /** Origins that it lets use the network inside its own pages. */
  frames?: string[] | undefined;
  /** Match patterns of the sites that it is for. */
  hosts?: DeclaredHosts | undefined;
  /** The pages around the one that registers; null or absent when there are none. */
  frame?: FrameAncestry | null | undefined;
  /** The bearer token that came along, if any: a known app renews what it says of itself. */
  token: string | null;
}

/** What registering gave. `token` is null when the app came with a valid one. */
export interface Registered {
  app: App;
  credential: Credential;
  token: string | null;
}

/**
 * Registers a web app or an extension by its origin and manifest id. An app that is known, but comes without its token,
 * gets a further credential that waits until the person accepts it: a token alone, or an origin alone, is never enough.
 *
 * @throws ActionError `origin-not-allowed`, `insecure-context`, `third-party-frame`, `invalid-body` (a manifest of another origin), `queue-full`.
 */
export async function registerApp(broker: Broker, registration: Registration): Promise<Registered> {
  const { kind, origin } = requireOrigin(registration.origin);
  refuseFramed(broker, origin, registration.frame);
  const claims = readClaims(registration, kind, origin);
  const manifestId = kind === "web"
    ? requireOwn(registration.manifestId ?? `${origin}/`, origin, "/manifestId")
    : null;
  const id: AppId = `app_${broker.secrets.hash(`${origin}\n${manifestId ?? ""}`).slice(0, 32)}`;
  return await transact<Registered>(broker, () => {
    const stored = broker.store.get("app", id);
    const known = stored && heldCredential(broker, stored.record, registration.token);
    if (stored && known) {
      const app = { ...stored.record, claims };
      const same = JSON.stringify(claims) === JSON.stringify(stored.record.claims);
      // A token that nobody has accepted yet does not speak for an app that is installed.
      const speaks = known.state === "active" || stored.record.state !== "installed";
      if (!speaks) {
        return { batch: null, result: { app: stored.record, credential: known, token: null } };
      }
      return {
        batch: same ? null : {
          checks: [{ noun: "app", id, version: stored.version }],
          puts: [{ noun: "app", id, record: app }],
        },
        result: { app, credential: known, token: null },
      };
    }
    if (!stored) refuseWhenFull(broker);
    const token = `${id}.${broker.secrets.newToken()}`;
    const nowMs = broker.clock.nowMs();
    const credential: Credential = {
      id: broker.secrets.newId("cred"),
      tokenHash: broker.secrets.hash(token),
      state: "pending",
      createdAtMs: nowMs,
    };
    const registered: App = stored
      ? { ...stored.record, credentials: withCredential(stored.record.credentials, credential) }
      : {
        v: 1,
        id,
        kind,
        origin,
        manifestId,
        state: "pending-installation",
        claims,
        credentials: [credential],
        registeredAtMs: nowMs,
        installedAtMs: null,
        pausedAtMs: null,
        silence: null,
      };
    const forced = installedByPolicy(broker, registered);
    const app = forced?.app ?? registered;
    const isTold = !forced && !stored && isNews(broker, "registered", origin);
    const asks = historyDraft(broker, "app-registered", "app", {
      app,
      message: `${claims.name} (${origin}) wants to be installed.`,
    });
    return {
      batch: {
        checks: [{ noun: "app", id, version: stored?.version ?? null }],
        puts: [{ noun: "app", id, record: app }],
        history: forced ? [forced.history] : isTold ? [asks] : [],
      },
      result: { app, credential: app.credentials.at(-1) ?? credential, token },
    };
  });
}

function refuseFramed(broker: Broker, origin: string, frame: Registration["frame"]): void {
  if (!frame || !isThirdPartyFrame(origin, frame, broker.store.list("app"))) return;
  throw new ActionError("third-party-frame", frameProtection.message);
}

function requireOrigin(header: string | null): AdmittedOrigin {
  if (header !== null) return admitOrigin(header);
  throw new ActionError(
    "origin-not-allowed",
    "Only web apps and extensions register themselves. For a program, make a token in the dashboard or with `deno task app add NAME`.",
  );
}

function requireOwn(url: string, origin: string, pointer: string): string {
  const parsed = new URL(url);
  if (parsed.origin !== origin) {
    const detail = `Must be a URL of the app's own origin, ${origin}.`;
    throw new ActionError("invalid-body", `${pointer}: ${detail}`, {
      errors: [{ pointer, detail }],
    });
  }
  parsed.hash = "";
  return parsed.href;
}

function readClaims(
  registration: Registration,
  kind: "web" | "extension",
  origin: string,
): AppClaims {
  const { name, manifestUrl, reason, frames, hosts } = registration;
  const ownManifestUrl = manifestUrl === undefined || kind === "extension"
    ? null
    : requireOwn(manifestUrl, origin, "/manifestUrl");
  return {
    name,
    manifestUrl: ownManifestUrl,
    reason: reason ?? null,
    ...(frames !== undefined && { frames }),
    ...(hosts !== undefined && { hosts: readHosts(hosts) }),
  };
}

function heldCredential(broker: Broker, app: App, token: string | null): Credential | undefined {
  if (token === null) return undefined;
  const hash = broker.secrets.hash(token);
  return app.credentials.find((credential) => equalInConstantTime(hash, credential.tokenHash));
}

function withCredential(credentials: readonly Credential[], added: Credential): Credential[] {
  const active = credentials.filter((credential) => credential.state === "active");
  const pending = credentials.filter((credential) => credential.state === "pending");
  return [...active, ...pending.slice(-(maxPendingCredentials - 1)), added];
}

function refuseWhenFull(broker: Broker): void {
  let pending = 0;
  for (const app of broker.store.list("app")) if (app.state === "pending-installation") pending++;
  if (pending >= maxPendingApps) {
    throw new ActionError(
      "queue-full",
      `${maxPendingApps} apps wait to be installed already. Answer them in the dashboard, then try again.`,
      { retryAfterMs: 60_000 },
    );
  }
}
