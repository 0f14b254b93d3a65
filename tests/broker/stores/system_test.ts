/** The machine's own clock and secrets, and their fakes, which have to be as good. @module */
import assert from "node:assert/strict";
import { AppId, BootId, ContextId, CredentialId, GrantId } from "../../../broker/schema/ids.ts";
import { RequestId, SessionId, SignInId } from "../../../broker/schema/ids.ts";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { equalInConstantTime, systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { FakeSecrets } from "../../fakes/fake_secrets.ts";

const idSchemas = {
  app: AppId,
  boot: BootId,
  cred: CredentialId,
  ctx: ContextId,
  grant: GrantId,
  req: RequestId,
  sess: SessionId,
  sign: SignInId,
};
const kinds = Object.keys(idSchemas) as (keyof typeof idSchemas)[];

for (const [name, secrets] of [["system", systemSecrets], ["fake", new FakeSecrets()]] as const) {
  Deno.test(`${name} secrets: ids of every kind fit their schemas, and none comes twice`, () => {
    const ids = new Set<string>();
    for (const kind of kinds) {
      for (let n = 0; n < 20; n++) ids.add(idSchemas[kind].parse(secrets.newId(kind)));
    }
    assert.equal(ids.size, kinds.length * 20);
  });

  Deno.test(`${name} secrets: tokens are as long as 256 bits in base64url, and none comes twice`, () => {
    const tokens = new Set(Array.from({ length: 20 }, () => secrets.newToken()));
    assert.equal(tokens.size, 20);
    for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  });

  Deno.test(`${name} secrets: the hash is SHA-256 of the text in UTF-8`, () => {
    assert.equal(
      secrets.hash("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    assert.equal(
      secrets.hash("é"),
      "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c",
    );
  });
}

const comparisons: [string, string, boolean][] = [
  ["", "", true],
  ["token", "token", true],
  ["token", "tokem", false],
  ["token", "toke", false],
  ["é", "e\u0301", false],
  ["é", "é", true],
];
for (const [a, b, equal] of comparisons) {
  Deno.test(`equal in constant time: "${a}" and "${b}": ${equal}`, () => {
    assert.equal(equalInConstantTime(a, b), equal);
  });
}

Deno.test("system clock: tells the time, fires a timer, and calls one off", async () => {
  const before = Date.now();
  assert.ok(systemClock.nowMs() >= before);
  let calledOff = false;
  systemClock.setTimer(0, () => calledOff = true)();
  await new Promise<void>((resolve) => systemClock.setTimer(5, resolve));
  assert.ok(!calledOff);
});

Deno.test("system clock: a timer of 90 days does not fire at once", async () => {
  let fired = false;
  const callOff = systemClock.setTimer(90 * 24 * 60 * 60 * 1000, () => fired = true);
  await new Promise<void>((resolve) => systemClock.setTimer(5, resolve));
  callOff();
  assert.ok(!fired);
});

Deno.test("fake clock: fires timers at their own time, in order, and what they set in turn", async () => {
  const clock = new FakeClock(1000);
  const fired: [string, number][] = [];
  const note = (name: string) => () => void fired.push([name, clock.nowMs()]);
  clock.setTimer(30, note("late"));
  clock.setTimer(10, () => {
    note("early")();
    clock.setTimer(10, note("set by early"));
    Promise.resolve().then(() => clock.setTimer(1, note("set by a promise of early")));
  });
  clock.setTimer(10, note("early too"));
  clock.setTimer(31, note("too late"));
  clock.setTimer(5, note("called off"))();
  await clock.advance(30);
  assert.deepEqual(fired, [
    ["early", 1010],
    ["early too", 1010],
    ["set by a promise of early", 1011],
    ["set by early", 1020],
    ["late", 1030],
  ]);
  assert.equal(clock.nowMs(), 1030);
  assert.equal(clock.waiting, 1);
});
