/** The sites that an app declares when it registers: every one a match pattern, or the app is told which is not. @module */
import { MatchPatternError, parseMatchPattern } from "../core/match_pattern.ts";
import { DeclaredHosts } from "../schema/declared_hosts.ts";
import { ActionError } from "./action_error.ts";

/** How long the patterns of one member may be together; an app's record has its bounds. */
export const maxHostsTextLength = 8192;

/**
 * The patterns in canonical form, each once.
 *
 * @throws ActionError `invalid-body` for the first one that is no match pattern, or for too many.
 */
export function readHosts(hosts: DeclaredHosts): DeclaredHosts {
  return {
    host_permissions: readMember(hosts, "host_permissions"),
    optional_host_permissions: readMember(hosts, "optional_host_permissions"),
    content_script_matches: readMember(hosts, "content_script_matches"),
  };
}

function readMember(hosts: DeclaredHosts, member: keyof DeclaredHosts): string[] {
  const patterns = new Set(
    hosts[member].map((text, index) => readOne(text, `/hosts/${member}/${index}`)),
  );
  if (patterns.values().reduce((sum, { length }) => sum + length, 0) > maxHostsTextLength) {
    refuse(
      `/hosts/${member}`,
      `All patterns together have at most ${maxHostsTextLength} characters. Declare fewer, broader ones.`,
    );
  }
  return [...patterns];
}

function readOne(text: string, pointer: string): string {
  try {
    return parseMatchPattern(text).text;
  } catch (fault) {
    if (fault instanceof MatchPatternError) return refuse(pointer, fault.message);
    throw fault;
  }
}

function refuse(pointer: string, detail: string): never {
  throw new ActionError("invalid-body", `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
}
