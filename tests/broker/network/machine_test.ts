/** Facts about this machine. @module */
import assert from "node:assert/strict";
import { thisMachine } from "../../../broker/network/machine.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";

Deno.test("its own addresses are those of its interfaces, read again when they are old", async () => {
  const clock = new FakeClock();
  const machine = thisMachine(clock, [8737]);
  const first = machine.ownAddresses();
  assert.ok(first.has("127.0.0.1"));
  for (const { address, family } of Deno.networkInterfaces()) {
    if (family === "IPv4") assert.ok(first.has(address), address);
  }
  assert.equal(machine.ownAddresses(), first, "kept for a moment");
  await clock.advance(5000);
  assert.notEqual(machine.ownAddresses(), first);
  assert.deepEqual(machine.ownAddresses(), first);
  assert.ok(machine.broadcastAddresses().has("127.255.255.255"), "everyone on 127.0.0.0/8");
  assert.deepEqual(machine.brokerPorts, [8737]);
  assert.notEqual(machine.name, "");
});
