/** Telling an app that the network has changed, while it may know. @module */
import { networkInfo } from "../actions/read_network_facts.ts";
import type { Broker } from "../actions/ports.ts";
import { questionFor } from "../actions/question_for.ts";
import { decide } from "../core/decide.ts";
import type { AppId } from "../schema/ids.ts";
import type { Connectivity } from "../schema/network.ts";

/**
 * Calls `send` at every change, as long as the app is allowed to know; the platform is not asked otherwise.
 *
 * @returns Ends it.
 */
export function followNetwork(
  broker: Broker,
  appId: AppId,
  send: (connectivity: Connectivity) => void,
): () => void {
  let stop: (() => void) | null = null;
  const review = () => {
    const mayKnow = decide(questionFor(broker, { appId, ...networkInfo })).effect === "allow";
    if (mayKnow) {
      stop ??= broker.network.subscribe(send);
    } else {
      stop?.();
      stop = null;
    }
  };
  review();
  const unsubscribes = [broker.store.subscribe(review), broker.policy.subscribe(review)];
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe();
    stop?.();
  };
}
