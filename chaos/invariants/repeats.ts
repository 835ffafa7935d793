import type { Emission, Finding } from '../evidence';

/** One message, with every time it left its node; the first in real time first. */
export interface Delivery {
  id: string;
  emissions: Emission[];
  first: Emission;
}

/** Emissions by the message they are about. */
export function deliveriesOf(emissions: readonly Emission[]): Delivery[] {
  const byId = Map.groupBy(
    emissions.toSorted((a, b) => a.real - b.real),
    ({ deliveryId }) => deliveryId ?? '',
  );
  return [...byId].flatMap(([id, all]) => (all[0] ? [{ id, emissions: all, first: all[0] }] : []));
}

/**
 * A message that left again has to say so: the same delivery id, and `redelivered`. One that does not is a duplicate to
 * whatever is behind.
 */
export function unmarkedRepeats({ id, emissions, first }: Delivery): Finding[] {
  const unmarked = emissions.filter(({ redelivered }) => redelivered !== true);
  if (unmarked.length <= 1) return [];
  const where = emissions.map(({ runtime, redelivered }) => `${runtime}${redelivered ? ' (marked)' : ''}`).join(', ');
  return [
    {
      sort: 'duplicate',
      key: first.key,
      text: `${first.node} emitted ${id} ${unmarked.length} times without \`redelivered\`: ${where}`,
    },
  ];
}
