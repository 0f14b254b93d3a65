/** An app that reads and writes at once, and goes on where it was when its page is loaded again; a test drives it. @module */
import { install } from "./gatehouse.js";

const broker = new URLSearchParams(location.search).get("broker");
const gatehouse = await install(globalThis, { broker, app: { name: "Downloads" } });

/** What stands at each place of what the server, and the app, sends. */
const ofServer = (at) => (at * 7 + (at >>> 8)) & 0xff;
const ofApp = (at) => (at * 13 + (at >>> 7) + 1) & 0xff;

const kept = JSON.parse(sessionStorage.getItem("transfer") ?? "null");
sessionStorage.removeItem("transfer");
const transfer = {
  readBytes: kept?.readBytes ?? 0,
  wrong: kept?.wrong ?? null,
  toWrite: kept?.toWrite ?? 0,
  readDone: false,
  writeDone: kept?.ticket.finished ?? false,
  fault: null,
};
let socket = null;

async function read(readable) {
  for await (const bytes of readable) {
    for (const byte of bytes) {
      if (byte !== ofServer(transfer.readBytes)) transfer.wrong ??= transfer.readBytes;
      transfer.readBytes++;
    }
  }
  transfer.readDone = true;
}

async function write(writable, from) {
  const writer = writable.getWriter();
  for (let at = from; at < transfer.toWrite;) {
    const count = Math.min(3001, transfer.toWrite - at);
    await writer.write(Uint8Array.from({ length: count }, (_, index) => ofApp(at + index)));
    at += count;
  }
  await writer.close();
  transfer.writeDone = true;
}

async function carry(from, finished) {
  try {
    const { readable, writable } = await socket.opened;
    await Promise.all([read(readable), finished || write(writable, from)]);
  } catch ({ name, message, cause }) {
    transfer.fault = { name, message, code: cause?.code ?? null };
  }
}

function begin(port, toWrite, options = {}) {
  const { TCPSocket, TLSSocket } = globalThis;
  transfer.toWrite = toWrite;
  const Socket = options.sni === undefined ? TCPSocket : TLSSocket;
  socket = new Socket("127.0.0.1", port, { reattach: true, ...options });
  carry(0, false);
}

addEventListener("pagehide", () => {
  const ticket = socket?.reattachTicket ?? null;
  if (ticket === null) return;
  const { readBytes, wrong, toWrite } = transfer;
  sessionStorage.setItem("transfer", JSON.stringify({ ticket, readBytes, wrong, toWrite }));
});

if (kept) {
  socket = gatehouse.reattach(kept.ticket);
  carry(kept.ticket.sentBytes, kept.ticket.finished);
}

globalThis.app = { begin, transfer, isTls: () => socket instanceof globalThis.TLSSocket };
const say = (text) => document.getElementById("state").value = text;
say((await gatehouse.registered).state);
gatehouse.installed.then(() => say("installed"), (fault) => say(`${fault}`));
