/** TLS from a page in a real browser: whose certificate is believed, what the person is told, and STARTTLS with a real SMTP server. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
// @ts-types="@types/smtp-server"
import { SMTPServer } from "smtp-server";
import { TcpDialer } from "../../broker/network/tcp_dialer.ts";
import { systemClock } from "../../broker/stores/system_clock.ts";
import type { DashboardSnapshot } from "../../broker/schema/dashboard.ts";
import { launchBrowser } from "../browser.ts";
import { StartTlsServer } from "../broker/network/starttls_server.ts";
import {
  clientCertificate,
  echo,
  readFixture,
  type ServerCertificate,
  testCa,
  TlsServer,
} from "../broker/network/tls_server.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";
import { pressGuarded } from "../guarded_press.ts";

const patience = { timeout: 15_000 };

/** A broker that trusts the authority of the tests, the app's page, and the dashboard's page of connections. */
interface Stage extends AsyncDisposable {
  readonly gatehouse: TestBroker;
  readonly app: Page;
  readonly dashboard: Page;
}

async function setTheStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const dialer = new TcpDialer({ clock: systemClock, caCerts: [testCa] });
  const gatehouse = await startTestBroker({ dialer });
  stack.defer(() => gatehouse.stop());
  const site = await startStaticSite(new URL("./tls_app/", import.meta.url), {
    "gatehouse.js": `export * from "${gatehouse.url}/sdk.js";`,
  });
  stack.defer(() => site.stop());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const context = await browser.newContext();
  const dashboard = await context.newPage();
  await dashboard.goto(gatehouse.launchLink().url);
  await dashboard.getByRole("link", { name: "To the requests" }).click(patience);
  const app = await context.newPage();
  await app.goto(`${site.origin}/?${new URLSearchParams({ broker: gatehouse.url })}`);
  await app.locator("#state", { hasText: "pending-installation" }).waitFor(patience);
  const [known] = gatehouse.broker.store.list("app");
  await gatehouse.admin("POST", `/apps/${known?.id}/install`);
  await app.locator("#state", { hasText: "installed" }).waitFor(patience);
  const rest = stack.move();
  return { gatehouse, app, dashboard, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}

/** Answers requests as the dashboard does, from now on; tells the names in the handshake that were asked about. */
function allowQuestions(
  { broker, admin }: TestBroker,
): { names: (string | undefined)[] } & Disposable {
  const names: (string | undefined)[] = [];
  const seen = new Set<string>();
  const allow = async () => {
    const { requests } = await (await admin("GET", "/snapshot")).json() as DashboardSnapshot;
    for (const { id, reviewToken, serverName } of requests) {
      if (seen.has(id)) continue;
      seen.add(id);
      names.push(serverName);
      const answer = { effect: "allow", duration: { kind: "always" }, reviewToken };
      await admin("POST", `/requests/${id}/answer`, answer);
    }
  };
  const stop = broker.store.subscribe(({ puts }) => {
    const asks = puts.some(({ noun, record }) => noun === "request" && record.outcome === null);
    if (asks) queueMicrotask(allow);
  });
  return { names, [Symbol.dispose]: stop };
}

/** What `app.echo` gives. */
interface Echoed {
  echoed?: string;
  alpn?: string | null;
  certificate?: { issuer: string; validToMs: number; fingerprint256: string };
  opened?: { name: string; code: string; phase: string };
  closed?: { name: string; code: string; phase: string };
}

function echoOf(app: Page, port: number, options: object, text = "NOOP"): Promise<Echoed> {
  return app.evaluate(
    // deno-lint-ignore no-explicit-any
    ([port, options, text]) => (globalThis as any).app.echo(port, options, text),
    [port, options, text] as const,
  );
}

/** Calls a step of the app's mail. */
function submission<Answer>(app: Page, step: string, ...given: unknown[]): Promise<Answer> {
  return app.evaluate(
    // deno-lint-ignore no-explicit-any
    ([step, given]) => (globalThis as any).app.submission[step as string](...(given as unknown[])),
    [step, given] as const,
  );
}

Deno.test("a page speaks TLS: the person is asked for it, the name is proven, and the row says by whom", async () => {
  await using stage = await setTheStage();
  const { app, dashboard } = stage;
  const held = Promise.withResolvers<void>();
  using server = new TlsServer("loopback", async (connection) => {
    await connection.handshake();
    await held.promise;
    await echo(connection);
  }, ["imap"]);
  const answer = echoOf(app, server.port, { alpn: ["imap"], sni: "mail.example.com" });
  const card = dashboard.getByRole("article", { name: /^Post wants to open an encrypted/ });
  const said = await card.innerText(patience);
  assert.ok(
    said.includes(
      `encrypted connection to 127.0.0.1, port ${server.port}, and to speak to mail.example.com there.`,
    ),
    said,
  );
  assert.match(
    said,
    /Only mail\.example\.com has to prove who it is.* 127\.0\.0\.1 proves nothing\./,
  );
  const dialog = dashboard.getByRole("dialog");
  await pressGuarded(card.getByRole("button", { name: "Allow…" }), { taken: dialog });
  await pressGuarded(dialog.getByRole("button", { name: /^Allow 127\.0\.0\.1/ }), {
    taken: "gone",
  });
  await dashboard.getByRole("link", { name: "Connections" }).click();
  const row = dashboard.getByRole("row").filter({ hasText: `127.0.0.1:${server.port}` });
  await row.getByText("TLS", { exact: true }).waitFor(patience);
  await row.getByText(
    "mail.example.com proved its name by a certificate of Gatehouse test CA, valid until Jan 1, 2120.",
  ).waitFor(patience);
  held.resolve();
  const { echoed, alpn, certificate } = await answer;
  assert.deepEqual([echoed, alpn, certificate?.issuer], ["NOOP", "imap", "CN=Gatehouse test CA"]);
  await dashboard.getByRole("link", { name: "Permissions" }).click();
  await dashboard.getByText("encrypted connections to mail.example.com there").waitFor(patience);
});

