/** A program and the REST API of a broker as a person starts it, with the permissions that it has then. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort, startBrokerProcess } from "../fakes/broker_process.ts";

Deno.test("a program fetches, and is told of the network, through a broker that was started by its task", async () => {
  const data = await Deno.makeTempDir({ prefix: "gatehouse-rest-" });
  const server = createServer((incoming, outgoing) => outgoing.end(`hello ${incoming.url}`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const broker = await startBrokerProcess({ port: freePort(), data });
  const call = async (token: string, path: string, json?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${new URL(broker.origin).port}${path}`, {
      method: json === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    assert.ok(answer.ok, `${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
    return answer;
  };
  try {
    const admin = (await Deno.readTextFile(`${data}/admin.token`)).trim();
    const made = await call(admin, "/admin/v1/apps", { name: "Tool" });
    const { token } = await made.json();
    const url = encodeURIComponent(`http://127.0.0.1:${port}/there`);
    const asked = [call(token, `/api/v1/fetch?url=${url}`), call(token, "/api/v1/network")];
    for (let answered = 0; answered < asked.length;) {
      const { requests } = await (await call(admin, "/admin/v1/requests")).json();
      for (const { id, reviewToken } of requests) {
        const answer = { effect: "allow", duration: { kind: "always" }, reviewToken };
        await call(admin, `/admin/v1/requests/${id}/answer`, answer);
        answered++;
      }
    }
    const [fetched, network] = await Promise.all(asked);
    assert.equal(await fetched?.text(), "hello /there");
    const facts = await network?.json();
    assert.ok(Array.isArray(facts.addresses));
    assert.deepEqual(facts.publicAddresses, { ipv4: null, ipv6: null });
    // It may run the programs that tell, where there are any.
    const hasIp = await new Deno.Command("ip", { args: ["-V"], stdout: "null" }).output()
      .then(({ success }) => success, () => false);
    assert.equal(facts.online === null, !hasIp);
  } finally {
    await broker.stop();
    server.closeAllConnections();
    server.close();
    await Deno.remove(data, { recursive: true });
  }
});
