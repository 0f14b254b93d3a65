/**
 * The error and close rules of Direct Sockets' `TCPSocket`, a function each, as the browser's own streams make them. `peer`
 * is the test's other end: it accepts, writes, reads, ends and breaks off.
 *
 * @module
 */
const { broker, open, closed: refusing, denied, breaking } = JSON.parse(
  new URLSearchParams(location.search).get("at"),
);
const { connect, TCPSocket } = await import(`${broker}/sdk.js`);
const gatehouse = await connect({ broker, app: { name: "Rules" } });
const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value) ?? `${value}`);
  if (a !== b) throw new Error(`${a}, not ${b}`);
}

async function rejects(promise, name, message) {
  const fault = await promise.then(() => "nothing", (fault) => fault);
  equal(fault.name, name);
  if (message) equal(fault.message, message);
  return fault;
}

/** A socket that is open, and its other end. */
async function joined(options) {
  const socket = new TCPSocket("127.0.0.1", open, options);
  const info = await socket.opened;
  const id = await peer("accept", info.localPort);
  return { socket, ...info, peer: (command, ...given) => peer(command, id, ...given) };
}

async function readAll(readable) {
  return text(await new Response(readable).arrayBuffer());
}

const throwing = [
  ["no arguments", []],
  ["no port", ["a"]],
  ["a symbol for an address", [Symbol(), 1]],
  ["a big integer for a port", ["a", 1n]],
  ["options that are no object", ["a", 1, 7]],
  ["sendBufferSize 0", ["a", 1, { sendBufferSize: 0 }]],
  ["sendBufferSize below 0", ["a", 1, { sendBufferSize: -1 }]],
  ["sendBufferSize above 32 bits", ["a", 1, { sendBufferSize: 2 ** 32 }]],
  ["receiveBufferSize 0", ["a", 1, { receiveBufferSize: 0 }]],
  ["receiveBufferSize not a number", ["a", 1, { receiveBufferSize: NaN }]],
  ["keepAliveDelay 999", ["a", 1, { keepAliveDelay: 999 }]],
  ["keepAliveDelay infinite", ["a", 1, { keepAliveDelay: Infinity }]],
  ["an unknown address family", ["a", 1, { dnsQueryType: "ipv5" }]],
];

