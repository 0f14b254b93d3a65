/** The web site of one app of the demo: its page, its script, and a policy that lets it reach the broker alone. @module */
import { createServer } from "node:http";
import { listen } from "./listen.ts";

/** A site that runs. */
export interface AppSite {
  readonly origin: string;
  close(): void;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/**
 * Serves an app on an origin of its own: `apps/NAME.html` and, unless it is the mere list, `apps/NAME.js`.
 *
 * @param facts What stands for `%NAME%` in its page.
 */
export async function startAppSite(
  name: string,
  facts: Readonly<Record<string, string>> & { readonly BROKER: string },
): Promise<AppSite> {
  const files = new Map<string, { text: string; type: string }>();
  const names = [`${name}.html`, "app.css", ...(name === "index" ? [] : [`${name}.js`, "gate.js"])];
  for (const file of names) {
    const text = await Deno.readTextFile(new URL(`./apps/${file}`, import.meta.url));
    const filled = text.replaceAll(/%([A-Z_]+)%/g, (whole, fact) => facts[fact] ?? whole);
    const path = file.endsWith(".html") ? "/" : `/${file}`;
    files.set(path, { text: filled, type: types[file.split(".").at(-1) ?? ""] ?? "text/plain" });
  }
  const policy = pagePolicy(facts);
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://app").pathname);
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": file.type,
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    }).end(file.text);
  });
  const { port, close } = await listen(server);
  return { origin: `http://127.0.0.1:${port}`, close };
}

/** The servers are named so that it is their own "no" that a page meets, and not that of its policy. */
function pagePolicy(facts: Readonly<Record<string, string>> & { readonly BROKER: string }): string {
  const broker = facts.BROKER;
  const direct = [facts["FEEDS"], facts["SOCIAL"]].filter((origin) => origin !== undefined);
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'self' ${broker}`,
    `connect-src ${[broker, broker.replace(/^http/, "ws"), ...direct].join(" ")}`,
    `img-src ${broker}`,
    `media-src ${broker}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
