/** `connect()`: where an app begins. @module */
import { brokerCandidates } from "./broker_location.ts";
import { setDefaultGatehouse } from "./default_gatehouse.ts";
import { type Environment, globalEnvironment } from "./environment.ts";
import { type ConnectOptions, Gatehouse } from "./gatehouse.ts";

/**
 * Connects to the broker and registers the app. Sockets may be made as soon as this was called: they wait by themselves.
 * The last connection is the one that `new TCPSocket()` uses when it is given none.
 *
 * @returns The connection, once the broker knows the app; `installed` then tells when a person has installed it.
 * @throws TypeError when `options` names neither an app nor a token, or `broker` is no http or https URL.
 * @throws DOMException whose `cause` (a `FailureCause`) tells which wall stands in the way: no broker runs, the browser
 * keeps the page from it, or the broker refuses the app.
 */
export function connect(options: ConnectOptions): Promise<Gatehouse>;
/** @internal With another environment than this global scope, for tests. */
export function connect(options: ConnectOptions, environment: Environment): Promise<Gatehouse>;
export async function connect(
  options: ConnectOptions,
  environment: Environment = globalEnvironment(),
): Promise<Gatehouse> {
  const candidates = brokerCandidates(options.broker, import.meta.url);
  const gatehouse = new Gatehouse(environment, candidates, options);
  setDefaultGatehouse(gatehouse);
  await gatehouse.registered;
  return gatehouse;
}
