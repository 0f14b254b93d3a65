/** `deno task demo`: the four use cases of proposal 000 as apps in Chromium, against the demo's own servers. @module */
import assert from "node:assert/strict";
import { startDemo } from "../../broker/demo/demo.ts";
import { launchBrowser } from "../browser.ts";
import { startTestBroker } from "../fakes/test_broker.ts";
import { mail, messenger, podcast, social } from "./use_case_steps.ts";

Deno.test("each app of the demo is refused by the browser, works once it is allowed, and stops on Revoke", async (t) => {
  const [broker, browser] = await Promise.all([startTestBroker(), launchBrowser()]);
  const demo = await startDemo(`http://gatehouse.localhost:${broker.port}`);
  try {
    const context = await browser.newContext();
    const list = await context.newPage();
    await list.goto(demo.url);
    const links = new Map<string, string>();
    for (const link of await list.locator("ul.list a").all()) {
      links.set(await link.innerText(), await link.getAttribute("href") ?? "");
    }
    assert.deepEqual([...links.keys()], [
      "Practice app",
      "Podcasts",
      "Messenger",
      "Social",
      "Mail",
    ]);
    for (
      const [name, use] of [
        ["Podcasts", podcast],
        ["Messenger", messenger],
        ["Social", social],
        ["Mail", mail],
      ] as const
    ) {
      await t.step(name, async () => {
        const page = await context.newPage();
        await use(broker, page, links.get(name) ?? "");
        await page.close();
      });
    }
    assert.deepEqual(broker.log.errors, []);
  } finally {
    await browser.close();
    demo.stop();
    await broker.stop();
  }
});
