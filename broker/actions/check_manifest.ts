/** Looking at an app's manifest where its own origin serves it: identity, wishes, icon, and which other origins agree. @module */
import { processManifest } from "../core/manifest.ts";
import { isManifestOf } from "../core/manifest_changes.ts";
import { namesApp } from "../core/app_reference.ts";
import type { App } from "../schema/app.ts";
import type { AppId } from "../schema/ids.ts";
import type { AppIcon, AppManifest, CheckedExtension, Manifest } from "../schema/manifest.ts";
import { checkExtensions } from "./check_extensions.ts";
import { type Broker, type Put, type Removal, SiteFault, type Store } from "./ports.ts";
import { manifestHistory } from "./manifest_history.ts";
import { readIcon } from "./read_icon.ts";
import { readSiteFile } from "./read_site_file.ts";
import { transact } from "./transact.ts";

/** The largest manifest that is read, in bytes. */
export const maxManifestBytes = 1024 * 1024;
/** How long a look holds when all went well, and when something could not be reached. */
export const recheckMs = 24 * 60 * 60 * 1000;
/** How long until what could not be reached is tried again. */
export const retryMs = 60 * 60 * 1000;

// A value of the store holds 64 KiB: the manifest itself, its wishes once more as far as they were seen, and what the
// other origins said.
const maxManifestBytesKept = 20_000;
const maxRecordBytes = 60_000;
const maxErrors = 30;
const maxErrorLength = 300;

/** Looks under way: whoever asks for one that has begun shares it. */
const underWay = new WeakMap<Store, Map<AppId, Promise<AppManifest | null>>>();

/**
 * Looks at an app's manifest now, and keeps what it found. A manifest that could not be read, or is none, leaves the last
 * good one in place, marked as not verified. An origin that does not agree any more is out of the extended scope at once.
 *
 * @returns What is now known; null for an app that has no manifest, or is gone.
 */
export function checkManifest(
  broker: Broker,
  appId: AppId,
  signal: AbortSignal,
): Promise<AppManifest | null> {
  let looks = underWay.get(broker.store);
  if (!looks) underWay.set(broker.store, looks = new Map());
  const known = looks.get(appId);
  if (known) return known;
  const look = checkNow(broker, appId, signal).finally(() => looks.delete(appId));
  looks.set(appId, look);
  return look;
}

/** Where an app's manifest is looked for; null when nowhere is. */
export function manifestUrlOf(broker: Broker, app: App): string | null {
  if (app.kind !== "web" || namesApp(broker.policy.current().apps.blocked, app)) return null;
  // What it named once it is held to, so that naming none keeps no extended scope alive.
  return app.claims.manifestUrl ?? broker.store.get("manifest", app.id)?.record.manifestUrl ?? null;
}

/** What a look at a manifest found. */
type Look =
  | { readonly state: "verified"; readonly manifest: Manifest; readonly errors: readonly string[] }
  | {
    readonly state: Exclude<AppManifest["state"], "verified">;
    readonly problem: string;
    readonly errors: readonly string[];
  };

async function checkNow(
  broker: Broker,
  appId: AppId,
  signal: AbortSignal,
): Promise<AppManifest | null> {
  const app = broker.store.get("app", appId)?.record;
  const url = app ? manifestUrlOf(broker, app) : null;
  if (!app || url === null || app.origin === null) return null;
  const { origin } = app;
  const before = broker.store.get("manifest", appId)?.record ?? null;
  const look = await readManifest(broker, app, url, signal);
  const manifest = look.state === "verified" ? look.manifest : before?.manifest ?? null;
  const extensions = manifest === null || look.state === "other-id" ? [] : await checkExtensions(
    broker,
    { appOrigin: origin, manifest, before: before?.extensions ?? [], signal },
  );
  const drawn = look.state === "verified"
    ? await readIcon(broker, { appId, origin, manifest: look.manifest, signal })
    : null;
  signal.throwIfAborted();
  const errors = [...look.errors, ...drawn?.errors ?? []].slice(0, maxErrors)
    .map((error) => error.slice(0, maxErrorLength));
  return await keep(broker, app, { url, look, manifest, extensions, errors, icon: drawn?.icon });
}

