/** Answers of the API: JSON that no cache keeps. @module */

/** Answers `body` as JSON. */
export function answerJson(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
