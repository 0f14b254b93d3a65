/** A pending request as its card shows it. @module */
import { domainToUnicode } from "node:url";
import { type CapabilityTarget, parseCapabilityTarget } from "../core/capability_target.ts";
import { leadsTo } from "../core/leads_to.ts";
import { requestSpace } from "../core/request_space.ts";
import { formatTarget, parseTarget, type Target } from "../core/target.ts";
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
    ...describeTarget(target),
    space: requestSpace(request.capability, target, broker.machine.ownAddresses()),
    // Where the app names no host there is nothing to choose: the person writes it.
    choices: request.unaddressed
      ? []
      : targetChoices(request.capability, request.target).map((choice) => ({
        target: choice.text,
        broad: broadReasons(request.capability, choice),
      })),
    reviewToken: reviewToken(broker, request),
  };
}

type TargetParts = Pick<RequestView, "host" | "unicodeHost" | "registrableDomain" | "port">;

function describeTarget(target: CapabilityTarget): TargetParts {
  const shown = shownTarget(target);
  if (shown === null) return { host: null, unicodeHost: null, registrableDomain: null, port: null };
  const text = formatTarget(shown);
  const split = text.lastIndexOf(":");
  const host = text.slice(0, split);
  const unicode = domainToUnicode(host);
  return {
    host,
    unicodeHost: unicode === "" || unicode === host ? null : unicode,
    registrableDomain: registrableDomain(shown),
    port: target.kind === "socket" ? text.slice(split + 1) : null,
  };
}

/** The host that is asked for, as a target; null where the request names none. */
function shownTarget(target: CapabilityTarget): Target | null {
  if (target.kind === "pattern" && target.pattern.host.kind === "wildcard") {
    return parseTarget(`*.${target.pattern.host.name}:*`);
  }
  return leadsTo(target);
}
