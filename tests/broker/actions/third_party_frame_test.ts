/** Third-party frames at work: registering, asking and connecting from inside another site's page. @module */
import assert from "node:assert/strict";
import { askPermission } from "../../../broker/actions/ask_permission.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import { registerApp, type Registration } from "../../../broker/actions/register_app.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import type { App } from "../../../broker/schema/app.ts";
import type { FrameAncestry } from "../../../broker/schema/frame.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const portal = "https://portal.example.org";
const framed: FrameAncestry = { ancestors: [portal] };

async function running() {
  const broker = fakeBroker();
  const app = await installedApp(broker);
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        v: 1,
        id,
        effect: "allow",
        appId: app.id,
        capability: "tcp-connect",
        target: "93.184.216.34:993",
        spaces: ["public"],
        duration: { kind: "always" },
        createdAtMs: broker.clock.nowMs(),
        expiresAtMs: null,
        requestId: null,
        spentBy: null,
      },
    }],
  });
  await startBroker(broker);
  return { broker, app };
}

function register(broker: FakeBroker, more: Partial<Registration>) {
  return registerApp(broker, { origin: portal, name: "Portal", token: null, ...more });
}

async function installPortal(broker: FakeBroker, frames: string[]) {
  const { app } = await register(broker, { frames });
  await installApp(broker, app.id);
}

function open(broker: FakeBroker, app: App, frame?: FrameAncestry) {
  return openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress: "93.184.216.34",
    remotePort: 993,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
    frame,
  }, { signal: new AbortController().signal, onWaiting: () => {}, onCut: () => {} });
}

async function ask(broker: FakeBroker, app: App, frame: FrameAncestry | null) {
  const { decision } = await askPermission(broker, app, {
    capability: "tcp-connect",
    target: "imap.example.com:993",
    reason: null,
    userActivation: true,
    secureTransport: false,
    contextId: null,
    frame,
  });
  return decision;
}

Deno.test("a grant is not used from inside another site's page, until that site is installed and lets it", async () => {
  const { broker, app } = await running();
  const refused = (fault: unknown) =>
    fault instanceof ConnectError && fault.error.code === "denied" &&
    /inside a page of another site/.test(fault.message);
  await assert.rejects(open(broker, app, framed), refused);
  assert.deepEqual(broker.dialer.dialed, []);
  (await open(broker, app)).end(null);
  await installPortal(broker, []);
  await assert.rejects(open(broker, app, framed), refused);

  const { broker: other, app: mail } = await running();
  await installPortal(other, ["https://mail.example.com"]);
  (await open(other, mail, framed)).end(null);
  await assert.rejects(open(other, mail, { ancestors: [portal, "https://evil.example"] }), refused);
});

Deno.test("nobody is asked on behalf of a third-party frame", async () => {
  const { broker, app } = await running();
  assert.equal((await ask(broker, app, framed)).reason, "third-party-frame");
  assert.equal((await ask(broker, app, null)).effect, "ask");
});

Deno.test("an app does not register from inside another site's page", async () => {
  const { broker } = await running();
  const inside = { origin: "https://chat.example.com", name: "Chat" };
  await assert.rejects(register(broker, { ...inside, frame: framed }), {
    type: "third-party-frame",
  });
  const own = { ancestors: ["https://chat.example.com"] };
  const { app } = await register(broker, { ...inside, frame: own });
  assert.equal(app.state, "pending-installation");
});

Deno.test("reconnecting under a live grant needs no click", async () => {
  const { broker, app } = await running();
  for (let n = 0; n < 3; n++) (await open(broker, app)).end(null);
  assert.equal(broker.dialer.dialed.length, 3);
});
