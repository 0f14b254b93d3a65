/** A queue that runs one group of jobs at a time: what waits together, and goes together, costs one run. @module */

/** Runs jobs in the order in which they came. */
export class GroupQueue<Job> {
  readonly #run: (group: readonly Job[]) => Promise<void>;
  readonly #groupLength: (waiting: readonly Job[]) => number;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  /**
   * @param run Does the jobs of one group, all at once; tells each of them how it went, and never rejects.
   * @param groupLength How many of the jobs that wait, from the front, go together: 1 or more.
   */
  constructor(
    run: (group: readonly Job[]) => Promise<void>,
    groupLength: (waiting: readonly Job[]) => number,
  ) {
    this.#run = run;
    this.#groupLength = groupLength;
  }

  /** Takes in a job. */
  push(job: Job): void {
    this.#waiting.push(job);
    this.#running ??= this.#drain();
  }

  /** Resolves when nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    // Not at once, so that jobs pushed in one go can go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#run(this.#waiting.splice(0, this.#groupLength(this.#waiting)));
    }
    this.#running = null;
  }
}
