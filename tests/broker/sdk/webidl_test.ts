/** `broker.webidl` is the contract: it parses, and what it says is there, with the members and lengths it says. @module */
import assert from "node:assert/strict";
// @ts-types="@types/webidl2"
import { parse } from "webidl2";
import { bundleSdk } from "../../../broker/http/sdk_file.ts";
import { AppEvents } from "../../../broker/sdk/app_events.ts";
import { Contexts } from "../../../broker/sdk/contexts.ts";
import { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { LegacyTCPSocket } from "../../../broker/sdk/legacy_tcp_socket.ts";
import { LegacyUDPSocket } from "../../../broker/sdk/legacy_udp_socket.ts";
import * as sdk from "../../../broker/sdk/mod.ts";
import { HostPermissions } from "../../../broker/sdk/host_permissions.ts";
import { Network } from "../../../broker/sdk/network.ts";
import { Permissions } from "../../../broker/sdk/permissions.ts";
import { SiteEvent } from "../../../broker/sdk/site_event.ts";

const idl = parse(
  await Deno.readTextFile(new URL("../../../broker/sdk/broker.webidl", import.meta.url)),
);

const classes: Record<string, new (...given: never[]) => object> = {
  TCPSocket: sdk.TCPSocket,
  TCPServerSocket: sdk.TCPServerSocket,
  TLSSocket: sdk.TLSSocket,
  UDPSocket: sdk.UDPSocket,
  MulticastController: sdk.MulticastController,
  LegacyTCPSocket,
  LegacyUDPSocket,
  Gatehouse,
  AppEvents,
  HostPermissions,
  Network,
  Permissions,
  Contexts,
  SiteEvent,
};

Deno.test("every interface of broker.webidl is a class with its operations and attributes", () => {
  const interfaces = idl.filter((definition) => definition.type === "interface");
  assert.deepEqual(interfaces.map(({ name }) => name).sort(), Object.keys(classes).sort());
  for (const { name, members } of interfaces) {
    const prototype = classes[name]?.prototype as object;
    for (const member of members) {
      if (member.type === "constructor") continue;
      if (member.type === "iterable") {
        assert.ok(member.async, `${name} is iterated asynchronously`);
        assert.ok(Symbol.asyncIterator in prototype, `${name} is iterable`);
        continue;
      }
      assert.ok(member.type === "operation" || member.type === "attribute", `${name}`);
      const found = Object.getOwnPropertyDescriptor(prototype, `${member.name}`);
      if (member.type === "operation") {
        const required = member.arguments.filter(({ optional }) => !optional).length;
        assert.equal(typeof found?.value, "function", `${name}.${member.name}`);
        assert.equal(found?.value.length, required, `${name}.${member.name}`);
      } else if (name !== "Gatehouse" || found) {
        // What a Gatehouse keeps from its beginning are own properties; the journey of connect() reads them.
        assert.equal(typeof found?.get, "function", `${name}.${member.name}`);
      }
    }
  }
});

Deno.test("every function of the module is exported, and no other value", () => {
  const namespace = idl.find((definition) => definition.type === "namespace");
  assert.ok(namespace?.type === "namespace");
  const functions = namespace.members.map((member) => "name" in member ? member.name : "");
  assert.deepEqual(
    Object.keys(sdk).sort(),
    [
      ...functions,
      ...["Gatehouse", "MulticastController", "TCPServerSocket", "TCPSocket", "TLSSocket"],
      "UDPSocket",
    ].sort(),
  );
});

Deno.test("every name that broker.webidl uses is defined there or by the platform", () => {
  const platform = new Set([
    ..."boolean,octet,unsigned short,unsigned long,unsigned long long,long long,undefined,object"
      .split(","),
    ..."DOMString,USVString,Promise,sequence,AbortSignal,ReadableStream,WritableStream".split(","),
    ..."Response,RequestInfo,RequestInit,HeadersInit".split(","),
    ..."FrozenArray,BufferSource,Blob,any".split(","),
  ]);
  const defined = new Set(idl.map((definition) => "name" in definition ? definition.name : ""));
  const used = new Set<string>();
  JSON.stringify(idl, (key, value) => {
    if (key === "idlType" && typeof value === "string") used.add(value);
    if (key === "generic" && value !== "") used.add(value);
    return value;
  });
  assert.ok(used.has("Promise") && used.has("TCPSocketOptions"));
  for (const name of used) assert.ok(platform.has(name) || defined.has(name), name);
});

Deno.test("the SDK is one small module without imports, and carries no schema library", async () => {
  const { code, etag } = await bundleSdk();
  assert.doesNotMatch(code, /\bimport\s*(\(|[{*"'])/);
  assert.doesNotMatch(code, /zod/i);
  assert.ok(code.length < 60_000, `${code.length} bytes`);
  assert.match(etag, /^"[0-9a-f]{32}"$/);
  assert.equal((await bundleSdk()).etag, etag);
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  assert.deepEqual(Object.keys(module).sort(), Object.keys(sdk).sort());
});
