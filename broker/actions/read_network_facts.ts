/** Facts about the network, for an app that may know them. @module */
import { locateAddress } from "../core/address_space.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import type { FrameAncestry } from "../schema/frame.ts";
import type { AppId } from "../schema/ids.ts";
import type { InterfaceAddress, NetworkFacts } from "../schema/network.ts";
import { askPublicAddress } from "./ask_public_address.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import { onceGrant, spendOnce } from "./once_grant.ts";
import type { Broker } from "./ports.ts";
import { denied } from "./refused_connection.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;

/** The permission that it takes. */
export const networkInfo = { capability: "network-info", target: "*" } as const;

/** Why, and from where, an app asks. */
export interface NetworkAsk {
  readonly reason: string | null;
  readonly userActivation: boolean;
  readonly frame?: FrameAncestry | undefined;
}

/**
 * Tells an app the facts, asking the person where there is no answer yet.
 *
 * @throws ConnectError with phase `policy`: denied, silenced, withdrawn, limited, not installed.
 */
export async function readNetworkFacts(
  broker: Broker,
  appId: AppId,
  ask: NetworkAsk,
  signal: AbortSignal,
): Promise<NetworkFacts> {
  const wish = { ...networkInfo, ...ask, addresses: null, secureTransport: false };
  for (let round = 0; round < maxRounds; round++) {
    const decision = await decideOrWait(broker, appId, wish, { signal, onWaiting: () => {} });
    if (decision === "answered") continue;
    const once = onceGrant(broker, decision);
    if (once) {
      if (!await spendOnce(broker, once, broker.secrets.newId("sess"))) continue;
      await broker.store.commit({ removals: [{ noun: "grant", id: once.record.id }] });
    }
    return await facts(broker);
  }
  throw denied("denied", "The permission for network facts ended before it could be used.");
}

async function facts(broker: Broker): Promise<NetworkFacts> {
  const [connectivity, publicAddresses] = await Promise.all([
    broker.network.connectivity(),
    askPublicAddress(broker),
  ]);
  return { ...connectivity, addresses: interfaceAddresses(broker), publicAddresses };
}

/** The addresses of this machine's own interfaces, loopback and link-local ones left out: they mean nothing elsewhere. */
function interfaceAddresses(broker: Broker): InterfaceAddress[] {
  return broker.network.interfaces().flatMap(({ name, address }): InterfaceAddress[] => {
    const parsed = parseIpAddress(address.replace(/%.*$/, ""));
    if (!parsed) return [];
    const canonical = formatIpAddress(parsed);
    const { space, class: kind } = locateAddress(canonical, new Set()).classification;
    if (space === "loopback" || space === "refused" || kind === "link-local") return [];
    return [{ address: canonical, family: parsed.family, space, interfaceName: name }];
  });
}
