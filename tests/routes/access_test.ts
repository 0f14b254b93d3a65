/** Who may call what: every call of the two APIs, with every kind of caller. @module */
import assert from "node:assert/strict";
import { adminOperations } from "../../broker/http/admin_operations.ts";
import { appOperations } from "../../broker/http/app_operations.ts";
import type { Operation } from "../../broker/http/operation.ts";
import { problemKinds } from "../../broker/http/problem.ts";
import { Problem } from "../../broker/schema/problem.ts";
import { adminToken, type Call, host, startWebTwin, type WebTwin } from "../fakes/web_twin.ts";

const ids: Record<string, string> = {
  requests: `req_${"a".repeat(32)}`,
  grants: `grant_${"a".repeat(32)}`,
  apps: `app_${"a".repeat(32)}`,
  sessions: `sess_${"a".repeat(32)}`,
  history: "1",
};

/** A path of an operation with ids that name nothing. */
function pathOf({ path }: Operation): string {
  return path.replace(/(\w+)\/\{\w+\}/, (_, noun) => `${noun}/${ids[noun]}`);
}

async function problemOf(answer: Response, what: string): Promise<string> {
  assert.equal(answer.headers.get("content-type"), "application/problem+json", what);
  const problem = Problem.parse(await answer.json());
  const type = problem.type.slice("urn:gatehouse:problem:".length) as keyof typeof problemKinds;
  assert.equal(problem.status, answer.status);
  assert.deepEqual({ status: problem.status, title: problem.title }, problemKinds[type]);
  return type;
}

async function withTwin(run: (twin: WebTwin) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin);
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

Deno.test("every call of an app needs its token, and its token its origin", async () => {
  await withTwin(async (twin) => {
    const register = { origin: "https://mail.example.com", json: { name: "Mail" } };
    const { token } = await (await twin.call("/api/v1/apps", register)).json();
    const origin = "https://mail.example.com";
    const cases: [Call, string][] = [
      [{ origin }, "token-missing"],
      [{ origin, headers: { authorization: `Basic ${token}` } }, "token-missing"],
      [{ origin, token: "unknown" }, "token-unknown"],
      [{ origin, token: adminToken }, "token-unknown"],
      [{ token }, "origin-not-allowed"],
      [{ token, origin: "https://other.example" }, "origin-not-allowed"],
      [{ token, origin: `${origin}:444` }, "origin-not-allowed"],
      [{ token, origin: "http://mail.example.com" }, "insecure-context"],
      [{ token, origin: "null" }, "origin-not-allowed"],
      [{ token, origin: `${origin}, ${origin}` }, "origin-not-allowed"],
    ];
    const withoutUpgrade = appOperations.filter(({ access, path }) =>
      access === "app" && !path.endsWith("/relay")
    );
    assert.ok(withoutUpgrade.length > 8);
    for (const operation of withoutUpgrade) {
      for (const [call, expected] of cases) {
        const what = `${operation.method} ${operation.path} ${JSON.stringify(call)}`;
        const answer = await twin.call(pathOf(operation), { ...call, method: operation.method });
        assert.equal(await problemOf(answer, what), expected, what);
      }
    }
  });
});

