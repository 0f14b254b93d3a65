/** An app that installs the standard names, and whose sockets a test drives through `globalThis.app`. @module */
import { install } from "./gatehouse.js";

const broker = new URLSearchParams(location.search).get("broker");
const gatehouse = await install(globalThis, { broker, app: { name: "Sockets" } });
const heard = [];
for (const name of ["relay-lost", "relay-restored", "waiting"]) {
  gatehouse.events.addEventListener(name, () => heard.push(name));
}

const tell = ({ name, message, cause }) => ({ name, message, code: cause?.code ?? null });

/** Listens, and sends back what every connection sends. */
async function listen(localAddress, options) {
  const server = new TCPServerSocket(localAddress, options);
  const { readable, localPort } = await server.opened;
  const connections = [];
  const serving = (async () => {
    for await (const accepted of readable) {
      const { readable, writable, remotePort } = await accepted.opened;
      connections.push(accepted.closed.then(() => remotePort, tell));
      readable.pipeTo(writable).catch(() => {});
    }
  })().catch(tell);
  return { localPort, closed: server.closed.then(() => null, tell), serving, connections };
}

/** Connects, sends a text and answers what comes back. */
async function echo(port, text) {
  const { readable, writable } = await new TCPSocket("127.0.0.1", port).opened;
  const writer = writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return await new Response(readable).text();
}

/** Does the same in a worker, which is given the app's token. */
function echoInWorker(kind, port, text) {
  const job = { broker, token: gatehouse.token, port, text };
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => port1.onmessage = ({ data }) => resolve(data));
  startWorker(kind).then((worker) => worker.postMessage(job, [port2]));
  return answer;
}

async function startWorker(kind) {
  const type = "module";
  if (kind === "dedicated") return new Worker("worker.js", { type });
  if (kind === "shared") return new SharedWorker("worker.js", { type }).port;
  await navigator.serviceWorker.register("worker.js", { type });
  return (await navigator.serviceWorker.ready).active;
}

globalThis.app = { gatehouse, heard, listen, echo, echoInWorker, tell };
const say = (text) => document.getElementById("state").value = text;
say((await gatehouse.registered).state);
gatehouse.installed.then(() => say("installed"), (fault) => say(`${fault}`));
