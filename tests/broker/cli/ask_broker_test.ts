/** Asking the running broker: only the one that holds the data directory is shown the admin token. @module */
import assert from "node:assert/strict";
import { askBroker, AskError } from "../../../broker/cli/ask_broker.ts";
import { openDataDirectory } from "../../../broker/stores/data_directory.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { startTestBroker } from "../../fakes/test_broker.ts";

async function withDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "gatehouse-" });
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("the broker that holds the directory is asked, and what it refuses is said", async () => {
  await withDirectory(async (path) => {
    const data = await openDataDirectory(path, systemSecrets);
    const broker = await startTestBroker({ adminToken: data.adminToken });
    await data.announce({ pid: 1, port: broker.port, startedAtMs: 0 });
    const link = await askBroker(path, "/links", {}) as { url: string };
    assert.match(link.url, /#.{43}$/);
    await assert.rejects(askBroker(path, "/apps", { name: "" }), (fault) => {
      assert.ok(fault instanceof AskError);
      assert.match(fault.message, /\/name/);
      return true;
    });
    await broker.stop();
    await assert.rejects(askBroker(path, "/links", {}), AskError);
    await data.close();
  });
});

Deno.test("without a broker nobody is asked, whatever a killed one has left behind", async () => {
  await withDirectory(async (path) => {
    await assert.rejects(askBroker(path, "/links", {}), /No broker is running/);
    const data = await openDataDirectory(path, systemSecrets);
    let asked = 0;
    const impostor = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      asked++;
      return new Response("{}");
    });
    const record = { pid: 1, port: impostor.addr.port, startedAtMs: 0 };
    await data.announce(record);
    await data.close();
    // As a kill leaves it: the record is there, the lock is not held.
    await Deno.writeTextFile(`${path}/server.json`, JSON.stringify({ v: 1, ...record }));
    await assert.rejects(askBroker(path, "/links", {}), /No broker is running/);
    assert.equal(asked, 0);
    await impostor.shutdown();
  });
});
