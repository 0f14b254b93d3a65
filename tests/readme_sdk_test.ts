/** Every line of "The SDK in ten minutes" runs in Chromium, in its order, and prints what the page says that it prints. @module */
import assert from "node:assert/strict";
import { ConnectError, type Dialer, type Resolver, type Udp } from "../broker/actions/ports.ts";
import { requestView } from "../broker/actions/request_view.ts";
import { TcpDialer } from "../broker/network/tcp_dialer.ts";
import { SystemUdp } from "../broker/network/udp_sockets.ts";
import type { AccessRequest } from "../broker/schema/request.ts";
import { systemClock } from "../broker/stores/system_clock.ts";
import { StartTlsServer } from "./broker/network/starttls_server.ts";
import { echo, testCa, TlsServer } from "./broker/network/tls_server.ts";
import { launchBrowser } from "./browser.ts";
import { freePort } from "./fakes/broker_process.ts";
import { startStaticSite } from "./fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "./fakes/test_broker.ts";

const markdown = await Deno.readTextFile(new URL("../broker/sdk/README.md", import.meta.url));

/** The snippets; those that are files of their own begin with their name. */
const snippets = [...markdown.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const program = snippets.filter((code) => !code.startsWith("// "));
const files = snippets.filter((code) => code.startsWith("// "));
const wanted = [...markdown.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => text);

const publicAddress = "93.184.216.34";

/** A network where the names of the page lead to a public address, and its ports to servers of this test. */
function redirect(ports: Readonly<Record<number, number>>, udpPort: number) {
  const real = new TcpDialer({ clock: systemClock, caCerts: [testCa] });
  const resolver: Resolver = { resolve: () => Promise.resolve([publicAddress]) };
  const dialer: Dialer = {
    async connectTcp(addresses, port, options) {
      if (addresses[0] !== publicAddress) return await real.connectTcp(addresses, port, options);
      const target = ports[port];
      if (target !== undefined) {
        const connection = await real.connectTcp(["127.0.0.1"], target, options);
        // The broker checks where a connection has led to.
        return Object.assign(connection, { remote: { address: publicAddress, port } });
      }
      const message = `Nobody is at port ${port}.`;
      throw new ConnectError({ code: "connection-refused", phase: "connect", message });
    },
  };
  const sockets = new SystemUdp();
  const udp: Udp = {
    connect: () => sockets.connect({ address: "127.0.0.1", port: udpPort }),
    bind: (options) => sockets.bind(options),
  };
  return { resolver, dialer, udp };
}

/** A server that greets, and one that echoes datagrams. */
function startServers(stack: AsyncDisposableStack) {
  const pop = stack.adopt(Deno.listen({ hostname: "127.0.0.1", port: 0 }), (it) => it.close());
  (async () => {
    for await (const connection of pop) {
      connection.write(new TextEncoder().encode("+OK ready\r\n")).catch(() => {});
    }
  })().catch(() => {});
  const dns = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  stack.defer(() => dns.close());
  (async () => {
    for await (const [data, from] of dns) await dns.send(data, from);
  })().catch(() => {});
  return { pop: pop.addr.port, dns: (dns.addr as Deno.NetAddr).port };
}

/** Answers what is asked as a person would: telnet is denied, all else allowed. */
function answerQuestions({ broker, admin }: TestBroker): () => void {
  const answered = new Set<string>();
  const answer = async (request: AccessRequest) => {
    await admin("POST", `/requests/${request.id}/answer`, {
      effect: request.target.startsWith("telnet.") ? "deny" : "allow",
      duration: { kind: "always" },
      reviewToken: requestView(broker, request).reviewToken,
    });
  };
  return broker.store.subscribe(({ puts }) => {
    for (const put of puts) {
      if (put.noun !== "request" || put.record.outcome !== null) continue;
      if (answered.has(put.record.id)) continue;
      answered.add(put.record.id);
      answer(put.record);
    }
  });
}

Deno.test("the page has its snippets, and what each prints", () => {
  assert.equal(program.length, 10);
  assert.equal(files.length, 1);
  assert.equal(wanted.length, 12);
});

Deno.test("every line of the SDK's page runs in Chromium, and prints what it says", async () => {
  await using stack = new AsyncDisposableStack();
  const { pop, dns } = startServers(stack);
  const tls = stack.use(new TlsServer("loopback", echo, ["imap"]));
  const startTls = stack.use(await StartTlsServer.start());
  const gatehouse = await startTestBroker(
    redirect({ 110: pop, 993: tls.port, 587: startTls.port }, dns),
  );
  stack.defer(() => gatehouse.stop());
  const local = (code: string) =>
    code.replaceAll("http://gatehouse.localhost:8737", gatehouse.url)
      .replaceAll("localPort: 40000", `localPort: ${freePort()}`);
  const site = await startStaticSite(new URL("./fixtures/", import.meta.url), {
    "index.html": '<!doctype html><title>Tour</title><script type="module" src="tour.js"></script>',
    "tour.js": `${program.map(local).join("\n")}\nconsole.log("the end");`,
    "net.js": local(files[0] ?? ""),
  });
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const page = await (await browser.newContext()).newPage();

  const printed: string[] = [];
  const ended = Promise.withResolvers<void>();
  page.on("pageerror", (error) => ended.reject(error));
  page.on("console", (message) => {
    if (message.type() !== "log") return;
    if (message.text() === "the end") return ended.resolve();
    printed.push(message.text());
    // What the page goes on to show is how a revoke looks to the app.
    if (message.text() === "110 +OK ready") {
      const [grant] = gatehouse.broker.store.list("grant");
      gatehouse.admin("DELETE", `/grants/${grant?.id}`).catch(ended.reject);
    }
  });
  stack.defer(answerQuestions(gatehouse));
  const registered = new Promise<string>((resolve) => {
    const stop = gatehouse.broker.store.subscribe(({ puts }) => {
      const put = puts.find(({ noun }) => noun === "app");
      if (put?.noun !== "app") return;
      stop();
      resolve(put.record.id);
    });
  });
  await page.goto(site.origin);
  await gatehouse.admin("POST", `/apps/${await registered}/install`);
  await ended.promise;
  assert.deepEqual(printed, wanted);

  const names = await page.evaluate(async () => {
    const net = await import(new URL("net.js", location.href).href);
    return [typeof net.connect, typeof net.createServer, net.default.isIP("::1")];
  });
  assert.deepEqual(names, ["function", "function", 6]);
});
