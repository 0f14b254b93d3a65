/** A flood of requests, presses that come too fast, cards that are out of date: none of it grants what nobody meant. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { requestView } from "../../broker/actions/request_view.ts";
import type { App } from "../../broker/schema/app.ts";
import { guardMs } from "../../components/allow_guard.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { guardIsReady, pressGuarded, stopClock } from "../guarded_press.ts";

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

function browserTest(
  name: string,
  body: (dashboard: DashboardServer, open: (path?: string) => Promise<Page>) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const dashboard = await DashboardServer.start();
    const context = await dashboard.signedIn(await browser());
    try {
      await body(dashboard, (path = "/") => dashboard.open(context, path));
    } finally {
      await context.close();
      await dashboard.stop();
    }
  });
}

const grants = ({ broker }: DashboardServer) => [...broker.store.list("grant")];
const pending = ({ broker }: DashboardServer) =>
  [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
const ready = (page: Page) => guardIsReady(page.locator(".card button.allow").first());
const said = (page: Page, words: string | RegExp) =>
  page.locator(".last-place").getByText(words).waitFor();

/** The middle of a box. */
async function middle(page: Page, selector: string): Promise<[x: number, y: number]> {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

browserTest(
  "500 requests of 20 apps while a person answers: each answer is for the card that was read",
  async (dashboard, open) => {
    const apps: App[] = [];
    for (let n = 0; n < 20; n++) apps.push(await dashboard.addApp(`App ${n}`));
    const [first] = apps;
    assert.ok(first);
    // Four of one app are shown as cards; the flood itself comes while they are answered.
    for (let n = 0; n < 4; n++) await dashboard.ask(first, `host-0-${n}.example.com:80`);
    const page = await open();
    const flood = (async () => {
      for (let n = 0; n < 25; n++) {
        for (const [i, app] of apps.entries()) {
          if (i > 0 || n >= 4) await dashboard.ask(app, `host-${i}-${n}.example.com:80`);
        }
      }
    })();
    const answers: [shown: string, target: string | undefined][] = [];
    for (const act of ["allow", "deny", "allow"] as const) {
      await ready(page);
      const card = page.locator("article.card:not(.card-row)").first();
      const shown = await card.getAttribute("data-request") ?? "";
      const sentence = await card.locator("h3").innerText();
      const target = /host-\d+-\d+\.example\.com/.exec(sentence)?.[0];
      const [x, y] = await middle(page, act === "allow" ? "button.allow" : "button.deny");
      // By place, as a hand would: whatever arrives, it is still there.
      await page.mouse.click(x, y);
      await said(page, new RegExp(`^${act === "allow" ? "Allowed" : "Denied"} ${target}:80 for`));
      answers.push([shown, target]);
    }
    await flood;
    assert.equal(new Set(answers.map(([shown]) => shown)).size, 3);
    const allowed = grants(dashboard).map(({ target }) => target);
    assert.deepEqual(allowed, [answers[0]?.[1], answers[2]?.[1]].map((host) => `${host}:80`));
    assert.equal(pending(dashboard).length, 500 - 3);
    await page.getByRole("button", { name: "496 new requests" }).waitFor();
    await page.getByRole("button", { name: "496 new requests" }).click();
    await page.locator("[data-summary]").nth(19).waitFor();
    assert.equal(await page.locator("section.group[aria-labelledby^=group-]").count(), 20);
    assert.equal(grants(dashboard).length, 2, "letting them in answers nothing");
  },
);

browserTest("a double click on Allow answers one card, never the next", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  for (const name of ["a", "b", "c"]) await dashboard.ask(mail, `${name}.example.com:80`);
  const page = await open();
  await ready(page);
  await stopClock(page);
  await page.clock.runFor(guardMs);
  const [x, y] = await middle(page, "button.allow");
  await page.mouse.dblclick(x, y);
  await said(page, /^Allowed a\.example\.com:80/);
  // The next card has come up under the pointer just now.
  await page.getByRole("heading", { name: /to b\.example\.com/ }).waitFor();
  for (let press = 0; press < 3; press++) await page.mouse.click(x, y);
  assert.deepEqual(grants(dashboard).map(({ target }) => target), ["a.example.com:80"]);
  assert.equal(pending(dashboard).length, 2);
});

