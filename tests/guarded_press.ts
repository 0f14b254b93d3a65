/** Presses a guarded button as a person does: looks until it stands still and takes presses, presses, and sees what came of it. @module */
import type { Locator, Page } from "playwright-core";

/** How long anything is waited for that must come to be seen, in milliseconds: a loaded machine is slow. */
const patienceMs = 30_000;
/** A press that the guard swallowed is made again so often at most. */
const mostPresses = 5;

/** How a guarded button is pressed, and how one sees that it was. */
export interface GuardedPress {
  /** What the press brings to be seen, and was not seen before it; or that the button is gone, or another one. */
  readonly taken: Locator | "gone";
  /** What is read before the press: the sentence that belongs to the choice just made. */
  readonly read?: Locator;
  /** The key that presses it, where it has the focus already; without one, the mouse does. */
  readonly key?: "Enter" | "Space";
}

/**
 * Waits until what was read is there, the guard lets presses through and two frames have been painted since; then presses,
 * and waits until that was taken. The page may change just between looking and pressing, which arms the guard anew: such
 * a press is swallowed by design, and made again.
 *
 * @throws {Error} when nothing comes of it
 */
export async function pressGuarded(button: Locator, press: GuardedPress): Promise<void> {
  const { taken, read, key } = press;
  const page = button.page();
  await page.bringToFront();
  await read?.waitFor({ timeout: patienceMs });
  if (taken !== "gone" && await taken.isVisible()) {
    throw new Error(`"${taken}" is seen before the press, and so tells nothing.`);
  }
  for (let presses = 0; presses < mostPresses; presses++) {
    await guardIsReady(button);
    const pressed = await button.elementHandle({ timeout: patienceMs });
    if (key === undefined) await button.click({ timeout: patienceMs });
    else await page.keyboard.press(key);
    const deadlineMs = performance.now() + patienceMs;
    do {
      await painted(page);
      if (taken !== "gone" && await taken.isVisible()) return;
      const waits = await pressed?.evaluate((element) =>
        element.isConnected ? element.getAttribute("aria-disabled") === "true" : null
      ).catch(() => null);
      if (taken === "gone" && waits === null) return;
      if (waits === false) break;
    } while (performance.now() < deadlineMs);
  }
  throw new Error(`${button} was pressed, and "${taken}" did not come of it.`);
}

/** Waits until a press on the button would count, and goes on to count: it stands in view, and nothing moves it. */
export async function guardIsReady(button: Locator): Promise<void> {
  const page = button.page();
  const ready = button.and(page.locator(":not([aria-disabled=true])"));
  do {
    // At once, not when it stands still: what moves it may also draw it anew.
    await button.evaluate((element) => element.scrollIntoView({ block: "center" }), undefined, {
      timeout: patienceMs,
    });
    // What was scrolled or rendered arms the guard with the next frame.
    await painted(page);
    await ready.waitFor({ timeout: patienceMs });
    await painted(page);
  } while (!await ready.isVisible());
}

/** Waits until every guarded button of the page takes presses, and none is still fading into its colours. */
export async function allGuardsReady(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.querySelector(
        "button.allow[data-key][aria-disabled=true], dialog[open] button[aria-disabled=true]",
      ) === null &&
    document.getAnimations().every(({ playState }) => playState === "finished")
  );
}

/** Stops the page's clock: from now on its time passes as the test says. The guards go by it, and are armed anew. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 1000);
  // Another clock than the one that they were armed by.
  await page.evaluate(() => dispatchEvent(new FocusEvent("focus")));
}

/** Resolves when the page has painted twice: whatever was under way in it has been drawn. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(() =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  ).catch((fault) => {
    // A press may lead to another page.
    if (!/navigation|destroyed/.test(String(fault))) throw fault;
  });
}
