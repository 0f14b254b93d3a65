/** How records are told to be readable: each noun's schema, and what is wrong with a record that does not fit it. @module */
import { z } from "zod";
import type { Noun, Put, Records } from "../actions/ports.ts";
import { App } from "../schema/app.ts";
import { BlockedHost } from "../schema/blocked_host.ts";
import { CookieJar } from "../schema/cookie_jar.ts";
import { Embargo } from "../schema/embargo.ts";
import { Grant } from "../schema/grant.ts";
import { GrantUse } from "../schema/grant_use.ts";
import { AppIcon, AppManifest } from "../schema/manifest.ts";
import { AccessRequest } from "../schema/request.ts";
import { Settings } from "../schema/settings.ts";
import { SignIn } from "../schema/sign_in.ts";

const schemas: { [N in Noun]: z.ZodType<Records[N]> } = {
  app: App,
  request: AccessRequest,
  grant: Grant,
  grantUse: GrantUse,
  embargo: Embargo,
  manifest: AppManifest,
  icon: AppIcon,
  blockedHost: BlockedHost,
  cookieJar: CookieJar,
  signIn: SignIn,
  settings: Settings,
};

const nounNames: Record<Noun, string> = {
  app: "app",
  request: "request",
  grant: "permission",
  grantUse: "use of permission",
  embargo: "embargo",
  manifest: "manifest of app",
  icon: "icon of app",
  blockedHost: "blocked host",
  cookieJar: "cookies of app",
  signIn: "sign-in",
  settings: "record",
};

/** Every noun. */
export const nouns = Object.keys(schemas) as readonly Noun[];

/** Whether a word names a noun. */
export function isNoun(word: unknown): word is Noun {
  return typeof word === "string" && Object.hasOwn(schemas, word);
}

/** Which record it is, for a sentence: `The permission grant_…`. */
export function recordName(noun: Noun, id: string): string {
  return `${nounNames[noun]} ${id}`;
}

/** A record that was read, or why it can't be. */
export type Reading = { readonly put: Put } | { readonly fault: string };

/** Reads a record from a value of unknown form. The record is frozen: it changes by a commit only. */
export function readRecord(noun: Noun, id: string, value: unknown): Reading {
  const result = schemas[noun].safeParse(value);
  if (!result.success) return { fault: faultOf(result.error) };
  const record = deepFreeze(result.data);
  const ownId = "id" in record ? record.id : "settings";
  if (ownId !== id) return { fault: `field "id": the record says ${JSON.stringify(ownId)}` };
  // The schema of this noun has made the record; TypeScript can't carry that through the table.
  return { put: { noun, id, record } as Put };
}

/** Which field does not fit, and why. */
export function faultOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "it does not fit its schema";
  const path = issue.path.map(String).join(".");
  return path === "" ? issue.message : `field "${path}": ${issue.message}`;
}

/** Freezes a value of plain data through and through, and returns it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
