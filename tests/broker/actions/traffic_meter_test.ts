/** How much flows for each app: counted in steps, of what closes too, and only while something is open. @module */
import assert from "node:assert/strict";
import {
  TrafficMeter,
  trafficStepMs,
  trafficSteps,
} from "../../../broker/actions/traffic_meter.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { Session } from "../../../broker/schema/session.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";
import { imapSession } from "../../components/shown_views.ts";

function open(broker: FakeBroker, app: App): Session {
  const { appName: _a, grants: _g, ...shown } = imapSession();
  const session: Session = { ...shown, id: broker.secrets.newId("sess"), appId: app.id };
  broker.sessions.add({ session, close() {} });
  return session;
}

Deno.test("bytes are told by app and step, the busiest first, those of closed connections too", async () => {
  const broker = fakeBroker();
  const meter = new TrafficMeter(broker);
  const [mail, chat] = [
    await installedApp(broker),
    await installedApp(broker, { claims: { name: "Chat", manifestUrl: null, reason: null } }),
  ];
  assert.equal(broker.clock.waiting, 0, "nothing is open");
  assert.deepEqual(meter.byApp().apps, []);
  const [one, two] = [open(broker, mail), open(broker, chat)];
  one.bytesReceived = 3000;
  two.bytesSent = 1000;
  two.bytesReceived = 8000;
  await broker.clock.advance(trafficStepMs);
  one.bytesReceived = 5000;
  broker.sessions.remove(one.id, null, broker.clock.nowMs());
  await broker.clock.advance(trafficStepMs);
  const { apps, stepMs } = meter.byApp();
  assert.deepEqual(apps.map(({ appName }) => appName), ["Chat", "Mail"]);
  assert.deepEqual(apps.map(({ rates }) => rates.slice(-2)), [[4500, 0], [1500, 1000]]);
  assert.deepEqual(new Set(apps.map(({ rates }) => rates.length)), new Set([trafficSteps]));
  assert.equal(stepMs, trafficStepMs);
  broker.sessions.remove(two.id, null, broker.clock.nowMs());
  await broker.clock.advance(trafficStepMs * trafficSteps);
  assert.deepEqual(meter.byApp().apps, [], "after five minutes it is forgotten");
  assert.equal(broker.clock.waiting, 0);
  meter.stop();
});

Deno.test("the apps beyond a few are told together, and nothing of them is lost", async () => {
  const broker = fakeBroker();
  const meter = new TrafficMeter(broker);
  for (let n = 1; n <= 7; n++) {
    const session = open(broker, await installedApp(broker));
    session.bytesSent = n * 2000;
  }
  await broker.clock.advance(trafficStepMs);
  const { apps } = meter.byApp();
  assert.deepEqual(apps.map(({ rates }) => rates.at(-1)), [7000, 6000, 5000, 4000, 6000]);
  assert.equal(apps.at(-1)?.appId, null);
  meter.stop();
  assert.equal(broker.clock.waiting, 0);
});
