import { z } from 'zod';
import { type Command, readOptions, show } from '../command';
import { exitCode } from '../exit-codes';
import { tableLines } from '../table';
import { isKnown, nodesIn } from './flow-files';

const options = z.object({ flows: z.array(z.string()).default([]), node: z.array(z.string()).default([]) });

/** `orphans`: work of nodes that no flow has any more. */
export const orphans: Command = {
  synopsis: '--flows FILE...',
  about:
    'Parked work of nodes that exist in none of the flow files. "rebind" gives it to another node, "drop node" ends it.',
  help: [
    '--flows FILE     flow file of a runtime that uses the ledger; repeat it for each runtime',
    '--node ID        a node that exists besides; may be repeated',
  ],
  options: { flows: { type: 'string', multiple: true }, node: { type: 'string', multiple: true } },
  words: [0, 0],
  async run(invocation) {
    const { flows, node } = readOptions(options, invocation);
    const known = new Set([...nodesIn(flows), ...node]);
    const all = await invocation.withLedger((ledger) => ledger.orphans({ nodes: [...known] }));
    const found = all.filter((orphan) => !isKnown(orphan.node, known));
    if (flows.length === 0) invocation.io.note('Without --flows no node is known, so this is the work of every node.');
    show(
      invocation,
      found,
      tableLines(
        [
          ['NODE', (orphan) => orphan.node],
          ['WAITS', ({ waits }) => waits],
          ['LADDERS', ({ ladders = 0 }) => ladders],
          ['DELIVERIES', ({ deliveries }) => deliveries],
          ['OPERATIONS', ({ operations }) => operations],
          ['TIMERS', ({ timers }) => timers],
        ],
        found,
      ),
    );
    if (found.length === 0) invocation.io.note('No orphans.');
    return exitCode.done;
  },
};
