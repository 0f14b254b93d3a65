/**
 * Islands in a real browser, under a policy that lets nothing through but them.
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { buildSite } from "./build_site.ts";

/** Visits a page of the site and fails on any error or breach of policy it reports. */
async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  const site = await buildSite();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, site);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) {
        faults.push(message.text());
      }
    });
    await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
    await look(page);
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
    await server.shutdown();
  }
}

Deno.test("a signal handed to several islands stays one, in slots shown and hidden too", async () => {
  await visit("/", async (page) => {
    const counts = async (expected: string) => {
      await page.locator("#doubled", { hasText: String(Number(expected) * 2) }).waitFor();
      for (const button of await page.locator(".counter").all()) {
        assert.match(await button.innerText(), new RegExp(`: ${expected}$`));
      }
    };
    await counts("3");
    await page.click("#one");
    await counts("4");
    await page.click("#four");
    await counts("5");

    assert.equal(await page.locator(".inner").count(), 0);
    await page.getByText("Open me").click();
    assert.equal(await page.locator(".inner").innerText(), "From the server");
    await page.click("#three");
    await counts("6");

    await page.getByText("Close me").click();
    await page.locator(".shown").waitFor({ state: "detached" });
    await page.getByText("Close me").click();
    await page.click("#four");
    await counts("7");
    assert.equal(await page.locator("main").locator("section").count(), 2);
  });
});

Deno.test("hydrating keeps the elements that are there", async () => {
  await visit("/plain", async (page) => {
    await page.route("**/_fresh/js/**", async (route) => {
      await page.evaluate(() => {
        Object.assign(globalThis, { before: [...document.querySelectorAll("main *")] });
      });
      await route.continue();
    });
    await page.goto(new URL("/", page.url()).href);
    await page.click("#one");
    await page.locator("#doubled", { hasText: "8" }).waitFor();
    const kept = await page.evaluate(() => {
      const { before } = globalThis as unknown as { before: Element[] };
      const after = [...document.querySelectorAll("main *")];
      return before.length === after.length && before.every((node, i) => node === after[i]);
    });
    assert.equal(kept, true);
  });
});

Deno.test("values arrive in the browser as they were sent, and Head follows", async () => {
  await visit("/values", async (page) => {
    const code = page.locator('code[data-alive="true"]');
    await code.waitFor();
    assert.equal(
      await code.textContent(),
      "true </script><!--\u2028 1970-01-01T00:00:00.000Z example.com true true 1,2,255 4 Infinity",
    );
    await page.waitForFunction(() => document.title === "In the browser");
    const [src, href] = await Promise.all([
      page.locator("img").getAttribute("src"),
      page.locator("a").getAttribute("href"),
    ]);
    assert.match(src ?? "", /^\/dot\.svg\?__frsh_c=\w{32}$/);
    assert.equal(href, src);
  });
});
