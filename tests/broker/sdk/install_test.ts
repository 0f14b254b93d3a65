/** `install()` and the older `navigator.openTCPSocket()`. @module */
import assert from "node:assert/strict";
import { setDefaultGatehouse } from "../../../broker/sdk/default_gatehouse.ts";
import { install, type InstallScope } from "../../../broker/sdk/install.ts";
import { openTCPSocket } from "../../../broker/sdk/legacy_tcp_socket.ts";
import { openUDPSocket } from "../../../broker/sdk/legacy_udp_socket.ts";
import { MulticastController } from "../../../broker/sdk/multicast_controller.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import { TLSSocket } from "../../../broker/sdk/tls_socket.ts";
import { UDPSocket } from "../../../broker/sdk/udp_socket.ts";
import { fakeToken } from "../../fakes/fake_secrets.ts";
import { LoopbackServer, SdkRig } from "./sdk_rig.ts";

Deno.test("install defines the names where the context is secure and none are native", async () => {
  await using rig = await SdkRig.start();
  const native = class TCPSocket {};
  const rows: [string, InstallScope & Record<string, unknown>, unknown, unknown][] = [
    ["a window", { isSecureContext: true, navigator: {} }, TCPSocket, openTCPSocket],
    ["Deno", { navigator: {} }, TCPSocket, openTCPSocket],
    ["a scope without navigator", {}, TCPSocket, undefined],
    ["an insecure page", { isSecureContext: false, navigator: {} }, undefined, undefined],
    ["native sockets", { TCPSocket: native, navigator: {} }, native, openTCPSocket],
  ];
  for (const [name, scope, socketClass, legacy] of rows) {
    const gatehouse = await install(scope, { broker: rig.origin, token: fakeToken(1) });
    assert.equal(scope["TCPSocket"], socketClass, name);
    assert.equal(scope["TLSSocket"], socketClass && TLSSocket, name);
    assert.equal(scope["UDPSocket"], socketClass && UDPSocket, name);
    assert.equal(scope["MulticastController"], socketClass && MulticastController, name);
    const navigator = scope.navigator as { [name: string]: unknown } | undefined;
    assert.equal(navigator?.["openTCPSocket"], legacy, name);
    assert.equal(navigator?.["openUDPSocket"], legacy && openUDPSocket, name);
    assert.deepEqual(
      Object.keys(scope),
      Object.keys(scope).filter((key) => key !== "openTCPSocket"),
    );
    gatehouse.close();
  }
});

Deno.test("openTCPSocket resolves to an open socket", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  setDefaultGatehouse(await rig.connect());
  const keepAlives: [boolean, boolean][] = [];
  rig.open = (ask, events) => {
    keepAlives.push([ask.keepAlive, ask.noDelay]);
    return rig.dial(ask, events);
  };
  const to = { remoteAddress: "127.0.0.1", remotePort: server.port };
  const rows = [{}, { keepAlive: false, noDelay: true }, { keepAlive: true }, { keepAlive: 30 }];
  for (const more of rows) {
    const accepting = server.accept();
    const socket = await openTCPSocket({ ...to, ...more });
    const peer = await accepting;
    assert.deepEqual([socket.remoteAddress, socket.remotePort], ["127.0.0.1", server.port]);
    const writer = socket.writable.getWriter();
    await writer.write(Uint8Array.of(7));
    const bytes = new Uint8Array(1);
    await peer.read(bytes);
    assert.deepEqual(bytes, Uint8Array.of(7));
    writer.releaseLock();
    await peer.closeWrite();
    assert.equal((await socket.readable.getReader().read()).done, true);
  }
  assert.deepEqual(keepAlives, [[false, false], [false, true], [true, false], [true, false]]);
});

Deno.test("openTCPSocket: close() closes, a missing address is the person's to name, wrong options are TypeError", async () => {
  await using rig = await SdkRig.start();
  using server = new LoopbackServer();
  setDefaultGatehouse(await rig.connect());
  const accepting = server.accept();
  const socket = await openTCPSocket({ remoteAddress: "127.0.0.1", remotePort: server.port });
  const peer = await accepting;
  assert.equal(await socket.close(), undefined);
  assert.equal(await peer.read(new Uint8Array(1)), null);
  const asked: [string, number][] = [];
  rig.open = (ask, events) => {
    asked.push([ask.remoteAddress, ask.remotePort]);
    return rig.dial({ ...ask, remoteAddress: "127.0.0.1", remotePort: server.port }, events);
  };
  for (const options of [undefined, { remotePort: 7 }]) {
    const accepted = server.accept();
    await openTCPSocket(options);
    await accepted;
  }
  assert.deepEqual(asked, [["*", 0], ["*", 7]]);
  const wrong = { remoteAddress: "a", remotePort: 7, sendBufferSize: 0 };
  await assert.rejects(openTCPSocket(wrong), TypeError);
});
