/** Asking the running broker, as the command line does: by the port and the token in its data directory. @module */
import { request } from "node:http";
import { readAdminToken } from "../stores/admin_token.ts";
import { findRunningServer } from "../stores/running_server.ts";

/** Thrown when the broker can't be asked, or refuses; its message is for people. */
export class AskError extends Error {
  override name = "AskError";
}

/**
 * Posts to the dashboard's API.
 *
 * @param directory The data directory of the broker.
 * @returns The answer's JSON.
 * @throws AskError
 */
export async function askBroker(directory: string, path: string, body: unknown): Promise<unknown> {
  const server = await findRunningServer(directory);
  const token = server && await readAdminToken(directory);
  if (!server || token === null) {
    throw new AskError(`No broker is running on ${directory}. Start it with \`deno task start\`.`);
  }
  const { status, text } = await post(server.port, `/admin/v1${path}`, token, JSON.stringify(body));
  const answer = JSON.parse(text);
  if (status >= 400) throw new AskError(answer.detail ?? `The broker answered ${status}.`);
  return answer;
}

/** Not `fetch`: that would hand the token to a proxy where one is set for the whole machine. */
function post(
  port: number,
  path: string,
  token: string,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": new TextEncoder().encode(body).byteLength,
      },
    }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => text += chunk);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    call.on(
      "error",
      (fault) => reject(new AskError(`The broker does not answer: ${fault.message}`)),
    );
    call.end(body);
  });
}
