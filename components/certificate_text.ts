/** What is known of an encrypted connection, in a sentence: whose name was proven, by whom, until when. @module */
import type { TlsFacts } from "../broker/schema/session.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { text } from "./text.ts";
import { dayText } from "./time_text.ts";

/** Sentences about the certificates of a connection. */
export function certificateSentences(
  { serverName, certificate, clientCertificate }: TlsFacts,
): string[] {
  const words = text.connections;
  const name = plainText(serverName);
  const proven = certificate
    ? fillText(words.certificate, {
      name,
      issuer: issuerName(certificate.issuer),
      date: dayText(certificate.validToMs),
    })
    : fillText(words.proven, { name });
  return clientCertificate ? [proven, words.ownCertificate] : [proven];
}

/** Who issued a certificate: the organisation, else the name; what the certificate says itself, made plain. */
export function issuerName(attributes: string): string {
  const lines = attributes.split("\n");
  const named = (key: string) => lines.find((line) => line.startsWith(`${key}=`));
  const line = named("O") ?? named("CN") ?? lines[0] ?? "";
  return plainText(line.slice(line.indexOf("=") + 1), 60) || "?";
}
