/** A damaged store fails closed, until the person has seen what is lost. @module */
import assert from "node:assert/strict";
import { currentSettings } from "../../../broker/actions/current_settings.ts";
import { setMode } from "../../../broker/actions/set_mode.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";

async function startAgain(broker: FakeBroker): Promise<string> {
  const { stop } = await startBroker(broker);
  await stop();
  return currentSettings(broker).mode;
}

Deno.test("damage locks down at the start, until the person goes on with it; new damage does so again", async () => {
  const broker = fakeBroker();
  assert.equal(await startAgain(broker), "ask");

  broker.store.damage.push("A grant could not be read.");
  assert.equal(await startAgain(broker), "lockdown");
  const history = await broker.store.history({ limit: 20 });
  assert.ok(
    history.some(({ kind, message }) =>
      kind === "record-unreadable" && message === "A grant could not be read."
    ),
  );

  await setMode(broker, "ask");
  assert.equal(await startAgain(broker), "ask", "it was seen");
  broker.store.damage.push("The history has a gap.");
  assert.equal(await startAgain(broker), "lockdown", "this was not");
});

Deno.test("a damaged broker that is already locked down stays so", async () => {
  const broker = fakeBroker();
  await setMode(broker, "lockdown");
  broker.store.damage.push("The settings could not be read.");
  assert.equal(await startAgain(broker), "lockdown");
});