Deno.test("a certificate that does not hold: opened and closed reject alike in Chromium, with its code", async () => {
  await using stage = await setTheStage();
  const { app, gatehouse } = stage;
  using _ = allowQuestions(gatehouse);
  const rows: [ServerCertificate, object, string][] = [
    ["server", {}, "certificate-name-mismatch"],
    ["loopback", { sni: "other.example.com" }, "certificate-name-mismatch"],
    ["expired", {}, "certificate-expired"],
    ["self_signed", {}, "certificate-untrusted"],
    ["loopback", { alpn: ["pop3"] }, "tls-failed"],
  ];
  for (const [certificate, options, code] of rows) {
    using server = new TlsServer(certificate, echo, ["imap"]);
    const { opened, closed } = await echoOf(app, server.port, options);
    assert.deepEqual(opened, { name: "NetworkError", code, phase: "tls" });
    assert.deepEqual(closed, opened);
  }
  assert.equal(gatehouse.broker.sessions.size, 0);
});

Deno.test("a certificate of the app's own goes to the server, and the row tells that it did", async () => {
  await using stage = await setTheStage();
  const { app, dashboard, gatehouse } = stage;
  await using server = await StartTlsServer.start();
  using _ = allowQuestions(gatehouse);
  await dashboard.getByRole("link", { name: "Connections" }).click();
  const echoed = await app.evaluate(
    // deno-lint-ignore no-explicit-any
    ([port, options]) => (globalThis as any).app.upgrade(port, options),
    [server.port, clientCertificate] as const,
  );
  assert.equal(echoed, "NOOP");
  assert.deepEqual(server.clients, ["An app of its own"]);
  await dashboard.getByText("The app has shown a certificate of its own.").waitFor(patience);
});

Deno.test("mail is handed over to a real SMTP server: plain at first, then encrypted, and the row changes before one's eyes", async () => {
  await using stage = await setTheStage();
  const { app, dashboard, gatehouse } = stage;
  const mails: { secure: boolean; user: unknown; text: string }[] = [];
  const smtp = new SMTPServer({
    cert: readFixture("loopback.pem"),
    key: readFixture("server.key.pem"),
    authMethods: ["PLAIN"],
    onAuth: ({ username, password }, { secure }, done) =>
      done(secure && password === "secret" ? null : new Error("no"), { user: username }),
    onData: (stream, { secure, user }, done) => {
      let text = "";
      stream.on("data", (piece) => text += piece);
      stream.on("end", () => {
        mails.push({ secure, user, text });
        done();
      });
    },
  });
  smtp.on("error", () => {});
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  const { port } = smtp.server.address() as AddressInfo;
  using asked = allowQuestions(gatehouse);
  try {
    await dashboard.getByRole("link", { name: "Connections" }).click();
    const row = dashboard.getByRole("row").filter({ hasText: `127.0.0.1:${port}` });
    const [greeting, offers] = await submission<string[][]>(app, "connect", port);
    assert.match(greeting?.[0] ?? "", /^220 /);
    assert.ok(offers?.some((line) => /^250.STARTTLS$/.test(line)), `${offers}`);
    await row.getByText("Plain", { exact: true }).waitFor(patience);

    const encrypted = await submission<{ ready: string; subject: string; offers: string[] }>(
      ...[app, "encrypt", { sni: "mail.example.com" }] as const,
    );
    assert.match(encrypted.ready, /^220 /);
    assert.equal(encrypted.subject, "CN=localhost");
    assert.ok(encrypted.offers.some((line) => /^250.AUTH PLAIN/.test(line)));
    await row.getByText("TLS", { exact: true }).waitFor(patience);
    await row.getByText("mail.example.com proved its name by").waitFor(patience);

    const answers = await submission(app, "send", "a", "secret", "Hello");
    assert.deepEqual(answers, ["235", "250", "250", "354", "250", "221"]);
    assert.deepEqual(mails, [{ secure: true, user: "a", text: "Subject: Hello\r\n\r\nHello\r\n" }]);
    assert.deepEqual(asked.names, [undefined], "the plain permission was enough");
    await dashboard.getByRole("link", { name: "History" }).click();
    await dashboard.getByText(`Encrypted the connection to 127.0.0.1:${port}.`).waitFor(patience);
  } finally {
    await new Promise<void>((resolve) => smtp.close(resolve));
  }
});
