/** The timer of `setTimeout()` of Node's sockets: it runs from the last traffic. @module */

/** Calls back when nothing has happened for a while. */
export class IdleTimer {
  readonly #onIdle: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs: number | undefined;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  /** How long nothing may happen; undefined when that was never set. */
  get delayMs(): number | undefined {
    return this.#delayMs;
  }

  /** Sets how long nothing may happen, from now on; 0 is for ever. */
  set(delayMs: number): void {
    this.#delayMs = delayMs;
    this.restart();
  }

  /** Something has happened. */
  restart(): void {
    this.stop();
    if (this.#delayMs) this.#timer = setTimeout(this.#onIdle, this.#delayMs);
  }

  /** Nothing is waited for any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
