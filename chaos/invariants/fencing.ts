import type { Finding, Invariant } from '../evidence';
import { deliveriesOf } from './repeats';

/** Nodes whose messages come out of the ledger only; the others also answer the repeat of a message at once. */
const fromLedger = ['wait', 'wait-until', 'ladder', 'event-in'];

/** A process that stood still past its lease does not emit what another one has emitted since. */
export const fencing: Invariant = ({ emissions }) =>
  deliveriesOf(emissions.filter(({ node }) => fromLedger.includes(node))).flatMap(
    ({ id, emissions: all, first }): Finding[] => {
      const late = all.find(
        (one, index) =>
          one.redelivered !== true &&
          all.slice(0, index).some(({ runtime, redelivered }) => runtime !== one.runtime && redelivered === true),
      );
      if (late === undefined) return [];
      return [
        {
          sort: 'wrong',
          key: first.key,
          text: `${late.runtime} emitted ${id} of ${late.node} after another had taken it over`,
        },
      ];
    },
  );
