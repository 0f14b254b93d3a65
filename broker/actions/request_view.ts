/** A pending request as its card shows it. @module */
import { domainToUnicode } from "node:url";
import { classifyAddress } from "../core/address_space.ts";
import { type CapabilityTarget, parseCapabilityTarget } from "../core/capability_target.ts";
import { literalAddress } from "../core/socket_address.ts";
import { formatTarget } from "../core/target.ts";
import { broadReasons, registrableDomain } from "../core/target_breadth.ts";
import { targetChoices } from "../core/target_choices.ts";
import type { RequestView } from "../schema/dashboard.ts";
import type { AccessRequest } from "../schema/request.ts";
import { ActionError } from "./action_error.ts";
import { appView } from "./app_view.ts";
import { restContextId } from "./ask_permission.ts";
import type { Broker } from "./ports.ts";
import { reviewToken } from "./review_token.ts";

/**
 * The view of a request: what its card shows, the choices it offers, and the token that stands for it.
 *
 * @throws ActionError `not-found` when its app is gone.
 */
export function requestView(broker: Broker, request: AccessRequest): RequestView {
  const app = broker.store.get("app", request.appId)?.record;
  if (!app) throw new ActionError("not-found", "The app that asked this is gone.");
  const { v: _v, bootId: _bootId, contextIds, ...shown } = request;
  const target = parseCapabilityTarget(request.capability, request.target);
  return {
    ...shown,
    app: appView(broker, app),
    waiting: contextIds.some((id) => id !== restContextId),
    ...describeTarget(target, broker.machine.ownAddresses()),
    choices: targetChoices(request.capability, request.target).map((choice) => ({
      target: choice.text,
      broad: broadReasons(request.capability, choice),
    })),
    reviewToken: reviewToken(broker, request),
  };
}

type TargetParts = Pick<
  RequestView,
  "host" | "unicodeHost" | "registrableDomain" | "port" | "space"
>;

function describeTarget(target: CapabilityTarget, ownAddresses: ReadonlySet<string>): TargetParts {
  if (target.kind !== "socket") {
    return { host: null, unicodeHost: null, registrableDomain: null, port: null, space: null };
  }
  const text = formatTarget(target.socket);
  const split = text.lastIndexOf(":");
  const host = text.slice(0, split);
  const unicode = domainToUnicode(host);
  const literal = literalAddress(target.socket);
  return {
    host,
    unicodeHost: unicode === "" || unicode === host ? null : unicode,
    registrableDomain: registrableDomain(target.socket),
    port: text.slice(split + 1),
    space: literal === null ? null : classifyAddress(literal, ownAddresses).space,
  };
}
