/** The sites that an app declares it is for, in the words of a WebExtensions manifest. @module */
import { z } from "zod";

/** How many patterns each member may have. */
export const maxDeclaredHosts = 256;

const Patterns = z.array(z.string().min(1).max(2048)).max(maxDeclaredHosts);

/** What an app says that it declares: match patterns, by the manifest member that they stand in. */
export const DeclaredHosts = z.strictObject({
  /** Sites that it is for. */
  host_permissions: Patterns.default([]),
  /** Sites that it may ask for later. */
  optional_host_permissions: Patterns.default([]),
  /** `matches` of all its content scripts. */
  content_script_matches: Patterns.default([]),
});
/** What an app says that it declares. */
export type DeclaredHosts = z.infer<typeof DeclaredHosts>;
