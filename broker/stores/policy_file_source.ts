/** The policy out of a file: read at the start, watched after that; a file that is wrong never takes the place of a good one. @module */
import { dirname, resolve } from "node:path";
import type { Clock, Log, PolicySource, PolicyState, Secrets } from "../actions/ports.ts";
import type { Policy } from "../core/policy.ts";
import { PolicyError } from "../core/policy_error.ts";
import { type PolicyReading, readPolicy } from "../core/read_policy.ts";
import { Listeners } from "./listeners.ts";

/** How long after a change the file is read: whoever writes it is done by then. */
const settleMs = 100;
/** The longest file that is read, in bytes. */
const maxFileBytes = 64 * 1024 * 1024;

/** Thrown when the broker can't start with a policy file; its message is for people. */
export class PolicyFileError extends Error {
  override name = "PolicyFileError";
}

/** What a source needs. */
export interface PolicyFileParts {
  readonly clock: Clock;
  readonly secrets: Pick<Secrets, "hash">;
  readonly log: Log;
}

/** The `PolicySource` over a file. */
export class PolicyFileSource implements PolicySource {
  readonly #parts: PolicyFileParts;
  readonly #listeners = new Listeners<void>();
  readonly #path: string;
  #text: string;
  #reading: PolicyReading;
  #readAtMs: number;
  #problem: string | null = null;
  #watchFault: string | null = null;
  #watcher: Deno.FsWatcher | null = null;
  #stopTimer: (() => void) | null = null;
  #reloading: Promise<void> = Promise.resolve();

  private constructor(path: string, parts: PolicyFileParts, text: string, reading: PolicyReading) {
    this.#path = path;
    this.#parts = parts;
    this.#text = text;
    this.#reading = reading;
    this.#readAtMs = parts.clock.nowMs();
  }

  /**
   * Reads the file and begins to watch it.
   *
   * @throws PolicyFileError when it can't be read, or what it says is wrong.
   */
  static async open(path: string, parts: PolicyFileParts): Promise<PolicyFileSource> {
    const absolute = resolve(path);
    try {
      const text = await readText(absolute);
      const reading = readPolicy(text, (text) => parts.secrets.hash(text));
      const source = new PolicyFileSource(absolute, parts, text, reading);
      await source.#watch();
      return source;
    } catch (fault) {
      throw new PolicyFileError(`The policy in ${absolute} can't be used.\n${faultText(fault)}`);
    }
  }

  current(): Policy {
    return this.#reading.policy;
  }

  /** How the broker itself is to run, as the file said at the start. */
  get server(): PolicyReading["server"] {
    return this.#reading.server;
  }

  state(): PolicyState {
    const { warnings } = this.#reading;
    return {
      path: this.#path,
      readAtMs: this.#readAtMs,
      warnings: this.#watchFault === null ? warnings : [...warnings, this.#watchFault],
      problem: this.#problem,
    };
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Stops watching. */
  async stop(): Promise<void> {
    this.#stopTimer?.();
    this.#watcher?.close();
    this.#watcher = null;
    await this.#reloading;
  }

  /** Watches directories, not the file: editors and deployments put another file, or another link, in its place. */
  async #watch(): Promise<void> {
    try {
      const real = await Deno.realPath(this.#path);
      const directories = [...new Set([dirname(this.#path), dirname(real)])];
      const watcher = Deno.watchFs(directories, { recursive: false });
      this.#watcher = watcher;
      this.#follow(watcher).catch((fault) => this.#cannotWatch(fault));
    } catch (fault) {
      this.#cannotWatch(fault);
    }
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind } of watcher) {
      if (kind === "access" || this.#stopTimer || this.#watcher === null) continue;
      this.#reloadSoon("first look");
    }
  }

  #reloadSoon(look: "first look" | "second look"): void {
    this.#stopTimer = this.#parts.clock.setTimer(settleMs, () => {
      this.#stopTimer = null;
      this.#reloading = this.#reloading.then(() => this.#reload(look));
    });
  }

  #cannotWatch(fault: unknown): void {
    this.#parts.log.error("policy-not-watched", fault);
    this.#watchFault = "Changes of the file are not noticed until the broker starts again.";
  }

  /** What can't be used may only be half written yet: it is looked at twice before anybody is told. */
  async #reload(look: "first look" | "second look"): Promise<void> {
    const before = this.#problem;
    const { revision } = this.#reading.policy;
    try {
      const text = await readText(this.#path);
      if (text !== this.#text) {
        this.#reading = readPolicy(text, (text) => this.#parts.secrets.hash(text));
        this.#text = text;
        this.#readAtMs = this.#parts.clock.nowMs();
      }
      this.#problem = null;
    } catch (fault) {
      if (look === "first look") {
        if (this.#watcher !== null && this.#stopTimer === null) this.#reloadSoon("second look");
        return;
      }
      this.#problem = faultText(fault);
    }
    const isAnother = this.#reading.policy.revision !== revision;
    if (isAnother || this.#problem !== before) this.#listeners.notify();
  }
}

async function readText(path: string): Promise<string> {
  const { size } = await Deno.stat(path);
  if (size > maxFileBytes) throw new RangeError(`It is larger than ${maxFileBytes} bytes.`);
  return await Deno.readTextFile(path);
}

function faultText(fault: unknown): string {
  if (fault instanceof PolicyError) return fault.message;
  return fault instanceof Error ? `It can't be read: ${fault.message}` : "It can't be read.";
}
