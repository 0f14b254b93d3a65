/** Bodies of the app's API, `/api/v1` (design section 9). @module */
import { z } from "zod";
import { AppKind } from "./app.ts";
import { Capability } from "./capability.ts";
import { DecisionReason } from "./decision.ts";
import { DeclaredHosts } from "./declared_hosts.ts";
import { FrameAncestry, OriginText } from "./frame.ts";
import { Duration } from "./duration.ts";
import { FetchWish } from "./fetch.ts";
import { GrantEffect, TransportBound } from "./grant.ts";
import { AppId, GrantId, RequestId, SessionId } from "./ids.ts";
import { Connectivity } from "./network.ts";
import { ReasonText, RequestOutcome, TargetText } from "./request.ts";
import { SessionError } from "./session.ts";
import { Instant } from "./time.ts";

const frameMember = FrameAncestry.nullable().optional().meta({
  description: "The pages around the app's page; null or absent when it is a tab of its own",
});

/** `POST /apps`: what an app says of itself. The origin is taken from the `Origin` header, never from the body. */
export const RegisterAppBody = z.strictObject({
  name: z.string().min(1).max(60).meta({ description: "The app's name, plain text" }),
  manifestUrl: z.url({ protocol: /^https?$/ }).max(2048).optional().meta({
    description: "Its web app manifest, on the app's own origin",
  }),
  manifestId: z.url({ protocol: /^https?$/ }).max(2048).optional().meta({
    description: "Its manifest id; the origin's root when absent",
  }),
  reason: ReasonText.optional().meta({ description: "Why it wants to be installed" }),
  frames: z.array(OriginText).max(16).optional().meta({
    description: "Origins that it lets use the network inside its own pages",
  }),
  hosts: DeclaredHosts.optional().meta({
    description:
      "Match patterns of the sites that it is for, by the manifest member that they stand in",
  }),
  frame: frameMember,
});
/** `POST /apps`: what an app says of itself. */
export type RegisterAppBody = z.infer<typeof RegisterAppBody>;

/** How an app sees itself. */
export const OwnApp = z.strictObject({
  id: AppId,
  kind: AppKind,
  origin: z.string().nullable(),
  name: z.string(),
  /** `pending-installation` until a person installs it, or accepts this browser profile of it. */
  state: z.enum(["pending-installation", "installed", "paused"]),
});
/** How an app sees itself. */
export type OwnApp = z.infer<typeof OwnApp>;

/** Answer to `POST /apps`. The token is shown this once; keep it, and send it as a bearer token. */
export const RegisterAppResult = z.strictObject({
  app: OwnApp,
  token: z.string().nullable().meta({ description: "Null when the call carried a valid token" }),
});
/** Answer to `POST /apps`. */
export type RegisterAppResult = z.infer<typeof RegisterAppResult>;

/** A permission that is asked about. */
export const PermissionDescriptor = z.strictObject({
  capability: Capability,
  target: TargetText,
  secureTransport: z.boolean().default(false).meta({
    description: "Whether the connection will be encrypted",
  }),
});
/** A permission that is asked about. */
export type PermissionDescriptor = z.infer<typeof PermissionDescriptor>;

/** The states of the Permissions API (W3C Permissions, section 3.1). */
export const PermissionState = z.enum(["granted", "denied", "prompt"]);
/** The states of the Permissions API. */
export type PermissionState = z.infer<typeof PermissionState>;

/** Answer to `POST /permissions/query`. */
export const PermissionStatus = z.strictObject({
  state: PermissionState,
  reason: DecisionReason,
  message: z.string(),
});
/** Answer to `POST /permissions/query`. */
export type PermissionStatus = z.infer<typeof PermissionStatus>;

/** `POST /permissions/request`: ask the person, unless the answer is known already. */
export const RequestPermissionBody = PermissionDescriptor.extend({
  reason: ReasonText.optional().meta({ description: "Why the app asks, plain text" }),
  userActivation: z.boolean().default(false).meta({
    description: "Whether the person has just clicked or typed in the app",
  }),
  frame: frameMember,
});
/** `POST /permissions/request`. */
export type RequestPermissionBody = z.infer<typeof RequestPermissionBody>;

/** Sites, as the Permissions API of extensions names them. */
export const HostPermissions = z.strictObject({
  origins: z.array(z.string().max(2048)).max(100).default([]).meta({
    description: "Match patterns; their paths are not used",
  }),
  permissions: z.array(z.string().max(128)).max(100).default([]).meta({
    description: "Permissions by name: the broker has none",
  }),
});
/** Sites, as the Permissions API of extensions names them. */
export type HostPermissions = z.infer<typeof HostPermissions>;

/** Answer to `POST /permissions/contains`. */
export const ContainsResult = z.strictObject({ contains: z.boolean() });
/** Answer to `POST /permissions/contains`. */
export type ContainsResult = z.infer<typeof ContainsResult>;

/** Answer to `POST /permissions/remove`. */
export const RemoveResult = z.strictObject({ removed: z.literal(true) });
/** Answer to `POST /permissions/remove`. */
export type RemoveResult = z.infer<typeof RemoveResult>;

/** `POST /permissions/request-origins`: ask the person for every site that is not granted yet. */
export const RequestOriginsBody = HostPermissions.extend({
  reason: ReasonText.optional().meta({ description: "Why the app asks, plain text" }),
  userActivation: z.boolean().default(false).meta({
    description: "Whether the person has just clicked or typed in the app",
  }),
  frame: frameMember,
});
/** `POST /permissions/request-origins`. */
export type RequestOriginsBody = z.infer<typeof RequestOriginsBody>;

