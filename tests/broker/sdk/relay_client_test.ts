/** The app's end of the relay: what is closed while it opens stays closed. @module */
import assert from "node:assert/strict";
import { BrokerApi } from "../../../broker/sdk/broker_api.ts";
import { globalEnvironment } from "../../../broker/sdk/environment.ts";
import { RelayClient } from "../../../broker/sdk/relay_client.ts";

/** A WebSocket that opens when the test says so. */
class SlowWebSocket {
  static last: SlowWebSocket | null = null;
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: ((event: { reason: string }) => void) | null = null;
  constructor() {
    SlowWebSocket.last = this;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.({ reason: "" });
  }
  send(): void {
    assert.fail("nothing is sent over a relay that was closed");
  }
}

Deno.test("a relay that is closed while its WebSocket opens does not come up", async () => {
  const environment = {
    ...globalEnvironment(),
    WebSocket: SlowWebSocket as unknown as typeof WebSocket,
  };
  const relay = new RelayClient(new BrokerApi(environment, "http://127.0.0.1:1"));
  const frame = { protocol: "tcp", remoteAddress: "a.example", remotePort: 1 } as const;
  const listener = { onWaiting() {}, onOpened() {}, onFrame() {}, onClose() {} };
  const options = { credit: 1, noDelay: false, userActivation: false };
  const opening = relay.open({ ...frame, ...options }, listener, new AbortController().signal);
  relay.close();
  SlowWebSocket.last?.open();
  await assert.rejects(opening, { name: "InvalidStateError" });
  assert.equal(SlowWebSocket.last?.readyState, 3);
});
