/** The fetch: what an app asks of a web server through the broker, and what it is answered (design section 9). @module */
import { z } from "zod";
import { FrameAncestry } from "./frame.ts";
import { ReasonText } from "./request.ts";

/** The longest URL that is fetched. */
export const maxUrlLength = 8192;

/** One header: its name and its value. */
export const HeaderPair = z.tuple([z.string().min(1).max(256), z.string().max(16_384)]);
/** One header. */
export type HeaderPair = z.infer<typeof HeaderPair>;

/** What to do with a redirect, as in the Fetch standard; `manual` gives the answer that redirects as it is. */
export const RedirectMode = z.enum(["follow", "error", "manual"]);
/** What to do with a redirect. */
export type RedirectMode = z.infer<typeof RedirectMode>;

/** Whether cookies go and are kept: those of the app's own jar, never the browser's. */
export const CredentialsMode = z.enum(["omit", "include"]);
/** Whether cookies go and are kept. */
export type CredentialsMode = z.infer<typeof CredentialsMode>;

/** What an app wants to have fetched. The body comes apart. */
export const FetchWish = z.strictObject({
  url: z.string().min(1).max(maxUrlLength),
  method: z.string().min(1).max(32).default("GET"),
  headers: z.array(HeaderPair).max(64).default([]),
  redirect: RedirectMode.default("follow"),
  /** `omit` when absent. */
  credentials: CredentialsMode.optional(),
  reason: ReasonText.optional(),
  userActivation: z.boolean().default(false),
  /** The pages around the app's page; absent when it is a tab of its own. */
  frame: FrameAncestry.optional(),
});
/** What an app wants to have fetched. */
export type FetchWish = z.infer<typeof FetchWish>;

/** The head of a web server's answer, as the app is given it. */
export const FetchHead = z.strictObject({
  status: z.int().min(200).max(999),
  statusText: z.string().max(1024),
  /** Where the answer came from in the end, without fragment. */
  url: z.string(),
  redirected: z.boolean(),
  /** The headers that apps are given, in the server's order. */
  headers: z.array(HeaderPair),
});
/** The head of a web server's answer. */
export type FetchHead = z.infer<typeof FetchHead>;
