/** The log: one line for each event, with nothing in it that leads a terminal astray. @module */
import assert from "node:assert/strict";
import { jsonLog } from "../../../broker/cli/json_log.ts";

function logged(write: (log: ReturnType<typeof jsonLog>) => void): string[] {
  const lines: string[] = [];
  write(jsonLog({ nowMs: () => 0 }, (line) => lines.push(line)));
  return lines;
}

Deno.test("an event is one line of JSON", () => {
  const lines = logged((log) => {
    log.info("opened", { port: 1 });
    log.error("failed", new TypeError("no\nuse"), { port: 2 });
    log.error("failed", "thrown text");
  });
  assert.equal(lines.length, 3);
  for (const line of lines) assert.match(line, /^[^\n]+\n$/);
  const [info, error, text] = lines.map((line) => JSON.parse(line));
  assert.deepEqual(info, {
    at: "1970-01-01T00:00:00.000Z",
    level: "info",
    event: "opened",
    port: 1,
  });
  assert.equal(error.fault, "TypeError: no\nuse");
  assert.equal(error.port, 2);
  assert.equal(text.fault, "thrown text");
});

Deno.test("control and bidi characters are written as escapes", () => {
  for (
    const character of [
      "\u001b",
      "\u007f",
      "\u009b",
      "\u202e",
      "\u2066",
      "\u2028",
      "\u200b",
      "\ufeff",
    ]
  ) {
    const [line = ""] = logged((log) => log.info("name", { name: `a${character}b` }));
    assert.equal(line.includes(character), false);
    assert.equal(JSON.parse(line).name, `a${character}b`);
  }
});
