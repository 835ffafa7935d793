import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { SignatureError, toError } from '../errors';
import { type Engine, Hints, type LedgerInfo } from './engine';
import { closed, ledgerError } from './errors';
import type { Migration } from './migrations';
import type { PostgresOptions } from './options';
import { type Answer, commitCalls, type PgCall } from './postgres-batch';
import { Listening } from './postgres-listen';
import { makePool } from './postgres-pool';
import { prepareSchema } from './postgres-schema';
import { intakeVerbs, type VerbName } from './verbs';

/** Most calls of an intake verb that share one transaction. */
const maxTogether = 50;
/** Transactions that collected calls at the same time; more only fight for the same rows. */
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

interface Waiting extends PgCall {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

class PostgresEngine implements Engine {
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
  #skewMs = 0;
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
      if (!intakeVerbs.has(verb)) return this.#work(() => this.#commit([call]));
      this.#intake.push(call);
      if (this.#collectors < maxCollectors) this.#work(() => this.#collect());
    });
  }

  /** Commits calls in bursts: those that arrive during one transaction share the next. */
  async #collect(): Promise<void> {
    this.#collectors += 1;
    try {
      await Promise.resolve();
      while (this.#intake.length > 0) await this.#commit(this.#intake.splice(0, maxTogether));
    } finally {
      this.#collectors -= 1;
    }
  }

  #work(task: () => Promise<void>): void {
    const work: Promise<void> = task().finally(() => this.#atWork.delete(work));
    this.#atWork.add(work);
  }

  async #commit(calls: Waiting[]): Promise<void> {
    try {
      const { answers, changed } = await commitCalls(calls, {
        connect: () => this.#connect(),
        begin: (client) => this.#beginAt(client),
        notify: this.#listening.payload,
      });
      answers.forEach((answer: Answer, index) => {
        const call = calls[index];
        if ('error' in answer) call?.reject(this.#translate(answer.error));
        else call?.resolve(answer.value);
      });
      if (changed) this.#hints.tell();
    } catch (thrown) {
      const error = this.#translate(thrown);
      for (const call of calls) call.reject(error);
    }
  }

  async #connect(): Promise<PoolClient> {
    return this.#pool.connect();
  }

  /** Begins a transaction and tells its time: the server's, or that of the test's clock. */
  async #beginAt(client: PoolClient): Promise<number> {
    const results = (await client.query(this.#begin)) as unknown as { rows: { now: number }[] }[];
    const now = results.at(-1)?.rows[0]?.now ?? Date.now();
    this.#skewMs = now - Date.now();
    return Math.floor(this.#options.clock?.() ?? now);
  }

  #translate(thrown: unknown): Error {
    return ledgerError(toError(thrown), { engine: 'postgres', where: this.#where });
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
      skewMs: this.#skewMs,
    };
  }
}
