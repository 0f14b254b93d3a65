/** A web site of files, on an origin of its own: what an app's own server is. @module */
import { createServer } from "node:http";

const types: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** A site that runs. */
export interface StaticSite {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Serves the files of a directory on 127.0.0.1, `index.html` at its root.
 *
 * @param more Further files, by name: what only the test knows.
 */
export async function startStaticSite(
  directory: URL,
  more: Readonly<Record<string, string>> = {},
): Promise<StaticSite> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    try {
      const text = more[name] ?? await Deno.readTextFile(new URL(name, directory));
      const type = types[name.split(".").at(-1) ?? ""] ?? "text/plain";
      response.writeHead(200, { "content-type": type }).end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was bound.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
