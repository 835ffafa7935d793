import { createHmac } from 'node:crypto';
import type { Dice } from '../dice';
import type { World } from '../world';

/**
 * Somebody who knows the address of the webhook, and perhaps a hash that was once seen, claims that envelopes were signed
 * or declined: ours, somebody else's, or none at all.
 */
export interface ForgedFault {
  kind: 'forged';
  bodies: { type: 'signed' | 'declined' | 'expired' | 'signer_signed'; about: 'ours' | 'unknown'; hash: boolean }[];
}

export function planForged(dice: Dice): ForgedFault {
  const bodies = Array.from({ length: dice.whole(1, 4) }, () => ({
    type: dice.pick(['signed', 'signed', 'declined', 'expired', 'signer_signed'] as const),
    about: dice.pick(['ours', 'ours', 'unknown'] as const),
    hash: dice.happens(0.7),
  }));
  return { kind: 'forged', bodies };
}

export async function strikeForged(world: World, { bodies }: ForgedFault): Promise<void> {
  const { documents } = await world.sandbox.state();
  // The newest are those of this run.
  const ours = documents.filter(({ status }) => ['se', 'vi'].includes(status));
  for (const [index, { type, about, hash }] of bodies.entries()) {
    const uuid = about === 'ours' ? ours[index % Math.max(1, ours.length)]?.uuid : undefined;
    const body = bodyOf(type, uuid ?? `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, hash);
    await fetch(world.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    })
      .then((answer) => answer.arrayBuffer())
      // No runtime may be there to be lied to.
      .catch(() => undefined);
  }
}

function bodyOf(type: string, uuid: string, hash: boolean): object {
  const now = Date.now();
  const event_time = String(Math.floor(now / 1000));
  const event_hash = createHmac('sha256', hash ? 'sandbox-token' : 'a wrong key')
    .update(event_time + type)
    .digest('hex');
  return {
    uuid: `ffffffff-0000-4000-8000-${String(now % 1e12).padStart(12, '0')}`,
    status: 'ok',
    event_type: type,
    timestamp: new Date(now).toISOString(),
    event_time,
    event_hash,
    team: { name: 'Sandbox', subdomain: 'sandbox' },
    document: { uuid, status: type === 'signed' ? 'si' : 'de', name: 'forged' },
    signer: null,
  };
}
