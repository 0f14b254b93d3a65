/** An app that installs the standard names, and whose UDP sockets a test drives through `globalThis.app`. @module */
import { install } from "./gatehouse.js";
import { decode, encode } from "./bencode.js";
import { nameQuery, readAddresses } from "./dns.js";

const broker = new URLSearchParams(location.search).get("broker");
const gatehouse = await install(globalThis, { broker, app: { name: "Datagrams" } });

const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const tell = ({ name, cause }) => ({ name, code: cause?.code ?? null });

/** A socket with a reader and a writer. */
async function open(options) {
  const socket = new UDPSocket(options);
  const info = await socket.opened;
  const reader = info.readable.getReader();
  const writer = info.writable.getWriter();
  return {
    socket,
    info,
    send: (message) => writer.write(message),
    next: async () => (await reader.read()).value,
    release() {
      reader.releaseLock();
      writer.releaseLock();
    },
  };
}

/** Looks a name up (RFC 1035). */
async function lookUp(port, name) {
  const dns = await open({ remoteAddress: "127.0.0.1", remotePort: port });
  await dns.send({ data: nameQuery(name, 7) });
  const { data } = await dns.next();
  dns.release();
  await dns.socket.close();
  return readAddresses(data);
}

/** Speaks to a node of the BitTorrent DHT (BEP 5): ping, get_peers, announce_peer, get_peers. */
async function distributedHashTable(port) {
  const dht = await open({ localAddress: "127.0.0.1" });
  const id = bytes("gatehouse-test-node1");
  const infoHash = bytes("an info hash of ours");
  let turn = 0;
  const ask = async (method, more) => {
    const query = { a: { id, ...more }, q: method, t: `t${turn++}`, y: "q" };
    const peer = { remoteAddress: "127.0.0.1", remotePort: port };
    await dht.send({ ...peer, data: encode(query) });
    for (;;) {
      const { data, remoteAddress, remotePort } = await dht.next();
      const answer = decode(data);
      // The node asks us too, to see whether we are one.
      if (text(answer.y) === "q") {
        await dht.send({
          remoteAddress,
          remotePort,
          data: encode({ r: { id }, t: answer.t, y: "r" }),
        });
      } else if (text(answer.t) === query.t) return answer.r;
    }
  };
  const { id: nodeId } = await ask("ping");
  const { token, values: before = [] } = await ask("get_peers", { info_hash: infoHash });
  await ask("announce_peer", { info_hash: infoHash, port: 6881, token });
  const { values } = await ask("get_peers", { info_hash: infoHash });
  dht.release();
  await dht.socket.close();
  // Four bytes of address, two of port (BEP 5, "compact IP-address/port info").
  const peers = values.map((value) =>
    [...value.slice(0, 4)].join(".") + ":" + (value[4] * 256 + value[5])
  );
  return { nodeIdBytes: nodeId.length, before: before.length, peers };
}

/** Asks everyone in the group for a name (RFC 6762), and answers with what one of them says. */
async function multicastName(port, name) {
  const mdns = await open({
    ...{ localAddress: "0.0.0.0", localPort: port, multicastAllowAddressSharing: true },
    ...{ multicastTimeToLive: 255, multicastLoopback: true },
  });
  const { multicastController: groups } = mdns.info;
  const group = "224.0.0.251";
  await groups.joinGroup(group);
  const joined = [...groups.joinedGroups];
  await mdns.send({ remoteAddress: group, remotePort: port, data: nameQuery(name, 0) });
  for (;;) {
    const { data, remotePort } = await mdns.next();
    const addresses = readAddresses(data);
    if (addresses.length === 0) continue; // Our own question comes back to us too.
    await groups.leaveGroup(group);
    mdns.release();
    await mdns.socket.close();
    return { addresses, joined, left: [...groups.joinedGroups], remotePort };
  }
}

/** Opens a socket without saying where to, and sends a text there. */
async function echoWherever(text) {
  const socket = await navigator.openUDPSocket();
  await socket.send(new Blob([text]));
  for await (const [{ remotePort }, blob] of socket) {
    await socket.close();
    return { text: await blob.text(), remotePort };
  }
}

/** Uses every member of the UDP surface once, and says what came of each. */
async function everyMember(port) {
  const told = {};
  const remote = { remoteAddress: "127.0.0.1", remotePort: port };
  const first = await open(remote);
  await first.send({ data: bytes("one") });
  told.connected = text((await first.next()).data);
  told.info = Object.keys(first.info);
  told.data = (await (async () => {
    await first.send({ data: new Uint8Array(65_507).fill(1).buffer });
    return (await first.next()).data;
  })()).length;
  told.dropped = first.socket.dropped;
  told.locked = await first.socket.close().catch(tell);
  first.release();
  told.closedByClose = await first.socket.close() === undefined &&
    await first.socket.closed === undefined;
  const late = first.info.writable.getWriter();
  told.late = await late.write({ data: bytes("x") }).catch(tell);

  const bound = await open({ localAddress: "127.0.0.1" });
  told.boundInfo = Object.keys(bound.info);
  await bound.send({ ...remote, data: bytes("two") });
  const answer = await bound.next();
  told.bound = [text(answer.data), answer.remoteAddress, answer.remotePort === port];
  const groups = bound.info.multicastController;
  told.controller = groups instanceof MulticastController;
  told.joinNoAddress = await groups.joinGroup("nowhere").catch(tell);
  told.leaveUnjoined = await groups.leaveGroup("239.1.2.3").catch(tell);
  told.joinedGroups = [Object.isFrozen(groups.joinedGroups), groups.joinedGroups.length];
  await bound.socket[Symbol.asyncDispose]();
  told.disposed = await bound.socket.closed;
  told.joinClosed = await groups.joinGroup("239.1.2.3").catch(tell);

  told.tooLong = await (async () => {
    const socket = await open(remote);
    const fault = await socket.send({ data: new Uint8Array(65_508) }).catch(tell);
    return [fault, await socket.socket.closed.catch(tell)];
  })();
  told.noData = await (await open(remote)).send({}).catch(tell);
  told.nothing = (() => {
    try {
      new UDPSocket({});
    } catch (fault) {
      return tell(fault);
    }
  })();
  const aborter = new AbortController();
  const aborted = new UDPSocket({ ...remote, signal: aborter.signal });
  aborter.abort();
  told.aborted = await aborted.opened.catch(tell);

  const legacy = await navigator.openUDPSocket(remote);
  await legacy.send(new Blob(["three"]));
  for await (const [peer, blob] of legacy) {
    told.legacy = [await blob.text(), peer.remoteAddress, peer.remotePort === port];
    break;
  }
  told.legacyPeer = [legacy.remoteAddress, legacy.remotePort === port];
  told.legacyClosed = await legacy.close();
  return JSON.parse(JSON.stringify(told));
}

globalThis.app = {
  lookUp,
  distributedHashTable,
  multicastName,
  everyMember,
  echoWherever,
  open,
  tell,
};
const say = (state) => document.getElementById("state").value = state;
say((await gatehouse.registered).state);
gatehouse.installed.then(() => say("installed"), (fault) => say(`${fault}`));
