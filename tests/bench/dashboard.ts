/**
 * The dashboard with a full broker behind it, in real Chromium: how soon a page is painted, a filter answers, and a new
 * request is seen; and how much a page loads.
 *
 * @module
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { fillBroker, fullCrowd } from "../fakes/crowded_data.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { median } from "./table.ts";

const rounds = 9;
/** What the design asks for. */
const budgets = { paintMs: 200, filterMs: 100, requestMs: 100, scriptBytes: 60_000 };

/** What one load of a page took. */
interface Load {
  readonly paintMs: number;
  readonly htmlBytes: number;
  readonly scriptBytes: number;
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}

/** One page in a tab of its own; scripts are kept by the browser from the load before, as they are for a person. */
async function loadPage(context: BrowserContext, url: string): Promise<Load> {
  const page = await context.newPage();
  const scripts: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    scripts.push(response.body().then((body) => gzipped(Uint8Array.from(body))));
  });
  const response = await page.goto(url, { waitUntil: "load" });
  const html = await response?.body() ?? new Uint8Array();
  const paintMs = await page.evaluate(async () => {
    const find = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    while (find() === undefined) await new Promise(requestAnimationFrame);
    return find() ?? NaN;
  });
  const sizes = await Promise.all(scripts);
  await page.close();
  return {
    paintMs,
    htmlBytes: await gzipped(Uint8Array.from(html)),
    scriptBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** From the first letter typed to the rows that match it, in milliseconds: the pause after the last one included. */
async function filter(page: Page, word: string, shown: RegExp): Promise<number> {
  return await page.evaluate(async ([word, pattern]) => {
    const input = document.querySelector<HTMLInputElement>("input[name=q]");
    if (input === null) throw new Error("There is no search.");
    const fits = new RegExp(pattern ?? "");
    const seen = () =>
      fits.test(document.querySelector(".list-head [role=status]")?.textContent ?? "");
    const since = performance.now();
    input.value = word ?? "";
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    while (!seen()) {
      if (performance.now() - since > 10_000) throw new Error("The filter never answered.");
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - since;
  }, [word, shown.source]);
}

/** From asking in an app's name to its card, or to the count in the title, in milliseconds. */
async function request(server: DashboardServer, page: Page, n: number): Promise<number> {
  const app = await server.addApp(`Asker ${n}`);
  const before = await page.title();
  const seen = page.evaluate(async (before) => {
    while (document.title === before) await new Promise(requestAnimationFrame);
    return performance.timeOrigin + performance.now();
  }, before);
  // Three changes a second of things that nobody waits for come in between, from the traffic of all connections.
  const askedMs = performance.timeOrigin + performance.now();
  await server.ask(app, `host${n}.example.com:443`);
  return await seen - askedMs;
}

/** Fills a broker, measures, and renders the figures as Markdown, each with its budget. */
export async function dashboardTable(): Promise<string> {
  const server = await DashboardServer.start();
  const { apps, sessions } = await fillBroker(server.broker, fullCrowd);
  const flowing = setInterval(() => {
    for (const [n, session] of sessions.entries()) if (n % 2 === 0) session.bytesReceived += n;
  }, 500);
  const browser: Browser = await launchBrowser();
  const context = await server.signedIn(browser);
  const lines: string[] = [];
  const paths = [
    "/",
    "/apps",
    `/apps/${apps[0]?.id}`,
    "/connections",
    "/permissions",
    "/permissions?q=host7&sort=app",
    "/history",
    "/history?q=host7&kind=decisions",
    "/explain",
    "/policy",
    "/settings",
  ];
  for (const path of paths) {
    const loads: Load[] = [];
    for (let round = 0; round <= rounds; round++) {
      loads.push(await loadPage(context, server.origin + path));
    }
    // The first one finds nothing in the browser's cache: its scripts count, its paint does not.
    const [first, ...warm] = loads;
    const paints = warm.map((one) => one.paintMs);
    const paintMs = median(paints);
    const scriptBytes = first?.scriptBytes ?? NaN;
    lines.push(
      `| ${path.replace(/app_\w+/, "[id]")} | ${paintMs.toFixed(0)} | ${
        Math.min(...paints).toFixed(0)
      } | ${first?.paintMs.toFixed(0)} | ${first?.htmlBytes} | ${scriptBytes} | ${
        verdict(paintMs < budgets.paintMs && scriptBytes < budgets.scriptBytes)
      } |`,
    );
  }
  const waits = await latencies(server, context);
  clearInterval(flowing);
  await browser.close();
  await server.stop();
  const { apps: a, grants, sessions: s, history } = fullCrowd;
  const [load = NaN] = Deno.loadavg();
  return `
The dashboard with ${a} apps, ${grants} permissions, ${s} connections of which half carry data, and ${history} entries of
history; other work on the machine: a load of ${
    load.toFixed(1)
  }. First contentful paint below ${budgets.paintMs} ms, script below ${budgets.scriptBytes} bytes, both compressed with gzip.

| page | paint, ms | best, ms | first visit, ms | HTML, bytes | script, bytes | within |
|---|---:|---:|---:|---:|---:|---|
${lines.join("\n")}

| wait | median, ms | best, ms | worst, ms | budget, ms | within |
|---|---:|---:|---:|---:|---|
${waits.join("\n")}
`;
}

async function latencies(server: DashboardServer, context: BrowserContext): Promise<string[]> {
  const lines: string[] = [];
  const add = (name: string, figures: readonly number[], budget: number) => {
    const middle = median(figures);
    lines.push(
      `| ${name} | ${middle.toFixed(0)} | ${Math.min(...figures).toFixed(0)} | ${
        Math.max(...figures).toFixed(0)
      } | ${budget} | ${verdict(middle < budget)} |`,
    );
  };
  for (
    const [path, words, shown] of [
      ["/permissions", ["host1", "host22", "net9"], /in all/],
      ["/connections", ["host1", "host22", "net9"], /in all/],
    ] as const
  ) {
    const page = await server.open(context, path);
    const figures: number[] = [];
    for (let round = 0; round < rounds; round++) {
      figures.push(await filter(page, words[round % words.length] ?? "", shown));
      await filter(page, "", /shown\.$/);
    }
    add(`filter on ${path}`, figures, budgets.filterMs);
    await page.close();
  }
  for (const path of ["/", "/connections"]) {
    const page = await server.open(context, path);
    const figures: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await page.waitForTimeout(400 + 97 * round);
      figures.push(await request(server, page, round));
    }
    add(`a new request, on ${path}`, figures, budgets.requestMs);
    await page.close();
  }
  return lines;
}

function verdict(within: boolean): string {
  return within ? "yes" : "no";
}

if (import.meta.main) {
  await Deno.stdout.write(new TextEncoder().encode(await dashboardTable()));
  Deno.exit(0);
}
