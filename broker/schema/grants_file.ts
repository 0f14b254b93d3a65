/** Permissions as a file: what is exported, what an import takes, and what the import would do. @module */
import { z } from "zod";
import { AppKind } from "./app.ts";
import { Budget } from "./budget.ts";
import { Capability } from "./capability.ts";
import { Duration } from "./duration.ts";
import { GrantEffect, TransportBound } from "./grant.ts";
import { AppId, GrantId } from "./ids.ts";
import { TargetText } from "./request.ts";
import { Instant } from "./time.ts";

/** So many permissions fit into one file. */
export const maxFilePermissions = 20_000;

/** One permission in a file. Its app is found by what it is, for ids differ from machine to machine. */
export const FilePermission = z.strictObject({
  effect: GrantEffect,
  app: z.strictObject({
    kind: AppKind,
    name: z.string().max(60),
    /** Null for a program, which is found by its name. */
    origin: z.string().max(512).nullable(),
    manifestId: z.string().max(2048).nullable(),
  }),
  capability: Capability,
  target: TargetText,
  ...TransportBound.shape,
  duration: Duration,
  createdAtMs: Instant,
  expiresAtMs: Instant.nullable(),
  budget: Budget.exactOptional(),
});
/** One permission in a file. */
export type FilePermission = z.infer<typeof FilePermission>;

/** A file of permissions. */
export const GrantsFile = z.strictObject({
  format: z.literal("gatehouse-permissions"),
  v: z.literal(1),
  exportedAtMs: Instant,
  machineName: z.string().max(255),
  permissions: z.array(FilePermission).max(maxFilePermissions),
});
/** A file of permissions. */
export type GrantsFile = z.infer<typeof GrantsFile>;

/** What becomes of one permission of a file. */
export const importOutcomes = [
  "new",
  /** One like it, which holds as long, is there, or stands further up in the file. */
  "duplicate",
  "app-not-here",
  "over",
  /** It held for one connection, or until its app closed: that is not carried over. */
  "momentary",
  "duration-not-allowed",
  "blocked-by-policy",
] as const;
/** What becomes of one permission of a file. */
export const ImportOutcome = z.enum(importOutcomes);
/** What becomes of one permission of a file. */
export type ImportOutcome = z.infer<typeof ImportOutcome>;

/** So many permissions are shown of what an import would do. */
export const maxImportRows = 200;

/** `POST /grants/import`: with `reviewToken`, imports what a dry run with this file has shown; without, is that dry run. */
export const ImportBody = z.strictObject({
  file: GrantsFile,
  reviewToken: z.string().max(128).optional(),
});
/** `POST /grants/import`. */
export type ImportBody = z.infer<typeof ImportBody>;

/** Answer to `POST /grants/import`. */
export const ImportResult = z.strictObject({
  /** How many permissions of the file come to what. */
  counts: z.record(ImportOutcome, z.int().min(0)),
  /** How many of the new ones are broad. */
  broad: z.int().min(0),
  /** Those that deserve a look, in the order of the file: what is not imported, and what is broad. */
  rows: z.array(z.strictObject({
    index: z.int().min(0),
    outcome: ImportOutcome,
    broad: z.boolean(),
    effect: GrantEffect,
    appName: z.string(),
    appId: AppId.nullable(),
    capability: Capability,
    target: TargetText,
    /** Why, where the outcome alone does not say it. */
    detail: z.string().nullable(),
  })).max(maxImportRows),
  /** Stands for what this has shown; null once it is done. */
  reviewToken: z.string().nullable(),
  /** What was granted; empty in a dry run. */
  imported: z.array(GrantId),
});
/** Answer to `POST /grants/import`. */
export type ImportResult = z.infer<typeof ImportResult>;
