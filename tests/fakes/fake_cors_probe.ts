/** A probe over a list of servers that answer preflights. @module */
import type { CorsAsk, CorsProbe } from "../../broker/actions/ports.ts";

/** A `CorsProbe` that remembers what it was asked. */
export class FakeCorsProbe implements CorsProbe {
  /** Ports whose servers answer preflights. */
  readonly ports = new Set<number>();
  /** Everything that was asked, in order. */
  readonly asked: CorsAsk[] = [];

  answersCors(ask: CorsAsk): Promise<boolean> {
    this.asked.push(ask);
    return Promise.resolve(this.ports.has(ask.port));
  }
}
