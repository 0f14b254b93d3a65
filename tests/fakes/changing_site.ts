/** A web site on loopback whose files a test changes while it runs. @module */
import { createServer } from "node:http";

/** A file: its media type and its content. */
export interface SiteContent {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** A site that runs. */
export interface ChangingSite extends AsyncDisposable {
  readonly origin: string;
  /** Files by path. What is not there is answered with 404. */
  readonly files: Map<string, SiteContent>;
  /** The headers of every request, by path, the newest last. */
  readonly asked: { readonly path: string; readonly headers: Record<string, unknown> }[];
}

/** Serves on a port of its own of 127.0.0.1. */
export async function startChangingSite(): Promise<ChangingSite> {
  const files = new Map<string, SiteContent>();
  const asked: ChangingSite["asked"] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    asked.push({ path, headers: { ...request.headers } });
    const file = files.get(path);
    if (!file) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": file.type }).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was bound.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    files,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
