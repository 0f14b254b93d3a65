/** Servers that npm has, as a process of its own: `npm_server.js NAME` prints its port once it listens. @module */
import { Buffer } from "node:buffer";

/** A Modbus device: 100 registers and 100 coils. */
async function modbus() {
  const { ServerTCP } = (await import("modbus-serial")).default;
  const registers = new Uint16Array(100);
  const coils = new Uint8Array(100);
  const server = new ServerTCP({
    getHoldingRegister: (address) => registers[address],
    setRegister: (address, value) => void (registers[address] = value),
    getCoil: (address) => coils[address] === 1,
    setCoil: (address, value) => void (coils[address] = value ? 1 : 0),
  }, { host: "127.0.0.1", port: 0 });
  server.on("socketError", () => {}); // A client that is cut is what the test is about.
  await new Promise((resolve) => server.on("initialized", resolve));
  return server._server.address().port;
}

const servers = { modbus };
const [name] = Deno.args;
const port = await servers[name]();
await Deno.stdout.write(Buffer.from(`${port}\n`));
