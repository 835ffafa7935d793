import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { SignatureError, toError } from '../errors';
import { ClockDistance } from './clock-distance';
import { type Engine, Hints, type LedgerInfo } from './engine';
import { closed, ledgerError } from './errors';
import { intakeVerb, takeTogether, type Waiting } from './intake-batch';
import type { Migration } from './migrations';
import type { PostgresOptions } from './options';
import { commitCall } from './postgres-batch';
import { Listening } from './postgres-listen';
import { makePool } from './postgres-pool';
import { prepareSchema } from './postgres-schema';
import { type VerbName, verbNames } from './verbs';

/** Transactions that take in collected calls at the same time; more only fight for the same rows. */
const maxCollectors = 2;

/**
 * Opens a ledger on PostgreSQL 13 or later, in a schema of its own.
 *
 * @param migrations steps of the schema, when not the built-in ones (tests of upgrades)
 * @throws SignatureError `LEDGER_*`
 */
export async function openPostgres(options: PostgresOptions, migrations?: Migration[]): Promise<Engine> {
  const { host, port, database } = options.connection;
  const where = `${host}:${port}/${database} (${options.schema})`;
  const pool = makePool(options);
  try {
    const server = await prepareSchema(pool, options.schema, where, migrations);
    const engine = new PostgresEngine(pool, options, where, server);
    await engine.listen();
    return engine;
  } catch (thrown) {
    await pool.end();
    throw ledgerError(thrown, { engine: 'postgres', where });
  }
}

class PostgresEngine implements Engine {
  readonly verbs = verbNames;
  readonly #pool: Pool;
  readonly #options: PostgresOptions;
  readonly #where: string;
  readonly #durable: boolean;
  readonly #begin: string;
  readonly #hints = new Hints();
  readonly #listening: Listening;
  readonly #intake: Waiting[] = [];
  readonly #atWork = new Set<Promise<void>>();
  #collectors = 0;
  readonly #distance = new ClockDistance();
  #closing: Promise<void> | null = null;

  constructor(
    pool: Pool,
    options: PostgresOptions,
    where: string,
    server: { durable: boolean; asynchronous: boolean },
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#where = where;
    this.#durable = server.durable;
    // One round trip. The path is set per transaction, so that poolers that share connections do no harm.
    this.#begin = [
      'begin isolation level read committed',
      `set local search_path to "${options.schema}"`,
      ...(server.asynchronous ? ['set local synchronous_commit to on'] : []),
      'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    ].join(';');
    this.#listening = new Listening(options, randomUUID(), () => this.#hints.tell());
  }

  listen(): Promise<void> {
    return this.#listening.start();
  }

  call(verb: VerbName, input: unknown): Promise<unknown> {
    if (this.#closing !== null) return Promise.reject(closed(this.#where));
    return new Promise((resolve, reject) => {
      const call: Waiting = { verb, input, resolve, reject };
      if (verb !== intakeVerb) {
        this.#work(() => this.#commit(call));
        return;
      }
      this.#intake.push(call);
      if (this.#collectors < maxCollectors) this.#work(() => this.#collect());
    });
  }

  /** Commits calls in bursts: those that arrive during one transaction share the next. */
  async #collect(): Promise<void> {
    this.#collectors += 1;
    try {
      await Promise.resolve();
      for (let call = takeTogether(this.#intake); call; call = takeTogether(this.#intake)) await this.#commit(call);
    } finally {
      this.#collectors -= 1;
    }
  }

  #work(task: () => Promise<void>): void {
    const work: Promise<void> = task().finally(() => this.#atWork.delete(work));
    this.#atWork.add(work);
  }

  async #commit(call: Waiting): Promise<void> {
    try {
      const { value, changed } = await commitCall(call, {
        connect: () => this.#pool.connect(),
        begin: (client) => this.#beginAt(client),
        notify: this.#listening.payload,
      });
      call.resolve(value);
      if (changed) this.#hints.tell();
    } catch (thrown) {
      call.reject(ledgerError(toError(thrown), { engine: 'postgres', where: this.#where }));
    }
  }

  /** Begins a transaction and tells its time: the server's, or that of the test's clock. */
  async #beginAt(client: PoolClient): Promise<number> {
    const asked = Date.now();
    const results = (await client.query(this.#begin)) as unknown as { rows: { now: number }[] }[];
    const now = Math.floor(this.#options.clock?.() ?? results.at(-1)?.rows[0]?.now ?? Date.now());
    this.#distance.note(asked, now);
    return now;
  }

  onChange(listener: () => void): () => void {
    return this.#hints.add(listener);
  }

  async backup(): Promise<void> {
    throw new SignatureError(
      'BAD_INPUT',
      'A ledger on PostgreSQL is backed up with the tools of the server (pg_dump).',
    );
  }

  /** The server looks after its own files: checksums, and the tools of its backup. */
  async check(): Promise<boolean> {
    return false;
  }

  onDamage(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#listening.stop();
    await Promise.allSettled([...this.#atWork]);
    await this.#pool.end();
  }

  info(): LedgerInfo {
    return {
      engine: 'postgres',
      where: this.#where,
      durable: this.#durable,
      shared: true,
      skewMs: this.#distance.ms,
    };
  }
}
