import { HttpError } from "fresh";
import { define } from "../../define.ts";

export const handler = define.handlers((ctx) => {
  const status = Number(ctx.url.searchParams.get("status"));
  throw status > 0 ? new HttpError(status, "Told so") : new Error("Unforeseen");
});
