import { SignatureError } from '../../errors';
import type { Ledger } from '../../ledger/ledger';
import type { Fenced, Ladder } from '../../ledger/types';
import type { SignatureAccount } from '../account';
import { nextAfter, planOf } from './plan';
import type { LadderSpec } from './spec';

const ladderCommands = ['stop', 'pause', 'resume', 'skip', 'jump'] as const;
export type LadderCommand = (typeof ladderCommands)[number];

/**
 * The command a message names.
 *
 * @throws SignatureError `BAD_INPUT` when there is no such command
 */
export function commandOf(value: unknown): LadderCommand {
  const command = ladderCommands.find((one) => one === value);
  if (command) return command;
  throw new SignatureError('BAD_INPUT', `command: "${String(value)}" is none. Use ${ladderCommands.join(', ')}.`, {
    field: 'command',
  });
}

/**
 * Steers the ladders of an envelope at a node by message.
 *
 * @param step for `jump`: id of a step, or its number from 1; its next firing happens now
 * @returns how many ladders it concerned
 * @throws SignatureError `BAD_INPUT` for a step that does not exist; `IN_PROGRESS` while a step is taking the envelope back,
 * which must come to its end first
 */
export async function steerLadders(
  account: SignatureAccount,
  target: { node: string; envelope: string },
  command: LadderCommand,
  step?: unknown,
): Promise<number> {
  const ledger = await account.dispatcher.ledger();
  const ladders = (await ledger.listLadders({ account: account.id, ...target, open: true, limit: 100 })).filter((one) =>
    concerns(command, one),
  );
  for (const ladder of ladders) await steerOne(account, ledger, ladder, command, step);
  account.dispatcher.kick();
  return ladders.length;
}

/** Without a step left a ladder can only be stopped: then it does not tell the end of the envelope either. */
const concerns = (command: LadderCommand, { state }: Ladder): boolean =>
  state === 'running' || state === 'paused' || (state === 'exhausted' && command === 'stop');

/** A step may fire at the same moment: then the command is about what is left. */
async function steerOne(
  account: SignatureAccount,
  ledger: Ledger,
  first: Ladder,
  command: LadderCommand,
  step: unknown,
): Promise<void> {
  for (let ladder: Ladder | null = first; ladder; ladder = await ledger.ladder({ id: first.id })) {
    if (!concerns(command, ladder)) return;
    if (command !== 'pause' && command !== 'resume') await checkNotHeld(account, ledger, ladder);
    const firedMeanwhile = ladder.next?.id !== first.next?.id;
    if (command === 'skip' && firedMeanwhile) return;
    if ((await steer(account, ledger, ladder, command, step)) === 'ok') return;
  }
}

/** Between taking an envelope back and what comes behind it, the ladder cannot be left: the envelope would stay held. */
async function checkNotHeld(account: SignatureAccount, ledger: Ledger, { id, envelope }: Ladder): Promise<void> {
  const record = await ledger.envelope({ account: account.id, id: envelope });
  if (!record?.heldBy.startsWith(`ladder:${id}:`)) return;
  throw new SignatureError(
    'IN_PROGRESS',
    'command: a step of the ladder is cancelling or replacing the envelope just now. Send the command again a little later.',
    { field: 'command' },
  );
}

async function steer(
  account: SignatureAccount,
  ledger: Ledger,
  ladder: Ladder,
  command: LadderCommand,
  step: unknown,
): Promise<Fenced> {
  const { id, rev, fired, state } = ladder;
  const spec = ladder.spec as LadderSpec;
  const reason = `${command} by message`;
  switch (command) {
    case 'stop':
      return ledger.moveLadder({ id, rev, state: 'stopped', next: null, reason });
    case 'pause':
      return ledger.moveLadder({ id, rev, state: 'paused', next: ladder.next, reason });
    case 'resume':
      return ledger.moveLadder({
        id,
        rev,
        state: 'running',
        next: ladder.next ?? nextAfter(spec, fired.at(-1) ?? null, fired),
        reason,
      });
    case 'skip': {
      const next = ladder.next ? nextAfter(spec, ladder.next.id, fired) : null;
      return ledger.moveLadder({ id, rev, state: state === 'paused' ? 'paused' : 'running', next, reason });
    }
    case 'jump': {
      const next = jumpTarget(spec, fired, step, account.clock.now());
      return ledger.moveLadder({ id, rev, state: 'running', next, reason });
    }
  }
}

function jumpTarget(
  spec: LadderSpec,
  fired: readonly string[],
  step: unknown,
  now: number,
): { id: string; at: number } {
  const row = typeof step === 'number' ? step - 1 : spec.steps.findIndex(({ id }) => id === step);
  const firing = planOf(spec).firings.find((one) => one.step === row && !fired.includes(one.id));
  if (firing) return { id: firing.id, at: now };
  throw new SignatureError('BAD_INPUT', `step: there is no step "${String(step)}" left in this ladder.`, {
    field: 'step',
  });
}
