/** Reading a file of a site: looked up once, vetted, and redirects of the same origin only. @module */
import assert from "node:assert/strict";
import { SiteFault } from "../../../broker/actions/ports.ts";
import { maxRedirects, readSiteFile } from "../../../broker/actions/read_site_file.ts";
import { type FakeBroker, fakeBroker } from "../../fakes/fake_broker.ts";

const origin = "https://mail.example.com";
const { signal } = new AbortController();

function broker(files: Record<string, string | { location: string }>): FakeBroker {
  const broker = fakeBroker();
  broker.resolver.addresses.set("mail.example.com", ["93.184.215.14"]);
  for (const [path, file] of Object.entries(files)) broker.sites.files.set(origin + path, file);
  return broker;
}

function read(on: FakeBroker, path = "/m", maxBytes = 100) {
  const url = origin + path;
  return readSiteFile(on, { url, appOrigin: origin, accept: "*/*", maxBytes, signal });
}

const fails = (on: FakeBroker, kind: string, message: RegExp, path?: string) =>
  assert.rejects(read(on, path), (fault) => {
    assert.ok(fault instanceof SiteFault);
    assert.equal(fault.kind, kind);
    assert.match(fault.message, message);
    return true;
  });

Deno.test("a redirect on the same origin is followed, and the name looked up once", async () => {
  const on = broker({ "/m": { location: "other#x" }, "/other": "{}" });
  const { url, bytes } = await read(on);
  assert.equal(url, `${origin}/other`);
  assert.equal(new TextDecoder().decode(bytes), "{}");
  assert.deepEqual(on.resolver.asked, ["mail.example.com"]);
});

Deno.test("a redirect to another origin is not followed", async () => {
  for (
    const location of [
      "https://evil.example/m",
      "http://mail.example.com/m",
      "https://mail.example.com:444/",
      "http://[",
    ]
  ) {
    const on = broker({ "/m": { location } });
    await fails(on, "unusable", /redirects to another origin/);
    assert.deepEqual(on.sites.asked, [`${origin}/m`]);
  }
});

Deno.test("a circle of redirects is told", async () => {
  const on = broker({ "/m": { location: "/a" }, "/a": { location: "/m#again" } });
  await fails(on, "unusable", /redirects in a circle/);
  assert.equal(on.sites.asked.length, 2);
});

Deno.test("six redirects are too many", async () => {
  const chain = Array.from({ length: 9 }, (_, n) => [`/${n}`, { location: `/${n + 1}` }]);
  const on = broker({ "/m": { location: "/0" }, ...Object.fromEntries(chain) });
  await fails(on, "unusable", /more than 5 times/);
  assert.equal(on.sites.asked.length, maxRedirects + 1);
});

Deno.test("an error of the server, a name without addresses, a private address", async () => {
  await fails(broker({}), "unusable", /answered 404/);
  const nameless = broker({ "/m": "{}" });
  nameless.resolver.addresses.clear();
  await fails(nameless, "unreachable", /has no address/);
  const rebound = broker({ "/m": "{}" });
  rebound.resolver.addresses.set("mail.example.com", ["93.184.215.14", "127.0.0.1"]);
  await fails(rebound, "refused", /on this machine/);
  assert.deepEqual(rebound.sites.asked, []);
});

Deno.test("locked down, nothing is read", async () => {
  const on = broker({ "/m": "{}" });
  await on.store.commit({
    puts: [{ noun: "settings", id: "settings", record: { v: 1, mode: "lockdown" } }],
  });
  await fails(on, "refused", /locked down/);
  assert.deepEqual(on.sites.asked, []);
});

Deno.test("a server that redirects slowly is left after twenty seconds in all", async () => {
  const on = broker({});
  const { files } = on.sites;
  on.sites.get = async ({ url, signal }) => {
    if (signal.aborted) throw new SiteFault("unreachable", "It is no longer wanted.");
    await new Promise<void>((resolve) => on.clock.setTimer(9000, resolve));
    if (signal.aborted) throw new SiteFault("unreachable", "It is no longer wanted.");
    return { status: 302, location: `${url.pathname}x`, bytes: new Uint8Array() };
  };
  files.clear();
  const late = fails(on, "unreachable", /did not answer in time/);
  await on.clock.advance(27_000);
  await late;
  assert.equal(on.clock.waiting, 0);
});