Deno.test("no call of the dashboard is open to anybody but the signed-in page and admin.token", async () => {
  await withTwin(async (twin) => {
    const signIn = await twin.signIn();
    const other = await twin.signIn();
    const own = `http://${host}`;
    const both = { cookie: signIn.cookie, "x-gatehouse-secret": signIn.secret };
    const cases: [string, Call, string][] = [
      ["nobody", {}, "not-signed-in"],
      [
        "the secret alone",
        { headers: { "x-gatehouse-secret": signIn.secret }, origin: own },
        "not-signed-in",
      ],
      ["the cookie alone", { headers: { cookie: signIn.cookie }, origin: own }, "secret-missing"],
      ["another's secret", {
        headers: { ...both, "x-gatehouse-secret": other.secret },
        origin: own,
      }, "secret-missing"],
      ["another page", { headers: both, origin: "https://evil.test" }, "origin-not-allowed"],
      [
        "another port",
        { headers: both, origin: "http://gatehouse.localhost:9999" },
        "origin-not-allowed",
      ],
      ["no origin of its own", { headers: both, origin: "null" }, "origin-not-allowed"],
      ["same-site", { headers: { ...both, "sec-fetch-site": "same-site" } }, "origin-not-allowed"],
      [
        "cross-site",
        { headers: { ...both, "sec-fetch-site": "cross-site" } },
        "origin-not-allowed",
      ],
      ["typed in", { headers: { ...both, "sec-fetch-site": "none" } }, "origin-not-allowed"],
      ["on another host", { headers: both, host: "localhost:8737" }, "not-signed-in"],
      ["admin.token from a page", { token: adminToken, origin: own }, "origin-not-allowed"],
      ["admin.token from a browser", {
        token: adminToken,
        headers: { "sec-fetch-site": "same-origin" },
      }, "origin-not-allowed"],
      ["admin.token, nearly", { token: `${adminToken}x` }, "not-signed-in"],
      [
        "admin.token, otherwise",
        { headers: { authorization: `Basic ${adminToken}` } },
        "not-signed-in",
      ],
    ];
    for (const operation of adminOperations.filter(({ access }) => access === "person")) {
      for (const [caller, call, expected] of cases) {
        const what = `${operation.method} ${operation.path} by ${caller}`;
        const answer = await twin.call(pathOf(operation), { ...call, method: operation.method });
        assert.equal(await problemOf(answer, what), expected, what);
        assert.equal(answer.headers.has("access-control-allow-origin"), false, what);
      }
    }
  });
});

Deno.test("an app's token is worth nothing to the dashboard's API", async () => {
  await withTwin(async (twin) => {
    const origin = "https://mail.example.com";
    const { token } = await (await twin.call("/api/v1/apps", { origin, json: { name: "Mail" } }))
      .json();
    assert.equal((await twin.call("/admin/v1/apps", { token })).status, 401);
    assert.equal((await twin.call("/admin/v1/apps", { token, origin })).status, 403);
  });
});

Deno.test("the signed-in page and admin.token are let in", async () => {
  await withTwin(async (twin) => {
    const signIn = await twin.signIn();
    assert.equal((await twin.admin(signIn, "/apps")).status, 200);
    const fromPage = { headers: { "sec-fetch-site": "same-origin" } };
    assert.equal((await twin.admin(signIn, "/apps", fromPage)).status, 200);
    assert.equal((await twin.call("/admin/v1/apps", { token: adminToken })).status, 200);
  });
});

Deno.test("a browser reads every answer that concerns its page, errors and what is not there included", async () => {
  await withTwin(async (twin) => {
    const readable = [
      "https://mail.example.com",
      "https://mail.example.com:8443",
      "http://localhost:3000",
      "http://127.0.0.1:3000",
      "http://[::1]:3000",
      "http://app.localhost",
      "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
      "moz-extension://2c3a1b60-0000-4000-8000-000000000000",
    ];
    const calls: [string, Call, number][] = [
      ["/api/v1/health", {}, 200],
      ["/api/v1/apps/me", {}, 401],
      ["/api/v1/apps", { json: { nme: "x" } }, 400],
      ["/api/v1/apps", { method: "GET" }, 405],
      ["/api/v1/nowhere", {}, 404],
      ["/api/v2", {}, 404],
      ["/api/v1/permissions/request", { method: "OPTIONS" }, 204],
      ["/api/v1/nowhere", { method: "OPTIONS" }, 204],
    ];
    for (const origin of readable) {
      for (const [path, call, status] of calls) {
        const answer = await twin.call(path, { ...call, origin });
        assert.equal(answer.status, status, `${path} ${JSON.stringify(call)}`);
        assert.equal(answer.headers.get("access-control-allow-origin"), origin);
        assert.equal(answer.headers.get("access-control-allow-credentials"), null);
        assert.match(answer.headers.get("vary") ?? "", /\bOrigin\b/);
      }
    }
    for (
      const origin of [
        "null",
        "http://mail.example.com",
        "ftp://mail.example.com",
        "https://a/b",
        "nonsense",
        "",
      ]
    ) {
      for (const [path, call] of calls) {
        const answer = await twin.call(path, { ...call, origin });
        assert.equal(answer.status, 403, `${path} from ${origin}`);
        assert.equal(answer.headers.get("access-control-allow-origin"), null);
      }
    }
    const bare = await twin.call("/api/v1/health");
    assert.equal(bare.headers.get("access-control-allow-origin"), null);
    assert.match(bare.headers.get("vary") ?? "", /\bOrigin\b/);
  });
});

