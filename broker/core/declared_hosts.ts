/** The sites that a WebExtensions manifest declares: permissions, optional ones, and content scripts. @module */
import { MatchPatternError, parseMatchPattern } from "./match_pattern.ts";

/** How many patterns of each member are read. */
export const maxPatterns = 256;
const maxPatternLength = 2048;
// A record of the store holds 64 KiB, and there are three such members.
const maxTextLength = 8192;

/** Match patterns by the member that declares them, in canonical form, each once. */
export interface DeclaredHosts {
  readonly host_permissions: string[];
  readonly optional_host_permissions: string[];
  readonly content_script_matches: string[];
}

/**
 * Reads `host_permissions`, `optional_host_permissions` and `content_scripts[].matches`. What is no match pattern is left
 * out, with its path and why.
 */
export function readDeclaredHosts(
  manifest: Readonly<Record<string, unknown>>,
  report: (error: string) => void,
): DeclaredHosts {
  const member = (name: string) => readPatterns(manifest[name], name, report);
  return {
    host_permissions: member("host_permissions"),
    optional_host_permissions: member("optional_host_permissions"),
    content_script_matches: readContentScripts(manifest["content_scripts"], report),
  };
}

function readContentScripts(value: unknown, report: (error: string) => void): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report("property 'content_scripts' ignored, type array expected.");
    return [];
  }
  const matches = value.slice(0, maxPatterns).flatMap((script, index) => {
    const declared = typeof script === "object" ? script?.matches ?? null : null;
    return readPatterns(declared, `content_scripts[${index}].matches`, report);
  });
  return bounded([...new Set(matches)], "content_scripts", report);
}

function readPatterns(value: unknown, path: string, report: (error: string) => void): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report(`property '${path}' ignored, type array expected.`);
    return [];
  }
  const patterns = new Set<string>();
  for (const [index, text] of value.slice(0, maxPatterns).entries()) {
    if (typeof text !== "string" || text.length > maxPatternLength) {
      report(
        `${path}[${index}]: Must be a match pattern of at most ${maxPatternLength} characters, such as https://*.example.com/*.`,
      );
      continue;
    }
    try {
      patterns.add(parseMatchPattern(text).text);
    } catch (fault) {
      if (!(fault instanceof MatchPatternError)) throw fault;
      report(`${path}[${index}]: ${fault.message}`);
    }
  }
  return bounded([...patterns], path, report);
}

function bounded(patterns: string[], path: string, report: (error: string) => void): string[] {
  let textLength = 0;
  const kept = patterns.slice(0, maxPatterns).filter((pattern) =>
    (textLength += pattern.length) <= maxTextLength
  );
  if (kept.length < patterns.length) report(`${path}: Too long; only the first ones are read.`);
  return kept;
}
