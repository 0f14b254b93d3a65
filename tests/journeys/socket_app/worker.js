/** The same in a dedicated, shared or service worker: the standard names are installed there, and used. @module */
// A service worker imports nothing later than this.
import { install } from "./gatehouse.js";

async function echo({ data: { broker, token, port, text }, ports: [reply] }) {
  try {
    const gatehouse = await install(globalThis, { broker, token });
    const { readable, writable } = await new TCPSocket("127.0.0.1", port).opened;
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const echoed = await new Response(readable).text();
    reply.postMessage({ echoed, scope: globalThis.constructor.name });
    gatehouse.close();
  } catch (fault) {
    reply.postMessage({ fault: `${fault}` });
  }
}

globalThis.addEventListener("message", echo);
// A shared worker has its messages from the ports of those who connect.
globalThis.addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", echo);
  port.start();
});
