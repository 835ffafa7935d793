import { type Exchanged, observeExchanges } from '../http/observer';
import type { Ledger } from '../ledger/ledger';
import { type Family, Histogram, type Labels, type Sample, writeFamilies } from './exposition';

type Gauges = Awaited<ReturnType<Ledger['gauges']>>;

/** A ledger at the moment of the scrape; `gauges` is missing when it did not answer. */
export interface LedgerReading {
  /** What tells it from other ledgers: file path, or host, database and schema. */
  where: string;
  gauges?: Gauges;
  /** How far the ledger's clock is ahead of this computer's, in milliseconds. */
  skewMs?: number;
  /** Its file is known to be damaged. */
  damaged: boolean;
}

/** What the ledger counts per account, and the name and text under which it is shown. */
const eventCounters = [
  ['accepted', 'Events that were seen for the first time.'],
  ['duplicate', 'Events that had been seen before.'],
  ['forged', 'Webhooks refused because their hash did not verify.'],
  ['late', 'Envelopes that reached a status after the wait for it had timed out.'],
  ['reconciled', 'Events found by reconciliation that no webhook had told of.'],
  ['confirmed', 'Events found in the list of the service.'],
  ['unconfirmed', 'Events given up because the service does not list them.'],
  ['foreign', 'Events of documents that do not belong to the account.'],
] as const;

/** Measures of this process, and how to show them together with those of its ledgers. */
export class Metrics {
  /** Seconds; a call of the service takes a tenth of a second to some seconds. */
  readonly #requests = new Histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]);
  /** Seconds; from "on time" to "somebody should look". */
  readonly #lateness = new Histogram([0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600]);

  /** Notes one try of an HTTP request. */
  request({ service, method, status, ms }: Exchanged): void {
    const outcome = status === undefined ? 'no answer' : `${Math.floor(status / 100)}xx`;
    this.#requests.observe({ service, method, outcome }, ms / 1000);
  }

  /** Notes a timer that went off. */
  timer({ kind, late }: { kind: string; late: number }): void {
    this.#lateness.observe({ kind }, late / 1000);
  }

  /** The same ledger; timers that are claimed from it for the first time are noted. */
  watching(ledger: Ledger): Ledger {
    return Object.freeze({
      ...ledger,
      claimTimers: async (input: Parameters<Ledger['claimTimers']>[0]) => {
        const timers = await ledger.claimTimers(input);
        for (const timer of timers) if (timer.attempt === 1) this.timer(timer);
        return timers;
      },
    });
  }

  /**
   * Everything as text for Prometheus (`contentType`).
   *
   * @param ledgers those in use by this process
   */
  text(ledgers: readonly LedgerReading[]): string {
    return writeFamilies([
      ...ledgerFamilies(ledgers),
      {
        name: 'core_signature_timer_lateness_seconds',
        help: 'Time between the moment a timer was due and the moment this process began with it.',
        type: 'histogram',
        samples: this.#lateness.samples(),
      },
      {
        name: 'core_signature_http_request_duration_seconds',
        help: 'Time until the head of the answer, for each try of a request.',
        type: 'histogram',
        samples: this.#requests.samples(),
      },
    ]);
  }
}

function ledgerFamilies(ledgers: readonly LedgerReading[]): Family[] {
  const of = (read: (gauges: Gauges) => [Labels, number][]): Sample[] =>
    ledgers.flatMap(({ where, gauges }) =>
      gauges === undefined
        ? []
        : read(gauges).map(([labels, value]) => ({ labels: { ledger: where, ...labels }, value })),
    );
  const counters = (name: string) =>
    of((gauges) => gauges.counters.filter((row) => row.name === name).map(({ account, n }) => [{ account }, n]));
  const gauge = (name: string, help: string, read: (gauges: Gauges) => [Labels, number][]): Family => ({
    name: `core_signature_${name}`,
    help,
    type: 'gauge',
    samples: of(read),
  });
  return [
    {
      name: 'core_signature_ledger_up',
      help: '1 when the ledger answers, 0 when it does not.',
      type: 'gauge',
      samples: ledgers.map(({ where, gauges }) => ({ labels: { ledger: where }, value: gauges === undefined ? 0 : 1 })),
    },
    {
      name: 'core_signature_clock_ahead_seconds',
      help: "How far this computer's clock is ahead of the ledger's; negative when it is behind.",
      type: 'gauge',
      samples: ledgers.flatMap(({ where, skewMs }) =>
        skewMs === undefined ? [] : [{ labels: { ledger: where }, value: 0 - skewMs / 1000 }],
      ),
    },
    {
      name: 'core_signature_ledger_damaged',
      help: '1 when the file of the ledger is known to be damaged.',
      type: 'gauge',
      samples: ledgers.map(({ where, damaged }) => ({ labels: { ledger: where }, value: damaged ? 1 : 0 })),
    },
    ...eventCounters.map(
      ([name, help]): Family => ({
        name: `core_signature_events_${name}_total`,
        help,
        type: 'counter',
        samples: counters(name),
      }),
    ),
    {
      name: 'core_signature_given_up_total',
      help: 'Timers and deliveries that were given up after too many attempts.',
      type: 'counter',
      samples: counters('dead'),
    },
    gauge('envelopes_open', 'Envelopes that have not ended.', ({ envelopes }) => [[{}, envelopes.open]]),
    gauge('waits_open', 'Messages that wait for a status.', ({ waits }) => [[{}, waits.open]]),
    gauge('ladders', 'Escalation ladders that are not over.', ({ ladders }) => byState(ladders)),
    gauge('timers', 'Timers by state.', ({ timers }) => byState(timers)),
    gauge('timer_overdue_seconds', 'How long the oldest timer that nobody has taken is due.', ({ overdueMs }) => [
      [{}, overdueMs / 1000],
    ]),
    gauge('deliveries', 'Messages on their way to a node, by state.', ({ deliveries }) => byState(deliveries)),
    gauge('operations', 'Outside effects that are not done, by kind and state.', ({ operations }) =>
      operations.map(({ kind, state, n }) => [{ kind, state }, n]),
    ),
    gauge('last_prune_timestamp_seconds', 'When finished work was last pruned to the end.', ({ pruned: { lastAt } }) =>
      lastAt === null ? [] : [[{}, lastAt / 1000]],
    ),
    {
      name: 'core_signature_pruned_rows_total',
      help: 'Rows of finished work that were removed because their time was over.',
      type: 'counter',
      samples: of(({ pruned }) => [[{}, pruned.rows]]),
    },
    {
      name: 'core_signature_pruned_envelopes_total',
      help: 'Ended envelopes whose work was removed because its time was over.',
      type: 'counter',
      samples: of(({ pruned }) => [[{}, pruned.envelopes]]),
    },
  ];
}

const byState = (states: Readonly<Record<string, number>>): [Labels, number][] =>
  Object.entries(states).map(([state, n]) => [{ state }, n]);

/** The measures of this process. */
export const metrics = new Metrics();

observeExchanges((exchanged) => metrics.request(exchanged));
