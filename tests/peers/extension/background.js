/** The worker of the sample extension: it looks up the prices of the page in front, once it may. */
import { startExtension } from "./gatehouse.js";
import { broker } from "./broker.js";

const gatehouse = startExtension({ broker, reason: "Compares prices" });
const { permissions } = gatehouse;

/** Match patterns that the worker was told of, for the test to read. */
const told = { added: [], removed: [] };
permissions.onAdded.addListener(({ origins }) => told.added.push(...origins));
permissions.onRemoved.addListener(({ origins }) => told.removed.push(...origins));

chrome.action.onClicked.addListener(() => void gatehouse.openDashboard());

/** Reads a page's prices through the broker, without CORS. */
async function prices(url) {
  const answer = await (await gatehouse.connected()).fetch(url);
  return await answer.text();
}

globalThis.sample = { gatehouse, permissions, told, prices };
