/** The history: what happened, append-only and chained by hash. @module */
import { z } from "zod";
import { Capability } from "./capability.ts";
import { AppId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** Every kind of history entry. */
export const historyKinds = [
  "broker-started",
  "broker-stopped",
  "signed-in",
  "app-registered",
  "app-installed",
  "app-refused",
  "app-uninstalled",
  "app-paused",
  "app-resumed",
  "app-silenced",
  "app-unsilenced",
  "manifest-changed",
  "scope-changed",
  "wishes-seen",
  "embargo-started",
  "embargo-ended",
  "request-ended",
  "request-quieted",
  "grant-created",
  "grant-revoked",
  "grant-expired",
  "session-opened",
  "session-encrypted",
  "session-closed",
  "host-blocked",
  "host-unblocked",
  "cookies-kept",
  "cookies-cleared",
  "mode-changed",
  "policy-loaded",
  "policy-rejected",
  "record-unreadable",
] as const;

/** What kind of thing happened. */
export const HistoryKind = z.enum(historyKinds);
/** What kind of thing happened. */
export type HistoryKind = z.infer<typeof HistoryKind>;

/** What an action writes down; the store adds the sequence number and the hashes. */
export const HistoryDraft = z.strictObject({
  atMs: Instant,
  kind: HistoryKind,
  /** Who made it happen. */
  actor: z.enum(["person", "app", "organisation", "broker"]),
  appId: AppId.nullable(),
  /** The app's name at the time: an uninstalled app is still named. */
  appName: z.string().nullable(),
  capability: Capability.nullable(),
  target: TargetText.nullable(),
  /** A sentence for people. */
  message: z.string().max(1000),
  /** The record it is about, whole, where an Undo needs it; ids and figures otherwise. */
  detail: z.record(z.string(), z.json()),
});
/** What an action writes down. */
export type HistoryDraft = z.infer<typeof HistoryDraft>;

/** An entry as it is stored. */
export const HistoryEntry = HistoryDraft.extend({
  v: z.literal(1),
  /** 1 for the first entry ever, then one more each. */
  seq: z.int().min(1),
  /** SHA-256 in hexadecimal of the entry before it; 64 zeros for the first. */
  previousHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** SHA-256 in hexadecimal of `previousHash` and this entry's JSON without `hash`. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
/** An entry as it is stored. */
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** The sequence number of an entry, as a path carries it. */
export const HistorySeq = z.coerce.number().int().min(1);
/** The sequence number of an entry. */
export type HistorySeq = z.infer<typeof HistorySeq>;
