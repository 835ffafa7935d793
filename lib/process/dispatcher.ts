import { SignatureError, toError } from '../errors';
import type { Ledger } from '../ledger/ledger';
import { deadOwners } from '../ledger/owner';
import type { Claim, ClaimedDelivery, ClaimedOperation, ClaimedTimer, Lane } from '../ledger/types';
import type { Clock } from '../time/clock';
import { type LeaseTerms, type LeaseTime, leaseNow, underLease, underNoLease } from '../time/lease';
import { isTakenOver } from './lease';
import { Load } from './load';
import { clockTrouble, Health, type Trouble } from './trouble';

/** A message could not be sent, or was on its way through a flow that was stopped: the flow's successor gets it. */
export class Interrupted extends Error {
  /** @param emitted whether it had been sent, so that the next time is a repeat */
  constructor(readonly emitted: boolean) {
    super('the flow was stopped while the message was on its way through it');
  }
}

/** What a node does with the work the ledger holds for it. */
export interface NodeWorker {
  /** Called with every ledger that is opened, before anything else is done with it. */
  opened?(ledger: Ledger): Promise<void>;
  /** Emits a message; resolves when the flow behind the node is through with it. */
  deliver(delivery: ClaimedDelivery): Promise<void>;
  /** Something of this node has become due. */
  timer?(timer: ClaimedTimer, ledger: Ledger): Promise<void>;
  /** An effect that a crash or a pause interrupted has to be brought to its end. */
  resume?(operation: ClaimedOperation): Promise<void>;
}

/** What an account does with the work the ledger holds for it, and the clock its times are measured on. */
export interface AccountWorker {
  readonly id: string;
  readonly clock: Clock;
  /** The lane of that clock in the ledger: '' for the system clock. */
  readonly lane: string;
  timer(timer: ClaimedTimer, ledger: Ledger): Promise<void>;
}

export interface DispatcherOptions {
  /** Opens the ledger; asked again with the next need when it failed. */
  open(): Promise<Ledger>;
  /** Who claims: see `lib/ledger/owner.ts`. */
  owner: string;
  /**
   * How long work may stand still before another process takes it over, in milliseconds. A process killed on this machine
   * is noticed earlier.
   */
  leaseMs: number;
  /** What else goes on while the ledger is open: called with every ledger that is opened, stopped before it is closed. */
  beside?(ledger: Ledger): { stop(): Promise<void> };
  /** Told of a failure that belongs to no node. */
  onFault(error: Error): void;
  /** Told of what does not stop the work, but somebody should look at. */
  onWarning?(text: string): void;
}

/** The safety net below the hints of the ledger: how long the dispatcher sleeps at most. */
const maxSleepMs = 5_000;
const batch = 50;
/**
 * How much one node or account is given at a time. Counted for each, so that the backlog of one, behind the rate limit of
 * its service, holds nobody else up.
 */
const maxAtWork = 50;
/** How many messages of one node flows may be busy with: a slow one, say, that lets a message through each second. */
const maxUnderWay = 500;
/** How often the processes that share the ledger on this machine are looked at. */
const releaseEveryMs = 5_000;
const retryAfterFaultMs = 5_000;

/**
 * Hands out the work that is in the ledger: messages to emit, timers that are due, effects that were interrupted.
 *
 * One dispatcher serves one ledger in this process. It claims only for the nodes and accounts that are attached, so flows
 * that exist on other runtimes are left to them. It rests while flows are being deployed.
 */
export class Dispatcher {
  readonly owner: string;
  /** See `DispatcherOptions`. */
  readonly leaseMs: number;
  /** The ledger's time: the database's where it is shared, so that all runtimes go by the same. */
  readonly clock: Clock = {
    now: () => Date.now() + (this.#opened?.info().skewMs ?? 0),
    shift: () => 0,
    onShift: () => () => {},
  };
  /** What is wrong with the ledger just now. */
  readonly health = new Health();
  readonly #options: DispatcherOptions;
  readonly #nodes = new Map<string, NodeWorker>();
  readonly #accounts = new Map<string, AccountWorker>();
  readonly #atWork = new Set<Promise<void>>();
  readonly #tasks = new Load(maxAtWork);
  readonly #messages = new Load(maxUnderWay);
  readonly #asked = new Set<Promise<void>>();
  #ledger: Promise<Ledger> | undefined;
  #opened: Ledger | undefined;
  #beside: { stop(): Promise<void> } | undefined;
  #releasedAt = 0;
  #running = false;
  #stopped = false;
  #kicked = false;
  #lastFault = '';
  #wake: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.owner = options.owner;
    this.leaseMs = options.leaseMs;
  }

  /** The open ledger. @throws SignatureError `LEDGER_*` when it cannot be opened; the next call tries again. */
  ledger(): Promise<Ledger> {
    this.#ledger ??= this.#open();
    return this.#ledger;
  }

