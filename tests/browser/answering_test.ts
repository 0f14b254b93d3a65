/** Answering requests in a real browser: what grants, what never does, and where the page and the focus stay. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { postponeRequest } from "../../broker/actions/postpone_request.ts";
import { withdrawRequest } from "../../broker/actions/withdraw_request.ts";
import { guardMs } from "../../components/allow_guard.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { guardIsReady, pressGuarded, stopClock } from "../guarded_press.ts";

/** Runs a test against a fresh dashboard in a signed-in browser. */
function browserTest(
  name: string,
  body: (dashboard: DashboardServer, open: (path?: string) => Promise<Page>) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const dashboard = await DashboardServer.start();
    // High enough for a card: scrolling to its button would arm the guard.
    const viewport = { width: 1280, height: 1000 };
    const context = await dashboard.signedIn(await browser(), { viewport });
    try {
      await body(dashboard, (path = "/") => dashboard.open(context, path));
    } finally {
      await context.close();
      await dashboard.stop();
    }
  });
}

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

const grants = ({ broker }: DashboardServer) => [...broker.store.list("grant")];
const pending = ({ broker }: DashboardServer) =>
  [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
const allow = (page: Page) => page.getByRole("button", { name: /^Allow/ }).first();
/** Waits until a press on the button would count. */
const ready = (page: Page) => guardIsReady(page.locator(".card button.allow").first());
/** Where what was done is said, under the heading. */
const lastAct = (page: Page, words: string | RegExp) =>
  page.locator(".last-place").getByText(words);
const said = (page: Page, words: string | RegExp) => lastAct(page, words).waitFor();
/** The text of what has focus. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

browserTest("Allow grants what was shown, and Undo takes it back", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993", { secureTransport: true });
  const page = await open();
  await page.getByLabel("How long").selectOption("1-hour");
  await pressGuarded(allow(page), {
    read: page.getByText("Allows imap.example.com:993 only, encrypted, for 1 hour."),
    taken: lastAct(page, "Allowed imap.example.com:993 for Mail, for 1 hour."),
  });
  const [grant] = grants(dashboard);
  assert.deepEqual([grant?.effect, grant?.target], ["allow", "imap.example.com:993"]);
  assert.deepEqual(grant?.duration, { kind: "for", ms: 3_600_000 });
  assert.equal(await focused(page), "Nothing is waiting.");
  await page.getByText("Apps can reach only what you allowed: 1 permission").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await said(page, "Undone.");
  assert.deepEqual(grants(dashboard), []);
});

browserTest(
  "an answer holds until a date that the person writes, an Allow and a Deny alike",
  async (
    dashboard,
    open,
  ) => {
    const mail = await dashboard.addApp("Mail");
    await dashboard.ask(mail, "imap.example.com:993");
    const page = await open();
    await page.getByLabel("How long").selectOption("until");
    await page.getByText("Write a date and time that is still to come.").waitFor();
    const button = page.locator(".card button.allow");
    assert.equal(await button.getAttribute("aria-disabled"), "true", "no time, no Allow");
    const year = new Date(dashboard.broker.clock.nowMs()).getFullYear() + 1;
    const atMs = new Date(`${year}-03-01T12:00`).getTime();
    await page.getByLabel("Date and time").fill(`${year}-03-01T12:00`);
    await pressGuarded(button, {
      read: page.getByText(/^Allows imap\.example\.com:993 only, until .+\.$/),
      taken: lastAct(page, /^Allowed imap\.example\.com:993 for Mail, until /),
    });
    assert.deepEqual(grants(dashboard).map(({ duration }) => duration), [{ kind: "until", atMs }]);

    await dashboard.ask(mail, "smtp.example.com:587");
    await page.getByLabel("How long").selectOption("1-day");
    await page.getByRole("button", { name: "Deny for longer" }).click();
    await page.getByRole("button", { name: "Deny for 1 day" }).click();
    await said(page, "Denied smtp.example.com:587 for Mail, for 1 day.");
    const [denied] = grants(dashboard).filter(({ effect }) => effect === "deny");
    assert.deepEqual(denied?.duration, { kind: "for", ms: 86_400_000 });
  },
);

browserTest(
  "the last duration is remembered for the app, but never Always",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    const page = await open();
    for (
      const [target, choice, words, next] of [
        ["a.example.com:1", "10-minutes", "for 10 minutes", "10-minutes"],
        ["b.example.com:1", "always", "until you revoke it", "until-app-closes"],
        ["c.example.com:1", "once", "for one connection", "once"],
      ] as const
    ) {
      await dashboard.ask(mail, target);
      await page.getByLabel("How long").selectOption(choice);
      await pressGuarded(allow(page), {
        read: page.getByText(`Allows ${target} only, ${words}.`),
        taken: page.getByRole("heading", { name: "Nothing is waiting." }),
      });
      await dashboard.ask(mail, `next-${target}`);
      assert.equal(await page.getByLabel("How long").inputValue(), next);
      await page.getByRole("button", { name: "Deny once" }).click();
      await page.getByRole("heading", { name: "Nothing is waiting." }).waitFor();
    }
  },
);

browserTest("an early click never grants, and starts the wait again", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  const page = await open();
  await stopClock(page);
  // A card that appears under a pointer that is just pressing.
  await dashboard.ask(mail, "imap.example.com:993");
  const button = allow(page);
  await button.waitFor();
  const box = await button.boundingBox();
  assert.ok(box);
  const press = () => page.mouse.click(box.x + 5, box.y + 5);
  for (const laterMs of [0, guardMs - 1, guardMs - 1]) {
    await page.clock.runFor(laterMs);
    await press();
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    assert.equal(await button.getAttribute("disabled"), null);
  }
  assert.equal(pending(dashboard).length, 1);
  assert.deepEqual(await button.boundingBox(), box);
  await page.clock.runFor(guardMs);
  assert.equal(await button.getAttribute("aria-disabled"), null);
  await press();
  await page.clock.resume();
  await said(page, "Allowed imap.example.com:993 for Mail");
  assert.equal(grants(dashboard).length, 1);
});

browserTest("a held key never grants", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993");
  const page = await open();
  await ready(page);
  for (const key of ["Enter", " "]) {
    await allow(page).evaluate((button) => button.blur());
    // Held since before the button had focus, as from the card before.
    await page.keyboard.down(key);
    await allow(page).focus();
    for (let repeat = 0; repeat < 10; repeat++) await page.keyboard.down(key);
    await page.keyboard.up(key);
    assert.equal(pending(dashboard).length, 1, `key "${key}"`);
  }
  await ready(page);
  await page.keyboard.press("Enter");
  await said(page, "Allowed imap.example.com:993");
});

browserTest("a script never grants", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993");
  const page = await open();
  await ready(page);
  await allow(page).evaluate((button: HTMLElement) => {
    button.click();
    for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
      button.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true }));
    }
    for (const key of ["Enter", " "]) {
      button.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      button.dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true }));
    }
  });
  // Another act goes through after it, so nothing of it is still on its way.
  await page.getByRole("button", { name: "Lockdown" }).click();
  await said(page, "Mode: Lockdown.");
  assert.deepEqual(grants(dashboard), []);
});

browserTest("the window's return and a moved card arm the guard again", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993");
  const page = await open();
  const waits = () => allow(page).getAttribute("aria-disabled");
  await ready(page);
  // Where the page is scrolled, the browser holds what is seen in its place.
  await page.evaluate(() => scrollTo(0, 0));
  // Its time stands, so that nothing that is to be seen is over before it is looked for.
  await stopClock(page);
  assert.equal(await waits(), "true", "the window has come back");
  await page.clock.runFor(guardMs);
  assert.equal(await waits(), null);
  await page.evaluate(() =>
    document.querySelector("main")?.prepend("Something above. ".repeat(99))
  );
  await page.locator("button.allow[aria-disabled=true]").waitFor();
  await page.clock.runFor(guardMs);
  assert.equal(await waits(), null);
});

browserTest("arrivals neither move what is on screen nor take focus", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  const sync = await dashboard.addApp("sync-tool", { kind: "program", origin: null });
  await dashboard.ask(mail, "imap.example.com:993");
  const page = await open();
  await page.getByLabel("How long").focus();
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("main *")].filter((element) =>
        element.closest(".arrivals, .lately, .who-end") === null
      ).map((element) => {
        const { top, left, width } = element.getBoundingClientRect();
        return [element.tagName, top, left, width];
      })
    );
  await page.locator(".card .note", { hasText: "seconds ago" }).waitFor();
  const before = await places();
  await dashboard.ask(sync, "a.example.com:80");
  await dashboard.ask(mail, "b.example.com:80");
  await dashboard.addApp("New", { state: "pending-installation", installedAtMs: null });
  const button = page.getByRole("button", { name: "3 new requests" });
  await button.waitFor();
  assert.deepEqual(await places(), before);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "SELECT");
  assert.match(await page.title(), /^\(4\) Requests: Gatehouse$/);
  await button.click();
  await page.getByRole("heading", { name: "New wants to ask you" }).waitFor();
  assert.match(await focused(page), /wants to/);
});

browserTest("a flood does not fold the card that is being read", async (dashboard, open) => {
  const torrent = await dashboard.addApp("Torrent");
  const first = await dashboard.ask(torrent, "peer-0.example.com:80");
  const page = await open();
  await ready(page);
  const card = page.locator(`[data-request=${first.id}]`);
  const before = await card.boundingBox();
  for (let n = 1; n <= 6; n++) await dashboard.ask(torrent, `peer-${n}.example.com:80`);
  const button = page.getByRole("button", { name: "6 new requests" });
  await button.waitFor();
  assert.deepEqual(await card.boundingBox(), before);
  assert.equal(await page.locator("[data-summary]").count(), 0);
  await button.click();
  await page.getByRole("heading", { name: "Torrent wants 7 targets." }).waitFor();
});

browserTest("answering leads to the next card, whichever way", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  for (const name of ["a", "b", "c"]) await dashboard.ask(mail, `${name}.example.com:80`);
  const page = await open();
  const headings = () => page.locator(".inbox h3").allTextContents();
  await page.getByRole("button", { name: "Later" }).click();
  await said(page, "Put off what Mail asked.");
  assert.match(await focused(page), /to b\.example\.com/);
  assert.match((await headings()).join(), /b\.example.*c\.example.*a\.example/);
  await page.getByRole("button", { name: "Deny for longer" }).click();
  await page.getByRole("button", { name: "Deny always" }).click();
  await said(page, "Denied b.example.com:80 for Mail, until you revoke it.");
  assert.match(await focused(page), /to c\.example\.com/);
  assert.deepEqual(grants(dashboard).map(({ effect, duration }) => [effect, duration.kind]), [
    ["deny", "always"],
  ]);
  await page.getByRole("button", { name: "Silence…" }).click();
  await page.getByRole("button", { name: "For 1 hour" }).click();
  await said(page, "Silenced Mail.");
  await page.getByRole("heading", { name: "Nothing is waiting." }).waitFor();
  assert.equal(pending(dashboard).length, 0);
});

browserTest("a broad target takes a second step that starts on Cancel", async (dashboard, open) => {
  const sync = await dashboard.addApp("sync-tool");
  await dashboard.ask(sync, "*:*");
  const page = await open();
  // The narrowest stands first; the widest is chosen here.
  const [widest] = (await page.locator(".card input[type=radio]").all()).slice(-2);
  await widest?.check();
  await page.getByText("It can reach every computer on the internet").waitFor();
  const dialog = page.getByRole("dialog");
  const first = page.getByRole("button", { name: "Allow…" });
  await pressGuarded(first, { taken: dialog });
  assert.equal(await focused(page), "Cancel");
  const confirm = dialog.getByRole("button", { name: /^Allow any host, any port for sync-tool/ });
  assert.equal(await confirm.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.equal(pending(dashboard).length, 1);
  await pressGuarded(first, { taken: dialog });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(pending(dashboard).length, 1);
  await pressGuarded(first, { taken: dialog });
  await pressGuarded(confirm, {
    taken: lastAct(page, /^Allowed any host, any port for sync-tool/),
  });
  assert.equal(grants(dashboard)[0]?.target, "*:*");
});

browserTest("a target written by hand is held to what was asked", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "*.example.com:80-90");
  const page = await open();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: /^Allow/ });
  await page.getByLabel("Narrower target").fill("www.example.org:80");
  await pressGuarded(allow(page), {
    read: page.locator(".preview").getByText(/www\.example\.org:80/),
    taken: dialog,
  });
  await pressGuarded(confirm, { taken: page.locator(".field-error").getByText(/never widen/) });
  assert.deepEqual(grants(dashboard), []);
  await page.getByLabel("Narrower target").fill("www.example.com:80");
  await pressGuarded(allow(page), {
    read: page.locator(".preview").getByText(/www\.example\.com:80/),
    taken: dialog,
  });
  await pressGuarded(confirm, { taken: lastAct(page, "Allowed www.example.com:80 for Mail") });
});

browserTest(
  "what changed meanwhile is redrawn, said, and guarded anew",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    await dashboard.ask(mail, "imap.example.com:993");
    const page = await open();
    await ready(page);
    dashboard.broker.policy.replace({ managedBy: "Contoso" });
    await page.getByText("This changed while you were reading").waitFor();
    assert.equal(await allow(page).getAttribute("aria-disabled"), "true");
    await page.getByText("Managed by Contoso").waitFor();
    await pressGuarded(allow(page), {
      taken: lastAct(page, "Allowed imap.example.com:993 for Mail"),
    });
  },
);

browserTest(
  "a card that ended elsewhere stays in its place and says so",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    const first = await dashboard.ask(mail, "a.example.com:80");
    await dashboard.ask(await dashboard.addApp("Chat"), "b.example.com:80");
    const page = await open();
    const place = () => page.getByRole("heading", { name: "Chat", exact: true }).boundingBox();
    await ready(page);
    await withdrawRequest(dashboard.broker, first.id);
    await page.getByText("No longer waiting").waitFor();
    assert.equal(await page.locator(`[data-request=${first.id}] button.allow`).count(), 0);
    assert.ok(await place());
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("No longer waiting").waitFor({ state: "detached" });
    assert.match(await focused(page), /Chat wants/);
  },
);

browserTest("two dashboards agree", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  const request = await dashboard.ask(mail, "imap.example.com:993");
  const [here, there] = [await open(), await open()];
  await pressGuarded(allow(here), { taken: lastAct(here, /^Allowed/) });
  await there.getByText("No longer waiting").waitFor();
  assert.equal(grants(dashboard).length, 1);
  await assert.rejects(postponeRequest(dashboard.broker, request.id));
});

browserTest(
  "an app is installed or refused on its card, and its reason is plain text",
  async (dashboard, open) => {
    const claims = {
      name: "Ma\u202eil<img src=x onerror=alert(1)>",
      manifestUrl: null,
      reason: "Read\u202e <b>mail</b>",
    };
    const credential = {
      id: dashboard.broker.secrets.newId("cred"),
      tokenHash: "0".repeat(64),
      state: "pending" as const,
      createdAtMs: 0,
    };
    const app = await dashboard.addApp("Mail", {
      state: "pending-installation",
      installedAtMs: null,
      claims,
      credentials: [credential],
    });
    const page = await open();
    await page.getByText("“Read <b>mail</b>”").waitFor();
    assert.equal(await page.locator("main img, main b > b").count(), 0);
    const install = page.getByRole("button", { name: "Install" });
    await stopClock(page);
    assert.equal(await install.getAttribute("aria-disabled"), "true");
    await page.clock.resume();
    await pressGuarded(install, { taken: lastAct(page, /^Installed Mail/) });
    assert.equal(dashboard.broker.store.get("app", app.id)?.record.state, "installed");
  },
);

browserTest(
  "without the stream the page says so, and its buttons do nothing",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    await dashboard.ask(mail, "imap.example.com:993");
    const page = await open();
    await ready(page);
    await dashboard.cut();
    await page.getByText("Not connected to Gatehouse: requests are being refused").waitFor();
    for (const name of [/^Allow/, "Deny once", "Later", "Silence…", "Lockdown"]) {
      const button = page.getByRole("button", { name }).first();
      assert.equal(await button.getAttribute("aria-disabled"), "true", String(name));
      await button.click({ force: true });
    }
    assert.equal(await page.getByText("Gatehouse did not answer").count(), 0);
    assert.equal(pending(dashboard).length, 1);
  },
);
