/** A whole broker in this process: a real port and real sockets, over a store in memory. @module */
import { fakeBroker, FakeLog } from "./fake_broker.ts";
import { MemoryStore } from "../../broker/stores/memory_store.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { type Gatehouse, type GatehouseParts, startGatehouse } from "../../main.ts";
import { adminToken } from "./web_twin.ts";

/** A broker in this process. */
export interface TestBroker extends Gatehouse {
  readonly log: FakeLog;
  /** Where it answers: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Calls the dashboard's API as the command line does; rejects unless it is answered well. */
  admin(method: string, path: string, json?: unknown): Promise<Response>;
}

/**
 * Starts a broker on a free port of loopback. Clock, resolver and dialer are the real ones unless given.
 */
export async function startTestBroker(parts: Partial<GatehouseParts> = {}): Promise<TestBroker> {
  const log = new FakeLog();
  const clock = parts.clock ?? systemClock;
  const { machine } = fakeBroker();
  const store = new MemoryStore({ clock });
  const gatehouse = await startGatehouse({ store, log, adminToken, machine, ...parts }, 0);
  const url = `http://127.0.0.1:${gatehouse.port}`;
  return {
    ...gatehouse,
    log,
    url,
    async admin(method, path, json) {
      const init: RequestInit = { method, headers: { authorization: `Bearer ${adminToken}` } };
      if (json !== undefined) {
        init.headers = { ...init.headers, "content-type": "application/json" };
        init.body = JSON.stringify(json);
      }
      const answer = await fetch(`${url}/admin/v1${path}`, init);
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer;
    },
  };
}
