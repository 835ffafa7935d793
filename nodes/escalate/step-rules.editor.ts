import { parseLadder } from '../../lib/time/ladder/steps';
import { atMost, email, matching, numberWithin, type Rule, typed } from '../editor/rules.editor';
import type { Say } from '../editor/texts.editor';
import { stepAction } from './config';
import { type DelayUnit, fieldsOf, numeric, type Row, type StepFields } from './step-fields.editor';

/** A complaint about one field of a row. */
export interface Complaint {
  field: keyof StepFields;
  sentence: string;
}

const positive: Rule = (value, { say, label }) => Number(numeric(value)) > 0 || say('validation.positive', { label });
const wholeDays = numberWithin({ min: 1, max: 36_600, whole: true });
const times = numberWithin({ min: 1, max: 1000, whole: true });
const share = numberWithin({ min: 0, max: 100 });

/** Days are counted as such, so there are no halves of them. */
function delay(unit: DelayUnit): Rule {
  if (unit === 'days' || unit === 'workingDays') return (value, context) => wholeDays(numeric(value), context);
  return (value, context) => {
    const verdict = positive(value, context);
    return verdict === true && unit === 'percent' ? share(numeric(value), context) : verdict;
  };
}

const person: Rule = (value, context) => {
  try {
    const { email: address } = JSON.parse(value);
    return email(String(address ?? ''), context);
  } catch {
    return context.say('validation.person', { label: context.label });
  }
};

/** The rules of a row; which of them hold depends on the row. */
function rulesOf(fields: StepFields): Partial<Record<keyof StepFields, Rule>> {
  const { origin, unit } = fields;
  return {
    amount: delay(unit),
    ...(unit === 'percent' && origin === 'afterDue'
      ? { unit: (_value, { say }) => say('validation.percentAfterDue') }
      : {}),
    ...(fields.timeOfDay === '' ? {} : { timeOfDay: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'timeOfDay') }),
    ...(fields.times === '' ? {} : { times, every: delay(fields.everyUnit) }),
    label: atMost(200),
    to: typed({ str: email, json: person }),
    reason: typed({ str: atMost(1000) }),
  };
}

/** What is wrong with the fields of a row: the first one at fault and a sentence, or nothing. */
export function complaintAboutFields(say: Say, fields: StepFields): Complaint | undefined {
  for (const [name, rule] of Object.entries(rulesOf(fields))) {
    const field = name as keyof StepFields;
    const type = field === 'to' ? fields.toType : field === 'reason' ? fields.reasonType : 'str';
    const verdict = rule(fields[field], { say, label: say(`label.${field}`), type, other: () => '' });
    if (verdict !== true) return { field, sentence: verdict };
  }
  return undefined;
}

/**
 * What is wrong with the steps of a ladder.
 *
 * @param rows as saved in the flow
 * @returns a sentence, or nothing
 */
export function complaintAboutSteps(say: Say, rows: readonly unknown[]): string | undefined {
  if (rows.length === 0) return say('validation.noSteps');
  for (const [index, row] of rows.entries()) {
    const complaint = complaintAboutFields(say, fieldsOf(row));
    if (complaint) return say('validation.step', { number: index + 1, sentence: complaint.sentence });
  }
  try {
    parseLadder(rows, stepAction);
    return undefined;
  } catch (thrown) {
    return say('validation.steps', { reason: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

/** Rows that can be planned; the others are being edited or wrong. */
export const plannable = (say: Say, rows: readonly Row[]): Row[] =>
  rows.filter((row) => complaintAboutFields(say, fieldsOf(row)) === undefined);
