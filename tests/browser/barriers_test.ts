/** WCAG 2.2 AA on the shell and the cards: axe in every state, reflow, zoom, text spacing, forced colours, motion, names. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { Capability } from "../../broker/schema/capability.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { allGuardsReady } from "../guarded_press.ts";

const axeSource = await Deno.readTextFile(new URL("axe.min.js", import.meta.resolve("axe-core")));

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

/** What axe finds wrong with a page, as lines. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axeSource });
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)
    );
  });
}

/** Waits until what only script draws stands there. */
async function settled(page: Page): Promise<void> {
  if (await page.locator("button.allow[data-key]").count() === 0) return;
  await allGuardsReady(page);
}

const kinds: [Capability, target: string][] = [
  ["tcp-connect", "127.0.0.1:5432"],
  ["tcp-listen", "0.0.0.0:40000"],
  ["udp-send", "192.168.1.20:53"],
  ["udp-bind", "127.0.0.1:5000"],
  ["udp-multicast", "239.255.0.0/16:5353"],
  ["host-access", "http://*.example.com/*"],
  ["network-info", "*"],
];

/** Every kind of card, each of an app of its own, on a machine that an organisation manages. */
async function managed(): Promise<{ dashboard: DashboardServer; paths: string[] }> {
  const dashboard = await DashboardServer.start();
  const ids: string[] = [];
  for (const [n, [capability, target]] of kinds.entries()) {
    const kind = n % 2 === 0 ? {} : { kind: "program", origin: null } as const;
    const app = await dashboard.addApp(`Asker ${n}`, kind);
    ids.push((await dashboard.ask(app, target, { capability, reason: "So that it works" })).id);
  }
  const mail = await dashboard.addApp("Mail");
  dashboard.broker.policy.replace({
    managedBy: "Contoso",
    contact: "it@contoso.example",
    revision: "1",
    requireTls: true,
    settings: {
      cardDuration: { value: "1-hour", locked: false },
      quieting: { value: "sooner", locked: true },
    },
  });
  const denied = `app=${mail.id}&capability=tcp-connect&target=imap.example.com:143`;
  const paths = ["/", `/requests/${ids[1]}`, "/prompt", "/settings", "/welcome"];
  return { dashboard, paths: [...paths, "/policy", `/explain?${denied}`] };
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`axe finds no barrier where an organisation manages, nor where nothing is, ${colorScheme}`, async () => {
    const { dashboard, paths } = await managed();
    const bare = await DashboardServer.start();
    for (const server of [dashboard, bare]) {
      const context = await server.signedIn(await browser(), { colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const path of server === bare ? ["/", "/prompt", "/settings", "/welcome"] : paths) {
        await server.lead(page, path);
        await settled(page);
        assert.deepEqual(await violations(page), [], path);
        if (path !== "/settings") continue;
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
        assert.deepEqual(await violations(page), [], "the list of keys");
      }
      await context.close();
      await server.stop();
    }
  });
}

Deno.test("at 400 % and with wider text nothing is cut off, scrolls sideways, or is too small to press", async () => {
  const { dashboard, paths } = await managed();
  // 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
  const context = await dashboard.signedIn(await browser(), {
    viewport: { width: 320, height: 256 },
    bypassCSP: true,
  });
  const page = await context.newPage();
  for (const path of paths) {
    await page.goto(dashboard.origin + path);
    await settled(page);
    for (const spaced of [false, true]) {
      // WCAG 2.2, 1.4.12.
      if (spaced) {
        await page.addStyleTag({
          content:
            "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }",
        });
      }
      const { wide, cut, small } = await page.evaluate(() => {
        const shown = (element: Element) => element.getBoundingClientRect().width > 0;
        const words = [
          ...document.querySelectorAll("main button, main a, main label, main h1, main h3"),
        ];
        const pressed = [...document.querySelectorAll("button, select, input, summary, nav a")];
        return {
          wide: document.documentElement.scrollWidth,
          cut: words.filter((element) =>
            shown(element) && element.scrollWidth > element.clientWidth + 2 &&
            getComputedStyle(element).display !== "inline" && element.clientWidth > 0
          )
            .map((element) => element.outerHTML.slice(0, 120)),
          small: pressed.filter((element) => {
            const { height } = element.getBoundingClientRect();
            const target = element.closest("label")?.getBoundingClientRect().height ?? height;
            return shown(element) && target < (element.matches(".large") ? 40 : 24);
          }).map((element) => element.outerHTML.slice(0, 120)),
        };
      });
      assert.equal(wide, 320, `${path}, ${spaced ? "wider text" : "as it is"}`);
      assert.deepEqual({ cut, small }, { cut: [], small: [] }, `${path} ${spaced}`);
    }
  }
  // What has focus is never below the bars that stay in place (WCAG 2.2, 2.4.11).
  await page.goto(dashboard.origin);
  await settled(page);
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return null;
      const { top, bottom, left, width } = focused.getBoundingClientRect();
      const at = document.elementFromPoint(left + width / 2, Math.max(0, (top + bottom) / 2));
      return at === null || focused.contains(at) || at.contains(focused) ? null : focused.outerHTML;
    });
    assert.equal(hidden, null, `Tab ${n}`);
  }
  await context.close();
  await dashboard.stop();
});

Deno.test("what is chosen shows in forced colours; nothing moves for who wants no motion", async () => {
  const { dashboard } = await managed();
  const context = await dashboard.signedIn(await browser(), {
    forcedColors: "active",
    reducedMotion: "reduce",
  });
  const page = await dashboard.open(context, "/settings");
  const look = (selector: string) =>
    page.locator(selector).first().evaluate((element) => {
      const { backgroundColor, transitionDuration } = getComputedStyle(element);
      return { backgroundColor, transitionDuration };
    });
  const chosen = await look(".option:has(:checked)");
  const other = await look(".option:not(:has(:checked))");
  assert.notEqual(chosen.backgroundColor, other.backgroundColor);
  assert.notEqual(
    (await look(".modes button[aria-pressed=true]")).backgroundColor,
    (await look(".modes button[aria-pressed=false]")).backgroundColor,
  );
  assert.equal((await look("button")).transitionDuration, "0s");
  await context.close();
  await dashboard.stop();
});

Deno.test("the accessibility tree of a card: one article, named by its sentence, in reading order", async () => {
  const dashboard = await DashboardServer.start();
  const mail = await dashboard.addApp("Mail");
  await dashboard.ask(mail, "imap.example.com:993", {
    reason: "Check your inbox",
    secureTransport: true,
  });
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/");
  await settled(page);
  const tree = await page.locator("section.group", { has: page.locator("[data-request]") })
    .ariaSnapshot();
  const order = [
    '- heading "Mail" [level=2]',
    '- article "Mail wants to open an encrypted connection to imap.example.com, port 993."',
    "[level=3]",
    "Data is encrypted on the way",
    "The app says:",
    "Asked once, at",
    '- group "Where"',
    '- group "How long"',
    "Allows",
    '- button "Deny once"',
    '- button "Deny for longer"',
    '- button "Allow"',
    '- button "Later"',
    '- button "Silence…"',
    "- list",
    "Details",
  ];
  let at = 0;
  for (const words of order) {
    const next = tree.indexOf(words, at);
    assert.ok(next >= 0, `${words} is not there, or not in its place:\n${tree}`);
    at = next + words.length;
  }
  await context.close();
  await dashboard.stop();
});
