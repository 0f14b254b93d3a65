/** Which sites the broker reads from for an app, and at which addresses. @module */
import assert from "node:assert/strict";
import { noPolicy } from "../../../broker/core/policy.ts";
import { vetSite, vetSiteAddresses } from "../../../broker/core/site_vetting.ts";

const publicApp = "https://mail.example.com";
const loopbackApp = "http://127.0.0.1:8080";
const localApp = "https://192.168.0.5";
const intranet = { ...noPolicy, intranet: ["corp.example"] };

/** Why a site that has these addresses is not read for an app; null when it is. */
function refusal(
  url: string,
  addresses: string[],
  appOrigin: string,
  policy = noPolicy,
): string | null {
  const vetting = {
    appOrigin,
    ownAddresses: new Set(["192.168.7.7", "203.0.114.9"]),
    brokerPorts: [8737],
    policy,
  };
  const site = vetSite(new URL(url), vetting);
  if ("refusal" in site) return site.refusal;
  return vetSiteAddresses(
    site.target,
    site.address === null ? addresses : [site.address],
    vetting,
  );
}

type Row = [url: string, addresses: string[], app: string, refusal: string | null];
const rows: Row[] = [
  ["https://example.com/m", ["93.184.215.14"], publicApp, null],
  [
    "https://example.com/m",
    ["93.184.215.14", "10.0.0.1"],
    publicApp,
    "Its address is not on the internet.",
  ],
  ["https://example.com/m", ["127.0.0.1"], publicApp, "Its address is on this machine."],
  ["https://example.com/m", ["127.0.0.1"], loopbackApp, "Its address is on this machine."],
  ["https://example.com/m", ["169.254.169.254"], publicApp, "Its address is reserved."],
  ["https://example.com/m", ["203.0.114.9"], publicApp, "Its address is not on the internet."],
  ["http://example.com/m", ["93.184.215.14"], publicApp, "It is not served over https."],
  ["ftp://example.com/m", ["93.184.215.14"], publicApp, "It is not served over https."],
  [
    "https://u:p@example.com/",
    ["93.184.215.14"],
    publicApp,
    "Its address holds a name or a password.",
  ],
  ["https://example.com:25/", ["93.184.215.14"], publicApp, "Browsers never fetch from this port."],
  ["http://127.0.0.1:8081/", [], loopbackApp, null],
  ["http://localhost:8081/", ["::1", "127.0.0.1"], loopbackApp, null],
  ["http://0x7f.1:8081/", [], publicApp, "It is on this machine, and the app is not."],
  ["http://127.0.0.1:8081/", [], publicApp, "It is on this machine, and the app is not."],
  [
    "https://app.localhost/",
    ["127.0.0.1"],
    publicApp,
    "It is on this machine, and the app is not.",
  ],
  ["http://127.0.0.1:8737/", [], loopbackApp, "It is Gatehouse itself."],
  ["https://192.168.7.7:8737/", [], localApp, "It is Gatehouse itself."],
  ["https://[::ffff:127.0.0.1]/", [], publicApp, "Its address is reserved."],
  ["https://192.168.0.1:8888/", [], publicApp, "Its address is not on the internet."],
  ["https://192.168.0.1:8888/", [], localApp, null],
  ["https://192.168.0.1:8888/", [], loopbackApp, null],
  ["https://93.184.215.14/", [], publicApp, null],
  ["https://0.0.0.0/", [], loopbackApp, "Its address is reserved."],
  ["https://255.255.255.255/", [], localApp, "Its address is reserved."],
];
for (const [url, addresses, app, expected] of rows) {
  Deno.test(`${url} at ${addresses} for ${app}: ${expected ?? "read"}`, () => {
    assert.equal(refusal(url, addresses, app), expected);
  });
}

Deno.test("a name that policy calls intranet may be local, and no other", () => {
  assert.equal(refusal("https://wiki.corp.example/", ["10.0.0.1"], publicApp, intranet), null);
  assert.notEqual(refusal("https://example.com/", ["10.0.0.1"], publicApp, intranet), null);
  assert.notEqual(refusal("https://wiki.corp.example/", ["127.0.0.1"], publicApp, intranet), null);
});
