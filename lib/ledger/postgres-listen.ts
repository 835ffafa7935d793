import { Client } from 'pg';
import type { PostgresOptions } from './options';
import { clientConfig } from './postgres-pool';

const firstDelayMs = 500;
const maxDelayMs = 30_000;

/**
 * Hears the hints of other runtimes. A connection that breaks is made again, later and later; what was missed meanwhile
 * does no harm, since everybody also looks by himself.
 */
export class Listening {
  /** What this runtime sends with a change. */
  readonly payload: { channel: string; payload: string };
  readonly #options: PostgresOptions;
  readonly #tell: () => void;
  #client: Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: PostgresOptions, id: string, tell: () => void) {
    this.#options = options;
    this.#tell = tell;
    // PostgreSQL cuts names at 63 bytes.
    this.payload = { channel: `ledger_${options.schema}`.slice(0, 63), payload: id };
  }

  async start(): Promise<void> {
    await this.#connect(firstDelayMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#drop();
  }

  async #connect(delayMs: number): Promise<void> {
    const client = new Client(clientConfig(this.#options));
    this.#client = client;
    let wait = delayMs;
    const lost = () => {
      if (this.#client !== client || this.#stopped) return;
      void this.#drop();
      this.#retry = setTimeout(() => void this.#connect(Math.min(maxDelayMs, wait * 2)), wait);
      this.#retry.unref();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => {
      if (payload !== this.payload.payload) this.#tell();
    });
    try {
      await client.connect();
      await client.query(`listen "${this.payload.channel}"`);
      wait = firstDelayMs;
      // Something may have happened while nobody listened.
      this.#tell();
    } catch {
      lost();
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}
