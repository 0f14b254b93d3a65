/** Signing in by a launch link, and what a page may do without JavaScript. @module */
import assert from "node:assert/strict";
import {
  adminToken,
  host,
  startWebTwin,
  type TestSignIn,
  type WebTwin,
} from "../fakes/web_twin.ts";

const own = `http://${host}`;

async function withTwin(run: (twin: WebTwin) => Promise<void>): Promise<void> {
  const twin = await startWebTwin();
  try {
    await run(twin);
    assert.deepEqual(twin.broker.log.errors, []);
  } finally {
    await twin.stop();
  }
}

function tokenOf(url: string): string {
  return new URL(url).hash.slice(1);
}

Deno.test("a launch link signs one browser in, once", async () => {
  await withTwin(async (twin) => {
    const link = await (await twin.call("/admin/v1/links", { method: "POST", token: adminToken }))
      .json();
    const post = () =>
      twin.call("/admin/v1/sign-in", { origin: own, json: { token: tokenOf(link.url) } });
    const first = await post();
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("cache-control"), "no-store");
    const second = await post();
    assert.equal(second.status, 403);
    assert.equal((await second.json()).type, "urn:gatehouse:problem:launch-link-spent");
    assert.deepEqual(second.headers.getSetCookie(), []);
  });
});

Deno.test("only the dashboard's own page may use a launch link up", async () => {
  await withTwin(async (twin) => {
    const token = tokenOf(twin.web.launchLinks.create().url);
    for (const origin of ["https://evil.test", "null", "http://localhost:8737", undefined]) {
      const answer = await twin.call("/admin/v1/sign-in", {
        json: { token },
        ...(origin && { origin }),
      });
      assert.equal(answer.status, 403, String(origin));
      assert.equal((await answer.json()).type, "urn:gatehouse:problem:origin-not-allowed");
    }
    const form = { origin: own, body: `token=${token}`, headers: { "content-type": "text/plain" } };
    assert.equal((await twin.call("/admin/v1/sign-in", form)).status, 415);
    assert.equal(
      (await twin.call("/admin/v1/sign-in", { origin: own, json: { token } })).status,
      200,
    );
  });
});

Deno.test("signing out ends the sign-in and takes the cookies back", async () => {
  await withTwin(async (twin) => {
    const signIn = await twin.signIn();
    const answer = await twin.admin(signIn, "/sign-out", { method: "POST" });
    assert.equal(answer.status, 204);
    assert.ok(answer.headers.getSetCookie().every((line) => line.includes("Max-Age=0")));
    assert.equal((await twin.admin(signIn, "/apps")).status, 401);
  });
});

Deno.test("a page is shown to who is signed in, and every other is sent to the sign-in page", async () => {
  await withTwin(async (twin) => {
    const { cookie } = await twin.signIn();
    const paths = ["/", "/apps", "/connections", "/history", "/permissions", "/nowhere"];
    for (const path of paths) {
      const answer = await twin.call(path);
      assert.equal(answer.status, 303, path);
      assert.equal(answer.headers.get("location"), "/sign-in");
      const onOther = await twin.call(path, { headers: { cookie }, host: "localhost:8737" });
      assert.equal(onOther.status, 303, "a cookie counts on its own host alone");
    }
    const shown = await twin.call("/", { headers: { cookie } });
    assert.equal(shown.status, 200);
    assert.match(shown.headers.get("content-type") ?? "", /^text\/html/);
    const page = await twin.call("/sign-in");
    assert.equal(page.status, 200);
    assert.match(
      page.headers.getSetCookie()[0] ?? "",
      /^__Host-Http-gatehouse-probe=1; .*HttpOnly; SameSite=Strict; Secure$/,
    );
  });
});

Deno.test("a page can be gone to from anywhere, and loaded from nowhere else", async () => {
  await withTwin(async (twin) => {
    const { cookie } = await twin.signIn();
    const statusFor = async (site: string, mode: string, dest: string) => {
      const headers = {
        cookie,
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
        "sec-fetch-dest": dest,
      };
      return (await twin.call("/", { headers })).status;
    };
    assert.equal(await statusFor("none", "navigate", "document"), 200);
    assert.equal(await statusFor("same-origin", "cors", "empty"), 200);
    assert.equal(await statusFor("cross-site", "navigate", "document"), 200);
    assert.equal(await statusFor("cross-site", "navigate", "iframe"), 403);
    assert.equal(await statusFor("same-site", "cors", "empty"), 403);
    assert.equal(await statusFor("cross-site", "no-cors", "image"), 403);
  });
});

Deno.test("a form changes something only with its form token, from the dashboard's own page", async () => {
  await withTwin(async (twin) => {
    const { cookie } = await twin.signIn();
    const formToken = twin.web.signIns.find(new Headers({ cookie }), host)?.formToken ?? "";
    const urlencoded = "application/x-www-form-urlencoded";
    const post = async (
      form: Record<string, string>,
      { origin = own, type = urlencoded, cookies = cookie, on = host } = {},
    ) => {
      const answer = await twin.call(`/requests/req_${"a".repeat(32)}`, {
        method: "POST",
        host: on,
        origin,
        headers: { cookie: cookies, "content-type": type },
        body: new URLSearchParams(form).toString(),
      });
      const problem = answer.headers.get("content-type") === "application/problem+json";
      return problem
        ? (await answer.json()).type.slice("urn:gatehouse:problem:".length)
        : answer.status;
    };
    assert.equal(await post({}), "secret-missing");
    assert.equal(await post({ formToken: "guessed" }), "secret-missing");
    assert.equal(await post({ formToken }, { origin: "null" }), "origin-not-allowed");
    assert.equal(
      await post({ formToken }, { origin: "http://gatehouse.localhost:9999" }),
      "origin-not-allowed",
    );
    assert.equal(await post({ formToken }, { type: "text/plain" }), "unsupported-media-type");
    assert.equal(await post({ formToken }, { cookies: "" }), 303, "to the sign-in page");
    const plain = await twin.signIn("localhost:8737");
    const onPlain = {
      cookies: plain.cookie,
      on: "localhost:8737",
      origin: "http://localhost:8737",
    };
    assert.equal(await post({ formToken }, onPlain), "secret-missing");
    const through = await post({ formToken });
    assert.ok(through !== "secret-missing" && through !== "origin-not-allowed", String(through));
    twin.broker.log.errors.length = 0;
  });
});

Deno.test("signing out ends the streams of that sign-in, and of no other", async () => {
  await withTwin(async (twin) => {
    const [leaves, stays] = [await twin.signIn(), await twin.signIn()];
    const follow = async (signIn: TestSignIn) => {
      const answer = await twin.admin(signIn, "/events");
      return answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const [ending, going] = [await follow(leaves), await follow(stays)];
    await twin.admin(leaves, "/sign-out", { method: "POST" });
    while (!(await ending.read()).done);
    await twin.admin(stays, "/settings", { method: "PUT", json: { mode: "quiet" } });
    await twin.broker.clock.advance(1000);
    let text = "";
    while (!text.includes('"mode":"quiet"')) {
      const { value, done } = await going.read();
      assert.equal(done, false);
      text += value;
    }
    await going.cancel();
  });
});
