/** An app that does everything that the contract of the SDK, `broker.webidl`, has. @module */
import { given, made, seen, told, touched } from "./recorder.js";

const at = JSON.parse(new URLSearchParams(location.search).get("at"));
const sdk = await import(`${at.broker}/sdk.js`);
const module = seen("GatehouseModule", sdk);
const say = (text) => document.getElementById("state").value = text;
const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const signal = new AbortController().signal;

const connection = await module.connect(given("ConnectOptions", {
  broker: at.broker,
  signal,
  app: given("AppDescription", {
    name: "Contract",
    reason: "To do everything",
    manifestUrl: "/app.webmanifest",
    manifestId: "/",
    frames: ["https://frame.example"],
    hosts: given("DeclaredHosts", {
      host_permissions: ["https://*.example/*"],
      optional_host_permissions: ["http://127.0.0.1/*"],
      content_script_matches: ["https://content.example/*"],
    }),
  }),
}));
const gatehouse = seen("Gatehouse", connection);
const permissions = seen("Permissions", gatehouse.permissions);
const own = () => ({ gatehouse: connection, reason: "For the contract", signal });

/** Echoes over an open socket. */
async function converse({ readable, writable }) {
  const writer = writable.getWriter();
  const reader = readable.getReader();
  await writer.write(bytes("hello"));
  const { value } = await reader.read();
  if (text(value) !== "hello") throw new Error(`heard ${text(value)}`);
  for (const lock of [writer, reader]) lock.releaseLock();
}

async function useTcp() {
  const socket = made(
    "TCPSocket",
    sdk.TCPSocket,
    "127.0.0.1",
    at.echo,
    given("TCPSocketOptions", {
      ...own(),
      sendBufferSize: 65536,
      receiveBufferSize: 65536,
      noDelay: true,
      keepAliveDelay: 1000,
      dnsQueryType: "ipv4",
      reattach: true,
      secureTransport: "off",
    }),
  );
  await converse(told("TCPSocketOpenInfo", await socket.opened));
  const ticket = given("ReattachTicket", JSON.parse(JSON.stringify(socket.reattachTicket)));
  const options = given("ReattachOptions", { signal });
  const again = seen("TCPSocket", gatehouse.reattach(ticket, options));
  await converse(await again.opened);
  await socket.closed.catch(() => {}); // The connection was taken from it.
  await Promise.all([again.close(), again.closed]);
}

async function useTls() {
  const tls = { alpn: ["echo"], sni: "mail.example.com", cert: at.cert, key: at.key };
  const socket = made(
    "TLSSocket",
    sdk.TLSSocket,
    "127.0.0.1",
    at.tls,
    given("TLSSocketOptions", {
      ...own(),
      ...tls,
      reattach: true,
    }),
  );
  const info = told("TLSSocketOpenInfo", await socket.opened);
  told("CertificateFacts", info.certificate);
  if (socket.reattachTicket.secureTransport !== "on") throw new Error("a ticket of another kind");
  await converse(info);
  await Promise.all([socket.close(), socket.closed]);

  const plain = made("TCPSocket", sdk.TCPSocket, "127.0.0.1", at.startTls, {
    secureTransport: "starttls",
  });
  const { readable, writable } = await plain.opened;
  const reader = readable.getReader();
  const writer = writable.getWriter();
  await reader.read();
  await writer.write(bytes("STARTTLS\r\n"));
  await reader.read();
  for (const lock of [writer, reader]) lock.releaseLock();
  const secure = plain.startTls(given("StartTlsOptions", { ...tls, alpn: ["smtp"], signal }));
  await converse(await secure.opened);
  await secure[Symbol.asyncDispose]();
  for (const grant of await permissions.list()) told("OwnGrant", grant);
}

