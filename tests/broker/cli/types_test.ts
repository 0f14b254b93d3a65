/** The types that are published with the SDK: up to date, whole, and good for a consumer that checks strictly. @module */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { publishedModules } from "../../../broker/cli/published_modules.ts";
import { publishedTypes } from "../../../broker/cli/sdk_types.ts";
import * as nodeDoor from "../../../broker/sdk/node/mod.ts";
import * as sdk from "../../../broker/sdk/mod.ts";

const staticFiles = fileURLToPath(new URL("../../../static/", import.meta.url));

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    cwd: staticFiles,
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("the published types are what `deno task types` writes", async () => {
  for (const [name, text] of Object.entries(publishedTypes(publishedModules))) {
    const kept = await Deno.readTextFile(staticFiles + name);
    assert.equal(kept, await formatted(text), `static/${name}: run \`deno task types\``);
  }
});

/** What TypeScript says of consumers of the published types, as it would of anyone's: for each, its problems. */
function check(sources: readonly string[]): string[][] {
  const names = sources.map((_, n) => `${staticFiles}consumer${n}.ts`);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile;
  host.getSourceFile = (name, version, ...more) => {
    const source = sources[names.indexOf(name)];
    return source === undefined
      ? readFile(name, version, ...more)
      : ts.createSourceFile(name, source, version);
  };
  const program = ts.createProgram([...names, typesOfNode()], options, host);
  const problemsOf = (name: string) => {
    const file = program.getSourceFile(name);
    assert.ok(file, name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .map(({ start, messageText }) => {
        const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
        const text = ts.flattenDiagnosticMessageText(messageText, "\n");
        return `${name.slice(staticFiles.length)}:${line + 1} ${text}`;
      });
  };
  // What is wrong with the types themselves is every consumer's problem.
  const shared = Object.keys(publishedModules).flatMap((name) => problemsOf(staticFiles + name));
  return names.map((name) => [...shared, ...problemsOf(name)]);
}

/** `@types/node`, which the stream machinery's types bring along. */
function typesOfNode(): string {
  const require = createRequire(import.meta.url);
  const streams = require.resolve("@types/readable-stream/package.json");
  return createRequire(streams).resolve("@types/node/package.json")
    .replace(/package\.json$/, "index.d.ts");
}

const good = `
import {
  connect, install, TCPSocket, TLSSocket, UDPSocket, TCPServerSocket,
  type FailureCause, type Gatehouse, type TCPSocketOpenInfo,
} from "./sdk.js";
import { dgram, net, tls } from "./sdk/node.js";

const gatehouse: Gatehouse = await connect({ app: { name: "Mail", reason: "To fetch your mail" } });
await install(globalThis, { app: { name: "Mail" } });
const own = await gatehouse.installed;
const origin: string | null = own.origin;
gatehouse.events.addEventListener("waiting", ({ detail }) => console.log(detail.for, detail.target));
const socket = new TCPSocket("imap.example.com", 143, { secureTransport: "starttls", noDelay: true });
const info: TCPSocketOpenInfo = await socket.opened;
for await (const bytes of info.readable) { const text: string = new TextDecoder().decode(bytes); text; }
const secure: TLSSocket = socket.startTls({ sni: "imap.example.com", alpn: ["imap"] });
const agreed: string | null = (await secure.opened).alpn;
const udp = new UDPSocket({ remoteAddress: "9.9.9.9", remotePort: 53 });
await (await udp.opened).writable.getWriter().write({ data: new Uint8Array(12) });
const server = new TCPServerSocket("127.0.0.1", { localPort: 40000 });
for await (const accepted of (await server.opened).readable) await accepted.close();
const { state } = await gatehouse.permissions.query({ capability: "tcp-connect", target: "a.example:1" });
try { await socket.closed; } catch (error) {
  const cause = (error as DOMException & { cause: FailureCause }).cause;
  if ("code" in cause && cause.code === "permission-ended") console.log(cause.message, state, agreed, origin);
}
const plain = net.connect({ host: "127.0.0.1", port: 143 });
plain.setNoDelay().on("data", (bytes) => plain.write(bytes));
const over = tls.connect({ socket: plain, servername: "imap.example.com" });
const verified: boolean = over.authorized;
dgram.createSocket("udp4", (message, { address }) => console.log(message.length, address, verified));
`;

Deno.test("a consumer that checks strictly compiles, and one that uses them wrongly does not", () => {
  const rows: [string, RegExp][] = [
    ['import { TCPSocket } from "./sdk.js"; new TCPSocket(1, 2);', /'number' is not assignable/],
    ['import { connect } from "./sdk.js"; connect({ app: {} });', /'name' is missing/],
    [
      'import { TCPSocket } from "./sdk.js"; new TCPSocket("a", 1, { dnsQueryType: "ipv5" });',
      /"ipv5"/,
    ],
    ['import { UDPsocket } from "./sdk.js";', /no exported member/],
    ['import { net } from "./sdk/node.js"; net.isIP(4);', /not assignable/],
  ];
  const [fine, ...wrong] = check([good, ...rows.map(([source]) => source)]);
  assert.deepEqual(fine, []);
  for (const [n, [source, message]] of rows.entries()) {
    assert.equal(wrong[n]?.length, 1, source);
    assert.match(wrong[n]?.[0] ?? "", message);
  }
});

Deno.test("every value that the modules export has a published type, and no other has", () => {
  const names = (file: string) => {
    const text = Deno.readTextFileSync(staticFiles + file);
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
    const values = source.statements.flatMap((statement) => {
      if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.map(({ name }) => name.getText());
      }
      const isValue = ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement);
      return isValue && statement.name ? [statement.name.text] : [];
    });
    const exported = source.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause }) =>
      exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : []
    );
    return exported.filter((name) => values.includes(name));
  };
  // Some classes are there to be named as types alone.
  const asTypes = ["AppEvents", "Contexts", "LegacyTCPSocket", "LegacyUDPSocket", "Network"];
  const types = new Set([...asTypes, "Permissions", "SiteEvent", "HostPermissions"]);
  const found = names("sdk.d.ts").filter((name) => !types.has(name));
  assert.deepEqual(found.sort(), Object.keys(sdk).sort());
  assert.deepEqual(names("sdk/node.d.ts").sort(), Object.keys(nodeDoor).sort());
});
