/** Launch links and sign-ins: once, in time, on one host, and never by the cookie alone. @module */
import assert from "node:assert/strict";
import { launchLinkLifetimeMs, LaunchLinks } from "../../../broker/http/launch_links.ts";
import { maxSignIns, signInLifetimeMs, SignIns } from "../../../broker/http/sign_in.ts";
import { fakeBroker } from "../../fakes/fake_broker.ts";

const host = "gatehouse.localhost:8737";

function tokenOf(url: string): string {
  return new URL(url).hash.slice(1);
}

/** A broker, and one browser that signed in on a host. */
async function signedIn(on = host) {
  const broker = fakeBroker();
  const signIns = new SignIns(broker, host);
  const probe = new Headers({ cookie: "__Host-Http-gatehouse-probe=1" });
  const { result, cookies } = await signIns.start(probe, on);
  const cookie = cookies[0]?.split(";", 1)[0] ?? "";
  return { broker, signIns, cookie, cookies, secret: result.secret, result };
}

Deno.test("a launch link works once", () => {
  const links = new LaunchLinks(fakeBroker(), `http://${host}`);
  const { url } = links.create();
  assert.match(url, /^http:\/\/gatehouse\.localhost:8737\/sign-in#.{43}$/);
  assert.equal(links.redeem(tokenOf(url)), true);
  assert.equal(links.redeem(tokenOf(url)), false);
  assert.equal(links.redeem("guessed"), false);
});

Deno.test("a launch link works for five minutes", async () => {
  const broker = fakeBroker();
  const links = new LaunchLinks(broker, `http://${host}`);
  const [early, late] = [links.create(), links.create()];
  await broker.clock.advance(launchLinkLifetimeMs - 1);
  assert.equal(links.redeem(tokenOf(early.url)), true);
  await broker.clock.advance(1);
  assert.equal(links.redeem(tokenOf(late.url)), false);
});

Deno.test("of many unused links the oldest give way", () => {
  const links = new LaunchLinks(fakeBroker(), `http://${host}`);
  const tokens = Array.from({ length: 17 }, () => tokenOf(links.create().url));
  assert.deepEqual(tokens.map((token) => links.redeem(token)), [false, ...Array(16).fill(true)]);
});

Deno.test("the cookie is out of reach for scripts and other sites, by name where the browser takes it", async () => {
  const { cookies } = await signedIn();
  assert.match(
    cookies[0] ?? "",
    /^__Host-Http-gatehouse=sign_[0-9a-f]{32}\.[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.match(cookies[1] ?? "", /^__Host-Http-gatehouse-probe=; Path=\/; Max-Age=0;/);
  const plain = await new SignIns(fakeBroker(), host).start(new Headers(), host);
  assert.match(
    plain.cookies[0] ?? "",
    /^gatehouse=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
  );
  assert.equal(plain.cookies.length, 1);
});

Deno.test("only hashes are stored, and the history names no secret", async () => {
  const { broker, cookie, secret } = await signedIn();
  const stored = JSON.stringify([...broker.store.list("signIn")]);
  const history = JSON.stringify(await broker.store.history({ limit: 10 }));
  for (const hidden of [secret, cookie.split("=")[1] ?? "", cookie.split(".")[1] ?? ""]) {
    assert.ok(hidden.length > 20);
    assert.equal(stored.includes(hidden), false);
    assert.equal(history.includes(hidden), false);
  }
  assert.match(history, /signed-in/);
});

Deno.test("a cookie counts only whole, on its host, and in time", async () => {
  const { broker, signIns, cookie } = await signedIn();
  const find = (value: string, on = host) => signIns.find(new Headers({ cookie: value }), on);
  assert.ok(find(cookie));
  assert.ok(find(`other=1; ${cookie}; more=2`));
  assert.ok(find(cookie.replace("__Host-Http-gatehouse", "gatehouse")));
  assert.equal(find(cookie, "localhost:8737"), null);
  assert.equal(find(cookie, "gatehouse.localhost:9999"), null);
  assert.equal(find(cookie.slice(0, -1)), null);
  assert.equal(find(`${cookie}x`), null);
  assert.equal(find(""), null);
  assert.equal(find("__Host-Http-gatehouse="), null);
  assert.equal(find(`__Host-Http-gatehouse=sign_${"0".repeat(32)}.x`), null);
  await broker.clock.advance(signInLifetimeMs - 1);
  assert.ok(find(cookie));
  await broker.clock.advance(1);
  assert.equal(find(cookie), null);
});

Deno.test("the secret is its sign-in's own", async () => {
  const { signIns, cookie, secret } = await signedIn();
  const signIn = signIns.find(new Headers({ cookie }), host);
  assert.ok(signIn);
  assert.equal(signIns.hasSecret(signIn, new Headers({ "x-gatehouse-secret": secret })), true);
  assert.equal(
    signIns.hasSecret(signIn, new Headers({ "x-gatehouse-secret": `${secret}x` })),
    false,
  );
  assert.equal(signIns.hasSecret(signIn, new Headers()), false);
  const other = await signIns.start(new Headers(), host);
  const theirs = new Headers({ "x-gatehouse-secret": other.result.secret });
  assert.equal(signIns.hasSecret(signIn, theirs), false);
});

Deno.test("a form token is only for the dashboard's own host, and not to be had from the cookie", async () => {
  const { broker, signIns, cookie } = await signedIn();
  const signIn = signIns.find(new Headers({ cookie }), host);
  assert.ok(signIn?.formToken);
  assert.equal(
    signIns.hasFormToken(signIn, new URLSearchParams({ formToken: signIn.formToken })),
    true,
  );
  assert.equal(signIns.hasFormToken(signIn, new URLSearchParams({ formToken: "x" })), false);
  assert.equal(signIns.hasFormToken(signIn, new URLSearchParams()), false);
  // Another run has another key: knowing cookie and store is not enough to make one.
  const restarted = new SignIns(broker, host).find(new Headers({ cookie }), host);
  assert.ok(restarted);
  assert.notEqual(restarted.formToken, signIn.formToken);
  const plain = await signedIn("localhost:8737");
  const onPlain = plain.signIns.find(new Headers({ cookie: plain.cookie }), "localhost:8737");
  assert.equal(onPlain?.formToken, null);
  assert.ok(onPlain);
  assert.equal(
    plain.signIns.hasFormToken(onPlain, new URLSearchParams({ formToken: "null" })),
    false,
  );
});

Deno.test("signing out ends a sign-in; of many the oldest give way; those that ran out are removed", async () => {
  const { broker, signIns, cookie } = await signedIn();
  const find = (value: string) => signIns.find(new Headers({ cookie: value }), host);
  const first = find(cookie);
  assert.ok(first);
  const cleared = await signIns.end(first);
  assert.ok(cleared.every((line) => line.includes("Max-Age=0")));
  assert.equal(find(cookie), null);

  for (let n = 0; n < maxSignIns + 3; n++) {
    await broker.clock.advance(1);
    await signIns.start(new Headers(), host);
  }
  assert.equal([...broker.store.list("signIn")].length, maxSignIns);
  await broker.clock.advance(signInLifetimeMs);
  await signIns.start(new Headers(), host);
  assert.equal([...broker.store.list("signIn")].length, 1);
});
