import type { RouteConfig } from "fresh";
import { define } from "../define.ts";

export const config: RouteConfig = { routeOverride: "/:module@:version" };

export const handler = define.handlers((ctx) => Response.json(ctx.params));
