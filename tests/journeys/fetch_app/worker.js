/** The same fetches in a worker. @module */
import { connect } from "./gatehouse.js";
import { fetchEverything } from "./steps.js";

globalThis.addEventListener("message", async ({ data: { broker, token, server } }) => {
  try {
    const gatehouse = await connect({ broker, token });
    postMessage({ result: await fetchEverything(gatehouse, server) });
    gatehouse.close();
  } catch (error) {
    postMessage({ fault: `${error.stack}` });
  }
});
