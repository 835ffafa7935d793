import type { Dice } from '../dice';
import type { World } from '../world';

type Rule = {
  service?: string;
  step?: string;
  kind: 'status' | 'lostAnswer' | 'outage' | 'delay' | 'truncate' | 'stale';
  status?: number;
  delayMs?: number;
  times: number;
};

/** A content repository is away or fails, or a download of the service is cut off or too late. */
export type EcmFault = { kind: 'ecm'; rule: Rule } | { kind: 'ecm'; downloads: { truncate?: number; expire?: number } };

const services = ['content-server', 'webdav', 'http'] as const;

export function planEcm(dice: Dice): EcmFault {
  const times = dice.whole(1, 4);
  if (dice.happens(0.2)) return { kind: 'ecm', downloads: dice.happens(0.5) ? { truncate: 1 } : { expire: 1 } };
  const service = dice.happens(0.5) ? undefined : dice.pick(services);
  const rule = dice.pick<() => Rule>([
    () => ({ service, kind: 'status', status: 503, times }),
    () => ({ service, kind: 'outage', times }),
    () => ({ service, step: 'upload', kind: 'lostAnswer', times: 1 }),
    () => ({ service, kind: 'lostAnswer', times }),
    () => ({ service, kind: 'truncate', times: 1 }),
    () => ({ service: 'content-server', kind: 'stale', times: 1 }),
    () => ({ service, step: 'upload', kind: 'delay', delayMs: dice.whole(100, 500), times }),
  ])();
  return { kind: 'ecm', rule };
}

export const strikeEcm = (world: World, fault: EcmFault): Promise<void> =>
  world.sandbox.addFaults('rule' in fault ? { ecm: [fault.rule] } : { downloads: fault.downloads });
