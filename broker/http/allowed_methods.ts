/** Which methods a path of the API has. @module */
import { ActionError } from "../actions/action_error.ts";
import { adminOperations } from "./admin_operations.ts";
import { appOperations } from "./app_operations.ts";

const methodsByRoute = new Map<string, Set<string>>();
for (const { method, path } of [...appOperations, ...adminOperations]) {
  const route = path.replaceAll(/\{(\w+)\}/g, ":$1");
  const methods = methodsByRoute.get(route) ?? new Set();
  methodsByRoute.set(route, methods.add(method));
  if (method === "GET") methods.add("HEAD");
}

/** The methods of a route pattern such as `/api/v1/requests/:id`, as the `Allow` header lists them. */
export function allowedMethods(route: string): string {
  return [...methodsByRoute.get(route) ?? []].join(", ");
}

/**
 * Refuses what no handler answers, before the router does in a way of its own.
 *
 * @param route The route pattern that matched, or null.
 * @throws ActionError `not-found`, `method-not-allowed`.
 */
export function requireOperation(route: string | null, method: string): void {
  const methods = route === null ? undefined : methodsByRoute.get(route);
  if (!methods) throw new ActionError("not-found", "There is nothing at this path.");
  if (methods.has(method)) return;
  throw new ActionError("method-not-allowed", `This path has ${[...methods].join(", ")}.`);
}
