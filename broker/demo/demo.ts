/** The demo: a practice app with an origin of its own, and the echo server that it asks for. @module */
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";

/** A demo that runs. */
export interface Demo {
  /** Where the practice app is. */
  readonly url: string;
  stop(): void;
}

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["practice.html", "text/html; charset=utf-8"],
  "/practice.css": ["practice.css", "text/css; charset=utf-8"],
  "/practice.js": ["practice.js", "text/javascript; charset=utf-8"],
};

const maxConnections = 64;

/**
 * Starts the practice app and its echo server, both on 127.0.0.1 and on ports of the system's choice.
 *
 * @param brokerOrigin The origin of the broker that the app asks.
 */
export async function startDemo(brokerOrigin: string): Promise<Demo> {
  const echo = createTcpServer({ allowHalfOpen: true }, echoBack);
  const echoPort = await listen(echo);
  const pages = await readPages(brokerOrigin, echoPort);
  const web = createHttpServer((request, response) => {
    const page = pages.get(request.url ?? "");
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": page.type,
      "content-security-policy":
        `default-src 'none'; style-src 'self'; script-src 'self' ${brokerOrigin}; connect-src ${brokerOrigin} ${
          brokerOrigin.replace(/^http/, "ws")
        }; base-uri 'none'; frame-ancestors 'none'`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    }).end(page.text);
  });
  const webPort = await listen(web);
  return {
    url: `http://127.0.0.1:${webPort}/`,
    stop() {
      web.close();
      web.closeAllConnections();
      echo.close();
    },
  };
}

function echoBack(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
}

function listen(server: Server): Promise<number> {
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("No port was bound."));
      else resolve(address.port);
    });
  });
}

async function readPages(
  brokerOrigin: string,
  echoPort: number,
): Promise<Map<string, { text: string; type: string }>> {
  const pages = new Map<string, { text: string; type: string }>();
  for (const [path, [name, type]] of Object.entries(files)) {
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    const filled = text.replaceAll("%BROKER%", brokerOrigin).replaceAll(
      "%ECHO_PORT%",
      String(echoPort),
    );
    pages.set(path, { text: filled, type });
  }
  return pages;
}
