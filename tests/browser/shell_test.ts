/** Settings, welcome, the small window, shortcuts and notifications in a real browser: by mouse, by keyboard, without script. @module */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { guardIsReady, pressGuarded } from "../guarded_press.ts";

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

type Open = (path: string) => Promise<Page>;

function browserTest(
  name: string,
  body: (dashboard: DashboardServer, open: Open, context: BrowserContext) => Promise<void>,
  options: Parameters<Browser["newContext"]>[0] = {},
): void {
  Deno.test(name, async () => {
    const dashboard = await DashboardServer.start();
    const context = await dashboard.signedIn(await browser(), options);
    try {
      await body(dashboard, (path) => dashboard.open(context, path), context);
    } finally {
      await context.close();
      await dashboard.stop();
    }
  });
}

const settingsOf = ({ broker }: DashboardServer) =>
  broker.store.get("settings", "settings")?.record;
const grants = ({ broker }: DashboardServer) => [...broker.store.list("grant")];
const pending = ({ broker }: DashboardServer) =>
  [...broker.store.list("request")].filter(({ outcome }) => outcome === null);
const lastAct = (page: Page, words: string | RegExp) =>
  page.locator(".last-place").getByText(words);
const said = (page: Page, words: string | RegExp) => lastAct(page, words).waitFor();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");
const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);
/** Waits until a press on the first Allow would count. */
const allowIsReady = (page: Page) => guardIsReady(page.locator("button[data-key=a]").first());
/** Waits until what has focus has these words. */
const focusOn = (page: Page, words: RegExp) =>
  page.waitForFunction(
    (source) => new RegExp(source).test(document.activeElement?.textContent ?? ""),
    words.source,
  );

/** Light and dark pages, as the stylesheet has them. */
const [light, dark] = ["rgb(249, 249, 251)", "rgb(17, 17, 19)"];

browserTest("settings are saved, hold on the next card, and in this browser", async (
  dashboard,
  open,
) => {
  const mail = await dashboard.addApp("Mail");
  const page = await open("/settings");
  assert.equal(await background(page), light);
  await page.getByLabel("An Allow holds").selectOption("1-hour");
  await page.getByLabel(/after the first Later/).check();
  await page.getByLabel("Dark").check();
  await page.getByRole("checkbox", { name: "Keyboard shortcuts" }).uncheck();
  assert.equal(settingsOf(dashboard), undefined, "nothing is saved before Save");
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Settings saved.");
  const { cardDuration, quieting } = settingsOf(dashboard) ?? {};
  assert.deepEqual([cardDuration, quieting], ["1-hour", "sooner"]);
  assert.equal(await background(page), dark, "at once");

  await page.goto(`${dashboard.origin}/`);
  assert.equal(await background(page), dark, "as the server draws it");
  await dashboard.ask(mail, "imap.example.com:993");
  await page.getByText("Allows imap.example.com:993 only, for 1 hour.").waitFor();
  await page.getByRole("heading", { name: /^Mail wants/ }).focus();
  await page.keyboard.press("d");
  await page.keyboard.press("?");
  await allowIsReady(page);
  assert.equal(pending(dashboard).length, 1, "shortcuts are off");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

browserTest("settings are a plain form where no script runs", async (dashboard, _open, context) => {
  const page = await context.newPage();
  await page.goto(`${dashboard.origin}/settings`);
  await page.getByLabel("An Allow holds").selectOption("once");
  await page.getByLabel("Are put again each time").check();
  await page.getByLabel("Dark").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved.").waitFor();
  const { cardDuration, quieting } = settingsOf(dashboard) ?? {};
  assert.deepEqual([cardDuration, quieting], ["once", "never"]);
  assert.equal(await background(page), dark);
  assert.equal(await page.getByLabel("Dark").isChecked(), true);
}, { javaScriptEnabled: false });

browserTest(
  "what the organisation sets is locked, a default, or not allowed, and says by whom",
  async (
    dashboard,
    open,
  ) => {
    dashboard.broker.policy.replace({
      managedBy: "Contoso",
      contact: "it@contoso.example",
      asking: { "udp-multicast": false },
      requireTls: true,
      revision: "1",
      settings: {
        cardDuration: { value: "1-hour", locked: false },
        quieting: { value: "sooner", locked: true },
      },
    });
    const page = await open("/settings");
    await page.getByText("Contoso sets this. You cannot change it.").waitFor();
    assert.equal(await page.getByRole("radio", { name: /Later/ }).count(), 0);
    await page.getByText("Contoso's default. You may choose otherwise.").waitFor();
    const rows = await page.locator("[data-managed]").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.trim().split(/\s{2,}|\n/)[0]?.slice(0, 11)), [
      "Enforced Co",
      "Default A c",
      "Enforced Qu",
      "Not allowed",
    ]);
    await page.getByText("Ask it@contoso.example about any of it.").waitFor();
    await page.getByLabel("An Allow holds").selectOption("once");
    await page.getByRole("button", { name: "Save" }).click();
    await said(page, "Settings saved.");
    await page.reload();
    await page.getByText("Yours differs. Contoso's default: 1 hour.").waitFor();
    await page.getByLabel("An Allow holds").selectOption("");
    await page.getByRole("button", { name: "Save" }).click();
    await said(page, "Settings saved.");
    assert.equal(settingsOf(dashboard)?.cardDuration, undefined);
  },
);

