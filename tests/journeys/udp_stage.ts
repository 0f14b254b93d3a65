/** A broker, a browser, and the app of `udp_app`, installed, whose questions are allowed as they come. @module */
import type { Page } from "playwright-core";
import { requestView } from "../../broker/actions/request_view.ts";
import { launchBrowser } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";

const patienceMs = 15_000;

/** The stage. */
export interface UdpStage extends AsyncDisposable {
  readonly gatehouse: TestBroker;
  readonly page: Page;
  /** What was asked and allowed so far: `capability target`. */
  readonly asked: string[];
  /** Calls a function of the app, and gives what it answers. */
  call(name: string, ...given: unknown[]): Promise<unknown>;
}

/**
 * Sets the stage.
 *
 * @param narrow What is allowed of a target that is asked; all of it when absent.
 */
export async function setUdpStage(
  narrow: (target: string) => string = (target) => target,
): Promise<UdpStage> {
  await using stack = new AsyncDisposableStack();
  const gatehouse = await startTestBroker();
  stack.defer(() => gatehouse.stop());
  const site = await startStaticSite(new URL("./udp_app/", import.meta.url), {
    "gatehouse.js": `export * from "${gatehouse.url}/sdk.js";`,
  });
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const page = await (await browser.newContext()).newPage();
  const shows = (wanted: string) =>
    page.waitForFunction(
      (text) => (document.getElementById("state") as HTMLOutputElement).value === text,
      wanted,
      { timeout: patienceMs },
    );
  await page.goto(`${site.origin}/?${new URLSearchParams({ broker: gatehouse.url })}`);
  await shows("pending-installation");
  const [app] = gatehouse.broker.store.list("app");
  await gatehouse.admin("POST", `/apps/${app?.id}/install`);
  await shows("installed");
  const { asked, stop } = allowQuestions(gatehouse, narrow);
  stack.defer(stop);
  const rest = stack.move();
  return {
    gatehouse,
    page,
    asked,
    call: (name, ...given) =>
      page.evaluate(
        // deno-lint-ignore no-explicit-any
        ([name, given]) => (globalThis as any).app[name](...given),
        [name, given] as const,
      ),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Allows what is asked, as the dashboard does. */
function allowQuestions(
  gatehouse: TestBroker,
  narrow: (target: string) => string,
): { asked: string[]; stop: () => void } {
  const { broker } = gatehouse;
  const asked: string[] = [];
  const stop = broker.store.subscribe(({ puts }) => {
    for (const put of puts) {
      if (put.noun !== "request" || put.record.outcome !== null) continue;
      const { id, capability, target } = put.record;
      asked.push(`${capability} ${target}`);
      const { reviewToken } = requestView(broker, put.record);
      const answer = {
        ...{ effect: "allow", duration: { kind: "always" }, reviewToken },
        target: narrow(target),
      };
      gatehouse.admin("POST", `/requests/${id}/answer`, answer).catch(() => {});
    }
  });
  return { asked, stop };
}