Deno.test("a preflight allows what the API needs, and no more", async () => {
  await withTwin(async (twin) => {
    const { headers } = await twin.call("/api/v1/apps/me", {
      method: "OPTIONS",
      origin: "https://mail.example.com",
      headers: {
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "authorization",
      },
    });
    assert.equal(headers.get("access-control-allow-methods"), "GET, POST, PUT, DELETE");
    assert.equal(
      headers.get("access-control-allow-headers"),
      "Authorization, Content-Type, Last-Event-ID, Gatehouse-Headers",
    );
    assert.ok(Number(headers.get("access-control-max-age")) <= 600);
  });
});

Deno.test("a method that a path lacks is refused with those that it has", async () => {
  await withTwin(async (twin) => {
    const answer = await twin.call("/api/v1/requests/x", {
      method: "PUT",
      origin: "https://mail.example.com",
    });
    assert.equal(await problemOf(answer, "PUT"), "method-not-allowed");
    assert.equal(answer.headers.get("allow"), "GET, HEAD, DELETE");
    const admin = await twin.call("/admin/v1/links", { token: adminToken });
    assert.equal(await problemOf(admin, "GET"), "method-not-allowed");
    assert.equal(admin.headers.get("allow"), "POST");
  });
});

Deno.test("every answer forbids what a browser could do with it", async () => {
  await withTwin(async (twin) => {
    const signIn = await twin.signIn();
    const answers: [string, Response, RegExp][] = [
      ["api", await twin.call("/api/v1/health"), /^default-src 'none'; frame-ancestors 'none'$/],
      ["admin", await twin.call("/admin/v1/apps"), /^default-src 'none'; frame-ancestors 'none'$/],
      ["sdk", await twin.call("/sdk.js"), /^default-src 'none'; frame-ancestors 'none'$/],
      [
        "sign-in",
        await twin.call("/sign-in"),
        /script-src 'self' 'nonce-[^']+'.*require-trusted-types-for 'script'/,
      ],
      [
        "page",
        await twin.call("/", { headers: { cookie: signIn.cookie } }),
        /frame-ancestors 'none'.*trusted-types 'none'/,
      ],
      [
        "missing page",
        await twin.call("/nowhere", { headers: { cookie: signIn.cookie } }),
        /frame-ancestors 'none'/,
      ],
      ["redirect", await twin.call("/"), /frame-ancestors 'none'/],
    ];
    for (const [what, { headers }, policy] of answers) {
      const sent = headers.get("content-security-policy") ?? "";
      assert.match(sent, policy, what);
      assert.doesNotMatch(sent, /unsafe|upgrade-insecure|\*/, what);
      assert.equal(headers.get("x-content-type-options"), "nosniff", what);
      assert.equal(headers.get("x-frame-options"), "DENY", what);
      assert.match(headers.get("referrer-policy") ?? "", /^(no-referrer|same-origin)$/, what);
      const resourcePolicy = what === "sdk" ? "cross-origin" : "same-origin";
      assert.equal(headers.get("cross-origin-resource-policy"), resourcePolicy, what);
      if (what !== "sdk") assert.match(headers.get("cache-control") ?? "", /no-store/, what);
    }
    const page = answers.find(([what]) => what === "page")![1].headers;
    assert.equal(page.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(page.get("cross-origin-embedder-policy"), "require-corp");
  });
});
