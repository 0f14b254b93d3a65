/** Which methods a path of the API has. @module */
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
