/** The house: imports run one way, rules are pure, and no room is called utils (design: the house). @module */
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path/posix";

const root = new URL("../", import.meta.url);

/** Which rooms a room may import from, besides itself, and which packages. Anything not written here is a breach. */
const directions: Record<string, { rooms: string[]; packages: RegExp }> = {
  "broker/schema": { rooms: [], packages: /^zod$/ },
  "broker/core": {
    rooms: ["broker/schema"],
    packages: /^(fast-png|fflate|ipaddr\.js|jsonc-parser|tldts|tough-cookie)$/,
  },
  "broker/actions": { rooms: ["broker/schema", "broker/core"], packages: /^node:url$/ },
  "broker/stores": {
    rooms: ["broker/schema", "broker/core", "broker/actions/ports.ts"],
    packages: /^(zod|node:)/,
  },
  "broker/network": {
    rooms: ["broker/schema", "broker/core", "broker/actions/ports.ts"],
    // Never `node:tls`: see broker/network/vetted_connector.ts.
    packages: /^(undici|node:(?!tls$|https$).*)$/,
  },
  "broker/relay": {
    rooms: ["broker/schema", "broker/core", "broker/actions"],
    packages: /^(zod|node:)/,
  },
  "broker/http": {
    rooms: ["broker/schema", "broker/core", "broker/actions"],
    packages: /^(zod|ws|srvx|srvx\/node|fresh|preact|node:.*)$/,
  },
  "broker/cli": {
    rooms: ["broker/schema", "broker/actions/ports.ts", "broker/stores"],
    packages: /^(zod|node:|typescript$)/,
  },
  "broker/demo": { rooms: [], packages: /^node:/ },
  "broker/sdk": {
    rooms: ["broker/schema"],
    packages: /^(eventsource-parser(\/stream)?|readable-stream|buffer|events|process-browser)$/,
  },
  components: {
    rooms: ["broker/schema", "broker/core"],
    packages:
      /^(preact|preact\/.*|@preact\/signals|eventsource-parser|eventsource-parser\/stream|fresh\/runtime|uplot)$/,
  },
  islands: {
    rooms: ["broker/schema", "broker/core", "components"],
    packages: /^(preact|preact\/.*|@preact\/signals|fresh\/runtime)$/,
  },
  routes: {
    rooms: [
      "broker/schema",
      "broker/core",
      "broker/actions",
      "broker/http",
      "components",
      "islands",
    ],
    packages: /^(fresh|fresh\/runtime|preact|preact\/.*)$/,
  },
};

/** Rooms whose code must be the same for the same data: no clock, no chance, no outside world. */
const pureRooms = ["broker/schema", "broker/core"];
const impure =
  /\bDeno\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.|\bfetch\(|\bperformance\.|\bsetTimeout\(/;

// Not members and texts that happen to be called `import` or to end in "from", and not code that a page is shown.
const importPattern = /(?:\bfrom\s+|^\s*import\s+|\bimport\(\s*)"([^"\n$]+)"/gm;

async function* sources(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(`${directory}/`, root))) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, root));
}

/** The file without its comments: their examples import what the code may not. */
async function readCode(path: string): Promise<string> {
  return (await read(path)).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** What is wrong with one import line, or null. */
function breach(room: string, path: string, specifier: string): string | null {
  const allowed = directions[room];
  assert.ok(allowed);
  if (!specifier.startsWith(".")) {
    return allowed.packages.test(specifier) ? null : `${path} imports the package ${specifier}`;
  }
  const target = normalize(join(dirname(path), specifier));
  const inside = [room, ...allowed.rooms].some((from) =>
    target === from || target.startsWith(`${from}/`)
  );
  return inside ? null : `${path} imports ${target}`;
}

Deno.test("imports run one way", async () => {
  const breaches: string[] = [];
  let lines = 0;
  for (const room of Object.keys(directions)) {
    for await (const path of sources(room)) {
      for (const [, specifier = ""] of (await readCode(path)).matchAll(importPattern)) {
        lines++;
        const found = breach(room, path, specifier);
        if (found) breaches.push(found);
      }
    }
  }
  assert.deepEqual(breaches, []);
  assert.ok(lines > 300, `only ${lines} import lines were found`);
});

Deno.test("a breach is seen", () => {
  assert.equal(breach("broker/core", "broker/core/decide.ts", "../schema/app.ts"), null);
  for (const specifier of ["../actions/ports.ts", "../../main.ts", "node:fs", "npm:left-pad"]) {
    assert.notEqual(breach("broker/core", "broker/core/decide.ts", specifier), null, specifier);
  }
});

Deno.test("every room of the broker is in the table", async () => {
  for await (const entry of Deno.readDir(new URL("broker/", root))) {
    if (entry.isDirectory) assert.ok(directions[`broker/${entry.name}`], entry.name);
  }
});

Deno.test("islands take from schemas their types only: zod is larger than a page may be", async () => {
  const imports = /^import (?!type\b)([^;]*?)\s*from "[^"]*\/broker\/schema\/[^"]+";/gm;
  for await (const path of sources("islands")) {
    for (const [, names = ""] of (await readCode(path)).matchAll(imports)) {
      const values = names.replace(/[{}]/g, "").split(",").map((name) => name.trim())
        .filter((name) => name !== "" && !name.startsWith("type "));
      assert.deepEqual(values, [], path);
    }
  }
});

Deno.test("rules are pure", async () => {
  for (const room of pureRooms) {
    for await (const path of sources(room)) {
      const code = await readCode(path);
      assert.doesNotMatch(code, impure, path);
    }
  }
});

Deno.test("actions reach the outside through their ports only", async () => {
  for await (const path of sources("broker/actions")) {
    const code = await readCode(path);
    assert.doesNotMatch(code, impure, path);
  }
});

Deno.test("no room is called utils, and every file says what it is for", async () => {
  for (const room of [...Object.keys(directions), "fresh"]) {
    for await (const path of sources(room)) {
      assert.doesNotMatch(path, /\/(utils?|helpers?|common|misc)(\/|\.|$)/);
      assert.match(
        await read(path),
        /^\/\*\*[\s\S]*?@module[\s\S]*?\*\//,
        `${path} opens with its sentence`,
      );
    }
  }
});
