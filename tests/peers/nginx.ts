/** A real web server: nginx over TLS, for `*.gatehouse.test`, sharing with no page; it serves files, and an API behind it. @module */
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { type PeerServer, startPeer } from "./peer_process.ts";

const certificates = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));

/** What the server serves. */
export interface WebSite {
  /** Files by their name, for the port that is served. */
  files(port: number): ReadonlyMap<string, Uint8Array>;
  /** The port on loopback of the server behind `/posts`. */
  readonly apiPort: number;
}

/** Starts the server, and resolves once it takes connections and has its files. */
export async function startNginx({ files, apiPort }: WebSite): Promise<PeerServer> {
  const server = await startPeer({
    command: "nginx",
    debianPackage: "nginx",
    files: (port, directory) => ({
      "nginx.conf": `
daemon off;
worker_processes 1;
pid ${directory}/pid;
error_log stderr warn;
${userInfo().uid === 0 ? "user root;" : ""}
events {}
http {
  access_log ${directory}/access.log;
  ${
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) =>
          `${what}_temp_path ${directory}/${what};`
        ).join("\n  ")
      }
  types {
    application/rss+xml xml;
    audio/wav wav;
    image/png png;
  }
  gzip on;
  gzip_types application/rss+xml;
  gzip_min_length 100;
  server {
    listen 127.0.0.1:${port} ssl http2;
    server_name *.gatehouse.test;
    ssl_certificate ${certificates}gatehouse_test.pem;
    ssl_certificate_key ${certificates}server.key.pem;
    root ${directory}/site;
    add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'; sandbox" always;
    add_header Cross-Origin-Resource-Policy same-origin always;
    add_header X-Content-Type-Options nosniff always;
    location /posts {
      proxy_pass http://127.0.0.1:${apiPort};
    }
  }
}
`,
    }),
    prepare: (directory) => Deno.mkdir(`${directory}/site`),
    args: (directory) => ["-p", directory, "-c", `${directory}/nginx.conf`],
  });
  for (const [name, bytes] of files(server.port)) {
    await Deno.writeFile(`${server.directory}/site/${name}`, bytes);
  }
  return server;
}
