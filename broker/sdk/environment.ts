/** What the SDK needs from where it runs: a page, a worker, Deno or Node. @module */
import type { FrameAncestry } from "../schema/frame.ts";
import { frameAncestry, type FramedWindow } from "./frame_ancestry.ts";

/** The parts of a global scope that the SDK uses. */
export interface Environment {
  readonly fetch: typeof fetch;
  readonly WebSocket: typeof WebSocket;
  /** Where the app token is kept; null where there is no such place. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  /** The page's own URL; null outside a browser. */
  readonly pageUrl: string | null;
  /** The browser's `loopback-network` permission (Local Network Access); null where it has none. */
  loopbackPermission(): Promise<PermissionState | null>;
  /** Whether the person has just clicked or typed here. */
  userActivation(): boolean;
  /** The pages around this one; null when there are none. */
  frame(): FrameAncestry | null;
  /** Calls back once after a delay; the returned function calls it off. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** The environment of this global scope. */
export function globalEnvironment(): Environment {
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    WebSocket: globalThis.WebSocket,
    storage: localStorageOrNull(),
    pageUrl: globalThis.location?.href ?? null,
    loopbackPermission,
    userActivation: () => globalThis.navigator?.userActivation?.isActive ?? false,
    frame: () => frameAncestry(globalThis.window as FramedWindow | undefined),
    setTimer: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

function localStorageOrNull(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // A sandboxed frame, or Deno without a location.
  }
}

async function loopbackPermission(): Promise<PermissionState | null> {
  // Chrome knew it by the second name before version 145.
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return (await globalThis.navigator.permissions.query({ name: name as PermissionName })).state;
    } catch {
      // A browser that does not know the permission throws a TypeError.
    }
  }
  return null;
}
