/** Where the broker is, and which wall stands before it when it does not answer. @module */
import type { Environment } from "./environment.ts";
import { failure, type LocalFault } from "./failure.ts";

/** Where a broker is found unless something else is said; the second is for browsers that do not know `*.localhost`. */
export const defaultBrokers: readonly string[] = [
  "http://gatehouse.localhost:8737",
  "http://localhost:8737",
];

/**
 * The origins at which a broker may be.
 *
 * @param chosen What the app chose, if it did.
 * @param moduleUrl Where this module came from: a module that a broker served knows its broker.
 * @throws TypeError when `chosen` is not an http or https URL.
 */
export function brokerCandidates(chosen: string | undefined, moduleUrl: string): readonly string[] {
  if (chosen !== undefined) {
    const url = URL.parse(chosen);
    if (url?.protocol !== "http:" && url?.protocol !== "https:") {
      throw new TypeError(`The broker's address must be an http or https URL, not ${chosen}`);
    }
    return [url.origin];
  }
  const module = URL.parse(moduleUrl);
  const served = module !== null && module.pathname === "/sdk.js" && isLoopback(module.hostname);
  return served ? [module.origin] : defaultBrokers;
}

/**
 * Finds the broker that answers.
 *
 * @returns Its origin.
 * @throws DOMException `NetworkError` whose cause tells which wall stands in the way.
 */
export async function findBroker(
  environment: Environment,
  candidates: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  for (const origin of candidates) {
    try {
      const answer = await environment.fetch(`${origin}/api/v1/health`, {
        cache: "no-store",
        credentials: "omit",
        ...(signal && { signal }),
      });
      await answer.body?.cancel();
      if (answer.ok) return origin;
    } catch {
      signal?.throwIfAborted();
    }
  }
  throw await explainSilence(environment, candidates[0] ?? "");
}

/** Tells why no broker answers at `origin`: the browser's local-network permission, mixed content, or nobody is there. */
export async function explainSilence(
  environment: Environment,
  origin: string,
): Promise<DOMException> {
  const permission = await environment.loopbackPermission();
  const fault = describeSilence(permission, environment.pageUrl, origin);
  return failure("NetworkError", fault.message, fault);
}

function describeSilence(
  permission: PermissionState | null,
  pageUrl: string | null,
  origin: string,
): LocalFault {
  if (permission === "denied") {
    return {
      code: "browser-blocked",
      message: "Your browser does not let this site reach apps on this device. " +
        'Allow "Apps on device" (or "Local network") for it in the site settings, then reload.',
    };
  }
  // The browser has asked, and was not answered. Pages of this device need no leave.
  if (permission === "prompt" && !isPageOfThisDevice(pageUrl)) {
    return {
      code: "browser-asking",
      message:
        "Your browser has not let this site reach apps on this device yet. Reload, and allow " +
        'it when the browser asks; in the site settings it is "Apps on device".',
    };
  }
  // Only browsers without the permission still treat http://localhost as mixed content (Safari).
  const mixed = pageUrl?.startsWith("https:") === true && origin.startsWith("http:");
  const start = "Start it with `deno task start`.";
  if (mixed && permission === null) {
    return {
      code: "mixed-content",
      message:
        `No broker answers at ${origin}. ${start} If it runs already, this browser keeps https ` +
        "pages from http://localhost, as Safari does: use the broker's https address or another browser.",
    };
  }
  return { code: "broker-not-running", message: `No broker answers at ${origin}. ${start}` };
}

function isPageOfThisDevice(pageUrl: string | null): boolean {
  const url = pageUrl === null ? null : URL.parse(pageUrl);
  return url === null || isLoopback(url.hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
