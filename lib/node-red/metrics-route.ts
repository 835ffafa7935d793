import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { SignatureError } from '../errors';
import type { Dispatcher } from '../process/dispatcher';
import { contentType } from '../process/exposition';
import { type LedgerReading, metrics } from '../process/metrics';

const path = '/core-signature/metrics';
/** Whoever asks gives up after some ten seconds; a ledger that is slower than this counts as down. */
const patienceMs = 5_000;

/** A ledger in use, as a scrape asks for it. */
export interface Scraped {
  where: string;
  dispatcher: Dispatcher;
  damaged: boolean;
}

/**
 * `GET <httpAdminRoot>/core-signature/metrics`: measures of this runtime and its ledgers as text for Prometheus. Needs
 * the permission `core-signature.metrics`. Those who ask at the same time share one look at the ledgers.
 *
 * @param dispatchers of the ledgers in use, asked at every scrape
 */
export function addMetricsRoute(RED: NodeAPI, dispatchers: () => Scraped[]): void {
  const may = RED.auth.needsPermission('core-signature.metrics') as RequestHandler;
  let reading: Promise<LedgerReading[]> | undefined;
  const readOnce = (): Promise<LedgerReading[]> => {
    reading ??= Promise.all(dispatchers().map(read)).finally(() => {
      reading = undefined;
    });
    return reading;
  };
  RED.httpAdmin.get(path, may, (_request, response, next) => {
    readOnce().then((ledgers) => {
      response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(metrics.text(ledgers));
    }, next);
  });
}

async function read({ where, dispatcher, damaged }: Scraped): Promise<LedgerReading> {
  let timer: NodeJS.Timeout | undefined;
  // It may be too damaged to be opened.
  let damagedNow = damaged;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patienceMs, undefined);
  });
  const asked = dispatcher
    .ledger()
    .then(async (ledger) => ({ gauges: await ledger.gauges({}), skewMs: ledger.info().skewMs }))
    .catch((thrown: unknown) => {
      damagedNow ||= thrown instanceof SignatureError && thrown.code === 'LEDGER_DAMAGED';
      return undefined;
    });
  const reading = await Promise.race([asked, tooLong]);
  clearTimeout(timer);
  return { where, damaged: damagedNow, ...reading };
}