browserTest("Enter held on Allow answers one card, never the next", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  for (const name of ["a", "b"]) await dashboard.ask(mail, `${name}.example.com:80`);
  const page = await open();
  await ready(page);
  await page.locator("button.allow").first().focus();
  await ready(page);
  await stopClock(page);
  await page.clock.runFor(guardMs);
  await page.keyboard.down("Enter");
  await said(page, /^Allowed a\.example\.com:80/);
  await page.getByRole("heading", { name: /to b\.example\.com/ }).waitFor();
  await page.locator("button.allow").first().focus();
  for (let repeat = 0; repeat < 20; repeat++) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  assert.equal(grants(dashboard).length, 1);
  assert.equal(pending(dashboard).length, 1);
});

browserTest("cards that change places arm the guard", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  for (const name of ["a", "b"]) await dashboard.ask(mail, `${name}.example.com:80`);
  const page = await open();
  await ready(page);
  await stopClock(page);
  await page.clock.runFor(guardMs);
  const [x, y] = await middle(page, "button.allow");
  await page.getByRole("button", { name: "Later" }).click();
  await said(page, "Put off what Mail asked.");
  assert.equal(
    await page.locator("button.allow").first().getAttribute("aria-disabled"),
    "true",
    "another card stands there now",
  );
  await page.mouse.click(x, y);
  assert.equal(grants(dashboard).length, 0);
});

browserTest("an answer to what is out of date gets 409, and the card is read again", async (
  dashboard,
  open,
) => {
  const mail = await dashboard.addApp("Mail");
  const request = await dashboard.ask(mail, "imap.example.com:993");
  const page = await open();
  await ready(page);
  // As when the stream lags: the card still carries what it was drawn with.
  const { reviewToken } = requestView(dashboard.broker, request);
  await page.route("**/answer", async (route) => {
    const body = { ...route.request().postDataJSON(), reviewToken: `${reviewToken}-before` };
    await route.continue({ postData: JSON.stringify(body) });
  }, { times: 1 });
  const answered = page.waitForResponse((response) => response.url().endsWith("/answer"));
  await pressGuarded(page.locator("button.allow"), {
    taken: page.locator(".card").getByText("This changed while you were reading"),
  });
  assert.equal((await answered).status(), 409);
  assert.deepEqual([grants(dashboard).length, pending(dashboard).length], [0, 1]);
  await pressGuarded(page.locator("button.allow"), {
    taken: page.locator(".last-place").getByText("Allowed imap.example.com:993 for Mail"),
  });
  assert.equal(grants(dashboard).length, 1);
});

browserTest("two dashboards that answer at once agree on one answer", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993");
  const [here, there] = [await open(), await open("/prompt")];
  await here.bringToFront();
  await ready(here);
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await there.route("**/answer", async (route) => {
    asked.resolve();
    await held.promise;
    await route.continue();
  });
  await there.locator("button.deny").first().click();
  await asked.promise;
  await pressGuarded(here.locator("button.allow"), {
    taken: here.locator(".last-place").getByText("Allowed imap.example.com:993 for Mail"),
  });
  held.resolve();
  await there.getByText("No longer waiting").waitFor();
  assert.deepEqual(grants(dashboard).map(({ effect }) => effect), ["allow"]);
  await there.getByRole("link", { name: "See what decides" }).click();
  await there.getByRole("heading", { name: "Allow", exact: true }).waitFor();
});

browserTest("what arrives is said once, politely, and how many", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "a.example.com:80");
  const page = await open();
  await ready(page);
  const region = page.locator(".arrivals");
  assert.equal(await region.getAttribute("aria-live"), "polite");
  assert.equal(await region.innerText(), "");
  await dashboard.ask(mail, "b.example.com:80");
  await region.getByText("1 new request").waitFor();
  await page.getByLabel("How long").selectOption("1-hour");
  const preview = page.locator(".preview[aria-live=polite]");
  await preview.getByText("Allows a.example.com:80 only, for 1 hour.").waitFor();
  await page.getByRole("button", { name: "Deny once" }).click();
  const done = page.getByRole("status", { name: "Last decision" });
  await done.getByText("Denied a.example.com:80 for Mail, once.").waitFor();
  await dashboard.cut();
  await page.getByRole("alert").getByText(/^Not connected to Gatehouse: requests are being refused/)
    .waitFor();
});
