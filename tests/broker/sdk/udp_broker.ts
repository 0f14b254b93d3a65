/** UDP sockets for the SDK's tests: a broker's own, real ones, under a policy that allows everything. @module */
import { openUdpSession } from "../../../broker/actions/open_udp_session.ts";
import type { SocketEvents } from "../../../broker/actions/socket_session.ts";
import type { OpenUdpSession, UdpAsk } from "../../../broker/actions/udp_session.ts";
import { SystemUdp } from "../../../broker/network/udp_sockets.ts";
import type { PolicyRule } from "../../../broker/core/policy.ts";
import type { App } from "../../../broker/schema/app.ts";
import { type FakeBroker, fakeBroker, installedApp } from "../../fakes/fake_broker.ts";

const everything: PolicyRule = {
  id: "policy.rules[0]",
  effect: "allow",
  apps: ["*"],
  capabilities: ["udp-send", "udp-bind", "udp-multicast"],
  targets: ["*:*"],
  except: [],
  reason: null,
};

/** Opens UDP sockets as a broker does that is allowed everything. */
export class UdpBroker {
  readonly broker: FakeBroker = fakeBroker();
  readonly #udp = new SystemUdp();
  #app: Promise<App> | null = null;

  constructor() {
    this.broker.policy.replace({ rules: [everything] });
  }

  /** Opens a socket. */
  async open(ask: UdpAsk, events: SocketEvents): Promise<OpenUdpSession> {
    const app = await (this.#app ??= installedApp(this.broker));
    return await openUdpSession({ ...this.broker, udp: this.#udp }, app.id, ask, events);
  }
}
