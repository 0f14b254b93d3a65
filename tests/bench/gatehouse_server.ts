/**
 * Gatehouse as it is started, for a benchmark: real store on disk, real front, real relay. One program is installed and
 * may connect to loopback and fetch from it; limits on how often it may do so are off, as they are what would be measured.
 *
 * @module
 */
import process from "node:process";
import { addProgram } from "../../broker/actions/add_program.ts";
import type { Limits } from "../../broker/actions/ports.ts";
import { openKvStore } from "../../broker/stores/open_kv_store.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { systemSecrets } from "../../broker/stores/system_secrets.ts";
import { startGatehouse } from "../../main.ts";
import { announce } from "./process.ts";

const unlimited: Limits = {
  connect: () => ({ leave() {} }),
  datagram: () => null,
  ask: () => 0,
};

const directory = await Deno.makeTempDir();
const store = await openKvStore(`${directory}/kv`, { clock: systemClock });
const log = {
  info() {},
  error: (event: string, fault: unknown) => void process.stderr.write(`${event}: ${fault}\n`),
};
const parts = { store, log, adminToken: systemSecrets.newToken(), limits: unlimited };
const { broker, port } = await startGatehouse(parts, 0);
const { app, token } = await addProgram(broker, "Benchmark");
const allowed = [
  ["tcp-connect", "127.0.0.1:*"],
  ["udp-send", "127.0.0.1:*"],
  ["host-access", "http://127.0.0.1:*/*"],
] as const;
await store.commit({
  puts: allowed.map(([capability, target]) => {
    const id = systemSecrets.newId("grant");
    return {
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId: app.id,
        capability,
        target,
        spaces: ["loopback"],
        duration: { kind: "always" },
        createdAtMs: systemClock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    };
  }),
});
announce(`${port} ${token} ${directory}`);
