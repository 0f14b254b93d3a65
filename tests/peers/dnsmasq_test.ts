/** DNS over UDP from a page in a real browser, against dnsmasq. @module */
import assert from "node:assert/strict";
import { setUdpStage } from "../journeys/udp_stage.ts";
import { startDnsmasq } from "./dnsmasq.ts";

Deno.test("a page looks names up at dnsmasq, over the SDK", async () => {
  const server = await startDnsmasq({ "printer.example.com": "192.0.2.9" });
  try {
    await using stage = await setUdpStage();
    const { port } = server;
    assert.deepEqual(await stage.call("lookUp", port, "printer.example.com"), ["192.0.2.9"]);
    assert.deepEqual(await stage.call("lookUp", port, "nobody.example.com"), []);
    assert.deepEqual(stage.asked, [`udp-send 127.0.0.1:${port}`]);
  } finally {
    await server.stop();
  }
});
