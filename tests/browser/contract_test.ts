/** `broker.webidl` in real Chromium: an app touches every member of it, which it has itself no list of. @module */
import assert from "node:assert/strict";
// @ts-types="@types/webidl2"
import { type IDLRootType, parse } from "webidl2";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { StartTlsServer } from "../broker/network/starttls_server.ts";
import { clientCertificate, echo, testCa, TlsServer } from "../broker/network/tls_server.ts";
import { launchBrowser } from "../browser.ts";
import { freePort } from "../fakes/broker_process.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker } from "../fakes/test_broker.ts";
import { allowQuestions } from "../peers/client_stage.ts";

const patienceMs = 30_000;

const idl = parse(
  await Deno.readTextFile(new URL("../../broker/sdk/broker.webidl", import.meta.url)),
);

/** The members of one definition, as the page names what it touches. */
function membersOf(definition: IDLRootType): string[] {
  switch (definition.type) {
    case "interface":
    case "interface mixin":
    case "namespace":
    case "dictionary":
      return definition.members.map((member) => {
        if (member.type === "constructor") return "constructor";
        return "name" in member && member.name ? member.name : "iterable";
      });
    default:
      return [];
  }
}

/** A definition and those that inherit from it: a member that any of them has touched is touched. */
function familyOf(name: string): string[] {
  const heirs = idl.filter((definition) =>
    "inheritance" in definition && definition.inheritance === name
  );
  return [name, ...heirs.flatMap((heir) => "name" in heir ? familyOf(heir.name) : [])];
}

function freeUdpPort(): number {
  const conn = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { port } = conn.addr as Deno.NetAddr;
  conn.close();
  return port;
}

/** What the page connects to: echoes by TCP, TLS and UDP, and a server that encrypts when it is told to. */
async function startTargets(stack: AsyncDisposableStack) {
  const tcp = stack.adopt(Deno.listen({ hostname: "127.0.0.1", port: 0 }), (it) => it.close());
  (async () => {
    for await (const conn of tcp) conn.readable.pipeTo(conn.writable).catch(() => {});
  })().catch(() => {});
  const datagrams = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  stack.defer(() => datagrams.close());
  (async () => {
    for await (const [data, from] of datagrams) await datagrams.send(data, from);
  })().catch(() => {});
  const tls = stack.use(new TlsServer("loopback", echo, ["echo"]));
  const startTls = stack.use(await StartTlsServer.start());
  return {
    echo: tcp.addr.port,
    udp: (datagrams.addr as Deno.NetAddr).port,
    tls: tls.port,
    startTls: startTls.port,
    free: freePort(),
    freeUdp: freeUdpPort(),
    ...clientCertificate,
  };
}

Deno.test("an app in Chromium touches every member of broker.webidl", async () => {
  await using stack = new AsyncDisposableStack();
  const targets = await startTargets(stack);
  const gatehouse = await startTestBroker({
    dialer: new TcpDialer({ clock: systemClock, caCerts: [testCa] }),
  });
  stack.defer(() => gatehouse.stop());
  const site = await startStaticSite(new URL("./contract_app/", import.meta.url), {
    "app.webmanifest": JSON.stringify({ name: "Contract", start_url: "/", id: "/" }),
  });
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const page = await (await browser.newContext()).newPage();
  const state = async (wanted: string) => {
    const output = page.locator("#state");
    await page.waitForFunction(
      (wanted) => {
        const said = document.getElementById("state")?.textContent ?? "";
        return said === wanted || said.includes(": ");
      },
      wanted,
      { timeout: patienceMs },
    ).catch(() => {});
    assert.equal(await output.textContent(), wanted);
  };

  const at = { broker: gatehouse.url, site: site.origin, ...targets };
  await page.goto(`${site.origin}/?${new URLSearchParams({ at: JSON.stringify(at) })}`);
  await state("registered");
  const [app] = gatehouse.broker.store.list("app");
  assert.ok(app);
  await gatehouse.admin("POST", `/apps/${app.id}/install`);
  const asked = allowQuestions(gatehouse);
  await page.getByRole("button").click();
  await state("done");
  asked.stop();
  const touched = new Set(
    await page.evaluate(() => [...(globalThis as unknown as { touched: Set<string> }).touched]),
  );

  const missing: string[] = [];
  const known = new Set<string>();
  for (const definition of idl) {
    if (!("name" in definition)) continue;
    for (const member of membersOf(definition)) {
      const names = familyOf(definition.name).map((name) => `${name}.${member}`);
      for (const name of names) known.add(name);
      if (!names.some((name) => touched.has(name))) missing.push(names[0] ?? "");
    }
  }
  assert.ok(known.size > 150, `${known.size} members`);
  assert.deepEqual(missing, [], "members that the page has not touched");
  const strange = [...touched].filter((name) => !known.has(name));
  assert.deepEqual(strange, [], "what the page has met and the contract does not have");
});
