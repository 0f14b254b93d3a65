/** The request that a newcomer practises on: nobody asks it, and what answers it keeps nothing and reaches nothing. @module */
import type { RequestView } from "../broker/schema/dashboard.ts";
import { type AdminClient, createAdminClient } from "./admin_client.ts";
import { text } from "./text.ts";

const nobody = "0".repeat(32);

/** The request, as a card shows it. Its host is one that never is (RFC 2606). */
export function practiceRequest(nowMs: number): RequestView {
  const target = "mail.example.com:993";
  const id = `app_${nobody}` as const;
  return {
    id: `req_${nobody}`,
    appId: id,
    app: {
      id,
      kind: "web",
      origin: "https://practice.example",
      manifestId: "https://practice.example/",
      state: "installed",
      claims: { name: text.welcome.practiseApp, manifestUrl: null, reason: null },
      registeredAtMs: nowMs,
      installedAtMs: nowMs,
      pausedAtMs: null,
      silence: null,
      identity: "verified-origin",
      pendingCredentials: 0,
      grantCount: 0,
      embargoes: [],
      nameFlags: [],
      manifest: null,
      icon: null,
    },
    capability: "tcp-connect",
    target,
    reason: text.welcome.practiseReason,
    userActivation: true,
    secureTransport: true,
    count: 1,
    createdAtMs: nowMs,
    lastAskedAtMs: nowMs,
    notifiedAtMs: null,
    // As if it had been seen: there is nobody to tell.
    seenAtMs: nowMs,
    postponedAtMs: null,
    outcome: null,
    endedAtMs: null,
    grantId: null,
    message: null,
    waiting: true,
    host: "mail.example.com",
    unicodeHost: null,
    registrableDomain: "example.com",
    port: "993",
    space: null,
    choices: [{ target, broad: [] }],
    reviewToken: "practice",
  };
}

/** A client whose broker is a pretence: every call succeeds, and an Allow gets a permission that there is not. */
export function practiceClient(): AdminClient {
  return createAdminClient({
    secret: () => null,
    fetch(_url, { body }) {
      const effect = typeof body === "string" ? JSON.parse(body).effect : null;
      const grant = effect === "allow" ? { id: `grant_${nobody}` } : null;
      return Promise.resolve(Response.json({ grant }));
    },
  });
}
