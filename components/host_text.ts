/** Hosts in words: the registrable domain apart, and the A-label form beside names written in Unicode. @module */
import { fillPhrase, type HostPart, type Phrase } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";

/** What is known of a host that is shown. */
export interface ShownHost {
  /** A-labels, an address, a pattern such as `*.example.com`, a CIDR range, or `*`. */
  readonly host: string;
  /** The same host in Unicode where that differs. */
  readonly unicodeHost: string | null;
  /** Its registrable domain, in A-labels; null for addresses. */
  readonly registrableDomain: string | null;
}

/** The host as part of a sentence: `imap.` + **example.com**, or "any host", or "example.com and every name below it". */
export function hostPhrase(shown: ShownHost): Phrase {
  if (shown.host === "*") return [{ kind: "strong", text: text.host.any }];
  if (shown.host.startsWith("*.")) {
    return fillPhrase(text.host.below, {
      host: hostPart({
        host: shown.host.slice(2),
        unicodeHost: shown.unicodeHost?.replace(/^\*\./, "") ?? null,
        registrableDomain: shown.registrableDomain,
      }),
    });
  }
  if (shown.host.includes("/")) {
    return fillPhrase(text.host.range, { range: { kind: "strong", text: plainText(shown.host) } });
  }
  return [hostPart(shown)];
}

/** Where in the shown host its registrable domain begins: the last labels, as many as the domain has. */
function hostPart({ host, unicodeHost, registrableDomain }: ShownHost): HostPart {
  const shown = plainText(unicodeHost ?? host, 260);
  const labels = shown.split(".");
  const count = registrableDomain?.split(".").length ?? labels.length;
  const first = Math.max(0, labels.length - count);
  return {
    kind: "host",
    before: first === 0 ? "" : `${labels.slice(0, first).join(".")}.`,
    domain: labels.slice(first).join("."),
    ascii: unicodeHost === null ? null : plainText(host, 260),
  };
}

/** A port or a range of ports in words. */
export function portText(port: string | null): string {
  if (port === null || port === "*") return text.port.any;
  const [first, last] = port.split("-");
  return last === undefined
    ? text.port.one.replace("{port}", port)
    : text.port.range.replace("{first}", first ?? "").replace("{last}", last);
}