async function useServer() {
  const server = made(
    "TCPServerSocket",
    sdk.TCPServerSocket,
    "127.0.0.1",
    given(
      "TCPServerSocketOptions",
      { ...own(), localPort: at.free, backlog: 4, ipv6Only: false },
    ),
  );
  const info = told("TCPServerSocketOpenInfo", await server.opened);
  const reader = info.readable.getReader();
  const client = new sdk.TCPSocket("127.0.0.1", info.localPort);
  const accepted = (await reader.read()).value;
  reader.releaseLock();
  await (await client.opened).writable.getWriter().write(bytes("hi"));
  await (await accepted.opened).readable.getReader().read();
  await Promise.all([client, accepted].map((socket) => socket[Symbol.asyncDispose]()));
  await Promise.all([server.close(), server.closed]);
}

async function useUdp() {
  const message = (members) => given("UDPMessage", members);
  const connected = made(
    "UDPSocket",
    sdk.UDPSocket,
    given("UDPSocketOptions", {
      ...own(),
      remoteAddress: "127.0.0.1",
      remotePort: at.udp,
      dnsQueryType: "ipv4",
      sendBufferSize: 65536,
      receiveBufferSize: 65536,
    }),
  );
  const peer = told("UDPSocketOpenInfo", await connected.opened);
  const writer = peer.writable.getWriter();
  await writer.write(message({ data: bytes("ping") }));
  await peer.readable.getReader().read();
  told("UDPDropped", connected.dropped);
  writer.releaseLock();
  await new sdk.UDPSocket({ remoteAddress: "127.0.0.1", remotePort: at.udp })[
    Symbol.asyncDispose
  ]();

  const bound = made(
    "UDPSocket",
    sdk.UDPSocket,
    given("UDPSocketOptions", {
      localAddress: "0.0.0.0",
      localPort: at.freeUdp,
      ipv6Only: false,
      multicastAllowAddressSharing: true,
      multicastTimeToLive: 1,
      multicastLoopback: true,
    }),
  );
  const info = told("UDPSocketOpenInfo", await bound.opened);
  const sender = info.writable.getWriter();
  const reader = info.readable.getReader();
  await sender.write(message({
    data: bytes("ping"),
    remoteAddress: "127.0.0.1",
    remotePort: at.udp,
    dnsQueryType: "ipv4",
  }));
  told("UDPMessage", (await reader.read()).value);
  const groups = seen("MulticastController", info.multicastController);
  await groups.joinGroup("239.77.12.4");
  await groups.joinGroup(
    "232.77.12.4",
    given("MulticastGroupOptions", {
      sourceAddress: "127.0.0.1",
    }),
  ).catch((error) => error);
  const membership = groups.joinedGroups.find((group) => typeof group === "object");
  if (membership) told("MulticastMembership", membership);
  await groups.leaveGroup("239.77.12.4");
  for (const lock of [sender, reader]) lock.releaseLock();
  await Promise.all([bound.close(), bound.closed]);
}

async function useLegacy() {
  const buffers = { sendBufferSize: 65536, receiveBufferSize: 65536 };
  for (const how of [module, seen("NavigatorSockets", navigator)]) {
    const tcp = seen(
      "LegacyTCPSocket",
      await how.openTCPSocket(given("LegacyTCPSocketOptions", {
        ...{ ...buffers, remoteAddress: "127.0.0.1", remotePort: at.echo },
        ...{ noDelay: true, keepAlive: true },
      })),
    );
    if (tcp.remoteAddress !== "127.0.0.1" || tcp.remotePort !== at.echo) throw new Error("TCP");
    await converse(tcp);
    await tcp.close();
    const udp = seen(
      "LegacyUDPSocket",
      await how.openUDPSocket(given("LegacyUDPSocketOptions", {
        ...{ ...buffers, remoteAddress: "127.0.0.1", remotePort: at.udp },
      })),
    );
    if (udp.remoteAddress !== "127.0.0.1" || udp.remotePort !== at.udp) throw new Error("UDP");
    await udp.send(new Blob(["ping"]));
    for await (const [peer] of udp) {
      told("LegacyPeer", peer);
      break;
    }
    await udp.close();
  }
}

