/** Steps of ladders against a real sandbox and a real ledger, without Node-RED, with failures where the test wants them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { SignatureError } from '../../../dist/lib/errors';
import { type Ledger, openLedger } from '../../../dist/lib/ledger/ledger';
import { ladderPort } from '../../../dist/lib/ledger/types';
import type { SignatureAccount } from '../../../dist/lib/process/account';
import type { Dispatcher } from '../../../dist/lib/process/dispatcher';
import { runStep, type StepReport, startLadder } from '../../../dist/lib/process/escalation/ladder';
import type { StepAction } from '../../../dist/lib/process/escalation/spec';
import { roundTheClock } from '../../../dist/lib/time/calendar/config';
import { parseLadder } from '../../../dist/lib/time/ladder/steps';
import { accountConfig, accountCredentials } from '../../../dist/nodes/core-signature-account/config';
import { type Connection, connect } from '../../../dist/nodes/core-signature-account/connection';
import { anyPort } from '../../../scripts/lib/ports';
import { type Sandbox, startSandbox } from '../../../scripts/lib/sandbox';
import { type SandboxState, sandboxState } from '../../../scripts/lib/signer';
import { contractPdf } from '../../support/house';
import { drain, owner } from '../ledger/stores';

export const anna = 'anna@example.com';
export const carl = 'carl@example.com';

export type Action = 'remind' | 'forward' | 'replace' | 'cancel';

/** Which call of the ledger fails, counted from 1; whether its work is done all the same; whether all later ones fail too. */
export interface LedgerFault {
  at: number;
  when: 'before' | 'after';
  lasting: boolean;
}

/** An envelope with a ladder, whose one step is due. */
export interface Case {
  key: string;
  node: string;
}

const leaseMs = 20_000;
const id = 'account';
/** A ledger call that never comes, so that none fails. */
const never: LedgerFault = { at: Number.POSITIVE_INFINITY, when: 'before', lasting: false };

export class LadderBench {
  #ahead = 0;
  #cases = 0;
  #inUse: Ledger;
  readonly #account: SignatureAccount;

  private constructor(
    readonly folder: string,
    readonly sandbox: Sandbox,
    readonly ledger: Ledger,
    readonly connection: Connection,
    now: () => number,
  ) {
    this.#inUse = ledger;
    const { client, clock, secret } = connection;
    const dispatcher = { owner, leaseMs, clock: { now }, ledger: async () => this.#inUse, kick: () => undefined };
    this.#account = {
      id,
      client,
      clock,
      lane: id,
      secret,
      hashKeys: [],
      callbackUrl: null,
      allowPrivateAddresses: true,
      // All that steps know of one.
      dispatcher: dispatcher as unknown as Dispatcher,
    };
  }

  static async open(): Promise<LadderBench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'ladder-bench-'));
    const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
    const now = (): number => Date.now() + bench.#ahead;
    const ledger = await openLedger({
      engine: 'sqlite',
      file: path.join(folder, 'ledger.sqlite'),
      clock: () => (bench === undefined ? Date.now() : now()),
    });
    const config = accountConfig.parse({ service: 'sandbox', url: sandbox.url, ratePerSecond: 100 });
    const connection = connect(id, config, accountCredentials.parse({}), {
      now,
      shift: () => 0,
      onShift: () => () => {},
    });
    const bench: LadderBench = new LadderBench(folder, sandbox, ledger, connection, now);
    return bench;
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.ledger.close();
    await this.sandbox.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends an envelope to Anna and starts a ladder that does something about it, now due. */
  async begin(action: Action): Promise<Case> {
    this.#cases += 1;
    const key = `case-${this.#cases}`;
    const node = `node ${this.#cases}`;
    const { client, clock } = this.connection;
    const document = await client.documents.create({
      external_id: key,
      name: key,
      auto_expire_days: 700,
      file_from_content: contractPdf.toString('base64'),
      file_from_content_name: 'contract.pdf',
    });
    const url = client.documents.urlOf(document.uuid);
    await client.signatureRequests.create({
      document: url,

      signers: [{ email: anna }],
    });
    const step = (name: string, what: string, ms: number) => ({
      id: name,
      when: { amount: { unit: 'clock', length: ms } },
      action: { do: what, label: what, to: null, reason: '' } as StepAction,
    });
    await startLadder(this.#account, {
      node,
      envelope: document.uuid,
      name: key,
      message: '{}',
      messageKey: key,
      spec: {
        steps: parseLadder([step('s1', action, 60_000), step('s2', 'emit', 90 * 86_400_000)], z.custom<StepAction>()),
        start: clock.now(),
        due: null,
        calendar: roundTheClock('UTC'),
        directory: { '*': { alternate: { email: carl } } },
        forwardFallback: 'notify',
      },
    });
    await this.advance('2m');
    return { key, node };
  }

  /**
   * Carries the step out as far as it comes, as a process does that then dies.
   *
   * @returns whether the fault of the ledger was met
   */
  async attempt({ node }: Case, fault: LedgerFault = never): Promise<boolean> {
    const faulty = failing(this.ledger, fault);
    // The process before has left its claims behind; they lapse.
    this.#ahead += 2 * leaseMs;
    const shift = this.connection.clock.shift();
    const [timer] = await this.ledger.claimTimers({
      owner,
      leaseMs,
      limit: 1,
      nodes: [node],
      lanes: [{ clock: id, shift }],
      kinds: ['ladder'],
    });
    if (!timer) return false;
    this.#inUse = faulty.ledger;
    try {
      await runStep(this.#account, timer, faulty.ledger);
    } catch {
      // The next attempt goes on.
    }
    this.#inUse = this.ledger;
    return faulty.struck();
  }

  /** What has left the ladder so far. */
  async said({ node }: Case): Promise<StepReport[]> {
    const steps: number[] = [ladderPort.step, ladderPort.lastStep];
    const left = await drain(this.ledger, [node]);
    return left.filter(({ port }) => steps.includes(port)).map(({ body }) => body as StepReport);
  }

  state(): Promise<SandboxState> {
    return sandboxState(this.sandbox.url);
  }

  async faults(api: object[]): Promise<void> {
    await this.#post('/sandbox/faults', { api }, 'PUT');
  }

  /** Moves the sandbox's clock, by a length such as "1h". */
  async advance(by: string): Promise<void> {
    const { offsetMs } = await this.#post('/sandbox/clock', { advance: by });
    // Any answer tells the time.
    while (this.connection.clock.shift() < offsetMs) await this.connection.client.documents.list({ limit: 1 });
  }

  async #post(target: string, body: object, method = 'POST'): Promise<{ offsetMs: number }> {
    const answer = await fetch(this.sandbox.url + target, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { offsetMs: number };
  }
}

/** A ledger, one of whose calls fails. */
function failing(ledger: Ledger, { at, when, lasting }: LedgerFault): { ledger: Ledger; struck(): boolean } {
  let calls = 0;
  const away = (): SignatureError => new SignatureError('LEDGER_UNAVAILABLE', 'The ledger is away.');
  const verb = (work: (input: unknown) => Promise<unknown>) => async (input: unknown) => {
    calls += 1;
    if (calls < at || (calls > at && !lasting)) return work(input);
    if (calls === at && when === 'after') await work(input);
    throw away();
  };
  const wrapped = Object.fromEntries(
    Object.entries(ledger).map(([name, call]) => [
      name,
      ['onChange', 'onDamage', 'info', 'close'].includes(name) ? call : verb(call as never),
    ]),
  );
  return { ledger: wrapped as unknown as Ledger, struck: () => calls >= at };
}