browserTest("where policy refuses, Explain writes the letter to the administrator", async (
  dashboard,
  open,
  context,
) => {
  const mail = await dashboard.addApp("Mail");
  dashboard.broker.policy.replace({
    managedBy: "Contoso",
    contact: "it@contoso.example",
    requireTls: true,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], {
    origin: dashboard.origin,
  });
  const page = await open(
    `/explain?app=${mail.id}&capability=tcp-connect&target=imap.example.com:143`,
  );
  await page.getByText("it@contoso.example", { exact: true }).waitFor();
  const letter = page.locator("section", { has: page.locator("#letter") });
  await letter.getByRole("button", { name: "Copy" }).click();
  await letter.getByText("Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^Please allow this in Gatehouse on test-machine:\n\nApp: Mail \(app_/);
  assert.match(copied, /Access: TCP connection, imap\.example\.com:143\n/);
  assert.match(copied, /Decided by: policy\.requireTls/);
});

browserTest(
  "signing in for the first time leads to the welcome page, later to the requests",
  async (
    dashboard,
    open,
  ) => {
    const page = await open("/welcome?start");
    await page.getByText("Nothing is allowed yet.").waitFor();
    await dashboard.addApp("Mail");
    await page.goto(`${dashboard.origin}/welcome?start`);
    assert.equal(new URL(page.url()).pathname, "/");
    await page.getByRole("link", { name: "Welcome" }).click();
    await page.getByRole("heading", { name: "Welcome to Gatehouse" }).waitFor();
  },
);

browserTest("the practice card is answered and revoked, and the broker never hears of it", async (
  dashboard,
  open,
) => {
  const page = await open("/welcome");
  const calls: string[] = [];
  page.on("request", (request) => calls.push(`${request.method()} ${request.url()}`));
  await pressGuarded(page.getByRole("button", { name: "Allow", exact: true }), {
    taken: page.getByRole("heading", { name: /^Allowed mail\.example\.com:993/ }),
  });
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Revoked. A real connection would be closed").waitFor();
  await page.getByRole("button", { name: "Once more" }).click();
  await page.getByRole("button", { name: "Deny once" }).click();
  await page.getByText("Denied: the app was told no.").waitFor();
  assert.deepEqual(calls.filter((call) => !call.startsWith("GET")), []);
  assert.deepEqual([grants(dashboard), pending(dashboard)], [[], []]);
});

browserTest("the small window shows one card at a time, and arrivals do not change which", async (
  dashboard,
  open,
) => {
  const mail = await dashboard.addApp("Mail");
  const chat = await dashboard.addApp("Chat");
  await dashboard.ask(mail, "a.example.com:80");
  const page = await open("/prompt");
  await allowIsReady(page);
  const box = await page.locator("button.allow").boundingBox();
  await dashboard.ask(chat, "b.example.com:80");
  await dashboard.addApp("New", { state: "pending-installation", installedAtMs: null });
  await page.getByText("2 more wait").waitFor();
  assert.deepEqual(await page.locator("button.allow").boundingBox(), box);
  assert.match(await page.title(), /^\(3\) One at a time/);
  await pressGuarded(page.locator("button.allow"), {
    taken: lastAct(page, /^Allowed a\.example\.com:80 for Mail/),
  });
  await focusOn(page, /^New wants to ask you/);
  assert.equal(await page.locator("button.allow").getAttribute("aria-disabled"), "true");
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.getByRole("heading", { name: /^Chat wants/ }).waitFor();
  await focusOn(page, /^Chat wants/);
  await page.getByRole("button", { name: "Later" }).click();
  await said(page, "Put off what Chat asked.");
  await focusOn(page, /^Chat wants/);
  await page.getByRole("button", { name: "Deny once" }).click();
  await page.getByRole("heading", { name: "Nothing is waiting." }).waitFor();
});

browserTest("cards are gone through and answered by single keys, but never allowed", async (
  dashboard,
  open,
) => {
  const mail = await dashboard.addApp("Mail");
  const chat = await dashboard.addApp("Chat");
  for (const name of ["a", "b"]) await dashboard.ask(mail, `${name}.example.com:80`);
  await dashboard.ask(chat, "c.example.com:80");
  const page = await open("/");
  await allowIsReady(page);
  const key = (press: string) => page.keyboard.press(press);
  await key("d");
  assert.equal(pending(dashboard).length, 3, "no card has the focus");
  await key("j");
  await focusOn(page, /to a\.example\.com/);
  await key("j");
  await focusOn(page, /to b\.example\.com/);
  await key("o");
  await page.locator(".card:not(.card-row) h3", { hasText: "b.example.com" }).waitFor();
  await key("k");
  await key("a");
  assert.equal(await focused(page), "Allow");
  for (const press of ["a", "y", "Shift+A"]) await key(press);
  assert.equal(grants(dashboard).length, 0, "focus is no answer");
  await key("d");
  await said(page, "Denied a.example.com:80 for Mail, once.");
  await focusOn(page, /to b\.example\.com/);
  await key("l");
  await said(page, "Put off what Mail asked.");
  await key("s");
  await page.getByRole("button", { name: "For 1 hour" }).waitFor();
  await key("d");
  await key("Escape");
  assert.equal(pending(dashboard).length, 2, "an open menu has the keys to itself");
  assert.equal(grants(dashboard).length, 0);
});

browserTest("? lists the keys, g goes, / searches, and a field keeps its keys", async (
  dashboard,
  open,
) => {
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "*.example.com:80");
  const page = await open("/");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.getByText("No key allows anything").waitFor();
  await page.keyboard.press("d");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.getByLabel("Narrower target").fill("");
  await page.keyboard.type("dlsag?");
  assert.equal(await page.getByLabel("Narrower target").inputValue(), "dlsag?");
  assert.equal(pending(dashboard).length, 1);
  await page.getByRole("heading", { name: "Requests" }).click();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.waitForURL(/\/permissions$/);
});

