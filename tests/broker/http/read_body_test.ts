/** Bodies, queries and ids: what is wrong with them is said, with where it is and how to mend it. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { ActionError } from "../../../broker/actions/action_error.ts";
import {
  maxBodyBytes,
  readForm,
  readId,
  readJson,
  readQuery,
} from "../../../broker/http/read_body.ts";
import { AppId } from "../../../broker/schema/ids.ts";
import { AnswerBody } from "../../../broker/schema/admin_api.ts";
import { WaitQuery } from "../../../broker/schema/app_api.ts";

const json = { "content-type": "application/json" };

async function failure(read: () => unknown): Promise<ActionError> {
  try {
    await read();
  } catch (fault) {
    assert.ok(fault instanceof ActionError, String(fault));
    return fault;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

function post(body: BodyInit, headers: Record<string, string> = json): Request {
  return new Request("http://localhost/", { method: "POST", headers, body });
}

const Any = z.unknown();

Deno.test("a body must say that it is JSON", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
    const { type: problem } = await failure(() =>
      readJson(post("{}", { "content-type": type }), Any)
    );
    assert.equal(problem, "unsupported-media-type", type);
  }
  const charset = { "content-type": "Application/JSON; charset=utf-8" };
  assert.deepEqual(await readJson(post("{}", charset), Any), {});
});

Deno.test("where a body stops being JSON is told by line and column", async () => {
  const cases: [string, number, number][] = [
    ["x", 1, 1],
    ["{x", 1, 2],
    ['{"a": tru}', 1, 10],
    ['{"a": 1,}', 1, 9],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{"a": "\u0001"}', 1, 8],
    ['{"a": "\\x"}', 1, 9],
    ["[1, 2", 1, 6],
    ['{"a": 01}', 1, 8],
    ['{"a": 1} trailing', 1, 10],
    ['["ö", ]', 1, 7],
    [`{"long": "${"y".repeat(300)}", nope}`, 1, 314],
  ];
  for (const [body, line, column] of cases) {
    const { type, detail, errors } = await failure(() => readJson(post(body), Any));
    assert.equal(type, "invalid-body", body);
    assert.match(detail, new RegExp(`line ${line}, column ${column}\\.`), `${body}: ${detail}`);
    assert.equal(errors[0]?.pointer, "");
  }
  assert.match((await failure(() => readJson(post(" "), Any))).detail, /empty/);
});

Deno.test("damaging one character of JSON is never told to be before the damage", async () => {
  const damage = fc.tuple(fc.json(), fc.nat(), fc.constantFrom("\u0000", "}", "x", "\\"));
  await fc.assert(fc.asyncProperty(damage, async ([text, at, character]) => {
    const index = at % (text.length + 1);
    const damaged = text.slice(0, index) + character + text.slice(index);
    try {
      JSON.parse(damaged);
    } catch {
      const { detail } = await failure(() => readJson(post(damaged), Any));
      const column = Number(/column (\d+)/.exec(detail)?.[1]);
      assert.ok(column >= index + 1, `${JSON.stringify(damaged)}: ${detail}`);
    }
  }));
});

Deno.test("a body that is too long is refused, whether its length is told or not", async () => {
  const long = `"${"x".repeat(maxBodyBytes)}"`;
  assert.equal((await failure(() => readJson(post(long), Any))).type, "body-too-large");
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1024).fill(32));
    },
  });
  assert.equal((await failure(() => readJson(post(endless), Any))).type, "body-too-large");
  assert.ok(pulled < 200, `${pulled} chunks were read`);
  const told = { ...json, "content-length": String(maxBodyBytes + 1) };
  assert.equal((await failure(() => readJson(post("{}", told), Any))).type, "body-too-large");
  const longest = `"${"x".repeat(maxBodyBytes - 2)}"`;
  assert.equal(await readJson(post(longest), z.string()), longest.slice(1, -1));
});

Deno.test("a body that is not UTF-8 is refused, and one split within a character is not", async () => {
  const bad = new Uint8Array([0x22, 0xff, 0x22]);
  assert.equal((await failure(() => readJson(post(bad), Any))).type, "invalid-body");
  const [first, second] = [new Uint8Array([0x22, 0xc3]), new Uint8Array([0xb6, 0x22])];
  const split = ReadableStream.from([first, second]);
  assert.equal(await readJson(post(split), z.string()), "ö");
});

Deno.test("each wrong field is pointed at", async () => {
  const good = { effect: "allow", duration: { kind: "once" }, reviewToken: "t" };
  const cases: [unknown, string, RegExp][] = [
    [{ ...good, effect: "maybe" }, "/effect", /one of "allow", "deny"/],
    [{ ...good, effect: undefined }, "/effect", /one of/],
    [{ ...good, reviewToken: undefined }, "/reviewToken", /missing.*string/i],
    [{ ...good, reviewToken: 7 }, "/reviewToken", /Must be a string/],
    [{ ...good, reviewToken: "x".repeat(129) }, "/reviewToken", /at most 128 characters/],
    [{ ...good, target: "" }, "/target", /at least 1 character/],
    [{ ...good, duration: { kind: "for" } }, "/duration/ms", /missing/i],
    [{ ...good, duration: { kind: "for", ms: 1.5 } }, "/duration/ms", /whole number/],
    [{ ...good, duration: { kind: "for", ms: 10 } }, "/duration/ms", /at least 1000/],
    [{ ...good, reveiwToken: "t" }, "/reveiwToken", /Did you mean "reviewToken"/],
    [{ ...good, "a/b~c": 1 }, "/a~1b~0c", /not known. Known are/],
    [{ ...good, duration: { kind: "once", kinds: 1 } }, "/duration/kinds", /Did you mean "kind"/],
    [[], "", /Must be an object/],
  ];
  for (const [body, pointer, says] of cases) {
    const { errors, type } = await failure(() => readJson(post(JSON.stringify(body)), AnswerBody));
    assert.equal(type, "invalid-body");
    const found = errors.find((error) => error.pointer === pointer);
    assert.ok(found, `${JSON.stringify(body)} -> ${JSON.stringify(errors)}`);
    assert.match(found.detail, says);
  }
});

Deno.test("a query is read through its schema, and no name may come twice", async () => {
  const read = (query: string) => () => readQuery(new URL(`http://localhost/?${query}`), WaitQuery);
  assert.deepEqual(read("")(), { timeoutMs: 25_000 });
  assert.deepEqual(read("timeoutMs=5")(), { timeoutMs: 5 });
  for (
    const query of ["timeoutMs=x", "timeoutMs=-1", "timeoutMs=60001", "timeoutMs=1&timeoutMs=2"]
  ) {
    const { type, errors } = await failure(read(query));
    assert.equal(type, "invalid-query", query);
    assert.equal(errors[0]?.pointer, "/timeoutMs", query);
  }
  const { errors } = await failure(read("timeoutms=5"));
  assert.deepEqual(errors, [{
    pointer: "/timeoutms",
    detail: '"timeoutms" is not known. Did you mean "timeoutMs"?',
  }]);
});

Deno.test("an id that cannot be one names nothing", async () => {
  assert.equal((await failure(() => readId("req_00", AppId))).type, "not-found");
  assert.equal((await failure(() => readId(undefined, AppId))).type, "not-found");
});

Deno.test("a form is read as a form", async () => {
  const form = await readForm(post(new URLSearchParams({ a: "1" }), {
    "content-type": "application/x-www-form-urlencoded",
  }));
  assert.equal(form.get("a"), "1");
  assert.equal((await failure(() => readForm(post("{}")))).type, "unsupported-media-type");
});
