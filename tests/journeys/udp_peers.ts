/**
 * Peers of npm's, unchanged, as a program of its own: their dependencies are none of this house's. Given `dht`, a node of
 * the BitTorrent DHT (`bittorrent-dht`) on loopback; given `mdns`, a responder (`multicast-dns`) that answers for
 * `printer.local` on the port given. Each prints its port once it is ready, and ends with its input.
 *
 * @module
 */

const packages = { dht: "npm:bittorrent-dht@11.0.9", mdns: "npm:multicast-dns@7.2.5" } as const;

interface Dht {
  listen(port: number, address: string, done: () => void): void;
  address(): { port: number };
}

interface Mdns {
  on(event: "ready" | "query", listener: (query: { questions: { name: string }[] }) => void): void;
  respond(answers: { name: string; type: "A"; ttl: number; data: string }[]): void;
}

const [kind, port] = Deno.args;
const print = (text: unknown) => void Deno.stdout.write(new TextEncoder().encode(`${text}\n`));

if (kind === "dht") {
  const { default: Node } = await import(packages.dht) as { default: new (options: object) => Dht };
  const node = new Node({ bootstrap: false });
  node.listen(0, "127.0.0.1", () => print(node.address().port));
} else {
  const { default: responder } = await import(packages.mdns) as {
    default: (options: object) => Mdns;
  };
  const mdns = responder({ port: Number(port) });
  mdns.on("query", ({ questions }) => {
    if (questions.some(({ name }) => name === "printer.local")) {
      mdns.respond([{ name: "printer.local", type: "A", ttl: 120, data: "192.0.2.9" }]);
    }
  });
  mdns.on("ready", () => print(port));
}
while (await Deno.stdin.read(new Uint8Array(1)) !== null);
Deno.exit(0);
