/**
 * What one document collects while it renders. Rendering is synchronous, so there is one at a time.
 * @module
 */
import type { ComponentType, VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import type { Island } from "./build_cache.ts";

/** The document that renders now. */
export interface Rendering {
  readonly nonce: string;
  readonly url: URL;
  readonly registry: ReadonlyMap<ComponentType, Island>;
  /** Islands on the page, in order of appearance. */
  readonly islands: Set<Island>;
  /** Properties of every island, in order of appearance. */
  readonly props: Record<string, unknown>[];
  /** Server-rendered JSX handed to islands; `null` once it is in the document. */
  readonly slots: (VNode | null)[];
  /** Elements from `<Head>`, by the key that tells doubles. */
  readonly head: Map<string, VNode>;
  /** Whether the elements being rendered are inside `<head>`. */
  inHead: boolean;
  /** Which of the outer elements the page or its wrapper rendered. */
  readonly seen: Set<"html" | "head" | "body">;
}

/** Holds the document that renders now, or `null`. */
export const rendering: { current: Rendering | null } = { current: null };

/** HTML as it is: only for text made here, and for what was rendered already. */
export function raw(html: string): VNode {
  return jsxTemplate([html]);
}
