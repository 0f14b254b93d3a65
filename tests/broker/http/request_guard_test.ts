/** Which requests the front lets in. @module */
import assert from "node:assert/strict";
import { allowedHosts } from "../../../broker/http/hosts.ts";
import { vetRequest } from "../../../broker/http/request_guard.ts";

const hosts = allowedHosts(8737);

function vet(headers: string[][], url = "/", method = "GET"): string {
  const vetted = vetRequest({ method, url, rawHeaders: headers.flat() }, hosts);
  return "host" in vetted
    ? vetted.host
    : vetted.problem.type.slice("urn:gatehouse:problem:".length);
}

Deno.test("each name of loopback with the right port is let in", () => {
  const cases = ["gatehouse.localhost:8737", "localhost:8737", "127.0.0.1:8737", "[::1]:8737"];
  for (const host of cases) assert.equal(vet([["Host", host]]), host);
  assert.equal(vet([["hOST", "LocalHost:8737"]]), "localhost:8737");
});

Deno.test("every other Host is refused, whatever a parser would make of it", () => {
  const cases = [
    [],
    [["Host", ""]],
    [["Host", "localhost"]],
    [["Host", "localhost:8738"]],
    [["Host", "localhost:08737"]],
    [["Host", "localhost:8737."]],
    [["Host", "localhost.:8737"]],
    [["Host", "evil.test:8737"]],
    [["Host", "x.gatehouse.localhost:8737"]],
    [["Host", "evil/127.0.0.1:8737"]],
    [["Host", "user@127.0.0.1:8737"]],
    [["Host", "127.1:8737"]],
    [["Host", "0.0.0.0:8737"]],
    [["Host", "[::ffff:127.0.0.1]:8737"]],
    [["Host", "localhost:8737, localhost:8737"]],
    [["Host", "localhost:8737"], ["Host", "localhost:8737"]],
    [["Host", "localhost:8737"], ["host", "evil.test"]],
  ];
  for (const headers of cases) {
    assert.equal(vet(headers), "host-not-allowed", JSON.stringify(headers));
  }
});

Deno.test("on port 80 the port may be left out, as browsers do", () => {
  const vetted = vetRequest(
    { method: "GET", url: "/", rawHeaders: ["Host", "localhost"] },
    allowedHosts(80),
  );
  assert.deepEqual(vetted, { host: "localhost" });
});

Deno.test("only a path is a target, and only the known methods are methods", () => {
  const own = [["Host", "localhost:8737"]];
  for (const url of ["http://localhost:8737/", "http://evil.test/", "*", "localhost:8737", ""]) {
    assert.equal(vet(own, url), "host-not-allowed", url);
  }
  for (const method of ["TRACE", "PATCH", "get", "PROPFIND"]) {
    assert.equal(vet(own, "/", method), "method-not-allowed", method);
  }
  for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
    assert.equal(vet(own, "/a?b", method), "localhost:8737", method);
  }
});

Deno.test("what a proxy adds is refused", () => {
  for (
    const name of [
      "Forwarded",
      "X-Forwarded-For",
      "x-forwarded-host",
      "X-Real-IP",
      "X-Original-URL",
    ]
  ) {
    assert.equal(vet([["Host", "localhost:8737"], [name, "1.2.3.4"]]), "invalid-header", name);
  }
});
