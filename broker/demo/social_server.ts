/** A JSON API that wants a token and shares with no page: what a social network's own apps call. @module */
import { createServer, type Server } from "node:http";

/** The token that it takes. */
export const socialToken = "demo-token";

const maxPosts = 50;
const maxPostBytes = 1000;

/** The server. `GET /posts` lists, `POST /posts` with `{"text"}` adds one; both want `Authorization: Bearer`. */
export function socialServer(): Server {
  const posts = [{ by: "Ada", text: "Hello from a server without CORS." }];
  return createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${socialToken}`) {
      return answer(401, { error: "A token is needed." });
    }
    if (request.url !== "/posts") return answer(404, { error: "There is nothing here." });
    if (request.method === "GET") return answer(200, { posts });
    if (request.method !== "POST") return answer(405, { error: "GET or POST." });
    try {
      let body = "";
      for await (const bytes of request) {
        body += bytes;
        if (body.length > maxPostBytes) return answer(413, { error: "Too long." });
      }
      const { text } = JSON.parse(body);
      posts.unshift({ by: "You", text: String(text) });
      posts.length = Math.min(posts.length, maxPosts);
      answer(201, { posts });
    } catch {
      answer(400, { error: "Send JSON with a text." });
    }
  });
}
