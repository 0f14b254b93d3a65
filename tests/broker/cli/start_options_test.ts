/** The command line of `deno task start`. @module */
import assert from "node:assert/strict";
import { readStartOptions, UsageError } from "../../../broker/cli/start_options.ts";

Deno.test("each option is read, and each has a default", () => {
  assert.deepEqual(readStartOptions([]), {
    port: null,
    dataDirectory: null,
    opensBrowser: true,
    configFile: null,
    withDemo: false,
  });
  const all = ["--port", "0", "--data=d", "--no-open", "--config", "c.json", "--demo"];
  assert.deepEqual(readStartOptions(all), {
    port: 0,
    dataDirectory: "d",
    opensBrowser: false,
    configFile: "c.json",
    withDemo: true,
  });
  for (const help of [["--help"], ["-h"], ["--port", "1", "--help"]]) {
    assert.equal(readStartOptions(help), null);
  }
});

Deno.test("what is not understood is named", () => {
  const cases: [string[], RegExp][] = [
    [["--prot", "1"], /--prot/],
    [["--port"], /--port/],
    [["--port", "x"], /"x"/],
    [["--port", "65536"], /"65536"/],
    [["--port", "1e3"], /"1e3"/],
    [["--port=-1"], /"-1"/],
    [["--no-open=yes"], /--no-open/],
    [["extra"], /extra/],
  ];
  for (const [args, says] of cases) {
    assert.throws(() => readStartOptions(args), (fault) => {
      assert.ok(fault instanceof UsageError, args.join(" "));
      assert.match(fault.message, says);
      return true;
    });
  }
});
