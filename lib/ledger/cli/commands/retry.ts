import { z } from 'zod';
import type { Ledger } from '../../ledger';
import { type Command, flag, type Invocation, readOptions, show, word } from '../command';
import { type ExitCode, exitCode, notFound, Stop, wrongUsage } from '../exit-codes';
import { count, visible } from '../format';
import { confirm } from '../io';
import { Progress } from '../progress';
import { faultKindOf, faultPage, isOfLadder, someFaults } from './faults';

const options = z.object({ all: flag, account: word, yes: flag });

/** `retry`: what was given up is tried again. */
export const retry: Command = {
  synopsis: '(timer|delivery|operation) ID | --all',
  about: 'Tries again what was given up: one fault, or all of them.',
  help: [
    '--all            every fault (asks first)',
    '--account ID     with --all: only those of this account',
    '--yes            do not ask',
  ],
  options: { all: { type: 'boolean' }, account: { type: 'string' }, yes: { type: 'boolean' } },
  words: [0, 2],
  async run(invocation) {
    const { all, account, yes } = readOptions(options, invocation);
    if (all) return retryAll(invocation, account, yes);
    const [kind, id] = invocation.words;
    if (kind === undefined || id === undefined) throw wrongUsage('Name one fault (see "list faults"), or give --all.');
    const what = faultKindOf(kind);
    await invocation.withLedger(async (ledger) => {
      const operation = what === 'operation' ? await ledger.operation({ key: id }) : null;
      if (operation !== null && isOfLadder({ what, node: operation.node })) {
        throw new Stop(
          exitCode.failed,
          `The operation ${visible(id)} is part of a ladder, whose timer tries it again.`,
        );
      }
      if (!(await ledger.reviveFault({ what, id }))) {
        throw notFound(`There is no ${what} "${visible(id)}" that was given up.`);
      }
    });
    show(invocation, { retried: 1 }, [`The ${what} ${visible(id)} is tried again.`]);
    return exitCode.done;
  },
};

async function retryAll(invocation: Invocation, account: string | undefined, yes: boolean): Promise<ExitCode> {
  const { io } = invocation;
  if (invocation.words.length > 0) throw wrongUsage('Name one fault, or give --all, not both.');
  return invocation.withLedger(async (ledger) => {
    const found = await someFaults(ledger, account);
    if (found.length > 0) {
      const more = found.length === faultPage ? ' or more' : '';
      await confirm(io, `Try ${count(found.length, 'fault')}${more} again?`, yes);
    }
    const retried = await revive(ledger, account, new Progress(io, 'Retrying', 'faults', null));
    show(invocation, { retried }, [
      retried === 0 ? 'Nothing was given up.' : `${count(retried, 'fault')} will be tried again.`,
    ]);
    return exitCode.done;
  });
}

/** Ends also when faults come back while it runs: each is tried once. */
async function revive(ledger: Ledger, account: string | undefined, progress: Progress): Promise<number> {
  const seen = new Set<string>();
  for (;;) {
    const fresh = (await someFaults(ledger, account)).filter(({ what, id }) => !seen.has(`${what} ${id}`));
    if (fresh.length === 0) break;
    for (const { what, id } of fresh) {
      seen.add(`${what} ${id}`);
      await ledger.reviveFault({ what, id });
      progress.advance(1);
    }
  }
  progress.end();
  return seen.size;
}
