/** Remote desktop: noVNC, unchanged, in Chromium, sees the screen of a real VNC server through websockify's address. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { answerRequest } from "../../broker/actions/answer_request.ts";
import { installApp } from "../../broker/actions/install_app.ts";
import { registerApp } from "../../broker/actions/register_app.ts";
import { requestView } from "../../broker/actions/request_view.ts";
import type { Broker } from "../../broker/actions/ports.ts";
import type { AccessRequest } from "../../broker/schema/request.ts";
import { launchBrowser } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker } from "../fakes/test_broker.ts";
import { startVncServer } from "./vnc_server.ts";

/** The npm package, pinned; bundled by a process of its own, as it is no dependency of this house. */
const novncPackage = "npm:@novnc/novnc@1.7.0";
const patienceMs = 15_000;

/** Puts the page and noVNC, as one module for a browser, into a directory. */
async function buildPage(directory: string): Promise<void> {
  const source = new URL("./vnc_app/", import.meta.url);
  for (const name of ["index.html", "viewer.js"]) {
    await Deno.copyFile(new URL(name, source), `${directory}/${name}`);
  }
  const entry = `${directory}/entry.js`;
  await Deno.writeTextFile(entry, `export { default } from "${novncPackage}";\n`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "-q", "--no-config", "--no-lock", "--platform", "browser"].concat(
      ["--output", `${directory}/novnc.js`, entry],
    ),
    cwd: directory,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Resolves with the first question that is put. */
function nextRequest({ store }: Broker): Promise<AccessRequest> {
  return new Promise((resolve) => {
    const stop = store.subscribe(({ puts }) => {
      const put = puts.find(({ noun }) => noun === "request");
      if (put?.noun !== "request") return;
      stop();
      resolve(put.record);
    });
  });
}

async function state(page: Page, wanted: string): Promise<void> {
  try {
    await page.waitForFunction(
      (text) => (document.getElementById("state") as HTMLOutputElement).value === text,
      wanted,
      { timeout: patienceMs },
    );
  } catch (cause) {
    const found = await page.locator("#state").innerText();
    throw new Error(`The viewer is "${found}", not "${wanted}"`, { cause });
  }
}

/** The colour in the middle of the screen that noVNC shows. */
function middle(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector("canvas") as HTMLCanvasElement;
    const drawn = canvas.getContext("2d") as CanvasRenderingContext2D;
    return [...drawn.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
  });
}

Deno.test("noVNC waits for the person, shows the screen, and is cut by a revoke", async () => {
  const directory = await Deno.makeTempDir({ prefix: "gatehouse-vnc-" });
  await buildPage(directory);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const vnc = await startVncServer();
  stack.defer(() => vnc.stop());
  const gatehouse = await startTestBroker();
  stack.defer(() => gatehouse.stop());
  const site = await startStaticSite(new URL(`file://${directory}/`));
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const { broker } = gatehouse;

  const { app, token } = await registerApp(broker, {
    origin: site.origin,
    name: "Viewer",
    token: null,
  });
  await installApp(broker, app.id);
  const address = `${gatehouse.url.replace("http", "ws")}/websockify/${token}`;
  const page = await browser.newPage();
  const asked = nextRequest(broker);
  const query = new URLSearchParams({ url: `${address}?token=127.0.0.1:${vnc.port}` });
  await page.goto(`${site.origin}/?${query}`);
  const request = await asked;
  assert.equal(request.target, `127.0.0.1:${vnc.port}`);
  assert.equal(await page.locator("#state").innerText(), "starting");

  const { grant } = await answerRequest(broker, request.id, {
    effect: "allow",
    duration: { kind: "always" },
    reviewToken: requestView(broker, request).reviewToken,
  });
  await state(page, "connected");
  assert.equal(await page.title(), vnc.desktopName);
  const size = await page.evaluate(() => {
    const { width, height } = document.querySelector("canvas") as HTMLCanvasElement;
    return { width, height };
  });
  assert.deepEqual(size, { width: vnc.width, height: vnc.height });
  while ((await middle(page)).join() !== "255,255,255,255") {
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }

  assert.ok(grant);
  await gatehouse.admin("DELETE", `/grants/${grant.id}`);
  await state(page, "disconnected");
  assert.equal(broker.sessions.size, 0);
  assert.deepEqual(gatehouse.log.errors, []);
});
