/** Which pages the page of the SDK is embedded in. @module */
import type { FrameAncestry } from "../schema/frame.ts";

/** The parts of a window that tell. */
export interface FramedWindow {
  readonly parent: FramedWindow | null;
  readonly location: { readonly origin: string; readonly ancestorOrigins?: ArrayLike<string> };
}

/** How many pages are named; whoever nests deeper is refused by those that are. */
const maxAncestors = 64;

/**
 * The origins around a window, the nearest first, or null when it is a tab of its own, or no window at all: a worker can't
 * tell. An origin that the browser keeps to itself is `null` in letters.
 */
export function frameAncestry(window: FramedWindow | undefined): FrameAncestry | null {
  if (window === undefined) return null;
  const named = window.location.ancestorOrigins;
  const ancestors: string[] = [];
  for (
    let { parent } = window, child = window;
    parent !== null && parent !== child && ancestors.length < maxAncestors;
    child = parent, parent = parent.parent
  ) {
    ancestors.push(named?.[ancestors.length] ?? originOf(parent));
  }
  return ancestors.length === 0 ? null : { ancestors };
}

function originOf(window: FramedWindow): string {
  try {
    return window.location.origin;
  } catch {
    return "null"; // The browser keeps another site's location to itself.
  }
}
