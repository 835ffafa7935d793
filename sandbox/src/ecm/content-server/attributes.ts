import type { AttributeValue, ContentNode } from '../model';
import { type Category, type CategoryAttribute, categories } from './catalog';
import { csError } from './service';

type Values = Record<string, AttributeValue>;
type Single = string | number | boolean;

/** @throws ApiError 400 for a category that does not exist */
export function categoryOf(id: unknown): Category {
  const category = categories.find((one) => String(one.id) === String(id));
  if (category === undefined) throw csError(400, `The category ${String(id)} does not exist.`);
  return category;
}

/** The flat keys of a category with their attributes; a set shows its first row. */
export const attributeKeys = ({ id, attributes }: Category): [string, CategoryAttribute][] =>
  attributes.map((attribute) => {
    const place = attribute.set === undefined ? '' : `${attribute.set.id}_1_`;
    return [`${id}_${place}${attribute.id}`, attribute];
  });

/** Finds the attribute of a flat key such as `12508_2`, or `12700_6_1_7` in a set. */
function attributeOf(category: Category, key: string): CategoryAttribute {
  const [of, ...rest] = key.replace('_x', '_').split('_').map(Number);
  const [setId, row, inner] = rest.length === 3 ? rest : [undefined, 1, rest[0]];
  const found = category.attributes.find((one) => one.id === inner && one.set?.id === setId);
  if (of !== category.id || found === undefined || !Number.isInteger(row) || Number(row) < 1) {
    throw csError(400, `The attribute ${key} does not exist in the category '${category.name}'.`);
  }
  return found;
}

/** A value in the type of its attribute. */
function typed(value: unknown, attribute: CategoryAttribute): Single {
  const wrong = (why: string) => csError(400, `The value of the attribute '${attribute.name}' ${why}.`);
  const text = String(value).trim();
  switch (attribute.type) {
    case 'Boolean':
      if (/^(?:true|1|on)$/i.test(text)) return true;
      if (/^(?:false|0|off)$/i.test(text)) return false;
      throw wrong('is not true or false');
    case 'Integer':
      if (/^-?\d+$/.test(text)) return Number(text);
      throw wrong('is not a whole number');
    case 'Real':
      if (text !== '' && Number.isFinite(Number(text))) return Number(text);
      throw wrong('is not a number');
    case 'Date':
      if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) return text;
      throw wrong('is not a date');
    default: {
      if (typeof value === 'object') throw wrong('is not a text');
      if ([...text].length > (attribute.maxLength ?? 254)) throw wrong('is too long');
      if (attribute.choices !== undefined && !attribute.choices.includes(text)) {
        throw wrong(`is not one of ${attribute.choices.join(', ')}`);
      }
      return text;
    }
  }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function read(value: unknown, attribute: CategoryAttribute): AttributeValue {
  if (isEmpty(value)) return null;
  if (!Array.isArray(value)) {
    const single = typed(value, attribute);
    return attribute.multiple ? [single] : single;
  }
  if (!attribute.multiple && value.length > 1) {
    throw csError(400, `The attribute '${attribute.name}' takes one value only.`);
  }
  const list = value.map((one) => typed(one, attribute));
  return attribute.multiple ? list : (list[0] ?? null);
}

/**
 * Puts values over those a category has.
 *
 * @param given values by flat key; other keys of the form are passed over
 * @throws ApiError 400 for unknown attributes, wrong values, and mandatory ones left out
 */
export function applyValues(category: Category, given: Record<string, unknown>, old: Values = {}): Values {
  const values = { ...old };
  for (const [key, value] of Object.entries(given)) {
    if (/^\d+_\d+(?:_x?\d+_\d+)?$/.test(key)) values[key.replace('_x', '_')] = read(value, attributeOf(category, key));
  }
  for (const [key, attribute] of attributeKeys(category)) {
    if (attribute.required && isEmpty(values[key])) {
      throw csError(400, `The attribute '${attribute.name}' of the category '${category.name}' is required.`);
    }
  }
  return values;
}

/**
 * Reads `roles.categories` of a new node: flat keys of any number of categories.
 *
 * @throws ApiError 400
 */
export function newCategories(given: unknown): ContentNode['categories'] {
  const flat = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const ids = new Set(Object.keys(flat).map((key) => key.split('_')[0] ?? ''));
  const entries = [...ids].map((id) => {
    const category = categoryOf(id);
    const own = Object.entries(flat).filter(([key]) => key.startsWith(`${id}_`));
    return [id, applyValues(category, Object.fromEntries(own))] as const;
  });
  return Object.fromEntries(entries);
}