browserTest(
  "a request is answered, undone and revoked by keyboard alone",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    await dashboard.ask(mail, "imap.example.com:993");
    const page = await open("/");
    await allowIsReady(page);
    /** Tabs to what has these words, as a person would. */
    const tabTo = async (words: RegExp) => {
      for (let n = 0; n < 60; n++) {
        if (words.test(await focused(page))) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`Tab never comes to ${words}`);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the page");
    await tabTo(/^Allow$/);
    await pressGuarded(page.locator("button.allow"), {
      key: "Enter",
      taken: lastAct(page, /^Allowed imap\.example\.com:993 for Mail/),
    });
    await page.keyboard.press("z");
    assert.equal(await focused(page), "Undo");
    assert.equal(grants(dashboard).length, 1, "z only goes to Undo");
    await page.keyboard.press("Enter");
    await said(page, "Undone.");
    assert.equal(grants(dashboard).length, 0);
    await dashboard.ask(mail, "smtp.example.com:465");
    await allowIsReady(page);
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await pressGuarded(page.locator("button.allow"), {
      key: "Space",
      taken: lastAct(page, /^Allowed smtp/),
    });
    await page.goto(`${dashboard.origin}/permissions`);
    await tabTo(/^Revoke$/);
    await page.keyboard.press("Enter");
    await said(page, /^Revoked smtp\.example\.com:465 for Mail/);
    assert.equal(grants(dashboard).length, 0);
  },
);

