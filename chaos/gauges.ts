import type { World } from './world';

/** How much work is open, as the runtimes' own metrics tell. */
export interface Gauges {
  waits: number;
  ladders: number;
  envelopes: number;
  deliveries: number;
  /** Outside effects that are being carried out, or are to be tried again. */
  running: number;
  waiting: number;
}

/** Reads the metrics of a runtime that answers; undefined when none does, or when its ledger does not. */
export async function readGauges(world: World): Promise<Gauges | undefined> {
  for (const { url, isUp } of world.slots) {
    if (!isUp) continue;
    const text = await fetch(`${url}/core-signature/metrics`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => (answer.ok ? answer.text() : ''),
      () => '',
    );
    if (/^core_signature_ledger_up\{[^}]*\} 1$/m.test(text)) return gaugesIn(text);
  }
  return undefined;
}

function gaugesIn(text: string): Gauges {
  const sum = (name: string, labels: RegExp = /./): number =>
    [...text.matchAll(new RegExp(`^core_signature_${name}\\{([^}]*)\\} (\\d+)$`, 'gm'))]
      .filter(([, given = '']) => labels.test(given))
      .reduce((total, [, , value]) => total + Number(value), 0);
  return {
    waits: sum('waits_open'),
    ladders: sum('ladders'),
    envelopes: sum('envelopes_open'),
    deliveries: sum('deliveries', /state="(pending|claimed)"/),
    running: sum('operations', /state="running"/),
    waiting: sum('operations', /state="waiting"/),
  };
}

/** Nothing is open that could still lead to anything. */
export const isQuiet = (gauges: Gauges): boolean => Object.values(gauges).every((value) => value === 0);

/** Nobody is at work; what is open waits for time to pass, or for people. */
export const isResting = ({ deliveries, running }: Gauges): boolean => deliveries + running === 0;
