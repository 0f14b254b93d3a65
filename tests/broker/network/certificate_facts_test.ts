/** What the platform tells of a certificate is believed only in the form that it is known in; otherwise nothing is known. @module */
import assert from "node:assert/strict";
import { certificateFacts } from "../../../broker/network/certificate_facts.ts";

/** A connection whose platform tells this, under the name that it has in Deno. */
function connectionThat(tells: () => unknown): Deno.TlsConn {
  return Object.create({ [Symbol("getPeerCertificate")]: tells });
}

Deno.test("a platform that does not tell, fails, or tells something else: nothing is known, and nothing throws", () => {
  const rows: [string, Deno.TlsConn][] = [
    ["no such member", Object.create({})],
    ["null, as before the handshake", connectionThat(() => null)],
    [
      "a fault",
      connectionThat(() => {
        throw new Error("not today");
      }),
    ],
    ["no DER", connectionThat(() => ({ subject: { CN: "a" } }))],
    ["text for DER", connectionThat(() => ({ raw: "30820132" }))],
    ["DER of nothing", connectionThat(() => ({ raw: new Uint8Array(0) }))],
    ["DER of something else", connectionThat(() => ({ raw: Uint8Array.of(0x30, 0x03, 2, 1, 1) }))],
  ];
  for (const [name, connection] of rows) assert.equal(certificateFacts(connection), null, name);
});
