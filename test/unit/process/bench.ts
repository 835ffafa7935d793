/** Processes against a real sandbox and a real ledger, without Node-RED, with failures where the test wants them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ledger, openLedger } from '../../../dist/lib/ledger/ledger';
import type { ClaimedTimer } from '../../../dist/lib/ledger/types';
import type { SignatureAccount } from '../../../dist/lib/process/account';
import type { Dispatcher } from '../../../dist/lib/process/dispatcher';
import { accountConfig, accountCredentials } from '../../../dist/nodes/core-signature-account/config';
import { type Connection, connect } from '../../../dist/nodes/core-signature-account/connection';
import { anyPort } from '../../../scripts/lib/ports';
import { type Sandbox, startSandbox } from '../../../scripts/lib/sandbox';
import { sandboxState } from '../../../scripts/lib/signer';
import { contractPdf } from '../../support/house';
import { owner } from '../ledger/stores';
import { failing, type LedgerFault } from './failing-ledger';

export const anna = 'anna@example.com';
export const carl = 'carl@example.com';

const leaseMs = 20_000;
const id = 'account';

/** An account on a sandbox, and a ledger whose time is moved by the bench. */
export class ProcessBench {
  #inUse: Ledger;
  readonly #account: SignatureAccount;

  private constructor(
    readonly folder: string,
    readonly sandbox: Sandbox,
    readonly ledger: Ledger,
    readonly connection: Connection,
    /** The ledger's clock, and how far it is ahead of the system's. */
    readonly time: { ahead: number; now(): number },
  ) {
    this.#inUse = ledger;
    const { client, clock, secret } = connection;
    const dispatcher = { owner, leaseMs, clock: time, ledger: async () => this.#inUse, kick: () => undefined };
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

  static async open(): Promise<ProcessBench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'process-bench-'));
    const sandbox = await startSandbox({ port: await anyPort(), data: path.join(folder, 'sandbox') });
    const time = { ahead: 0, now: (): number => Date.now() + time.ahead };
    const ledger = await openLedger({
      engine: 'sqlite',
      file: path.join(folder, 'ledger.sqlite'),
      clock: time.now,
    });
    const config = accountConfig.parse({ service: 'sandbox', url: sandbox.url, ratePerSecond: 100 });
    const connection = connect(id, config, accountCredentials.parse({}), {
      now: time.now,
      shift: () => 0,
      onShift: () => () => {},
    });
    return new ProcessBench(folder, sandbox, ledger, connection, time);
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.ledger.close();
    await this.sandbox.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  get account(): SignatureAccount {
    return this.#account;
  }

  /**
   * Works as a process does that then dies, as far as it comes.
   *
   * @returns whether the fault of the ledger was met
   */
  async attempt(fault: LedgerFault, work: (account: SignatureAccount, ledger: Ledger) => Promise<unknown>) {
    const faulty = failing(this.ledger, fault);
    this.#inUse = faulty.ledger;
    try {
      await work(this.#account, faulty.ledger);
    } catch {
      // The next attempt goes on.
    }
    this.#inUse = this.ledger;
    return faulty.struck();
  }

  /** What a process has claimed that has died lapses. */
  lapse(): void {
    this.time.ahead += 2 * leaseMs;
  }

  /** The timer of a node that is due. */
  async claim(node: string, kind: string): Promise<ClaimedTimer | undefined> {
    const lanes = [{ clock: id, shift: this.connection.clock.shift() }];
    const [timer] = await this.ledger.claimTimers({ owner, leaseMs, limit: 1, nodes: [node], lanes, kinds: [kind] });
    return timer;
  }

  /** Sends an envelope to Anna, without the ledger. @returns its uuid */
  async send(externalId: string): Promise<string> {
    const { client } = this.connection;
    const { uuid } = await client.documents.create({
      external_id: externalId,
      name: externalId,
      auto_expire_days: 700,
      file_from_content: contractPdf.toString('base64'),
      file_from_content_name: 'contract.pdf',
    });
    await client.signatureRequests.create({ document: client.documents.urlOf(uuid), signers: [{ email: anna }] });
    return uuid;
  }

  /** What the service has of an order, and whom it has written to. */
  async seen(externalId: string) {
    const { documents, mails } = await sandboxState(this.sandbox.url);
    const line = documents.filter((one) => one.externalId?.split('~')[0] === externalId);
    const mailed = mails.filter(({ document }) => line.some(({ uuid }) => uuid === document));
    const to = (kind: string): string[] => mailed.filter((mail) => mail.kind === kind).map((mail) => mail.to);
    return {
      line,
      /** Asked to sign, and not taken back. */
      open: line.filter(({ status, signers }) => status !== 'ca' && signers.length > 0),
      invited: to('invitation').toSorted(),
      reminded: to('reminder').toSorted(),
    };
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
