/** The request: an app's open question, and how it ended. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId, BootId, ContextId, GrantId, RequestId } from "./ids.ts";
import { Instant } from "./time.ts";

/** How a request can end (design section 1). */
export const RequestOutcome = z.enum([
  "allowed",
  "denied",
  "silenced",
  "withdrawn",
  "expired",
  "blocked-by-policy",
]);
/** How a request can end. */
export type RequestOutcome = z.infer<typeof RequestOutcome>;

/** A target in text form: `host:port` for sockets, a match pattern for `host-access`, `*` for `network-info`. */
export const TargetText = z.string().min(1).max(2048);

/** The reason that an app gives for asking: plain text, shown as the app's own words. */
export const ReasonText = z.string().max(140);

/** A request as it is stored. It is pending while `outcome` is null. */
export const AccessRequest = z.strictObject({
  v: z.literal(1),
  id: RequestId,
  appId: AppId,
  capability: Capability,
  target: TargetText,
  reason: ReasonText.nullable(),
  /** Whether the person had just clicked or typed in the app when it asked. */
  userActivation: z.boolean(),
  /** Whether the app wants an encrypted connection; shown in the sentence of the card. */
  secureTransport: z.boolean(),
  /** The name that the server is to prove, where that is not the target's own: another wish, with a card of its own. */
  serverName: z.string().min(1).max(253).exactOptional(),
  /** The app shows the server a certificate of its own; absent when it has none. */
  clientCertificate: z.literal(true).exactOptional(),
  /** It begins in plain text, and the app says that it encrypts it then. */
  upgradable: z.literal(true).exactOptional(),
  /** The app leaves the host to the person: `target` has none, and only an answer that names one allows anything. */
  unaddressed: z.literal(true).exactOptional(),
  /** How often the app has asked this, repeats included. */
  count: z.int().min(1),
  createdAtMs: Instant,
  lastAskedAtMs: Instant,
  /** When it may have called the person from what they did; null when it was to wait quietly. */
  notifiedAtMs: Instant.nullable().default(null),
  /** When its card was first on the person's screen; null while it was not. */
  seenAtMs: Instant.nullable().default(null),
  /** When the person chose Later; null when they did not. */
  postponedAtMs: Instant.nullable(),
  /** The run of the broker that it belongs to; a request never outlives it. */
  bootId: BootId,
  /** The contexts that wait for it. Empty: asked over REST, and so bound to the run of the broker alone. */
  contextIds: z.array(ContextId).max(256),
  outcome: RequestOutcome.nullable(),
  endedAtMs: Instant.nullable(),
  /** The grant that its answer made. */
  grantId: GrantId.nullable(),
  /** Why it ended, in a sentence for people. */
  message: z.string().max(500).nullable(),
});
/** A request as it is stored. */
export type AccessRequest = z.infer<typeof AccessRequest>;