  attachNode(id: string, worker: NodeWorker): () => void {
    this.#nodes.set(id, worker);
    this.kick();
    return () => {
      if (this.#nodes.get(id) === worker) this.#nodes.delete(id);
    };
  }

  /** Nodes that have work in this ledger. */
  nodes(): string[] {
    return [...this.#nodes.keys()];
  }

  attachAccount(worker: AccountWorker): () => void {
    const stopWatching = worker.clock.onShift(() => this.kick());
    this.#accounts.set(worker.id, worker);
    this.kick();
    return () => {
      stopWatching();
      if (this.#accounts.get(worker.id) === worker) this.#accounts.delete(worker.id);
    };
  }

  /** There may be something to do. */
  kick(): void {
    this.#kicked = true;
    this.#wake();
  }

  /** Starts handing out, or goes on after a pause. */
  resume(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    // A loop that has not yet noticed a pause simply goes on; a new one starts only behind it.
    this.#loop = this.#loop.then(() => this.#run());
  }

  /** Claims nothing more and waits until the loop rests. What is being worked on goes on. */
  async pause(): Promise<void> {
    this.#running = false;
    this.#wake();
    await this.#loop;
  }

  /** Work that a message has asked for, and that `stop` is to wait for as it does for what was claimed. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#asked.add(settled);
    settled.finally(() => this.#asked.delete(settled));
    return running;
  }

  /** Ends for good: waits for what is at work (at most `graceMs`), then closes the ledger. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#stopped = true;
    const besideStopped = this.#beside?.stop();
    await this.pause();
    const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.allSettled([...this.#atWork, ...this.#asked]), grace]);
    const ledger = await this.#ledger?.catch(() => undefined);
    await besideStopped;
    // It may have been opened only now.
    await this.#beside?.stop();
    await ledger?.close();
  }

  async #open(): Promise<Ledger> {
    let ledger: Ledger | undefined;
    try {
      ledger = await this.#options.open();
      await this.#releaseDead(ledger);
      for (const worker of this.#nodes.values()) await worker.opened?.(ledger);
      ledger.onChange(() => this.kick());
      this.#opened = ledger;
      this.#beside = this.#options.beside?.(ledger);
      return ledger;
    } catch (thrown) {
      this.#ledger = undefined;
      await ledger?.close().catch(() => undefined);
      throw toError(thrown);
    }
  }

  /** What a process killed on this machine had claimed need not wait for its lease to run out. */
  async #releaseDead(ledger: Ledger): Promise<void> {
    this.#releasedAt = performance.now();
    await ledger.releaseDeadOwners({ owners: deadOwners(await ledger.owners({})) });
  }

  async #run(): Promise<void> {
    while (this.#running) {
      this.#kicked = false;
      let sleepMs = maxSleepMs;
      if (this.#nodes.size + this.#accounts.size > 0) {
        try {
          const ledger = await this.ledger();
          if (performance.now() - this.#releasedAt > releaseEveryMs) await this.#releaseDead(ledger);
          const found = await this.#handOut(ledger);
          sleepMs = found ? 0 : Math.min(maxSleepMs, (await this.#nextDue(ledger)) ?? maxSleepMs);
          this.#lastFault = '';
          this.#note(clockTrouble(ledger.info().skewMs));
        } catch (thrown) {
          this.#report(toError(thrown));
          sleepMs = retryAfterFaultMs;
        }
      }
      if (this.#running && !this.#kicked && sleepMs > 0) await this.#sleep(sleepMs);
    }
  }

  /** A fault that lasts is said once, not every few seconds. */
  #report(error: Error): void {
    if (error.message !== this.#lastFault) this.#options.onFault(error);
    this.#lastFault = error.message;
    const short = error instanceof SignatureError ? error.code.toLowerCase().replaceAll('_', ' ') : 'ledger fault';
    this.#note({ state: 'fault', short, text: error.message });
  }

  #note(trouble: Trouble | undefined): void {
    if (this.health.set(trouble) && trouble?.state === 'warning') this.#options.onWarning?.(trouble.text);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#kicked || !this.#running) this.#wake();
    });
  }

  /** Claims what is there, for those who can take more, and sets it to work. True when there was anything. */
  async #handOut(ledger: Ledger): Promise<boolean> {
    const { owner, leaseMs } = this;
    const since = leaseNow();
    const lanes = this.#lanes();
    const common = { owner, leaseMs, limit: batch };
    const receivers = this.#messages.withRoom(this.#nodes.keys());
    const nodes = this.#tasks.withRoom(this.#nodes.keys());
    const accounts = this.#tasks.withRoom(this.#accounts.keys());
    const deliveries = receivers.length > 0 ? await ledger.claimDeliveries({ ...common, nodes: receivers }) : [];
    for (const delivery of deliveries) {
      const renew = () => ledger.renewDelivery({ ...claimOf(delivery), leaseMs });
      const done = this.#messages.add(delivery.node);
      this.#work({ leaseMs, since, renew }, () => this.#deliver(ledger, delivery), done);
    }
    const timers = await ledger.claimTimers({ ...common, nodes, accounts, lanes });
    for (const timer of timers) {
      const renew = () => ledger.renewTimer({ ...claimOf(timer), leaseMs });
      const done = this.#tasks.add(timer.node || timer.account);
      this.#work({ leaseMs, since, renew }, () => this.#fire(ledger, timer), done);
    }
    const operations = nodes.length > 0 ? await ledger.claimOperations({ ...common, nodes, lanes }) : [];
    for (const operation of operations) {
      const { key, rev, node } = operation;
      const renew = () => ledger.renewOperation({ key, rev, leaseMs });
      const done = this.#tasks.add(node);
      this.#work({ leaseMs, since, renew }, async () => this.#nodes.get(node)?.resume?.(operation), done);
    }
    return deliveries.length + timers.length + operations.length > 0;
  }

  /** When there is something to claim for those who can take more; the others are looked after when they are through. */
  #nextDue(ledger: Ledger): Promise<number | null> {
    return ledger.nextDue({
      nodes: this.#messages.withRoom(this.#tasks.withRoom(this.#nodes.keys())),
      accounts: this.#tasks.withRoom(this.#accounts.keys()),
      lanes: this.#lanes(),
    });
  }

