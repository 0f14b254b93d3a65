/** The client process of the API benchmark: asks the same question again and again, several at a time. @module */
import process from "node:process";
import { Agent, request } from "node:http";
import { inputLines } from "./process.ts";

const [port, token, path] = Deno.args;
const questions = 4000;
const atATime = 16;
const agent = new Agent({ keepAlive: true, maxSockets: atATime });
const body = JSON.stringify({ capability: "tcp-connect", target: "127.0.0.1:993" });

function ask(): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request({
      agent,
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

process.stdout.write("ready\n");
for await (const _line of inputLines()) {
  let begun = 0;
  const startMs = performance.now();
  await Promise.all(Array.from({ length: atATime }, async () => {
    while (begun++ < questions) {
      const status = await ask();
      if (status !== 200) throw new Error(`The server answered ${status}`);
    }
  }));
  const perSecond = questions / (performance.now() - startMs) * 1000;
  process.stdout.write(`${JSON.stringify({ "permissions/query, 1/s": perSecond })}\n`);
}
