/** What a fetch is checked for in a browser, the same in a page and in a worker. @module */

/** Makes each kind of fetch once, and tells what came. `server` echoes what it is sent at `/echo`. */
export async function fetchEverything(gatehouse, server) {
  const echo = async (init, request = `${server}/echo`) => {
    const response = await gatehouse.fetch(request, init);
    return await response.json();
  };
  const form = new FormData();
  form.append("name", "Ada");
  form.append("file", new Blob(["of a file"], { type: "text/plain" }), "a.txt");
  const bodies = {
    text: await echo({ method: "POST", body: "grüß" }),
    bytes: await echo({ method: "POST", body: new Uint8Array([103, 111]) }),
    blob: await echo({ method: "POST", body: new Blob(["blob"], { type: "image/png" }) }),
    search: await echo({ method: "POST", body: new URLSearchParams({ a: "1 2" }) }),
    form: await echo({ method: "POST", body: form }),
    request: await echo(
      {},
      new Request(`${server}/echo`, { method: "PUT", body: "asked", headers: { "X-Key": "k" } }),
    ),
    stream: await echo({ method: "POST", body: new Blob(["streamed"]).stream() }),
  };
  const response = await gatehouse.fetch(`${server}/moved`);
  const clone = response.clone();
  const facts = {
    isResponse: response instanceof Response,
    ...{ status: response.status, statusText: response.statusText, ok: response.ok },
    ...{ redirected: response.redirected, path: new URL(response.url).pathname },
    type: response.headers.get("content-type"),
    cookie: response.headers.get("set-cookie"),
    clonePath: new URL(clone.url).pathname,
    text: await response.text(),
    blob: (await clone.blob()).size,
  };
  return { bodies, facts, ...await streams(gatehouse, server) };
}

async function streams(gatehouse, server) {
  const progress = [];
  const large = await gatehouse.fetch(`${server}/large`, {
    onProgress: (step) => progress.push(step),
  });
  const into = new Uint8Array(1000);
  const reader = large.body.getReader({ mode: "byob" });
  const { value } = await reader.read(into);
  let whole = value.length;
  reader.releaseLock();
  for await (const bytes of large.body) whole += bytes.length;
  const head = await gatehouse.fetch(`${server}/large`, { method: "HEAD" });
  const part = await gatehouse.fetch(`${server}/large`, { headers: { Range: "bytes=1-3" } });
  const nameOf = (promise) => promise.then(() => "none", ({ name }) => name);
  const early = new AbortController();
  const waiting = nameOf(gatehouse.fetch(`${server}/never`, { signal: early.signal }));
  early.abort();
  const late = new AbortController();
  const { body } = await gatehouse.fetch(`${server}/endless`, { signal: late.signal });
  const endless = body.getReader();
  await endless.read();
  late.abort(new DOMException("Enough.", "TimeoutError"));
  return {
    read: { byob: value.length, whole, head: head.body },
    part: [part.status, (await part.arrayBuffer()).byteLength],
    progress: progress.at(-1),
    aborts: [await waiting, await nameOf(endless.read())],
    refused: await gatehouse.fetch("http://169.254.169.254/").catch((error) => ({
      isTypeError: error instanceof TypeError,
      code: error.cause.code,
    })),
  };
}
