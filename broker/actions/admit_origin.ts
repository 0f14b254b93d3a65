/** Which origins may speak for an app at all. @module */
import { type AppOrigin, readAppOrigin } from "../core/app_origin.ts";
import { ActionError } from "./action_error.ts";

/** An origin that may be an app's, and which kind of app it makes. */
export type AdmittedOrigin = Extract<AppOrigin, { origin: string }>;

/**
 * Admits an origin that is a secure context of its own: `https`, `http` on a loopback host, or an extension's.
 *
 * @param header The `Origin` header.
 * @throws ActionError `insecure-context`, or `origin-not-allowed` for an opaque (`null`) or malformed one.
 */
export function admitOrigin(header: string): AdmittedOrigin {
  const read = readAppOrigin(header);
  if ("origin" in read) return read;
  if (read.kind === "insecure") {
    throw new ActionError(
      "insecure-context",
      "Serve the app over https, or over http from a loopback host.",
    );
  }
  throw new ActionError(
    "origin-not-allowed",
    "This page has no origin of its own that could be trusted.",
  );
}