browserTest(
  "a notification is asked for by a click alone, tells once an app, and leads to the card",
  async (
    dashboard,
    _open,
    context,
  ) => {
    const mail = await dashboard.addApp("Mail");
    await context.addInitScript(() => {
      class Fake extends EventTarget {
        static permission = "default";
        static asked = 0;
        static shown: { title: string; options: NotificationOptions; self: Fake }[] = [];
        onclick: (() => void) | null = null;
        onclose: (() => void) | null = null;
        constructor(title: string, options: NotificationOptions) {
          super();
          Fake.shown.push({ title, options, self: this });
        }
        static requestPermission() {
          Fake.asked++;
          Fake.permission = "granted";
          localStorage.setItem("test.granted", "yes");
          return Promise.resolve("granted");
        }
        close() {}
      }
      if (localStorage.getItem("test.granted")) Fake.permission = "granted";
      Object.assign(globalThis, { Notification: Fake });
      // As if another window had the focus.
      document.hasFocus = () => false;
    });
    const page = await dashboard.open(context, "/settings");
    const fake = () =>
      page.evaluate(() => {
        const { asked, shown } = globalThis.Notification as unknown as {
          asked: number;
          shown: { title: string; options: NotificationOptions & { actions?: unknown } }[];
        };
        return { asked, shown: shown.map(({ title, options }) => ({ title, ...options })) };
      });
    assert.equal((await fake()).asked, 0);
    await page.getByRole("button", { name: "Tell me when an app asks" }).click();
    await page.getByText("This browser tells you when an app asks.").waitFor();
    assert.equal((await fake()).asked, 1);
    const first = await dashboard.ask(mail, "imap.example.com:993");
    await dashboard.ask(mail, "smtp.example.com:465");
    await page.waitForFunction(() => document.title.startsWith("(2)"));
    const { shown } = await fake();
    assert.equal(shown.length, 1, "one for each app a minute");
    assert.equal(shown[0]?.title, "Mail asks");
    assert.equal(shown[0]?.tag, mail.id);
    assert.equal(shown[0]?.actions, undefined, "nothing can be answered on it");
    const icon = () => page.locator("link[rel=icon]").getAttribute("href");
    assert.match(await icon() ?? "", /logo-waiting\.svg/);
    await page.evaluate(() => {
      const { shown } = globalThis.Notification as unknown as {
        shown: { self: { onclick: () => void } }[];
      };
      shown[0]?.self.onclick();
    });
    await page.waitForURL(`${dashboard.origin}/requests/${first.id}`);
    assert.equal(pending(dashboard).length, 2);
  },
);

browserTest(
  "the dashboard can be installed: manifest and icons are served without a sign-in",
  async (
    dashboard,
  ) => {
    const stranger = await (await browser()).newContext();
    const page = await stranger.newPage();
    await page.goto(`${dashboard.origin}/`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    const { type, manifest, icons } = await page.evaluate(async () => {
      const href = document.querySelector<HTMLLinkElement>("link[rel=manifest]")?.href ?? "";
      const answer = await fetch(href, { credentials: "omit" });
      const manifest = await answer.json();
      const icons = await Promise.all(
        manifest.icons.map(async ({ src }: { src: string }) => {
          const image = new Image();
          image.src = src;
          await image.decode();
          return image.naturalWidth;
        }),
      );
      return { type: answer.headers.get("content-type"), manifest, icons };
    });
    assert.match(type ?? "", /^application\/manifest\+json/);
    assert.deepEqual([manifest.start_url, manifest.display], ["/", "standalone"]);
    assert.deepEqual(icons.slice(0, 3), [192, 512, 512]);
    await stranger.close();
  },
);
