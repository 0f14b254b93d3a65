/** What the apps of the demo have in common: the way to Gatehouse, and words for what happens on it. @module */
const { broker } = document.body.dataset;

/** An element of the page by its id. */
export const element = (id) => document.getElementById(id);

/** Shows a text in an output. */
export function say(id, text) {
  element(id).value = text;
}

/**
 * Connects as an app and waits until it is installed; the page says how that stands.
 *
 * @param {{ name: string, reason: string }} app
 * @returns The connection, and the module of the SDK.
 */
export async function openGate(app) {
  try {
    const sdk = await import(`${broker}/sdk.js`);
    const gatehouse = await sdk.connect({ broker, app });
    gatehouse.events.addEventListener("waiting", ({ detail }) => {
      if (detail.for === "request") say("state", `Waiting for your answer about ${detail.target}.`);
    });
    if ((await gatehouse.registered).state === "pending-installation") {
      say("gate", "Waiting for you: choose Install in the dashboard.");
    }
    await gatehouse.installed;
    say("gate", "Installed. It asks when you press a button, and not before.");
    element("with").disabled = false;
    return { gatehouse, sdk };
  } catch (error) {
    say("gate", error.message);
    throw error;
  }
}

/** Runs what a button starts, and says in an output why it failed. */
export function onPress(id, output, run) {
  element(id).addEventListener("click", async () => {
    element(id).disabled = true;
    try {
      await run();
    } catch (error) {
      say(output, `${error.message}${error.cause?.code ? ` [${error.cause.code}]` : ""}`);
    } finally {
      element(id).disabled = false;
    }
  });
}
