import { z } from 'zod';
import type { Ledger } from '../../ledger';
import { type Command, flag, readOptions, show } from '../command';
import { exitCode, notFound, wrongUsage } from '../exit-codes';
import { count, visible } from '../format';
import { confirm } from '../io';
import { faultKindOf, faultKinds } from './faults';

const options = z.object({ yes: flag });

const reason = 'dropped by an operator';
const page = 1000;

/** Drops one thing; answers how many rows went, 0 when there is no such thing. */
type Drop = (ledger: Ledger, id: string) => Promise<number>;

const drops: Record<'wait' | 'ladder' | 'node', { consequence: string; drop: Drop }> = {
  wait: {
    consequence: 'Its message will not leave the node.',
    drop: (ledger, id) => ledger.cancelWaits({ id, reason }),
  },
  ladder: {
    consequence: 'None of its steps will happen any more.',
    async drop(ledger, id) {
      const found = await ledger.ladder({ id });
      if (found === null) return 0;
      return (await ledger.moveLadder({ id, rev: found.rev, state: 'stopped', reason })) === 'ok' ? 1 : 0;
    },
  },
  node: {
    consequence: 'All messages parked by this node, its ladders, deliveries and unfinished operations are given up.',
    async drop(ledger, node) {
      let dropped = 0;
      for (let cancelled = page; cancelled === page; dropped += cancelled) {
        cancelled = await ledger.cancelWaits({ node, reason, limit: page });
      }
      return dropped + (await ledger.dropNode({ node }));
    },
  },
};

const isOwn = (text: string): text is keyof typeof drops => text in drops;

/** `drop`: gives something up for good. */
export const drop: Command = {
  synopsis: '(timer|delivery|operation|wait|ladder|node) ID',
  about: 'Gives up for good: a fault, an open wait, a ladder, or all work of a node that is gone. Asks first.',
  help: ['--yes            do not ask'],
  options: { yes: { type: 'boolean' } },
  words: [2, 2],
  async run(invocation) {
    const [kind = '', id = ''] = invocation.words;
    const { yes } = readOptions(options, invocation);
    const known = [...faultKinds, ...Object.keys(drops)];
    if (!known.includes(kind)) throw wrongUsage(`drop: name one of ${known.join(', ')}, then its id.`);
    const dropped = await invocation.withLedger(async (ledger) => {
      const consequence = isOwn(kind) ? drops[kind].consequence : 'It will never be tried again.';
      await confirm(invocation.io, `Drop the ${kind} ${visible(id)}? ${consequence}`, yes);
      if (isOwn(kind)) return drops[kind].drop(ledger, id);
      return (await ledger.dropFault({ what: faultKindOf(kind), id })) ? 1 : 0;
    });
    if (dropped === 0) throw notFound(`There is no ${kind} "${visible(id)}" that could be dropped.`);
    show(invocation, { dropped }, [`Dropped: ${count(dropped, 'item')}.`]);
    return exitCode.done;
  },
};