/** A request as the app that asked it sees it. */
export const OwnRequest = z.strictObject({
  id: RequestId,
  capability: Capability,
  target: TargetText,
  state: z.enum(["pending", "ended"]),
  outcome: RequestOutcome.nullable(),
  message: z.string().nullable(),
  createdAtMs: Instant,
  endedAtMs: Instant.nullable(),
});
/** A request as the app that asked it sees it. */
export type OwnRequest = z.infer<typeof OwnRequest>;

/** Answer to `POST /permissions/request`: the state, and while it is `prompt`, the pending request. */
export const RequestPermissionResult = PermissionStatus.extend({ request: OwnRequest.nullable() });
/** Answer to `POST /permissions/request`. */
export type RequestPermissionResult = z.infer<typeof RequestPermissionResult>;

/** Answer to `POST /permissions/request-origins`: while it is `prompt`, the requests to wait for. */
export const RequestOriginsResult = z.strictObject({
  state: PermissionState,
  requests: z.array(OwnRequest),
});
/** Answer to `POST /permissions/request-origins`. */
export type RequestOriginsResult = z.infer<typeof RequestOriginsResult>;

/** A grant as the app that has it sees it. */
export const OwnGrant = z.strictObject({
  id: GrantId,
  effect: GrantEffect,
  capability: Capability,
  target: TargetText,
  ...TransportBound.shape,
  duration: Duration,
  createdAtMs: Instant,
  expiresAtMs: Instant.nullable(),
});
/** A grant as the app that has it sees it. */
export type OwnGrant = z.infer<typeof OwnGrant>;

/** Answer to `GET /permissions`. */
export const OwnGrantList = z.strictObject({
  permissions: z.array(OwnGrant),
  origins: z.array(z.string()).meta({
    description:
      "Match patterns of the sites that it has access to now, as far as it declares them",
  }),
});
/** Answer to `GET /permissions`. */
export type OwnGrantList = z.infer<typeof OwnGrantList>;

/** `GET /requests/{id}/wait`: at most this long, then the request as it stands. */
export const WaitQuery = z.strictObject({
  timeoutMs: z.coerce.number().int().min(0).max(60_000).default(25_000),
});
/** `GET /requests/{id}/wait`. */
export type WaitQuery = z.infer<typeof WaitQuery>;

/** `/fetch`: what is fetched. The headers to send come in `Gatehouse-Headers`, a JSON object. */
export const FetchQuery = z.strictObject({
  url: FetchWish.shape.url.meta({ description: "An http or https URL" }),
  method: z.string().min(1).max(32).optional().meta({
    description: "The method; that of the call when absent",
  }),
  redirect: FetchWish.shape.redirect,
  credentials: FetchWish.shape.credentials.meta({
    description: "Whether the app's own cookies go with it, and are kept of its answer",
  }),
  reason: ReasonText.optional().meta({ description: "Why the app asks, plain text" }),
  userActivation: z.stringbool().default(false),
});
/** `/fetch`: what is fetched. */
export type FetchQuery = z.infer<typeof FetchQuery>;

/** `GET /network`. */
export const NetworkQuery = z.strictObject({
  reason: ReasonText.optional().meta({ description: "Why the app asks, plain text" }),
  userActivation: z.stringbool().default(false),
  ancestors: z.string().max(4096).optional().meta({
    description:
      "The origins of the pages around the app's page, the nearest first, with spaces between",
  }),
});
/** `GET /network`. */
export type NetworkQuery = z.infer<typeof NetworkQuery>;

/** `POST /resources`: what a page is to load. */
export const MakeResourceBody = z.strictObject({
  url: FetchWish.shape.url.meta({ description: "An http or https URL" }),
  headers: FetchWish.shape.headers.meta({ description: "Headers to send with every load" }),
  expiresInMs: z.int().min(1000).max(24 * 60 * 60 * 1000).default(10 * 60 * 1000).meta({
    description: "How long the link is good; ten minutes when absent",
  }),
  frame: frameMember,
});
/** `POST /resources`: what a page is to load. */
export type MakeResourceBody = z.infer<typeof MakeResourceBody>;

/** Answer to `POST /resources`. */
export const MadeResource = z.strictObject({
  url: z.url().meta({ description: "For `src` and `href`; whoever has it may load the resource" }),
  expiresAtMs: Instant,
});
/** Answer to `POST /resources`. */
export type MadeResource = z.infer<typeof MadeResource>;

/** The events of `GET /events`, by name, and what each carries. */
export const appEvents = {
  /** First on every stream, and whenever the app's own state changes. */
  app: OwnApp,
  added: OwnGrant,
  removed: OwnGrant,
  "request-ended": OwnRequest,
  "session-closed": z.strictObject({ sessionId: SessionId, error: SessionError.nullable() }),
  silenced: z.strictObject({ untilMs: Instant.nullable() }),
  /** How this machine is connected has changed; told to an app that may know. */
  network: Connectivity,
} as const;
/** The name of an event of `GET /events`. */
export type AppEventName = keyof typeof appEvents;
/** An event of `GET /events`. */
export type AppEvent = {
  [Name in AppEventName]: { name: Name; data: z.infer<(typeof appEvents)[Name]> };
}[AppEventName];

/** Answer to `GET /health`. */
export const Health = z.strictObject({ status: z.literal("ok"), version: z.string() });
/** Answer to `GET /health`. */
export type Health = z.infer<typeof Health>;
