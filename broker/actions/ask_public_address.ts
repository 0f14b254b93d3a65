/** Asking a STUN server how the internet sees this machine (RFC 8489). @module */
import { parseIpAddress } from "../core/ip_address.ts";
import { decodeBindingAnswer, encodeBindingRequest, transactionIdBytes } from "../core/stun.ts";
import type { Broker } from "./ports.ts";

/** How long an answer may take, the request sent again meanwhile. */
export const answerTimeoutMs = 3000;
/** After how long a request is sent again, each time twice as long (section 6.2.1). */
const resendMs = 500;

/** The public addresses that the server tells. */
export interface PublicAddresses {
  ipv4: string | null;
  ipv6: string | null;
}

/** Asks the server that policy names, once over each family that it has; null where it does not answer, or none is named. */
export async function askPublicAddress(broker: Broker): Promise<PublicAddresses> {
  const server = broker.policy.current().stunServer;
  if (server === null) return { ipv4: null, ipv6: null };
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(server) ?? [];
  const addresses = await addressesOf(broker, host.replace(/^\[|\]$/g, ""));
  const ask = async (family: 4 | 6) => {
    const address = addresses.find((text) => parseIpAddress(text)?.family === family);
    return address === undefined ? null : await exchange(broker, address, Number(port));
  };
  const [ipv4, ipv6] = await Promise.all([ask(4), ask(6)]);
  return { ipv4, ipv6 };
}

async function addressesOf(broker: Broker, host: string): Promise<readonly string[]> {
  if (parseIpAddress(host) !== null) return [host];
  const stop = new AbortController();
  const cancel = broker.clock.setTimer(answerTimeoutMs, () => stop.abort());
  try {
    return await broker.resolver.resolve(host, { signal: stop.signal });
  } catch {
    return [];
  } finally {
    cancel();
  }
}

async function exchange(broker: Broker, address: string, port: number): Promise<string | null> {
  const socket = await broker.udp.connect({ address, port }).catch(() => null);
  if (socket === null) return null;
  const id = transactionId(broker);
  const request = encodeBindingRequest(id);
  const answered = Promise.withResolvers<string | null>();
  socket.receive({
    onDatagram: (bytes) => {
      const found = decodeBindingAnswer(bytes, id);
      if (found !== null) answered.resolve(found);
    },
    onFault: () => answered.resolve(null),
  });
  let cancelResend = () => {};
  const send = (delayMs: number) => {
    socket.send(request, { address, port }).catch(() => answered.resolve(null));
    cancelResend = broker.clock.setTimer(delayMs, () => send(delayMs * 2));
  };
  send(resendMs);
  const cancel = broker.clock.setTimer(answerTimeoutMs, () => answered.resolve(null));
  try {
    return await answered.promise;
  } finally {
    cancel();
    cancelResend();
    socket.close();
  }
}

/** 96 random bits. */
function transactionId({ secrets }: Broker): Uint8Array {
  const digits = secrets.hash(secrets.newToken());
  return Uint8Array.from(
    { length: transactionIdBytes },
    (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}
