/** Opening the launch link: by a file of this user alone, so that no command line shows the token. @module */
import assert from "node:assert/strict";
import { openBrowser } from "../../../broker/cli/open_browser.ts";

Deno.test({
  name: "the link is in a private file, not among the arguments, and the file goes away",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const path = await Deno.makeTempDir({ prefix: "gatehouse-" });
    const before = Deno.env.get("PATH") ?? "";
    try {
      // A stand-in for the desktop's own program says what it was given.
      await Deno.mkdir(`${path}/bin`);
      const told = `${path}/told`;
      await Deno.writeTextFile(
        `${path}/bin/xdg-open`,
        `#!/bin/sh\nprintf '%s' "$*" > '${told}.new' && mv '${told}.new' '${told}'\n`,
      );
      await Deno.chmod(`${path}/bin/xdg-open`, 0o755);
      Deno.env.set("PATH", `${path}/bin:${before}`);
      const changes = Deno.watchFs(path);
      const url = "http://gatehouse.localhost:8737/sign-in#the-token";
      const remove = await openBrowser(url, path);
      for await (const { paths } of changes) if (paths.includes(told)) break;
      const launch = `${path}/launch.html`;
      assert.equal(await Deno.readTextFile(told), `file://${launch}`);
      assert.equal((await Deno.stat(launch)).mode! & 0o777, 0o600);
      assert.match(
        await Deno.readTextFile(launch),
        /url=http:\/\/gatehouse\.localhost:8737\/sign-in#the-token"/,
      );
      await remove();
      await assert.rejects(Deno.stat(launch), Deno.errors.NotFound);
      await remove();
    } finally {
      Deno.env.set("PATH", before);
      await Deno.remove(path, { recursive: true });
    }
  },
});
