import type { Dice } from '../dice';
import type { World } from '../world';

/** The service throttles, fails, hangs up with the work done or not done, or is slow. */
export interface ApiFault {
  kind: 'api';
  rule: {
    match?: string;
    kind: 'status' | 'lostAnswer' | 'outage' | 'delay';
    status?: number;
    retryAfter?: number;
    delayMs?: number;
    times: number;
  };
}

const sending = ['POST /documents/*', 'POST *requests/'] as const;
/** Requests that change something at the service. */
export const changing = [...sending, 'POST */resend*', 'POST */forward*', 'POST */cancel*'] as const;
const reading = ['GET /documents/*', 'GET /events/*'] as const;

export function planApi(dice: Dice): ApiFault {
  const match = dice.happens(0.3) ? undefined : dice.pick([...changing, ...reading]);
  const rule = dice.pick<() => ApiFault['rule']>([
    () => ({ match, kind: 'status', status: 429, retryAfter: dice.pick([0.2, 0.5, 1]), times: dice.whole(1, 3) }),
    () => ({ match, kind: 'status', status: dice.pick([500, 502, 503]), times: dice.whole(1, 4) }),
    () => ({ match: dice.pick(changing), kind: 'lostAnswer', times: dice.whole(1, 3) }),
    () => ({ match: dice.pick(sending), kind: 'lostAnswer', times: dice.whole(1, 3) }),
    () => ({ kind: 'outage', times: dice.whole(2, 12) }),
    () => ({ match: dice.pick(changing), kind: 'delay', delayMs: dice.whole(100, 600), times: dice.whole(1, 4) }),
  ])();
  return { kind: 'api', rule };
}

export const strikeApi = (world: World, { rule }: ApiFault): Promise<void> => world.sandbox.addFaults({ api: [rule] });
