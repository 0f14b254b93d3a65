/** The page Explain for one question: what would be decided now, and why. @module */
import type { RequestView } from "../broker/schema/dashboard.ts";

/** The path, with what was asked in its query. */
export function explainPath(
  { appId, capability, target, secureTransport }: Pick<
    RequestView,
    "appId" | "capability" | "target" | "secureTransport"
  >,
): string {
  const secure = secureTransport ? { secure: "yes" } : {};
  return `/explain?${new URLSearchParams({ app: appId, capability, target, ...secure })}`;
}
