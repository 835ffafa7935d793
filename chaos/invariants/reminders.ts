import type { Evidence, Finding, Invariant } from '../evidence';
import { hourMs } from '../time';
import { lineOf } from './outcomes';

/**
 * Nobody is reminded more often than there are steps that remind, or before the first of them.
 *
 * A second call within ten minutes is dropped by the service itself and mails nobody; so it is none here.
 */
export const reminders: Invariant = (evidence) =>
  evidence.schedule.envelopes.flatMap(({ key, steps }) => {
    const reminding = steps.filter(({ action }) => action === 'remind');
    const uuids = lineOf(evidence, key).map(({ uuid }) => uuid);
    const mails = evidence.mails.filter(({ document, kind }) => kind === 'reminder' && uuids.includes(document));
    const first = steps.findIndex(({ action }) => action === 'remind');
    const hours = steps.slice(0, first + 1).reduce((sum, one) => sum + one.hours, 0);
    const earliest = (evidence.orderedAt.get(key) ?? 0) + hours * hourMs;
    const findings: Finding[] = [];
    for (const [to, got] of Map.groupBy(mails, (mail) => mail.to)) {
      const begun = operationsOf(evidence, uuids);
      const most = Math.min(reminding.length, begun);
      if (got.length > most) {
        findings.push({ sort: 'duplicate', key, text: `${to} got ${got.length} reminders for ${most} steps` });
      }
    }
    for (const { to, at } of mails.filter((mail) => Date.parse(mail.at) < earliest)) {
      findings.push({ sort: 'wrong', key, text: `${to} was reminded at ${at}, before the first step was due` });
    }
    return findings;
  });

/** Reminders that were begun, each under a key of its own. */
const operationsOf = ({ ledger }: Evidence, uuids: string[]): number =>
  ledger.operations.filter(({ kind, envelope }) => kind === 'remind' && uuids.includes(envelope)).length;
