import { z } from 'zod';
import { type Command, flag, readOptions, show } from '../command';
import { exitCode } from '../exit-codes';
import { count, visible } from '../format';
import { confirm } from '../io';

const options = z.object({ yes: flag });

/** `rebind`: another node takes over. */
export const rebind: Command = {
  synopsis: 'FROM TO',
  about: 'Gives all unfinished work of the node FROM to the node TO, which must be of the same type. Asks first.',
  help: ['--yes            do not ask'],
  options: { yes: { type: 'boolean' } },
  words: [2, 2],
  async run(invocation) {
    const [from = '', to = ''] = invocation.words;
    const { yes } = readOptions(options, invocation);
    const moved = await invocation.withLedger(async (ledger) => {
      await confirm(invocation.io, `Give all unfinished work of node ${visible(from)} to node ${visible(to)}?`, yes);
      return ledger.rebind({ from, to });
    });
    show(invocation, { moved }, [`The node ${visible(to)} has taken over ${count(moved, 'parked message')}.`]);
    return exitCode.done;
  },
};