async function usePermissions() {
  // First, while the click still counts.
  const site = { origins: ["http://127.0.0.1/*"] };
  const asked = permissions.request(
    given("NamedSites", site),
    given("AskOptions", {
      reason: "To read it",
      signal,
    }),
  );
  const sites = [];
  const listener = (added) => sites.push(told("SitePermissions", added));
  for (const event of [permissions.onAdded, permissions.onRemoved]) {
    const known = seen("SiteEvent", event);
    known.addListener(listener);
    if (!known.hasListener(listener)) throw new Error("no listener");
  }
  if (!(await asked) || !(await permissions.contains(given("NamedSites", site)))) {
    throw new Error("the site was not allowed");
  }
  await permissions.contains(given("NamedSites", { permissions: ["tabs"] })).catch((error) =>
    error
  );
  told("SitePermissions", await permissions.getAll());
  const descriptor = given("PermissionDescriptor", {
    capability: "tcp-connect",
    target: `127.0.0.1:${at.tls}`,
    secureTransport: true,
  });
  told("PermissionStatus", await permissions.request(descriptor, given("AskOptions", { signal })));
  told("PermissionStatus", await permissions.query(descriptor));
  for (const grant of await permissions.list()) told("OwnGrant", grant);
  await permissions.remove(site);
  for (const event of [permissions.onAdded, permissions.onRemoved]) {
    seen("SiteEvent", event).removeListener(listener);
  }
}

async function useTabs() {
  const contexts = seen("Contexts", gatehouse.contexts);
  const tab = { url: "https://content.example/", active: true, documentId: "document-7" };
  await contexts.report(7, given("TabReport", tab));
  const calls = [];
  const details = { tabId: 7, pattern: "https://content.example/*" };
  const valid = await permissions.addHostAccessRequest(
    given("HostAccessDetails", details),
    (valid) => calls.push(valid),
  );
  if (!valid || !calls[0]) throw new Error("the request is not valid");
  await permissions.removeHostAccessRequest(given("HostAccessDetails", details));
  await permissions.addHostAccessRequest(
    given("HostAccessDetails", { documentId: "document-7" }),
  );
  await contexts.close(7);
  const page = contexts.followPage();
  told("PageContext", { tabId: page.tabId, documentId: page.documentId });
  page.stop();
  await contexts.clear();
}

async function useSites() {
  const progress = [];
  for (const how of [module, gatehouse]) {
    const answer = await how.fetch(
      `${at.site}/`,
      given("FetchOptions", {
        reason: "To read it",
        onProgress: (step) => progress.push(told("FetchProgress", step)),
      }),
    );
    if (!/<title>Contract/.test(await answer.text())) throw new Error("fetched something else");
  }
  if (progress.length === 0) throw new Error("no progress");
  const resource = await gatehouse.createResourceUrl(
    `${at.site}/`,
    given("ResourceUrlOptions", {
      expiresInMs: 60_000,
      headers: { accept: "text/html" },
    }),
  );
  await gatehouse.revokeResourceUrl(resource);
  told("OwnScope", await gatehouse.scopeOf(location.href));
  const network = seen("Network", gatehouse.network);
  const facts = told(
    "NetworkFacts",
    await network.get(given("NetworkAskOptions", {
      reason: "To say whether you are online",
      signal,
    })),
  );
  told("PublicAddresses", facts.publicAddresses);
  for (const address of facts.addresses) told("InterfaceAddress", address);
}

document.getElementById("run").addEventListener("click", async () => {
  try {
    await usePermissions();
    await module.install(globalThis, given("ConnectOptions", { token: gatehouse.token }));
    for (
      const use of [useTcp, useTls, useServer, useUdp, useLegacy, useTabs, useSites]
    ) {
      say(use.name);
      await use();
    }
    if (!gatehouse.events) throw new Error("no events");
    gatehouse.close();
    say("done");
  } catch (error) {
    say(`${document.getElementById("state").value}: ${error.stack} ${JSON.stringify(error.cause)}`);
  }
});

globalThis.touched = touched;

told("OwnApp", await gatehouse.registered);
say("registered");
told("OwnApp", await gatehouse.installed);
document.getElementById("run").disabled = false;
