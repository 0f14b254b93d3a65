/** Opening a relay: who may, how a refusal looks, and how many there may be. @module */
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { addProgram } from "../../../broker/actions/add_program.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { registerApp } from "../../../broker/actions/register_app.ts";
import { startFront } from "../../../broker/http/front_server.ts";
import { type RelayCaps, RelayUpgrades } from "../../../broker/http/relay_upgrade.ts";
import { readRelayOffer } from "../../../broker/relay/relay_subprotocol.ts";
import { maxMessageBytes } from "../../../broker/schema/relay_wire.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";

const origin = "https://mail.example.com";

interface Relays {
  readonly broker: FakeBroker;
  readonly port: number;
  readonly upgrades: RelayUpgrades;
  /** What reached the relays: the app's id and the length of each message. */
  readonly served: string[];
  open(options?: { protocols?: string[]; origin?: string; path?: string }): WebSocket;
  /** An app's token; installed unless told. */
  register(installed?: boolean): Promise<string>;
}

async function withRelays(
  run: (relays: Relays) => Promise<void>,
  caps: Partial<RelayCaps> = {},
): Promise<void> {
  const broker = fakeBroker();
  const served: string[] = [];
  const upgrades = new RelayUpgrades(broker, {
    readOffer: readRelayOffer,
    serve: (_broker, app, webSocket) => {
      served.push(app.id);
      webSocket.on("message", (data) => {
        assert.ok(data instanceof Uint8Array);
        webSocket.send(data, () => {});
      });
      webSocket.on("error", () => {});
    },
  }, caps);
  const front = await startFront({
    port: 0,
    handler: () => Promise.resolve(new Response(null, { status: 404 })),
    upgrade: (...upgrade) => upgrades.upgrade(...upgrade),
    clock: systemClock,
    log: broker.log,
  });
  const { port } = front;
  try {
    await run({
      broker,
      port,
      upgrades,
      served,
      open: ({ protocols = [], origin: from, path = "/api/v1/relay" } = {}) =>
        new WebSocket(
          `ws://127.0.0.1:${port}${path}`,
          protocols,
          from === undefined ? {} : { origin: from },
        ),
      async register(installed = true) {
        const { app, token } = await registerApp(broker, { origin, name: "Mail", token: null });
        if (installed) await installApp(broker, app.id);
        return token ?? "";
      },
    });
    assert.deepEqual(broker.log.errors, []);
  } finally {
    upgrades.cut();
    await front.stop(0);
  }
}

function offer(token: string): string[] {
  return ["gatehouse.v1", `gatehouse.token.${token}`];
}

function opened(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => webSocket.once("open", resolve).once("error", reject));
}

/** The close code. */
function closed(webSocket: WebSocket): Promise<number> {
  return new Promise((resolve) => webSocket.once("close", resolve));
}

/** The problem that an upgrade was refused with, and its status. */
function refusal(webSocket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    webSocket.once("error", () => {});
    webSocket.once("open", () => reject(new Error("it was let in")));
    webSocket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (chunk) => text += chunk);
      response.on("end", () => {
        const { type } = JSON.parse(text);
        resolve(`${response.statusCode} ${type.slice("urn:gatehouse:problem:".length)}`);
      });
    });
  });
}

Deno.test("an installed app of its own origin is let in, and its token is not sent back", async () => {
  await withRelays(async ({ open, register, served }) => {
    const webSocket = open({ protocols: offer(await register()), origin });
    await opened(webSocket);
    assert.equal(webSocket.protocol, "gatehouse.v1");
    assert.equal(webSocket.extensions, "");
    assert.equal(served.length, 1);
    webSocket.close();
    await closed(webSocket);
  });
});

Deno.test("a program is let in without an origin, and not with one", async () => {
  await withRelays(async ({ broker, open }) => {
    const { token } = await addProgram(broker, "Tool");
    const webSocket = open({ protocols: offer(token) });
    await opened(webSocket);
    webSocket.terminate();
    assert.equal(
      await refusal(open({ protocols: offer(token), origin })),
      "403 origin-not-allowed",
    );
  });
});

