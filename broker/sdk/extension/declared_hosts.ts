/** The sites that an extension's own manifest declares, as the broker takes them. @module */
import type { DeclaredHosts } from "../../schema/declared_hosts.ts";
import type { ExtensionManifest } from "./browser_api.ts";

// A manifest may hold patterns for pages that are nobody's to give away, such as chrome://favicon/*.
const grantable = /^(<all_urls>$|(\*|https?|wss?|file|ftp):\/\/)/;

/** What a manifest declares, by member. */
export function declaredHosts(manifest: ExtensionManifest): DeclaredHosts {
  const patterns = (given: readonly string[] = []) => given.filter((text) => grantable.test(text));
  return {
    host_permissions: patterns(manifest.host_permissions),
    optional_host_permissions: patterns(manifest.optional_host_permissions),
    content_script_matches: patterns(
      manifest.content_scripts?.flatMap(({ matches }) => matches ?? []),
    ),
  };
}

/** Whether a page lies in what is declared, paths aside: only there can a request be shown. */
export function declaresPage(hosts: DeclaredHosts, pageUrl: string): boolean {
  const page = URL.parse(pageUrl);
  return page !== null && /^https?:$/.test(page.protocol) &&
    Object.values(hosts).flat().some((pattern) => coversPage(pattern, page));
}

function coversPage(pattern: string, { protocol, hostname, port }: URL): boolean {
  if (pattern === "<all_urls>") return true;
  const [, scheme, host = "", portText] =
    /^([^:]+):\/\/(\[[^\]]*\]|[^/:]*)(?::([^/]*))?/.exec(pattern) ?? [];
  const ownPort = port || (protocol === "https:" ? "443" : "80");
  return (scheme === "*" || `${scheme}:` === protocol) &&
    (portText === undefined || portText === "*" || portText === ownPort) &&
    (host === "*" || host === hostname || (host.startsWith("*.") &&
      `.${hostname}`.endsWith(host.slice(1))));
}
