/** Answers with one of the files that run inside apps. Any page may load them; they carry no secret. @module */
import type { SdkFile } from "./sdk_file.ts";

/** Answers a GET for `file`, with 304 when the browser has it. */
export function serveSdkFile(request: Request, file: SdkFile): Response {
  const headers = {
    "content-type": file.contentType,
    "access-control-allow-origin": "*",
    // Kept, but asked for again each time: an old SDK must not outlive an update of the broker.
    "cache-control": "no-cache",
    etag: file.etag,
  };
  const known = request.headers.get("if-none-match")?.split(",").map((tag) => tag.trim()) ?? [];
  if (known.includes(file.etag)) return new Response(null, { status: 304, headers });
  return new Response(file.code, { headers });
}
