/** Calls of the app's API, `/api/v1`: JSON in, JSON out, refusals as DOMExceptions. @module */
import type { Problem } from "../schema/problem.ts";
import { explainSilence } from "./broker_location.ts";
import type { Environment } from "./environment.ts";
import { problemFailure } from "./failure.ts";

/** The API of one broker, called as one app. */
export class BrokerApi {
  /** The app token; null until there is one. */
  token: string | null = null;

  /** @param origin The broker's origin. */
  constructor(readonly environment: Environment, readonly origin: string) {}

  /** The URL of the relay. */
  get relayUrl(): string {
    return `${this.origin.replace(/^http/, "ws")}/api/v1/relay`;
  }

  /**
   * Calls the API.
   *
   * @param path What follows `/api/v1`.
   * @returns The answer's JSON, which the broker has built from the schema of this call; undefined when it has none.
   * @throws DOMException with the broker's problem details, or telling which wall stands before the broker, as its cause.
   */
  async call<Answer>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    { body, signal }: { body?: unknown; signal?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    const answer = await this.#fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }

  /**
   * Opens a stream of server-sent events.
   *
   * @throws As `call` does.
   */
  async openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = { accept: "text/event-stream" };
    const answer = await this.#fetch(path, { method: "GET", headers, signal });
    return answer.body ?? new ReadableStream({ start: (controller) => controller.close() });
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token !== null) headers.set("authorization", `Bearer ${this.token}`);
    const url = `${this.origin}/api/v1${path}`;
    const answer = await this.environment
      .fetch(url, { ...init, headers, cache: "no-store", credentials: "omit" })
      .catch(async (fault) => {
        init.signal?.throwIfAborted();
        throw fault instanceof TypeError
          ? await explainSilence(this.environment, this.origin)
          : fault;
      });
    if (answer.ok) return answer;
    throw problemFailure(await readProblem(answer));
  }
}

async function readProblem(answer: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "urn:gatehouse:problem:internal-error",
    title: "The broker failed",
    status: answer.status,
    detail: `The broker answered ${answer.status} without saying why.`,
  };
  try {
    const problem = await answer.json();
    return typeof problem?.detail === "string" ? { ...fallback, ...problem } : fallback;
  } catch {
    return fallback;
  }
}
