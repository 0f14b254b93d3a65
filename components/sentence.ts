/** What an app asks for, in one sentence (design section 14). @module */
import type { AppView, RequestView } from "../broker/schema/dashboard.ts";
import { hostPhrase, portText } from "./host_text.ts";
import { type AppPart, fillPhrase, type Phrase } from "./phrase.ts";
import { asksForWishesOnly } from "./pending_installations.ts";
import { plainText } from "./plain_text.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** What the sentence of a request is made of. */
export type AskedFor = Pick<
  RequestView,
  | "capability"
  | "target"
  | "secureTransport"
  | "serverName"
  | "host"
  | "unicodeHost"
  | "registrableDomain"
  | "port"
  | "space"
  | "unaddressed"
>;

/** The name that an app gave itself, made plain. */
export function appName(app: { readonly claims: { readonly name: string } }): string {
  return plainText(app.claims.name, 60) || "?";
}

/** The name of an app as a part of a phrase. */
export function appPart(name: string): AppPart {
  return { kind: "app", name: plainText(name, 60) || "?" };
}

/** "**Mail** wants to open an encrypted connection to **imap.example.com**, port 993." */
export function requestSentence(asked: AskedFor, name: string): Phrase {
  const app = appPart(name);
  const port = portText(asked.port);
  const host = hostPhrase({ ...asked, host: asked.host ?? "*" });
  const sentences = text.sentence;
  if (asked.unaddressed) {
    const overTcp = asked.secureTransport
      ? sentences.tcpUnaddressedEncrypted
      : sentences.tcpUnaddressed;
    return fillPhrase(asked.capability === "udp-send" ? sentences.udpUnaddressed : overTcp, {
      app,
      port,
    });
  }
  switch (asked.capability) {
    case "host-access":
      return fillPhrase(sentences.hostAccess, { app, site: sitePhrase(asked) });
    case "tcp-connect":
      if (!asked.secureTransport) return fillPhrase(sentences.tcp, { app, host, port });
      if (asked.serverName === undefined) {
        return fillPhrase(sentences.tcpEncrypted, { app, host, port });
      }
      return fillPhrase(sentences.tcpEncryptedAs, {
        ...{ app, host, port },
        name: { kind: "strong", text: plainText(asked.serverName) },
      });
    case "tcp-listen":
      return fillPhrase(
        asked.space === "loopback" ? sentences.tcpListenHere : sentences.tcpListen,
        { app, port },
      );
    case "udp-send":
      return fillPhrase(sentences.udpSend, { app, host, port });
    case "udp-bind":
      return fillPhrase(
        asked.space === "loopback" ? sentences.udpBindHere : sentences.udpBind,
        { app, port },
      );
    case "udp-multicast":
      return fillPhrase(sentences.udpMulticast, { app, host, port });
    case "network-info":
      return fillPhrase(sentences.networkInfo, { app });
  }
}

/** The whole of a site by its host's name; a part of one, or a port of its own, by its pattern. */
function sitePhrase(asked: AskedFor): Phrase {
  const { host, target } = asked;
  if (host !== null && /^[a-z*]+:\/\/[^/:]+\/\*$/.test(target)) {
    return hostPhrase({ ...asked, host });
  }
  return [{ kind: "strong", text: targetText(target, asked.capability) }];
}

/** What an installation card says: a new app, or a browser profile of an installed app that was not accepted yet. */
export function installationSentence(
  app: Pick<AppView, "state" | "claims" | "pendingCredentials" | "manifest">,
): Phrase {
  const part = appPart(app.claims.name);
  if (asksForWishesOnly(app)) return fillPhrase(text.sentence.newWishes, { app: part });
  return app.state === "pending-installation"
    ? fillPhrase(text.sentence.install, { app: part })
    : fillPhrase(text.sentence.anotherBrowser, { app: part });
}
