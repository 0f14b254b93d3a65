/** The CORS check at work: what a raw socket to a web port meets. @module */
import assert from "node:assert/strict";
import { openTcpSession } from "../../../broker/actions/open_tcp_session.ts";
import { type Broker, ConnectError } from "../../../broker/actions/ports.ts";
import { questionFor } from "../../../broker/actions/question_for.ts";
import { startBroker } from "../../../broker/actions/start_broker.ts";
import { decide } from "../../../broker/core/decide.ts";
import { PreflightProbe } from "../../../broker/network/preflight_probe.ts";
import type { App } from "../../../broker/schema/app.ts";
import { fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

async function running() {
  const broker = fakeBroker();
  broker.resolver.addresses.set("web.example.com", ["93.184.216.34"]);
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
        target: "*:*",
        spaces: ["public", "local", "loopback"],
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

function open(broker: Broker, app: App, remoteAddress: string, remotePort: number) {
  return openTcpSession(broker, app.id, {
    contextId: broker.secrets.newId("ctx"),
    remoteAddress,
    remotePort,
    noDelay: true,
    keepAlive: false,
    reason: null,
    userActivation: false,
  }, { signal: new AbortController().signal, onWaiting: () => {}, onCut: () => {} });
}

const refusedForCors = (fault: unknown) => {
  assert.ok(fault instanceof ConnectError, String(fault));
  assert.equal(fault.error.code, "denied");
  assert.match(fault.error.message, /CORS.*fetch/);
  return true;
};

Deno.test("a raw socket to a server that answers CORS is refused, and nothing is dialed", async () => {
  const { broker, app } = await running();
  broker.corsProbe.ports.add(443);
  await assert.rejects(open(broker, app, "web.example.com", 443), refusedForCors);
  assert.deepEqual(broker.dialer.dialed, []);
  const [ask] = broker.corsProbe.asked;
  assert.ok(ask, "the server was asked");
  const { signal: _, ...asked } = ask;
  assert.deepEqual(asked, {
    name: "web.example.com",
    addresses: ["93.184.216.34"],
    port: 443,
    origin: "https://mail.example.com",
  });
  await open(broker, app, "web.example.com", 993);
});

Deno.test("no server is asked before its addresses were decided on", async () => {
  const { broker, app } = await running();
  broker.resolver.addresses.set("web.example.com", ["192.168.1.1"]);
  await assert.rejects(open(broker, app, "web.example.com", 443), {
    message: /not on the internet/,
  });
  assert.deepEqual(broker.corsProbe.asked, []);
});

Deno.test("the decision names the reason, and no policy stands above it", async () => {
  const { broker, app } = await running();
  broker.policy.replace({
    rules: [{
      id: "policy.rules[0]",
      effect: "allow",
      apps: ["*"],
      capabilities: ["*"],
      targets: ["*:*"],
      except: [],
      reason: null,
    }],
  });
  const subject = {
    appId: app.id,
    capability: "tcp-connect",
    target: "web.example.com:443",
  } as const;
  assert.equal(decide(questionFor(broker, { ...subject, answersCors: true })).reason, "cors-host");
  assert.equal(decide(questionFor(broker, subject)).effect, "allow");
});

Deno.test("a server on this computer is asked as well, by a real preflight", async () => {
  let withCors = true;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { headers: withCors ? { "access-control-allow-origin": "*" } : {} }),
  );
  const { port } = server.addr;
  for (const refused of [true, false]) {
    withCors = refused;
    const { broker, app } = await running();
    const { clock } = broker;
    const corsProbe = new PreflightProbe({ clock, ports: new Map([[port, "http"]]) });
    const opening = open({ ...broker, corsProbe }, app, "127.0.0.1", port);
    if (refused) await assert.rejects(opening, refusedForCors);
    else await opening;
  }
});