/** Each row: what the specification says, and what is done to see it. */
export const rules = {
  ...Object.fromEntries(
    throwing.map(([what, given]) => [`constructor: ${what} is TypeError`, () => {
      let fault;
      try {
        Reflect.construct(TCPSocket, given);
      } catch (thrown) {
        fault = thrown;
      }
      equal(fault?.name, "TypeError");
    }]),
  ),
  async "constructor: the port is taken modulo 65536"() {
    const socket = new TCPSocket("127.0.0.1", open + 65536);
    equal((await socket.opened).remotePort, open);
    await peer("accept", (await socket.opened).localPort);
    await socket.close();
  },
  async "opened: tells both ends"() {
    const { remoteAddress, remotePort, localAddress, localPort, peer } = await joined();
    equal([remoteAddress, remotePort], ["127.0.0.1", open]);
    equal(await peer("name"), [localAddress, localPort]);
  },
  async "opened: a refusal is NotAllowedError, and `closed` rejects with the same"() {
    const socket = new TCPSocket("127.0.0.1", denied);
    const fault = await rejects(socket.opened, "NotAllowedError");
    equal(await socket.closed.catch((same) => same === fault), true);
  },
  async "opened: a server that is not there is NetworkError, and `closed` rejects with the same"() {
    const socket = new TCPSocket("127.0.0.1", refusing);
    const fault = await rejects(socket.opened, "NetworkError");
    equal(fault.cause.code, "connection-refused");
    equal(await socket.closed.catch((same) => same === fault), true);
  },
  async "opened: a name that is not there is NetworkError"() {
    const socket = new TCPSocket("nobody.example.com", open);
    equal((await rejects(socket.opened, "NetworkError")).cause.code, "name-not-resolved");
  },
  async "opened: a name of this network is NotAllowedError"() {
    const socket = new TCPSocket("inside.example.com", open);
    await rejects(socket.opened, "NotAllowedError");
  },
  async "closed: counts as handled; `opened` does not"() {
    const unhandled = [];
    const listen = (event) => {
      event.preventDefault();
      unhandled.push(event.promise);
    };
    addEventListener("unhandledrejection", listen);
    const socket = new TCPSocket("127.0.0.1", refusing);
    const reported = new Promise((resolve) => {
      addEventListener("unhandledrejection", () => setTimeout(resolve), { once: true });
    });
    await reported;
    removeEventListener("unhandledrejection", listen);
    equal(unhandled.map((promise) => promise === socket.opened), [true]);
  },
  async "readable: is a byte stream"() {
    const { readable, peer } = await joined();
    await peer("write", "hello world");
    const reader = readable.getReader({ mode: "byob" });
    equal(text((await reader.read(new Uint8Array(5))).value), "hello");
    equal(text((await reader.read(new Uint8Array(99))).value), " world");
  },
  async "readable: the peer's FIN closes it after what came before, and the socket can still write"() {
    const { socket, readable, writable, peer } = await joined();
    await peer("write", "last");
    await peer("closeWrite");
    equal(await readAll(readable), "last");
    const writer = writable.getWriter();
    await writer.write(bytes("still here"));
    equal(await peer("read", 10), "still here");
    await writer.close();
    equal(await socket.closed, undefined);
  },
  async "readable: a BYOB read that waits ends at the peer's FIN"() {
    const { readable, peer } = await joined();
    const reading = readable.getReader({ mode: "byob" }).read(new Uint8Array(8));
    await peer("closeWrite");
    const { done, value } = await reading;
    equal([done, value.byteLength], [true, 0]);
  },
  async "readable: cancelling it closes the read side alone"() {
    const { socket, readable, writable, peer } = await joined();
    await readable.cancel();
    const writer = writable.getWriter();
    await writer.write(bytes("on"));
    equal(await peer("read", 2), "on");
    await writer.close();
    equal(await socket.closed, undefined);
  },
  async "writable: its high-water mark is 1"() {
    const { writable } = await joined();
    equal(writable.getWriter().desiredSize, 1);
  },
  async "writable: what is no BufferSource is TypeError, and errors the stream"() {
    for (const chunk of ["text", 7, null, {}]) {
      const { writable } = await joined();
      const writer = writable.getWriter();
      await rejects(writer.write(chunk), "TypeError");
      await rejects(writer.closed, "TypeError");
    }
  },
  async "writable: a detached buffer writes nothing; a big one arrives whole"() {
    const { writable, peer } = await joined();
    const writer = writable.getWriter();
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    await writer.write(detached);
    const writing = writer.write(new Uint8Array(196_609).fill(65));
    equal((await peer("read", 196_609)).length, 196_609);
    await writing;
  },
  async "writable: closing it sends FIN, and reading goes on"() {
    const { socket, readable, writable, peer } = await joined();
    await writable.getWriter().close();
    equal(await peer("read", 1), "");
    await peer("write", "answer");
    await peer("close");
    equal(await readAll(readable), "answer");
    equal(await socket.closed, undefined);
  },
  async "writable: aborting it sends FIN, and reading goes on"() {
    const { readable, writable, peer } = await joined();
    await writable.abort();
    equal(await peer("read", 1), "");
    await peer("write", "answer");
    await peer("close");
    equal(await readAll(readable), "answer");
  },
  async "close(): rejects with InvalidStateError while the socket opens"() {
    const socket = new TCPSocket("127.0.0.1", open);
    await rejects(socket.close(), "InvalidStateError");
    const { localPort } = await socket.opened;
    await peer("accept", localPort);
    await socket.close();
  },
  async "close(): rejects with InvalidStateError when it never opened"() {
    const socket = new TCPSocket("127.0.0.1", refusing);
    await socket.opened.catch(() => {});
    await rejects(socket.close(), "InvalidStateError");
  },
  async "close(): rejects with InvalidStateError while a stream is locked"() {
    for (const lock of ["readable", "writable"]) {
      const at = await joined();
      const held = lock === "readable" ? at.readable.getReader() : at.writable.getWriter();
      await rejects(at.socket.close(), "InvalidStateError", "Close called on locked streams.");
      held.releaseLock();
      equal(await at.socket.close(), undefined);
    }
  },
  async "close(): resolves `closed`, ends both sides, and a write afterwards is AbortError"() {
    const { socket, readable, writable, peer } = await joined();
    equal(await socket.close(), undefined);
    equal(await socket.closed, undefined);
    await rejects(writable.getWriter().write(bytes("late")), "AbortError", "Stream closed.");
    equal((await readable.getReader().read()).done, true);
    equal(await peer("read", 1), "");
  },
  async "close(): what was written is still sent"() {
    const { socket, writable, peer } = await joined();
    const writer = writable.getWriter();
    await writer.write(bytes("before"));
    writer.releaseLock();
    await socket.close();
    equal(await peer("read", 6), "before");
  },
  async "close(): of a socket that is closed gives `closed`, though its streams are locked"() {
    const { socket, readable, writable } = await joined();
    await socket.close();
    readable.getReader();
    writable.getWriter();
    equal(await socket.close(), undefined);
  },
  async "a connection that breaks errors both streams and `closed` with NetworkError"() {
    const socket = new TCPSocket("127.0.0.1", breaking);
    const { readable, writable } = await socket.opened;
    const reading = readable.getReader().read();
    const writer = writable.getWriter();
    await writer.write(bytes("break off"));
    const fault = await rejects(reading, "NetworkError");
    equal(fault.cause.code, "connection-reset");
    await rejects(writer.closed, "NetworkError");
    await rejects(socket.closed, "NetworkError");
    await rejects(socket.close(), "NetworkError");
  },
  async "a revoke errors both streams and `closed` with NetworkError"() {
    const { socket, readable, writable, peer } = await joined();
    const reading = readable.getReader().read();
    const writing = writable.getWriter().closed;
    await peer("revoke");
    for (const promise of [reading, writing, socket.closed]) {
      equal((await rejects(promise, "NetworkError")).cause.code, "permission-ended");
    }
  },
  async "signal: ends the socket with its reason, opening or open"() {
    const early = AbortSignal.abort(new DOMException("No more", "AbortError"));
    await rejects(
      new TCPSocket("127.0.0.1", open, { signal: early }).opened,
      "AbortError",
      "No more",
    );
    const later = new AbortController();
    const { socket, readable } = await joined({ signal: later.signal });
    const reading = readable.getReader().read();
    later.abort();
    await rejects(reading, "AbortError");
    await rejects(socket.closed, "AbortError");
  },
};

/** Runs one rule; gives what is wrong, or null. */
globalThis.run = async (name) => {
  try {
    await rules[name]();
    return null;
  } catch (error) {
    return `${error.stack ?? error}`;
  }
};
globalThis.names = Object.keys(rules);
await gatehouse.installed;
document.getElementById("state").value = "ready";
