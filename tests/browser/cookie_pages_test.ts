/** The cookies of an app on its page, in a real browser: told by site, cleared one site at a time, without barriers. @module */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { cookieSites } from "../../broker/actions/cookie_sites.ts";
import { keepCookies } from "../../broker/actions/keep_cookies.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

/** A dashboard with an app that keeps cookies of two sites. */
async function stage() {
  const dashboard = await DashboardServer.start();
  const app = await dashboard.addApp("Reader");
  const keep = (url: string, ...cookies: string[]) =>
    keepCookies(
      dashboard.broker,
      app.id,
      new URL(url),
      cookies.map((cookie) => ["Set-Cookie", cookie] as const),
    );
  await keep("https://social.example.com/", "sid=1; HttpOnly; Secure", "theme=dark");
  await keep("https://feeds.example.net/", `${"long-name-".repeat(9)}=1`);
  return { dashboard, app };
}

Deno.test("an app's page tells its cookies by site; Clear forgets those of one, with or without script", async () => {
  const { dashboard, app } = await stage();
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 320]) {
        const context = await dashboard.signedIn(await browser(), {
          colorScheme,
          viewport: { width, height: 800 },
          bypassCSP: true,
          reducedMotion: "reduce",
        });
        const page = await dashboard.open(context, `/apps/${app.id}`);
        await page.getByRole("heading", { name: "Cookies" }).waitFor();
        await page.evaluate(axeSource);
        const found = await page.evaluate(async () => {
          // deno-lint-ignore no-explicit-any
          const { violations } = await (globalThis as any).axe.run();
          return violations.map(({ id }: { id: string }) => id);
        });
        assert.deepEqual(found, [], `${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, width);
        await context.close();
      }
    }
    const context = await dashboard.signedIn(await browser());
    const page = await dashboard.open(context, `/apps/${app.id}`);
    const section = page.getByRole("region", { name: "Cookies" });
    assert.equal(await section.getByText("dark").count(), 0, "values are not shown");
    await section.getByText("2 cookies: sid, theme").waitFor();
    await section.getByRole("button", { name: "Clear the cookies of social.example.com" }).click();
    await page.getByRole("region", { name: "History" })
      .getByText("Cleared the cookies of social.example.com that Reader kept.").waitFor();
    assert.deepEqual(
      cookieSites(dashboard.broker, app.id).sites.map(({ domain }) => domain),
      ["feeds.example.net"],
    );
    await context.close();
    const plain = await dashboard.signedIn(await browser(), { javaScriptEnabled: false });
    const bare = await plain.newPage();
    await bare.goto(`${dashboard.origin}/apps/${app.id}`);
    await bare.getByRole("button", { name: "Clear the cookies of feeds.example.net" }).click();
    await bare.getByText("Cleared the cookies of feeds.example.net that Reader kept.").waitFor();
    assert.equal(await bare.getByRole("region", { name: "Cookies" }).count(), 0);
    assert.deepEqual(cookieSites(dashboard.broker, app.id).sites, []);
    await plain.close();
  } finally {
    await dashboard.stop();
  }
});
