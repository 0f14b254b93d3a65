/** Reading a small file of a web site for an app: look the name up once, vet every address, follow redirects of the same origin. @module */
import { vetSite, vetSiteAddresses } from "../core/site_vetting.ts";
import { currentSettings } from "./current_settings.ts";
import { type Broker, ConnectError, SiteFault } from "./ports.ts";

/** How many redirects are followed. */
export const maxRedirects = 5;

/** How long reading one file may take, all redirects included. */
export const fileTimeoutMs = 20_000;

/** What is read, and for whom. */
export interface SiteFileAsk {
  readonly url: string;
  /** The app's own origin. */
  readonly appOrigin: string;
  readonly accept: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** A file that was read. */
export interface SiteFile {
  /** Where it was found in the end; always of the origin that was asked. */
  readonly url: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file, within 20 seconds. A redirect is followed on the same origin only, five times at most, and never to where it
 * has been.
 *
 * @throws SiteFault
 */
export async function readSiteFile(broker: Broker, ask: SiteFileAsk): Promise<SiteFile> {
  if (currentSettings(broker).mode === "lockdown") {
    throw new SiteFault(
      "refused",
      "Gatehouse is locked down: nothing is reached until you end it.",
    );
  }
  const late = new AbortController();
  const cancelTimeout = broker.clock.setTimer(fileTimeoutMs, () => late.abort());
  try {
    const signal = AbortSignal.any([ask.signal, late.signal]);
    return await follow(broker, { ...ask, signal });
  } catch (fault) {
    if (late.signal.aborted) throw new SiteFault("unreachable", "It did not answer in time.");
    throw fault;
  } finally {
    cancelTimeout();
  }
}

async function follow(broker: Broker, ask: SiteFileAsk): Promise<SiteFile> {
  let url = new URL(ask.url);
  url.hash = "";
  const { origin } = url;
  const addresses = await addressesOf(broker, url, ask);
  const seen = new Set<string>();
  for (let hop = 0; hop <= maxRedirects; hop++) {
    seen.add(url.href);
    const { accept, maxBytes, signal } = ask;
    const answer = await broker.sites.get({ url, addresses, accept, maxBytes, signal });
    if (answer.status === 200) return { url: url.href, bytes: answer.bytes };
    if (answer.location === null) {
      throw new SiteFault("unusable", `The server answered ${answer.status}.`);
    }
    const next = URL.parse(answer.location, url);
    if (next === null || next.origin !== origin) {
      throw new SiteFault("unusable", "The server redirects to another origin.");
    }
    next.hash = "";
    if (seen.has(next.href)) throw new SiteFault("unusable", "The server redirects in a circle.");
    url = next;
  }
  throw new SiteFault("unusable", `The server redirects more than ${maxRedirects} times.`);
}

/** Every address of the URL's host, each of them vetted. */
async function addressesOf(
  broker: Broker,
  url: URL,
  { appOrigin, signal }: SiteFileAsk,
): Promise<readonly string[]> {
  const vetting = {
    appOrigin,
    ownAddresses: broker.machine.ownAddresses(),
    brokerPorts: broker.machine.brokerPorts,
    policy: broker.policy.current(),
  };
  const vetted = vetSite(url, vetting);
  if ("refusal" in vetted) throw new SiteFault("refused", vetted.refusal);
  const { target, address } = vetted;
  const addresses = address === null
    ? await lookUp(broker, target.host.kind === "name" ? target.host.name : url.hostname, signal)
    : [address];
  const refusal = vetSiteAddresses(target, addresses, vetting);
  if (refusal !== null) throw new SiteFault("refused", refusal);
  return addresses;
}

async function lookUp(broker: Broker, name: string, signal: AbortSignal): Promise<string[]> {
  try {
    const addresses = await broker.resolver.resolve(name, { signal });
    if (addresses.length > 0) return addresses;
  } catch (fault) {
    if (!(fault instanceof ConnectError)) throw fault;
    throw new SiteFault("unreachable", fault.message);
  }
  throw new SiteFault("unreachable", `The name ${name} has no address.`);
}
