/** An app that fetches, from its page and from a worker; a test drives it through `globalThis.app`. @module */
import { connect } from "./gatehouse.js";
import { fetchEverything } from "./steps.js";

const broker = new URLSearchParams(location.search).get("broker");
const gatehouse = await connect({ broker, app: { name: "Fetching" } });

function inWorker(server) {
  const worker = new Worker("worker.js", { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers();
  worker.onmessage = ({ data: { result, fault } }) =>
    fault === undefined ? resolve(result) : reject(new Error(fault));
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage({ broker, token: gatehouse.token, server });
  return promise.finally(() => worker.terminate());
}

globalThis.app = { gatehouse, inPage: (server) => fetchEverything(gatehouse, server), inWorker };
const say = (text) => document.getElementById("state").value = text;
say((await gatehouse.registered).state);
gatehouse.installed.then(() => say("installed"), (fault) => say(`${fault}`));
