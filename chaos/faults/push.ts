import type { Dice } from '../dice';
import type { World } from '../world';

/** A push service refuses, fails, or hangs up with the message taken or not taken. */
export interface PushFault {
  kind: 'push';
  /** `hook` is the receiver of plain webhooks. */
  service: 'fcm' | 'webpush' | 'opentext' | 'hook';
  rule: {
    kind: 'status' | 'lostAnswer' | 'outage' | 'delay';
    status?: number;
    retryAfter?: number;
    delayMs?: number;
    times: number;
  };
}

export function planPush(dice: Dice): PushFault {
  const times = dice.whole(1, 3);
  const rule = dice.pick<() => PushFault['rule']>([
    () => ({ kind: 'status', status: 503, times }),
    () => ({ kind: 'status', status: 429, retryAfter: 1, times }),
    () => ({ kind: 'lostAnswer', times }),
    () => ({ kind: 'outage', times }),
    () => ({ kind: 'delay', delayMs: dice.whole(100, 500), times }),
  ])();
  return { kind: 'push', service: dice.pick(['fcm', 'webpush', 'opentext', 'hook']), rule };
}

export async function strikePush(world: World, { service, rule }: PushFault): Promise<void> {
  if (service === 'hook') world.hook.breaks(rule);
  else await world.sandbox.addFaults({ push: [{ service, ...rule }] });
}
