/** Links to the dashboard from elsewhere: they lead to a page, and never have it say what was done. @module */
import assert from "node:assert/strict";
import { startWebTwin } from "../fakes/web_twin.ts";

const elsewhere = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const words = "problem=Call+0900+12345&done=saved";

Deno.test("what a page says of the last act is not for a link from elsewhere to write", async () => {
  const twin = await startWebTwin();
  try {
    const { cookie } = await twin.signIn();
    const get = (path: string, site?: string) =>
      twin.call(path, {
        headers: { cookie, ...elsewhere, ...(site !== undefined && { "sec-fetch-site": site }) },
      });
    for (const site of ["cross-site", "same-site", "none"]) {
      const answer = await get(`/settings?${words}`, site);
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/settings"], site);
      const kept = await get(`/history?q=mail&${words}`, site);
      assert.equal(kept.headers.get("location"), "/history?q=mail", site);
      const plain = await get("/history?q=mail", site);
      assert.equal(plain.status, 200, site);
      await plain.body?.cancel();
    }
    for (const site of ["same-origin", undefined]) {
      const answer = await get(`/settings?${words}`, site);
      assert.match(await answer.text(), /Call 0900 12345/);
    }
  } finally {
    await twin.stop();
  }
});
