/** Sockets that outlive their page: tickets, what they are good for, and when they are good for nothing. @module */
import assert from "node:assert/strict";
import type { SessionError } from "../../../broker/schema/session.ts";
import type { ReattachTicket } from "../../../broker/sdk/reattach_ticket.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import type { TCPSocketOptions } from "../../../broker/sdk/tcp_socket_options.ts";
import { TLSSocket } from "../../../broker/sdk/tls_socket.ts";
import { echo, TlsServer } from "../network/tls_server.ts";
import { LoopbackServer, SdkRig } from "./sdk_rig.ts";

const text = (value: string) => new TextEncoder().encode(value);

function isException(name: string, code: string) {
  return (fault: unknown) => {
    assert.ok(fault instanceof DOMException, `${fault}`);
    assert.deepEqual([fault.name, (fault.cause as SessionError).code], [name, code]);
    return true;
  };
}

/** What sessionStorage would keep. */
function kept(socket: TCPSocket | TLSSocket): ReattachTicket {
  const ticket = JSON.parse(JSON.stringify(socket.reattachTicket));
  assert.ok(ticket !== null);
  return ticket;
}

/** The page is gone, without a word: its WebSocket breaks off, and another page comes. */
async function reload(rig: SdkRig) {
  const relay = rig.relays.at(-1);
  rig.crash();
  await relay?.closed;
  return await rig.connect();
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>, length: number) {
  let read = "";
  while (read.length < length) {
    const { value } = await reader.read();
    assert.ok(value);
    read += new TextDecoder().decode(value);
  }
  return read;
}

Deno.test("a TLSSocket goes on after a reload, as encrypted as before", async () => {
  await using rig = await SdkRig.start();
  using server = new TlsServer("loopback", echo, ["imap"]);
  const socket = new TLSSocket("127.0.0.1", server.port, {
    gatehouse: await rig.connect(),
    ...{ sni: "mail.example.com", alpn: ["imap"], reattach: true },
  });
  assert.equal(socket.reattachTicket, null, "not open yet");
  const { writable, readable } = await socket.opened;
  const writer = writable.getWriter();
  await writer.write(text("one two "));
  const reader = readable.getReader();
  assert.equal(await readText(reader, 8), "one two ");
  const ticket = kept(socket);
  const gatehouse = await reload(rig);
  await assert.rejects(socket.closed);
  assert.equal(socket.reattachTicket, null, "over");
  const again = gatehouse.reattach(ticket);
  assert.ok(again instanceof TLSSocket);
  const info = await again.opened;
  assert.deepEqual([info.alpn, info.certificate?.issuer], ["imap", "CN=Gatehouse test CA"]);
  const next = info.writable.getWriter();
  await next.write(text("three"));
  assert.equal(await readText(info.readable.getReader(), 5), "three");
  assert.deepEqual(rig.sessions[0]?.ends, []);
  const { receivedBytes, sentBytes } = kept(again);
  assert.deepEqual([receivedBytes, sentBytes], [13, 13]);
  await assert.rejects(
    gatehouse.reattach(ticket).opened,
    isException("NetworkError", "not-resumable"),
    "a ticket is good once",
  );
});

Deno.test("a writable that was closed comes back closed; the rest of the answer is read", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const accepting = server.accept();
  const socket = new TCPSocket("127.0.0.1", server.port, {
    ...{ gatehouse: await rig.connect(), reattach: true },
  });
  const { writable, readable } = await socket.opened;
  const peer = await accepting;
  const writer = writable.getWriter();
  await writer.write(text("GET"));
  await writer.close();
  await peer.write(text("half"));
  await readText(readable.getReader(), 4);
  const ticket = kept(socket);
  assert.equal(ticket.finished, true);
  const gatehouse = await reload(rig);
  await peer.write(text(" and half"));
  const again = gatehouse.reattach(ticket);
  const info = await again.opened;
  await assert.rejects(info.writable.getWriter().write(text("more")));
  peer.closeWrite();
  assert.equal(
    await new Response(info.readable as ReadableStream<BufferSource>).text(),
    " and half",
  );
  await again.closed;
  peer.close();
});

Deno.test("close() of a socket or of the whole connection leaves nothing that waits", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  for (const ending of ["socket", "gatehouse"]) {
    const gatehouse = await rig.connect();
    const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse, reattach: true });
    await socket.opened;
    const ticket = kept(socket);
    const relay = rig.relays.at(-1);
    if (ending === "socket") await socket.close();
    else gatehouse.close();
    assert.equal(socket.reattachTicket === null || ending === "gatehouse", true);
    if (ending === "socket") gatehouse.close();
    await relay?.closed;
    assert.deepEqual(rig.parked, [], ending);
    const next = await rig.connect();
    await assert.rejects(
      next.reattach(ticket).opened,
      isException("NetworkError", "not-resumable"),
    );
    assert.equal(rig.reattachTable.size, 0);
  }
});

Deno.test("sockets without reattach have no ticket, nor has one whose readable was cancelled", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const gatehouse = await rig.connect();
  const plain = new TCPSocket("127.0.0.1", server.port, { gatehouse });
  await plain.opened;
  assert.equal(plain.reattachTicket, null);
  const socket = new TCPSocket("127.0.0.1", server.port, { gatehouse, reattach: true });
  const { readable } = await socket.opened;
  await readable.cancel();
  assert.equal(socket.reattachTicket, null);
});

Deno.test("what is no ticket, and options that do not go together, throw TypeError", async () => {
  await using rig = await SdkRig.start();
  const gatehouse = await rig.connect();
  const ticket: ReattachTicket = {
    secureTransport: "off",
    sessionId: "sess_1",
    resumeSecret: "x".repeat(43),
    receiveBufferSize: 1000,
    receivedBytes: 0,
    sentBytes: 3,
    finished: false,
    unacknowledged: btoa("abc"),
  };
  const rows: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "ticket"],
    ["another secureTransport", { ...ticket, secureTransport: "starttls" }],
    ["no session", { ...ticket, sessionId: undefined }],
    ["a short secret", { ...ticket, resumeSecret: "x" }],
    ["a count below nothing", { ...ticket, receivedBytes: -1 }],
    ["a count that is none", { ...ticket, sentBytes: "3" }],
    ["bytes that are no base64", { ...ticket, unacknowledged: "%" }],
    ["more bytes than were sent", { ...ticket, sentBytes: 2 }],
  ];
  for (const [name, given] of rows) {
    assert.throws(() => gatehouse.reattach(given as ReattachTicket), TypeError, name);
  }
  const options: [string, TCPSocketOptions][] = [
    ["starttls", { reattach: true, secureTransport: "starttls" }],
    ["too large a buffer", { reattach: true, receiveBufferSize: 1024 * 1024 + 1 }],
  ];
  for (const [name, given] of options) {
    const make = () => new TCPSocket("a", 1, { gatehouse, ...given });
    assert.throws(
      make,
      (fault) => fault instanceof TypeError && /reattach/.test(fault.message),
      name,
    );
  }
});

Deno.test("reattach() is ended by its signal", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  const socket = new TCPSocket("127.0.0.1", server.port, {
    ...{ gatehouse: await rig.connect(), reattach: true },
  });
  await socket.opened;
  const ticket = kept(socket);
  const gatehouse = await reload(rig);
  const aborter = new AbortController();
  const again = gatehouse.reattach(ticket, { signal: aborter.signal });
  await again.opened;
  const reason = new Error("enough");
  aborter.abort(reason);
  await assert.rejects(again.closed, reason);
});
