/**
 * The use cases of Unrestricted Network Access (proposal 000) against real servers: nginx over TLS without CORS, an API
 * behind it, Dovecot, coturn. Policy calls the tests' names intranet, as they lead to this machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { addProgram } from "../../broker/actions/add_program.ts";
import { startAppSite } from "../../broker/demo/app_site.ts";
import { feedServer } from "../../broker/demo/feed_server.ts";
import { listen } from "../../broker/demo/listen.ts";
import { socialServer, socialToken } from "../../broker/demo/social_server.ts";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { connect } from "../../broker/sdk/connect.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import { launchBrowser } from "../browser.ts";
import { testCa } from "../broker/network/tls_server.ts";
import { FakePolicySource } from "../fakes/fake_broker.ts";
import { FakeResolver } from "../fakes/fake_resolver.ts";
import { startTestBroker } from "../fakes/test_broker.ts";
import { allowNext, mail, messenger, podcast, social } from "../journeys/use_case_steps.ts";
import { startCoturn } from "./coturn.ts";
import { startDovecot } from "./dovecot.ts";
import { startNginx } from "./nginx.ts";
import { message } from "./pop3_server.ts";

const names = ["podcast.gatehouse.test", "social.gatehouse.test"];

/** The files of the demo's server, for a server of another origin. */
async function feedFiles(): Promise<(origin: string) => Map<string, Uint8Array>> {
  const demo = await listen(feedServer());
  const demoOrigin = `http://127.0.0.1:${demo.port}`;
  const files = new Map<string, Uint8Array>();
  for (const name of ["feed.xml", "episode-1.wav", "episode-2.wav", "picture.png"]) {
    files.set(name, await (await fetch(`${demoOrigin}/${name}`)).bytes());
  }
  demo.close();
  return (origin) => {
    const feed = new TextDecoder().decode(files.get("feed.xml")).replaceAll(demoOrigin, origin);
    return new Map([...files, ["feed.xml", new TextEncoder().encode(feed)]]);
  };
}

/** A broker that trusts the tests' authority and finds their names, under a policy that lets those be local. */
function startIntranetBroker(policy: FakePolicySource) {
  const resolver = new FakeResolver();
  for (const name of names) resolver.addresses.set(name, ["127.0.0.1"]);
  const dialer = new TcpDialer({ clock: systemClock, caCerts: [testCa] });
  policy.replace({ intranet: ["gatehouse.test", "127.0.0.0/8"] });
  return startTestBroker({ resolver, dialer, policy });
}

Deno.test("podcasts, messenger, social and mail: refused by the browser, allowed, revoked", async (t) => {
  await using stack = new AsyncDisposableStack();
  const files = await feedFiles();
  const api = await listen(socialServer());
  stack.defer(() => api.close());
  const nginx = await startNginx({
    files: (port) => files(`https://podcast.gatehouse.test:${port}`),
    apiPort: api.port,
  });
  stack.defer(() => nginx.stop());
  const subjects = ["Ink", "Gears", "Cards"];
  const dovecot = await startDovecot("pop3", {
    user: "demo",
    password: "demo",
    messages: subjects.map(message),
  });
  stack.defer(() => dovecot.stop());
  const broker = await startIntranetBroker(new FakePolicySource());
  stack.defer(() => broker.stop());
  const browser = await launchBrowser({
    args: ["--host-resolver-rules=MAP *.gatehouse.test 127.0.0.1"],
  });
  stack.defer(() => browser.close());
  // The browser is to refuse for want of CORS, and not because it does not know the authority.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const facts = {
    BROKER: `http://gatehouse.localhost:${broker.port}`,
    FEEDS: `https://podcast.gatehouse.test:${nginx.port}`,
    SOCIAL: `https://social.gatehouse.test:${nginx.port}`,
    SOCIAL_TOKEN: socialToken,
    MAIL_PORT: String(dovecot.port),
  };
  const blocked = /blocked by CORS policy/;
  for (
    const [name, use, refusal] of [
      ["podcast", podcast, blocked],
      ["messenger", messenger, blocked],
      ["social", social, blocked],
      ["mail", mail, null],
    ] as const
  ) {
    await t.step(name, async () => {
      const site = await startAppSite(name, facts);
      const page = await context.newPage();
      const said = consoleOf(page);
      try {
        await use(broker, page, `${site.origin}/`);
        if (refusal) assert.match(said.join("\n"), refusal);
      } finally {
        await page.close();
        site.close();
      }
    });
  }
  await t.step("nginx saw HTTP/2, parts, and nothing of the page", async () => {
    const log = await Deno.readTextFile(`${nginx.directory}/access.log`);
    const own = log.split("\n").filter((line) => line.endsWith('"Gatehouse"'));
    assert.ok(own.some((line) => /"GET \/feed\.xml HTTP\/2\.0" 200 \d+ "-"/.test(line)), log);
    assert.ok(own.some((line) => /"GET \/episode-1\.wav HTTP\/2\.0" 206/.test(line)), log);
    assert.ok(own.some((line) => /"POST \/posts HTTP\/2\.0" 201/.test(line)), log);
    assert.ok(own.every((line) => line.includes(' "-" "Gatehouse"')), "no Referer");
  });
  assert.deepEqual(broker.log.errors, []);
});

