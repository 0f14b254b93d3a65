/** The card of a socket whose host the person names, in a real browser, with script and without. @module */
import assert from "node:assert/strict";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { pressGuarded } from "../guarded_press.ts";

async function stage() {
  await using stack = new AsyncDisposableStack();
  const dashboard = await DashboardServer.start();
  stack.defer(() => dashboard.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const app = await dashboard.addApp("Print");
  const request = await dashboard.ask(app, "*:*", { unaddressed: true });
  const rest = stack.move();
  return { dashboard, browser, request, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}

const grants = ({ broker }: DashboardServer) =>
  [...broker.store.list("grant")].map(({ effect, target }) => `${effect} ${target}`);

Deno.test("the card has a field for host and port; only what is written there is allowed", async () => {
  await using set = await stage();
  const { dashboard, browser } = set;
  const viewport = { width: 1280, height: 1000 };
  const context = await dashboard.signedIn(browser, { viewport });
  const page = await dashboard.open(context, "/");
  await page.getByText("Print wants to open a connection to a host that you name, any port.")
    .waitFor();
  const allow = page.locator(".card button.allow");
  const field = page.getByRole("textbox", { name: "Host and port" });
  assert.equal(await allow.getAttribute("aria-disabled"), "true", "nothing written, no Allow");
  await field.fill("192.168.1.0/24:9100");
  await pressGuarded(allow, {
    read: page.locator(".preview").getByText("192.168.1.0/24:9100"),
    taken: page.locator(".field-error").getByText(/^Write the one host and the one port/),
  });
  assert.deepEqual(grants(dashboard), []);
  await field.fill("192.168.1.20:9100");
  await pressGuarded(allow, {
    read: page.getByText(/^Allows 192\.168\.1\.20:9100 only/),
    taken: page.locator(".last-place").getByText(/^Allowed 192\.168\.1\.20:9100 for Print/),
  });
  assert.deepEqual(grants(dashboard), ["allow 192.168.1.20:9100"]);
});

Deno.test("the same without script", async () => {
  await using set = await stage();
  const { dashboard, browser, request } = set;
  const context = await dashboard.signedIn(browser, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${dashboard.origin}/requests/${request.id}`);
  const form = page.locator("form.plain");
  await form.getByRole("textbox", { name: "Host and port" }).fill("printer.example.com:9100");
  await form.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForURL(/done=allowed/);
  assert.deepEqual(grants(dashboard), ["allow printer.example.com:9100"]);
});
