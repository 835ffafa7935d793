import type { Dice } from '../dice';
import type { World } from '../world';

/** The service's webhooks come twice, never, in another order, late, or with forged ones before them. */
export interface WebhooksFault {
  kind: 'webhooks';
  callbacks: { duplicate?: number; drop?: number; reorder?: true; delayMs?: number; forge?: number };
}

export function planWebhooks(dice: Dice): WebhooksFault {
  const callbacks = dice.pick<() => WebhooksFault['callbacks']>([
    () => ({ duplicate: dice.whole(1, 6) }),
    () => ({ drop: dice.whole(1, 6) }),
    () => ({ drop: 0.5 }),
    () => ({ reorder: true }),
    () => ({ delayMs: dice.whole(1, 300) * 60_000 }),
    () => ({ forge: dice.whole(1, 3) }),
  ])();
  return { kind: 'webhooks', callbacks };
}

export const strikeWebhooks = (world: World, { callbacks }: WebhooksFault): Promise<void> =>
  world.sandbox.addFaults({ callbacks });
