/** Opening a relay: who may, how a refusal looks, and how many there may be. @module */
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { addProgram } from "../../../broker/actions/add_program.ts";
import { installApp } from "../../../broker/actions/install_app.ts";
import { registerApp } from "../../../broker/actions/register_app.ts";
import { startFront } from "../../../broker/http/front_server.ts";
import {
  maxFrontEndMessageBytes,
  type RelayCaps,
  RelayUpgrades,
} from "../../../broker/http/relay_upgrade.ts";
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
    serveWisp: (_broker, app, webSocket, version) => {
      served.push(`${app.id} wisp ${version}`);
      webSocket.on("error", () => {});
    },
    serveTunnel: (_broker, app, _webSocket, { host, port }) =>
      served.push(`${app.id} tunnel ${host} ${port}`),
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

Deno.test("front ends have the token in their path, and one offered subprotocol is answered at most", async () => {
  await withRelays(async ({ open, register, served }) => {
    const token = await register();
    const cases: [path: string, protocols: string[], protocol: string, served: string][] = [
      [`/wisp/${token}/`, [], "", "wisp 1"],
      [`/wisp/${token}/`, ["wisp-v2"], "wisp-v2", "wisp 2"],
      [`/wisp/${token}/`, ["first", "second"], "first", "wisp 2"],
      [`/websockify/${token}?token=example.com:5900`, [], "", "tunnel example.com 5900"],
      [`/websockify/${token}?token=[::1]:1`, ["binary"], "binary", "tunnel [::1] 1"],
      [`/wsproxy/${token}/example.com:5900`, [], "", "tunnel example.com 5900"],
    ];
    for (const [path, protocols, protocol, what] of cases) {
      const webSocket = open({ path, protocols, origin });
      await opened(webSocket);
      assert.equal(webSocket.protocol, protocol, path);
      assert.match(served.pop() ?? "", new RegExp(`^app_\\w+ ${RegExp.escape(what)}$`));
      webSocket.terminate();
    }
  });
});

Deno.test("front ends ask for the same token, origin and installation as the relay", async () => {
  await withRelays(async ({ broker, open, register, served }) => {
    const waiting = await register(false);
    assert.equal(
      await refusal(open({ path: `/wisp/${waiting}/`, origin })),
      "403 not-installed",
    );
    const token = await register();
    const program = (await addProgram(broker, "Tool")).token;
    const paths = (shown: string) => [
      `/wisp/${shown}/`,
      `/websockify/${shown}?token=example.com:5900`,
      `/wsproxy/${shown}/example.com:5900`,
    ];
    for (const path of paths(token)) {
      assert.equal(await refusal(open({ path })), "403 origin-not-allowed");
      assert.equal(
        await refusal(open({ path, origin: "https://evil.test" })),
        "403 origin-not-allowed",
      );
    }
    for (const path of paths(program)) {
      assert.equal(await refusal(open({ path, origin })), "403 origin-not-allowed");
    }
    for (const path of paths(`${token}x`)) {
      assert.equal(await refusal(open({ path, origin })), "401 token-unknown");
    }
    const nowhere = open({ path: `/websockify/${token}?token=nowhere`, origin });
    assert.equal(await refusal(nowhere), "400 invalid-query");
    assert.deepEqual(served, []);
  });
});

Deno.test("relays and front ends are capped together, and told together that the broker goes", async () => {
  await withRelays(async ({ open, register, upgrades }) => {
    const token = await register();
    const relay = open({ protocols: offer(token), origin });
    const wisp = open({ path: `/wisp/${token}/`, origin });
    await Promise.all([opened(relay), opened(wisp)]);
    const tunnel = { path: `/wsproxy/${token}/example.com:5900`, origin };
    assert.equal(await refusal(open(tunnel)), "429 queue-full");
    wisp.close();
    await closed(wisp);
    const instead = open(tunnel);
    await opened(instead);
    const codes = Promise.all([closed(relay), closed(instead)]);
    upgrades.stop();
    assert.deepEqual(await codes, [1001, 1001]);
  }, { maxRelaysPerApp: 2 });
});

Deno.test("messages of front ends are bounded", async () => {
  await withRelays(async ({ open, register }) => {
    const webSocket = open({ path: `/wisp/${await register()}/`, origin });
    await opened(webSocket);
    webSocket.send(new Uint8Array(maxFrontEndMessageBytes));
    webSocket.send(new Uint8Array(maxFrontEndMessageBytes + 1));
    assert.equal(await closed(webSocket), 1009);
  });
});

Deno.test("who sends pings and reads no answer is cut off", async () => {
  await withRelays(async ({ port, register }) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      const head = [
        "GET /api/v1/relay HTTP/1.1",
        `Host: 127.0.0.1:${port}`,
        `Origin: ${origin}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        `Sec-WebSocket-Protocol: ${offer(await register()).join(", ")}`,
      ];
      await writeAll(conn, new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
      const answer = new Uint8Array(4096);
      const length = await conn.read(answer);
      assert.match(new TextDecoder().decode(answer.subarray(0, length ?? 0)), /^HTTP\/1.1 101 /);
      const flood = new Uint8Array(1000 * maskedPing.length);
      for (let n = 0; n < 1000; n++) flood.set(maskedPing, n * maskedPing.length);
      // 64 MB of answers are more than the system's own buffers hold on both ends.
      await assert.rejects(async () => {
        for (let sentBytes = 0; sentBytes < 64e6; sentBytes += flood.length) {
          await writeAll(conn, flood);
        }
      });
    } finally {
      conn.close();
    }
  });
});

/** A ping of 125 bytes under a mask of zeros (RFC 6455, section 5.5.2). */
const maskedPing = Uint8Array.from([0x89, 0x80 | 125, 0, 0, 0, 0, ...new Uint8Array(125)]);

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) offset += await conn.write(bytes.subarray(offset));
}
