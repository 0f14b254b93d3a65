/** The main job, end to end: a page in Chromium reads mail from a real POP3 server, and a revoke cuts it. @module */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { type BrokerProcess, freePort, startBrokerProcess } from "../fakes/broker_process.ts";
import { startStaticSite, type StaticSite } from "../fakes/static_site.ts";
import { pressGuarded } from "../guarded_press.ts";
import { type Pop3Server, startPop3Server } from "../peers/pop3_server.ts";

const patienceMs = 15_000;

interface Stage {
  browser: Browser;
  broker: BrokerProcess;
  mailServer: Pop3Server;
  site: StaticSite;
  mail: Page;
  dashboard: Page;
}

async function state(page: Page, wanted: string): Promise<void> {
  try {
    await page.waitForFunction(
      (text) => (document.getElementById("state") as HTMLOutputElement).value === text,
      wanted,
      { timeout: patienceMs },
    );
  } catch (fault) {
    const body = await page.locator("body").innerText();
    throw new Error(`The app never came to be "${wanted}":\n${body}`, { cause: fault });
  }
}

/** Presses Allow, and the second step that a target on this computer needs. */
async function allow(dashboard: Page): Promise<void> {
  const card = dashboard.getByRole("article", { name: /^Mail wants to open a connection/ });
  await card.waitFor();
  assert.match(
    await card.innerText(),
    /Mail wants to open a connection to 127\.0\.0\.1, port \d+\./,
  );
  assert.match(await card.innerText(), /This address is your own computer\./);
  const dialog = dashboard.getByRole("dialog");
  await pressGuarded(card.getByRole("button", { name: "Allow…" }), { taken: dialog });
  const confirm = dialog.getByRole("button", { name: /^Allow 127\.0\.0\.1:\d+ for Mail/ });
  await pressGuarded(confirm, { taken: "gone" });
}

/** Presses a button that no guard holds up, in the window in front. */
async function press(button: Locator): Promise<void> {
  await button.page().bringToFront();
  await button.click({ timeout: patienceMs });
}

async function subjects(mail: Page): Promise<string[]> {
  return await mail.locator("#messages li").allInnerTexts();
}

async function setTheStage(): Promise<Stage & AsyncDisposable> {
  const data = await Deno.makeTempDir({ prefix: "gatehouse-journey-" });
  const port = freePort();
  const [browser, broker, mailServer, site] = await Promise.all([
    launchBrowser(),
    startBrokerProcess({ port, data }),
    startPop3Server(),
    startStaticSite(new URL("./mail_app/", import.meta.url)),
  ]);
  const context = await browser.newContext();
  const dashboard = await context.newPage();
  const mail = await context.newPage();
  return {
    browser,
    broker,
    mailServer,
    site,
    mail,
    dashboard,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await Promise.all([broker.stop(), mailServer.stop(), site.stop()]);
      await Deno.remove(data, { recursive: true });
    },
  };
}

Deno.test("a page reads mail from a real server once it is allowed, and a revoke cuts it", async (t) => {
  await using stage = await setTheStage();
  const { broker, mailServer, site, mail, dashboard } = stage;
  const step = async (name: string, act: () => Promise<void>) => {
    // Every step stands on the one before: what follows a failure would only wait for nothing.
    if (!(await t.step(name, act))) throw new Error(`The journey ended at: ${name}`);
  };

  await step("the launch link signs in, once", async () => {
    await dashboard.goto(broker.link);
    await dashboard.getByRole("heading", { name: "Welcome to Gatehouse" }).waitFor();
    await dashboard.getByRole("link", { name: "To the requests" }).click();
    await dashboard.getByRole("heading", { name: "Requests" }).waitFor();
    await dashboard.getByText("Nothing is waiting.").waitFor();
    const stranger = await (await stage.browser.newContext()).newPage();
    await stranger.goto(broker.link);
    await stranger.getByText("deno task link").first().waitFor();
    await stranger.context().close();
  });

  await step("the app registers and is installed", async () => {
    const query = new URLSearchParams({
      broker: broker.origin,
      port: String(mailServer.port),
      user: mailServer.user,
      password: mailServer.password,
    });
    await mail.goto(`${site.origin}/?${query}`);
    await state(mail, "waiting for installation");
    const card = dashboard.getByRole("article", { name: /^Mail wants to ask you/ });
    await card.waitFor();
    assert.match(await card.innerText(), /To fetch your messages/);
    await pressGuarded(card.getByRole("button", { name: "Install", exact: true }), {
      taken: "gone",
    });
    await state(mail, "installed");
  });

  await step("it asks, waits, and reads the messages once it is allowed", async () => {
    await mail.getByRole("button", { name: "Fetch mail" }).click();
    await state(mail, "waiting for request");
    await allow(dashboard);
    await state(mail, "connected");
    assert.deepEqual(await subjects(mail), mailServer.subjects);
  });

  await step(
    "the connection is shown, and Revoke closes it within a second, with its reason everywhere",
    async () => {
      await dashboard.getByRole("link", { name: /^Connections/ }).click();
      const row = dashboard.getByRole("row").filter({ hasText: `127.0.0.1:${mailServer.port}` });
      await row.waitFor();
      const cut = mail.waitForFunction(() =>
        (document.getElementById("state") as HTMLOutputElement).value === "cut"
      );
      await press(row.getByRole("button", { name: /^Revoke/ }));
      const pressedAtMs = performance.now();
      await cut;
      const tookMs = performance.now() - pressedAtMs;
      assert.ok(tookMs < 1000, `closed after ${tookMs} ms`);
      assert.match(
        await mail.locator("#error").innerText(),
        /NetworkError: .*permission for 127\.0\.0\.1:\d+ ended.*\[permission-ended\]/,
      );
      await dashboard.getByText(/^Closed .*permission for 127\.0\.0\.1:\d+ ended/).first()
        .waitFor();
      await dashboard.getByRole("link", { name: /^History/ }).click();
      await dashboard.getByText(/The permission for 127\.0\.0\.1:\d+ ended/).first().waitFor();
      await dashboard.getByText(/Revoked: Allow 127\.0\.0\.1:\d+/).first().waitFor();
    },
  );

  await step("asking again makes a new card, and a denial reaches the app", async () => {
    await dashboard.getByRole("link", { name: /^Requests/ }).click();
    await mail.getByRole("button", { name: "Fetch mail" }).click();
    const card = dashboard.getByRole("article", { name: /^Mail wants to open a connection/ });
    await card.waitFor();
    await press(card.getByRole("button", { name: "Deny once" }));
    await mail.waitForFunction(() =>
      (document.getElementById("error") as HTMLOutputElement).value.startsWith("NotAllowedError")
    );
  });

  await step("and again, allowed again", async () => {
    await mail.getByRole("button", { name: "Fetch mail" }).click();
    await allow(dashboard);
    await state(mail, "connected");
    assert.deepEqual(await subjects(mail), mailServer.subjects);
  });
});
