/** A real VNC server with a white screen: TigerVNC, with no password, on loopback. @module */

/** A VNC server that runs. */
export interface VncServer {
  readonly port: number;
  /** What it calls its desktop. */
  readonly desktopName: string;
  readonly width: number;
  readonly height: number;
  stop(): Promise<void>;
}

/**
 * Starts the server, and resolves once it is ready.
 *
 * @throws Error that says how to install it where it is not.
 */
export async function startVncServer(): Promise<VncServer> {
  const desktop = { desktopName: "White screen", width: 320, height: 200 };
  const port = freePort();
  const child = spawn([
    // It takes a display that is free, and says which one once it is ready.
    ...["-displayfd", "1", "-rfbport", String(port), "-localhost", "-SecurityTypes", "None"],
    ...["-desktop", desktop.desktopName, "-geometry", `${desktop.width}x${desktop.height}`],
    ...["-depth", "24", "-wr", "-nolisten", "tcp"],
  ]);
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  if ((await reader.read()).done) throw new Error(`The VNC server did not start:\n${await errors}`);
  return {
    ...desktop,
    port,
    async stop() {
      child.kill("SIGTERM");
      await reader.cancel();
      await Promise.all([child.status, errors]);
    },
  };
}

function spawn(args: string[]): Deno.ChildProcess {
  try {
    return new Deno.Command("Xtigervnc", {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    throw new Error(
      "No VNC server could be started. Install one: `apt-get install tigervnc-standalone-server`.",
      { cause },
    );
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
