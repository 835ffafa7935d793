import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Runtime, startRuntime } from '../scripts/lib/runtime';
import type { Target } from './balancer';
import { type Line, linesFile } from './flow';

export interface SlotOptions {
  name: string;
  port: number;
  userDir: string;
  env: Record<string, string>;
  settings: Record<string, unknown>;
}

/** A place for a Node-RED process, which is killed, paused and started again during the runs. */
export class Slot implements Target {
  readonly name: string;
  readonly port: number;
  readonly userDir: string;
  /** Ends that nobody of us caused. */
  readonly crashes: string[] = [];
  readonly #options: SlotOptions;
  #runtime: Runtime | undefined;
  #earlierLogs = '';
  #paused: Runtime | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: SlotOptions) {
    this.#options = options;
    this.name = options.name;
    this.port = options.port;
    this.userDir = options.userDir;
  }

  /** Whether a load balancer would send it requests; it does not know of a pause. */
  get isUp(): boolean {
    return this.#runtime !== undefined;
  }

  get isPaused(): boolean {
    return this.#paused !== undefined;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything its processes have printed. */
  log(): string {
    return this.#earlierLogs + (this.#runtime?.log() ?? '');
  }

  /** Starts the process when it is not running. */
  boot(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#runtime) return;
      const runtime = await startRuntime(this.#options);
      this.#runtime = runtime;
      runtime.process.once('exit', (code, signal) => {
        if (this.#runtime !== runtime) return;
        this.crashes.push(`ended with ${code ?? signal}: ${runtime.log().slice(-2000)}`);
        this.#forget(runtime);
      });
    });
  }

  /** Kills the process, if there is one. */
  kill(): Promise<void> {
    return this.#inTurn(async () => {
      const runtime = this.#runtime;
      if (!runtime) return;
      this.#forget(runtime);
      await runtime.end('SIGKILL');
    });
  }

  /** Halts the process; the answer lets it go on, unless it was killed meanwhile. */
  pause(): () => void {
    const runtime = this.#runtime;
    if (!runtime || this.#paused) return () => undefined;
    this.#paused = runtime;
    runtime.process.kill('SIGSTOP');
    return () => {
      if (this.#paused !== runtime) return;
      this.#paused = undefined;
      runtime.process.kill('SIGCONT');
    };
  }

  /** What has left the nodes of its flow since it exists. */
  lines(): Line[] {
    let text = '';
    try {
      text = readFileSync(path.join(this.userDir, linesFile), 'utf8');
    } catch {
      return [];
    }
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        // Cut off by a kill; the message comes again.
        return [];
      }
    });
  }

  #forget(runtime: Runtime): void {
    if (this.#runtime !== runtime) return;
    this.#earlierLogs += runtime.log();
    this.#runtime = undefined;
    this.#paused = undefined;
  }

  /** One after the other, as a service manager would. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}
