// The library's time module, shared with the runtime, names types of Node.js; no code of Node.js gets into the editor.
/// <reference types="node" />
import { parseDuration, untilTime } from '../../lib/time/duration';
import { currentText, initialValue } from './fields.editor';
import type { DialogNode } from './red.editor';
import type { Say } from './texts.editor';

/** What a rule sees beside the value it judges. */
export interface Context {
  /** The field's own label, for the sentence. */
  label: string;
  say: Say;
  /** Type of the typed input, `str` for a plain field. */
  type: string;
  /** Another property as it stands now. */
  other(property: string): string;
}

/** Judges one value: true, or a sentence that says what to do. */
export type Rule = (value: string, context: Context) => true | string;

/** Bounds of a number field; they are those of the node's `config.ts`. */
export interface Bounds {
  min: number;
  max: number;
  whole?: boolean;
}

/** A sentence of the catalog's `validation` group that names the field. */
const complain = (key: string, { say, label }: Context, values: Record<string, string | number> = {}) =>
  say(`validation.${key}`, { label, ...values });

/** A whole value of the form `${NAME}` is filled in by the runtime; nothing can be said about it here. */
const environmentReference = /^\$\{[^}]+\}$/;

export const anything: Rule = () => true;

export const filled: Rule = (value, context) => value.trim() !== '' || complain('required', context);

/** Empty is fine; otherwise the rule decides. */
export const optional =
  (rule: Rule): Rule =>
  (value, context) =>
    value.trim() === '' || rule(value, context);

/** Both rules, the first complaint wins. */
export const both =
  (first: Rule, second: Rule): Rule =>
  (value, context) => {
    const verdict = first(value, context);
    return verdict === true ? second(value, context) : verdict;
  };

/** The rule holds only while another field has one of these values. */
export const when =
  (property: string, values: string[], rule: Rule): Rule =>
  (value, context) =>
    !values.includes(context.other(property)) || rule(value, context);

export const numberWithin =
  ({ min, max, whole = false }: Bounds): Rule =>
  (value, context) => {
    const number = Number(value);
    const good = value.trim() !== '' && number >= min && number <= max && (!whole || Number.isInteger(number));
    return good || complain(whole ? 'wholeNumber' : 'number', context, { min, max });
  };

export const atMost =
  (length: number): Rule =>
  (value, context) =>
    value.length <= length || complain('tooLong', context, { length });

export const matching =
  (pattern: RegExp, complaint: string): Rule =>
  (value, context) =>
    pattern.test(value) || complain(complaint, context);

/** One address without display name; the service judges the rest. */
export const email = both(matching(/^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/, 'email'), atMost(255));

/** Absolute http or https address of at most 2100 characters, the service's limit. */
export const webAddress: Rule = (value, context) => {
  const good = /^https?:\/\//i.test(value) && URL.canParse(value) && value.length <= 2100;
  return good || complain('url', context);
};

/** Whether the runtime's own reader accepts the value. */
const accepts = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch {
    return false;
  }
};

const browserClock = { now: () => Date.now(), shift: () => 0, onShift: () => () => {} };

/** A point in time, as the runtime reads it. */
export const moment: Rule = (value, context) =>
  accepts(() => untilTime(value, browserClock)) || complain('moment', context);

/** A length of time such as `3 days`, `90 min` or `P3DT12H`, as the runtime reads it. */
export const duration: Rule = (value, context) =>
  accepts(() => parseDuration(value, { unit: 'days' })) || complain('duration', context);

export const regularExpression: Rule = (value, context) =>
  accepts(() => new RegExp(value)) || complain('regularExpression', context);

/**
 * A typed input: literal types are judged by own rules, all others (message property, expression …) by their form.
 *
 * @param rules by type; a type without a rule only has to be well-formed
 * @param isOptional whether an empty value is fine
 */
export const typed =
  (rules: Partial<Record<'str' | 'num' | 'json', Rule>> = {}, isOptional = true): Rule =>
  (value, context) => {
    if (value.trim() === '') return isOptional || complain('required', context);
    if (environmentReference.test(value)) return true;
    const own = rules[context.type as keyof typeof rules];
    if (own) return own(value, context);
    return RED.utils.validateTypedProperty(value, context.type, { label: context.label });
  };

/** Rules of a node by property. A rule gets the value as text; `signers` and other lists have their own check. */
export type Rules = Record<string, Rule>;

/**
 * A node's validator for `defaults`.
 *
 * @returns function that judges a property of a node, whether its dialog is open or not, and never throws
 */
export function validator(say: Say, rules: Rules) {
  return (node: DialogNode, property: string, value: unknown): true | string => {
    const typeField = `${property}Type`;
    const context: Context = {
      say,
      label: say(`label.${property}`),
      type: currentText(node, typeField) || 'str',
      other: (name) => currentText(node, name),
    };
    const rule = rules[property] ?? anything;
    return rule(String(value ?? initialValue(node, property) ?? ''), context);
  };
}