  /** Every clock in use, each once. */
  #lanes(): Lane[] {
    const lanes = new Map<string, Lane>([['', { clock: '', shift: 0 }]]);
    for (const { lane, clock } of this.#accounts.values()) lanes.set(lane, { clock: lane, shift: clock.shift() });
    return [...lanes.values()];
  }

  /**
   * Emits a message that this process has just put into the outbox for itself, already claimed.
   *
   * @param since `leaseNow()` from before that
   */
  async emitClaimed(claim: Claim, since: LeaseTime, emit: () => Promise<void>): Promise<void> {
    const { leaseMs } = this;
    const ledger = await this.ledger();
    const renew = () => ledger.renewDelivery({ ...claim, leaseMs });
    // Its operation, if that was at work here, is over.
    const work = () => underLease({ leaseMs, since, renew }, () => this.#emit(ledger, claim, emit));
    await this.during(() => underNoLease(work));
  }

  async #deliver(ledger: Ledger, delivery: ClaimedDelivery): Promise<void> {
    // A node that was closed meanwhile leaves the message to its successor.
    const worker = this.#nodes.get(delivery.node);
    await this.#emit(ledger, claimOf(delivery), async () => {
      if (!worker) throw new Interrupted(false);
      await worker.deliver(delivery);
    });
  }

  /** The row is cleared when the flow is through with the message, and not before. */
  async #emit(ledger: Ledger, { id, rev }: Claim, emit: () => Promise<void>): Promise<void> {
    try {
      await emit();
      await ledger.finishDeliveries([{ id, rev }]);
    } catch (thrown) {
      if (thrown instanceof Interrupted) {
        await ledger.retryDelivery({ id, rev, due: 0, error: thrown.message, counts: thrown.emitted });
        return this.kick();
      }
      await ledger.retryDelivery({
        id,
        rev,
        due: this.clock.now() + retryAfterFaultMs,
        error: toError(thrown).message,
      });
      throw thrown;
    }
  }

  async #fire(ledger: Ledger, timer: ClaimedTimer): Promise<void> {
    const worker = timer.node !== '' ? this.#nodes.get(timer.node) : this.#accounts.get(timer.account);
    try {
      await worker?.timer?.(timer, ledger);
    } catch (thrown) {
      const { id, rev, attempt } = timer;
      const shift = this.#lanes().find(({ clock }) => clock === timer.clock)?.shift ?? 0;
      const due = this.clock.now() + shift + backoffMs(attempt);
      await ledger.retryTimer({ id, rev, due, error: toError(thrown).message, counts: !isOutage(thrown) });
      throw thrown;
    }
  }

  #work(lease: LeaseTerms, task: () => Promise<void>, done: () => void): void {
    const work: Promise<void> = underLease(lease, task)
      .catch((thrown: unknown) => {
        if (!isTakenOver(thrown)) this.#options.onFault(toError(thrown));
      })
      .finally(() => {
        this.#atWork.delete(work);
        done();
        this.kick();
      });
    this.#atWork.add(work);
  }
}

const claimOf = ({ id, rev }: Claim): Claim => ({ id, rev });

/**
 * The service is away or refuses us, or somebody else is at it: that says nothing about the work, which is tried for as long
 * as it takes.
 */
export const isOutage = (thrown: unknown): boolean =>
  thrown instanceof SignatureError &&
  [
    'UNREACHABLE',
    'RATE_LIMITED',
    'REMOTE_FAULT',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'LEDGER_UNAVAILABLE',
    'IN_PROGRESS',
  ].includes(thrown.code);

/** 1 s, 2 s, 4 s … at most an hour. */
export const backoffMs = (attempt: number): number => Math.min(3_600_000, 1_000 * 2 ** Math.max(0, attempt - 1));
