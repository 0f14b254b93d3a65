/** The README's table of Unrestricted Network Access names tests that there are, and its curl example works. @module */
import assert from "node:assert/strict";
import { addProgram } from "../broker/actions/add_program.ts";
import { fakeBroker } from "./fakes/fake_broker.ts";
import { FakeHttp } from "./fakes/fake_http.ts";
import { FakeResolver } from "./fakes/fake_resolver.ts";
import { startTestBroker } from "./fakes/test_broker.ts";

const root = new URL("../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));

Deno.test("every row of Unrestricted Network Access names a test that there is", async () => {
  const [, section = ""] = readme.split("#### Unrestricted Network Access, row by row");
  const rows = section.split("\n### ")[0]?.split("\n").filter((line) => /^\| \w/.test(line)) ?? [];
  assert.ok(rows.length > 12, `${rows.length} rows`);
  for (const row of rows.slice(1)) {
    const [, path = "", title] = /\]\((tests\/[^)]+)\)(?:: "([^"]+)")?/.exec(row) ?? [];
    const source = await Deno.readTextFile(new URL(path, root));
    if (title) assert.ok(source.includes(`Deno.test("${title}"`), `${path} has no test "${title}"`);
  }
});

Deno.test("the README's curl example fetches", async () => {
  const http = new FakeHttp();
  http.answers.set("https://feeds.example.com/rss.xml", { body: ["<rss/>"] });
  const resolver = new FakeResolver();
  resolver.addresses.set("feeds.example.com", ["93.184.216.34"]);
  const gatehouse = await startTestBroker({ http, resolver, machine: fakeBroker().machine });
  try {
    const { broker } = gatehouse;
    const { app, token } = await addProgram(broker, "Tool");
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
          capability: "host-access",
          target: "https://feeds.example.com/*",
          spaces: ["public"],
          duration: { kind: "always" },
          createdAtMs: broker.clock.nowMs(),
          expiresAtMs: null,
          requestId: null,
          spentBy: null,
        },
      }],
    });
    const [, headers = "", path = ""] =
      /^curl -i .* -H '(Gatehouse-Headers: .*)' \\\n +'http:\/\/localhost:8737([^']+)'$/m.exec(
        readme,
      ) ?? [];
    const [name = "", value = ""] = headers.split(/: (.*)/s);
    const answer = await fetch(`${gatehouse.url}${path}`, {
      headers: { authorization: `Bearer ${token}`, [name]: value },
    });
    assert.equal(await answer.text(), "<rss/>");
    assert.ok(
      http.asked[0]?.headers.some(([sent, text]) => sent === "accept" && text === "text/xml"),
    );
  } finally {
    await gatehouse.stop();
  }
});