Deno.test("every other upgrade is refused with a problem", async () => {
  await withRelays(async ({ open, register, served }) => {
    const token = await register();
    const good = { protocols: offer(token), origin };
    const cases: [Parameters<Relays["open"]>[0], string][] = [
      [{ ...good, origin: "https://evil.test" }, "403 origin-not-allowed"],
      [{ ...good, origin: "null" }, "403 origin-not-allowed"],
      [{ ...good, origin: `${origin}:443` }, "403 origin-not-allowed"],
      [{ protocols: offer(token) }, "403 origin-not-allowed"],
      [{ ...good, protocols: ["gatehouse.v1"] }, "401 token-missing"],
      [{ ...good, protocols: offer(`${token}x`) }, "401 token-unknown"],
      [{ ...good, protocols: [`gatehouse.token.${token}`] }, "400 invalid-header"],
      [{ ...good, protocols: [] }, "400 invalid-header"],
      [{ ...good, path: "/api/v1/relays" }, "404 not-found"],
      [{ ...good, path: "/" }, "404 not-found"],
    ];
    for (const [options, expected] of cases) {
      assert.equal(await refusal(open(options)), expected, JSON.stringify(options));
    }
    assert.deepEqual(served, []);
  });
});

Deno.test("an app that waits for its installation is not let in", async () => {
  await withRelays(async ({ open, register }) => {
    const token = await register(false);
    assert.equal(await refusal(open({ protocols: offer(token), origin })), "403 not-installed");
  });
});

Deno.test("relays are capped for each app and in all, and a closed one makes room", async () => {
  await withRelays(async ({ broker, open, register }) => {
    const token = await register();
    const mail = () => open({ protocols: offer(token), origin });
    const first = mail();
    const second = mail();
    await Promise.all([opened(first), opened(second)]);
    assert.equal(await refusal(mail()), "429 queue-full", "of one app");
    const { token: other } = await addProgram(broker, "Tool");
    const third = open({ protocols: offer(other) });
    await opened(third);
    const { token: another } = await addProgram(broker, "Tool 2");
    assert.equal(await refusal(open({ protocols: offer(another) })), "429 queue-full", "in all");
    first.close();
    await closed(first);
    const again = mail();
    await opened(again);
    for (const webSocket of [second, third, again]) webSocket.terminate();
  }, { maxRelaysPerApp: 2, maxRelays: 3 });
});

Deno.test("messages are bounded, in fragments as well, and one offender is cut alone", async () => {
  await withRelays(async ({ open, register }) => {
    const token = await register();
    const bystander = open({ protocols: offer(token), origin });
    await opened(bystander);
    const whole = open({ protocols: offer(token), origin });
    await opened(whole);
    whole.send(new Uint8Array(maxMessageBytes + 1));
    assert.equal(await closed(whole), 1009);
    const fragments = open({ protocols: offer(token), origin });
    await opened(fragments);
    const over = closed(fragments);
    const fragment = new Uint8Array(64 * 1024);
    for (let sent = 0; sent <= maxMessageBytes; sent += fragment.length) {
      fragments.send(fragment, { fin: false }, () => {});
    }
    assert.equal(await over, 1009);
    const echoed = new Promise<number>((resolve) =>
      bystander.once("message", (data: Uint8Array) => resolve(data.length))
    );
    bystander.send(new Uint8Array(maxMessageBytes));
    assert.equal(await echoed, maxMessageBytes);
    bystander.terminate();
  });
});

Deno.test("stopping tells every relay that the broker goes", async () => {
  await withRelays(async ({ open, register, upgrades }) => {
    const webSocket = open({ protocols: offer(await register()), origin });
    await opened(webSocket);
    upgrades.stop();
    assert.equal(await closed(webSocket), 1001);
  });
});