function consoleOf(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (line) => said.push(line.text()));
  return said;
}

Deno.test("nginx: compressed as it likes, HEAD, conditions, ranges, an API that wants a token", async () => {
  await using stack = new AsyncDisposableStack();
  const api = await listen(socialServer());
  stack.defer(() => api.close());
  const text = "A line that is said again and again.\n".repeat(1000);
  const nginx = await startNginx({
    files: () => new Map([["feed.xml", new TextEncoder().encode(text)]]),
    apiPort: api.port,
  });
  stack.defer(() => nginx.stop());
  const broker = await startIntranetBroker(new FakePolicySource());
  stack.defer(() => broker.stop());
  const { token } = await addProgram(broker.broker, "Reader");
  const gatehouse = await connect({ broker: broker.url, token });
  stack.defer(() => gatehouse.close());
  const feed = `https://podcast.gatehouse.test:${nginx.port}/feed.xml`;
  const asked = gatehouse.fetch(feed);
  await allowNext(broker, /^https:\/\/podcast\.gatehouse\.test:\d+\/\*$/);
  const whole = await asked;
  assert.equal(await whole.text(), text);
  assert.deepEqual(
    [whole.headers.get("content-encoding"), whole.headers.get("content-type")],
    [null, "application/rss+xml"],
  );
  const head = await gatehouse.fetch(feed, { method: "HEAD" });
  assert.deepEqual([head.status, head.body], [200, null]);
  const part = await gatehouse.fetch(feed, { headers: { Range: "bytes=2-5" } });
  assert.deepEqual([part.status, await part.text()], [206, "line"]);
  assert.equal(part.headers.get("content-range"), `bytes 2-5/${text.length}`);
  const beyond = await gatehouse.fetch(feed, { headers: { Range: "bytes=9999999-" } });
  assert.equal(beyond.status, 416);
  const same = await gatehouse.fetch(feed, {
    headers: { "If-Modified-Since": whole.headers.get("last-modified") ?? "" },
  });
  assert.deepEqual([same.status, same.body], [304, null]);
  const posts = feed.replace("podcast", "social").replace("feed.xml", "posts");
  const refused = gatehouse.fetch(posts);
  await allowNext(broker, /^https:\/\/social\.gatehouse\.test:\d+\/\*$/);
  assert.equal((await refused).status, 401);
  const own = await gatehouse.fetch(posts, {
    method: "POST",
    headers: { Authorization: `Bearer ${socialToken}` },
    body: JSON.stringify({ text: "Through the gate" }),
  });
  assert.equal(own.status, 201);
  assert.equal((await own.json()).posts[0].text, "Through the gate");
});

Deno.test("coturn tells the address that it sees, and nobody is asked when policy names no server", async () => {
  await using stack = new AsyncDisposableStack();
  const coturn = await startCoturn();
  stack.defer(() => coturn.stop());
  const policy = new FakePolicySource();
  const broker = await startTestBroker({ policy });
  stack.defer(() => broker.stop());
  const { token } = await addProgram(broker.broker, "Phone");
  const gatehouse = await connect({ broker: broker.url, token });
  stack.defer(() => gatehouse.close());
  const asked = gatehouse.network.get();
  await allowNext(broker, /^\*$/);
  assert.deepEqual((await asked).publicAddresses, { ipv4: null, ipv6: null });
  policy.replace({ stunServer: `127.0.0.1:${coturn.port}` });
  assert.deepEqual((await gatehouse.network.get()).publicAddresses, {
    ipv4: "127.0.0.1",
    ipv6: null,
  });
});
