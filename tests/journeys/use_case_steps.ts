/** The use cases of Unrestricted Network Access (proposal 000) as steps on the demo's apps: refused, allowed, revoked. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { AppView, RequestView } from "../../broker/schema/dashboard.ts";
import type { TestBroker } from "../fakes/test_broker.ts";

const patience = { timeout: 15_000 };

/** Waits until an output of the page says something. */
export async function says(page: Page, id: string, pattern: RegExp): Promise<string> {
  const output = page.locator(`#${id}`);
  try {
    await output.filter({ hasText: pattern }).waitFor(patience);
  } catch (cause) {
    throw new Error(`#${id} never said ${pattern}:\n${await page.locator("body").innerText()}`, {
      cause,
    });
  }
  return await output.innerText();
}

/** Opens an app's page, and installs it as the person would. */
export async function openApp(broker: TestBroker, page: Page, url: string): Promise<AppView> {
  await page.goto(url);
  await says(page, "gate", /Waiting for you/);
  const { origin } = new URL(url);
  const { apps } = await (await broker.admin("GET", "/apps")).json() as { apps: AppView[] };
  const app = apps.find((candidate) => candidate.origin === origin);
  assert.ok(app);
  await broker.admin("POST", `/apps/${app.id}/install`);
  await says(page, "gate", /Installed/);
  return app;
}

/** What a person would be shown now, once there is something. */
async function pending(broker: TestBroker): Promise<RequestView> {
  const changed = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = broker.broker.store.subscribe(() => resolve());
    return promise.finally(stop);
  };
  for (let change = changed();; change = changed()) {
    const { requests } = await (await broker.admin("GET", "/requests")).json() as {
      requests: RequestView[];
    };
    if (requests[0]) return requests[0];
    await change;
  }
}

/** Answers the one request that waits. */
export async function allowNext(broker: TestBroker, target: RegExp): Promise<void> {
  const { id, reviewToken, target: asked } = await pending(broker);
  assert.match(asked, target);
  await broker.admin("POST", `/requests/${id}/answer`, {
    effect: "allow",
    duration: { kind: "always" },
    reviewToken,
  });
}

/** Takes back what an app was allowed. */
export async function revokeAll(broker: TestBroker, app: AppView): Promise<void> {
  const ids = broker.broker.store.grantsOf(app.id).all.map(({ id }) => id);
  await broker.admin("POST", "/grants/revoke", { ids });
}

/** Without Gatehouse the browser refuses; the page says how. */
export async function isRefused(page: Page, pattern: RegExp): Promise<void> {
  await page.locator("#without").click();
  await says(page, "refused", pattern);
}

/** A podcast player: feed by fetch, audio by its URL, seeking by Range. */
export async function podcast(broker: TestBroker, page: Page, url: string): Promise<void> {
  const app = await openApp(broker, page, url);
  await isRefused(page, /Failed to fetch/);
  await page.locator("#with").click();
  await allowNext(broker, /\/\*$/);
  await says(page, "state", /2 episodes/);
  const parts: string[] = [];
  page.on("request", async (request) => {
    const { range } = await request.allHeaders();
    if (request.url().includes("/resources/") && range) parts.push(range);
  });
  await page.locator("#episodes button").first().click();
  const player = page.locator("#player");
  await player.evaluate((audio: HTMLAudioElement) =>
    audio.readyState >= 1 || new Promise((resolve) => audio.onloadedmetadata = resolve)
  );
  const { duration, reached } = await player.evaluate(async (audio: HTMLAudioElement) => {
    audio.pause();
    const seeked = new Promise((resolve) => audio.onseeked = resolve);
    audio.currentTime = 12;
    await seeked;
    return { duration: Math.round(audio.duration), reached: Math.round(audio.currentTime) };
  });
  assert.deepEqual({ duration, reached }, { duration: 16, reached: 12 });
  assert.ok(parts.length > 0, "the player asked for parts");
  await revokeAll(broker, app);
  await page.locator("#episodes button").last().click();
  const { id, target, reviewToken } = await pending(broker);
  assert.match(target, /\/\*$/);
  await broker.admin("POST", `/requests/${id}/answer`, {
    effect: "deny",
    duration: { kind: "always" },
    reviewToken,
  });
  await says(page, "state", /can't be loaded/);
}

/** A messenger that shows a picture. */
export async function messenger(broker: TestBroker, page: Page, url: string): Promise<void> {
  const app = await openApp(broker, page, url);
  await isRefused(page, /Failed to fetch/);
  await page.locator("#with").click();
  await allowNext(broker, /\/\*$/);
  await says(page, "state", /160 by 160 pixels/);
  await page.locator("#picture").waitFor({ state: "visible" });
  await revokeAll(broker, app);
  await page.locator("#with").click();
  await says(page, "state", /Waiting for the picture/);
  assert.equal((await pending(broker)).app.id, app.id);
}

/** A social client that reads and posts with a token. */
export async function social(broker: TestBroker, page: Page, url: string): Promise<void> {
  const app = await openApp(broker, page, url);
  await isRefused(page, /Failed to fetch/);
  await page.locator("#with").click();
  await allowNext(broker, /\/\*$/);
  await says(page, "state", /^1 posts/);
  await page.locator("#post button").click();
  await says(page, "state", /^2 posts/);
  assert.match(await page.locator("#posts").innerText(), /You: Hello from a page/);
  await revokeAll(broker, app);
  await page.locator("#with").click();
  await says(page, "state", /Waiting for your answer/);
}

/** A mail client over POP3. */
export async function mail(broker: TestBroker, page: Page, url: string): Promise<void> {
  const app = await openApp(broker, page, url);
  await isRefused(page, /no TCP sockets/);
  await page.locator("#with").click();
  await allowNext(broker, /:\d+$/);
  await says(page, "state", /3 messages/);
  assert.equal(await page.locator("#messages li").count(), 3);
  await revokeAll(broker, app);
  await says(page, "state", /permission-ended/);
}
