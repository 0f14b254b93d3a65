import { define } from "../../define.ts";

export const handler = define.handlers((ctx) => new Response(ctx.params["path"] ?? null));