async function readManifest(
  broker: Broker,
  app: App,
  url: string,
  signal: AbortSignal,
): Promise<Look> {
  let text: string;
  let foundAt: string;
  try {
    const file = await readSiteFile(broker, {
      url,
      appOrigin: app.origin ?? "",
      accept: "application/manifest+json, application/json",
      maxBytes: maxManifestBytes,
      signal,
    });
    text = new TextDecoder().decode(file.bytes);
    foundAt = file.url;
  } catch (fault) {
    if (!(fault instanceof SiteFault)) throw fault;
    const state = fault.kind === "unusable" ? "invalid" : "unreachable";
    return { state, problem: fault.message, errors: [] };
  }
  const { manifest, errors } = processManifest(text, foundAt, `${app.origin}/`);
  const [error = ""] = errors;
  if (/^Line: |^root element/.test(error)) {
    return { state: "invalid", problem: `It is no manifest. ${error}`, errors };
  }
  if (bytesOf(manifest) > maxManifestBytesKept) {
    const problem = "It declares too much to be kept. Name fewer sites, targets or icons.";
    return { state: "invalid", problem, errors };
  }
  if (isManifestOf(app, manifest)) return { state: "verified", manifest, errors };
  const problem =
    `The page says that its id is ${app.manifestId}, its manifest says ${manifest.id}.`;
  return { state: "other-id", problem, errors };
}

interface Found {
  readonly url: string;
  readonly look: Look;
  readonly manifest: Manifest | null;
  readonly extensions: CheckedExtension[];
  readonly errors: string[];
  /** Null when there is none to show any more; undefined when it was not looked for. */
  readonly icon: AppIcon | null | undefined;
}

function keep(broker: Broker, asked: App, found: Found): Promise<AppManifest | null> {
  return transact(broker, () => {
    const stored = broker.store.get("app", asked.id);
    if (!stored) return { batch: null, result: null };
    const app = stored.record;
    const storedBefore = broker.store.get("manifest", app.id);
    const record = recordOf(broker, app, storedBefore?.record ?? null, found);
    const puts: Put[] = [{ noun: "manifest", id: app.id, record }];
    const removals: Removal[] = [];
    if (found.icon) puts.push({ noun: "icon", id: app.id, record: found.icon });
    else if (found.icon === null) removals.push({ noun: "icon", id: app.id });
    const checks = [
      { noun: "app", id: app.id, version: stored.version },
      { noun: "manifest", id: app.id, version: storedBefore?.version ?? null },
    ] as const;
    const history = manifestHistory(broker, app, storedBefore?.record ?? null, record);
    return { batch: { checks, puts, removals, history }, result: record };
  });
}

function recordOf(
  broker: Broker,
  app: App,
  before: AppManifest | null,
  { url, look, manifest, extensions, errors }: Found,
): AppManifest {
  const nowMs = broker.clock.nowMs();
  const isSettled = look.state !== "unreachable" &&
    extensions.every(({ state }) => state !== "unreadable");
  const record: AppManifest = {
    v: 1,
    id: app.id,
    manifestUrl: url,
    state: look.state,
    problem: look.state === "verified" ? null : look.problem.slice(0, 500),
    checkedAtMs: nowMs,
    nextCheckAtMs: nowMs + (isSettled ? recheckMs : retryMs),
    verifiedAtMs: look.state === "verified" ? nowMs : before?.verifiedAtMs ?? null,
    manifest,
    errors,
    extensions,
    seenWishes: app.state === "installed" ? before?.seenWishes ?? [] : null,
  };
  if (bytesOf(record) <= maxRecordBytes) return record;
  const shorter = extensions.map((extension) => ({ ...extension, message: null }));
  return { ...record, extensions: shorter, errors: ["More was wrong than can be kept."] };
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
