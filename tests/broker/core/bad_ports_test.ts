/** Ports that fetch never goes to, and that a raw socket may. @module */
import assert from "node:assert/strict";
import { queryPermission } from "../../../broker/actions/query_permission.ts";
import { isBadPort } from "../../../broker/core/bad_ports.ts";
import { fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

Deno.test("the list is that of the Fetch standard: 83 ports", () => {
  const bad = Array.from({ length: 65_536 }, (_, port) => port).filter(isBadPort);
  assert.equal(bad.length, 83);
  for (const port of [1, 22, 25, 110, 143, 993, 4190, 6000, 6667, 10080]) {
    assert.ok(isBadPort(port));
  }
  for (const port of [80, 443, 8080, 8443, 3000]) assert.ok(!isBadPort(port));
});

Deno.test("a site on a bad port can't be allowed, a raw socket to it can be asked for", async () => {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const of = (capability: "host-access" | "tcp-connect", target: string) => {
    const { effect, reason } = queryPermission(broker, app, { capability, target });
    return `${effect} ${reason}`;
  };
  assert.equal(of("host-access", "https://mail.example.com:25/*"), "deny bad-port");
  assert.equal(of("host-access", "http://*.example.com:6667/*"), "deny bad-port");
  assert.equal(of("host-access", "https://mail.example.com:8443/*"), "ask no-answer-yet");
  assert.equal(of("host-access", "https://mail.example.com/*"), "ask no-answer-yet");
  assert.equal(of("tcp-connect", "mail.example.com:25"), "ask no-answer-yet");
});
