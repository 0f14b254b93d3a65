/** `GET /sdk/extension.js`: the library that an extension packs with itself. @module */
import { serveSdkFile } from "../../broker/http/serve_sdk_file.ts";
import { define } from "../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET: ({ req, state }) => serveSdkFile(req, state.web.sdk.extension),
});
