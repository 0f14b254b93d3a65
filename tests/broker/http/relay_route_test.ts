/** What an upgrade asks for, by its path and its subprotocols. @module */
import assert from "node:assert/strict";
import { ActionError } from "../../../broker/actions/action_error.ts";
import { readRelayRoute } from "../../../broker/http/relay_route.ts";
import { readRelayOffer } from "../../../broker/relay/relay_subprotocol.ts";

const token = "app_0123.s3cret-_";
const wisp = { kind: "wisp", token } as const;
const tunnel = { kind: "tunnel", token, subprotocol: null, host: "example.com", port: 5900 };

const routes: [url: string, offered: string | null, route: object][] = [
  [
    "/api/v1/relay",
    `gatehouse.v1, gatehouse.token.${token}`,
    { kind: "relay", token, subprotocol: "gatehouse.v1" },
  ],
  [`/wisp/${token}/`, null, { ...wisp, subprotocol: null, version: 1 }],
  [`/wisp/${token}/`, "wisp-v2", { ...wisp, subprotocol: "wisp-v2", version: 2 }],
  [`/wisp/${token}/`, "a5b9-uuid, other", { ...wisp, subprotocol: "a5b9-uuid", version: 2 }],
  [`/websockify/${token}?token=example.com:5900`, null, tunnel],
  [`/websockify/${token}/?token=example.com%3A5900`, null, tunnel],
  [`/websockify/${token}?x=1&token=example.com:5900`, "binary", {
    ...tunnel,
    subprotocol: "binary",
  }],
  [`/websockify/${token}?token=example.com:5900`, "base64, binary", {
    ...tunnel,
    subprotocol: "binary",
  }],
  [`/websockify/${token}?token=example.com:5900`, "base64", tunnel],
  [`/wsproxy/${token}/example.com:5900`, null, tunnel],
  [`/wsproxy/${token}/example.com%3A5900`, null, tunnel],
  [`/wsproxy/${token}/[::1]:5900`, null, { ...tunnel, host: "[::1]" }],
  [`/wsproxy/${token}/%5B::1%5D:5900`, null, { ...tunnel, host: "[::1]" }],
];

for (const [url, offered, route] of routes) {
  Deno.test(`an upgrade of ${url} that offers ${offered}`, () => {
    assert.deepEqual(readRelayRoute(url, offered, readRelayOffer), route);
  });
}

const refused: [url: string, offered: string | null, type: string][] = [
  ["/api/v1/relay", null, "invalid-header"],
  ["/api/v1/relay", "wisp-v2", "invalid-header"],
  ["/", null, "not-found"],
  ["/wisp/", null, "not-found"],
  ["/wisp//", null, "not-found"],
  [`/wisp/${token}`, null, "not-found"],
  [`/wisp/${token}/example.com:80`, null, "not-found"],
  [`/WISP/${token}/`, null, "not-found"],
  [`//wisp/${token}/`, null, "not-found"],
  [`/websockify/${token}/example.com:5900`, null, "not-found"],
  [`/websockify/${token}`, null, "invalid-query"],
  [`/websockify/${token}?token=example.com`, null, "invalid-query"],
  [`/websockify/${token}?token=example.com:0`, null, "invalid-query"],
  [`/websockify/${token}?token=example.com:65536`, null, "invalid-query"],
  [`/websockify/${token}?token=:5900`, null, "invalid-query"],
  [`/websockify/${token}?token=::1:5900`, null, "invalid-query"],
  [`/websockify/${token}?token=${"a".repeat(256)}:5900`, null, "invalid-query"],
  [`/wsproxy/${token}`, null, "not-found"],
  [`/wsproxy/${token}/`, null, "not-found"],
  [`/wsproxy/${token}/example.com`, null, "invalid-query"],
  [`/wsproxy/${token}/%ff:80`, null, "invalid-query"],
  [`/wsproxy/${token}/user@example.com:80`, null, "invalid-query"],
  [`/wsproxy/${token}/a/b:80`, null, "invalid-query"],
];

for (const [url, offered, type] of refused) {
  Deno.test(`refused: an upgrade of ${url.slice(0, 80)} that offers ${offered}`, () => {
    assert.throws(
      () => readRelayRoute(url, offered, readRelayOffer),
      (fault) =>
        fault instanceof ActionError && fault.type === type && !fault.detail.includes(token),
    );
  });
}
