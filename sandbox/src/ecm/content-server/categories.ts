import type { Sandbox } from '../../context';
import { applyValues, attributeKeys, categoryOf } from './attributes';
import type { Category, CategoryAttribute } from './catalog';
import { bodyOf, csError, formOf, type Routes } from './service';
import { checkChangeable, nodeOf, touch } from './tree';

/** Categories of a node, and the forms that describe them. */
export function categoryRoutes(sandbox: Sandbox, routes: Routes): void {
  routes
    .add('get', '/v1/nodes/:id/categories', 'metadata', ({ params }) => {
      const ids = Object.keys(nodeOf(sandbox, params.id).categories);
      return { status: 200, body: { data: ids.map((id) => ({ id: Number(id), name: categoryOf(id).name })) } };
    })
    .add('get', '/v2/nodes/:id/categories', 'metadata', ({ params, query }) => {
      const entries = Object.entries(nodeOf(sandbox, params.id).categories);
      const results = entries.map(([id, values]) => valuesJson(categoryOf(id), values, query.has('metadata')));
      return { status: 200, body: { results } };
    })
    .add('get', '/v2/nodes/:id/categories/:category', 'metadata', ({ params, query }) => {
      const values = nodeOf(sandbox, params.id).categories[params.category ?? ''];
      if (values === undefined) throw csError(404, 'The category is not assigned to the item.');
      const results = [valuesJson(categoryOf(params.category), values, query.has('metadata'))];
      return { status: 200, body: { results } };
    })
    .add('post', '/v{n}/nodes/:id/categories', 'metadata', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const given = bodyOf(formOf(call));
      const category = categoryOf(given.category_id);
      if (node.categories[category.id] !== undefined) {
        throw csError(500, `The category '${category.name}' is already assigned to the item.`);
      }
      checkChangeable(node);
      const values = applyValues(category, given);
      touch(sandbox, node, { categories: { ...node.categories, [category.id]: values } });
      return { status: 200, body: { results: { data: {} } } };
    })
    .add('put', '/v{n}/nodes/:id/categories/:category', 'metadata', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const category = categoryOf(call.params.category);
      const old = node.categories[category.id];
      if (old === undefined) throw csError(400, `The category '${category.name}' is not assigned to the item.`);
      checkChangeable(node);
      const values = applyValues(category, bodyOf(formOf(call)), old);
      touch(sandbox, node, { categories: { ...node.categories, [category.id]: values } });
      return { status: 200, body: { results: { data: {} } } };
    })
    .add('delete', '/v{n}/nodes/:id/categories/:category', 'metadata', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      checkChangeable(node);
      const { [params.category ?? '']: removed, ...categories } = node.categories;
      if (removed === undefined) throw csError(400, 'The category is not assigned to the item.');
      touch(sandbox, node, { categories });
      return { status: 200, body: { results: { data: {} } } };
    })
    .add('get', '/v{n}/forms/nodes/categories/:action', 'types', ({ params, query }) => {
      const node = nodeOf(sandbox, query.get('id'));
      const category = categoryOf(query.get('category_id'));
      const isUpdate = params.action === 'update';
      if (!isUpdate && params.action !== 'create') throw csError(404, 'There is no such form.');
      const values = node.categories[category.id] ?? {};
      return { status: 200, body: { forms: [formJson(category, isUpdate ? values : {})] } };
    });
}

function valuesJson(category: Category, values: Record<string, unknown>, withMetadata: boolean) {
  const keys = [...new Set([...attributeKeys(category).map(([key]) => key), ...Object.keys(values)])];
  const data = Object.fromEntries(keys.map((key) => [key, values[key] ?? null]));
  const described = attributeKeys(category).map(([key, attribute]) => [key, metadataJson(key, attribute)]);
  return {
    data: { categories: data },
    ...(withMetadata && {
      metadata: {
        categories: {
          [category.id]: { key: String(category.id), name: category.name, type: -1 },
          ...Object.fromEntries(described),
        },
      },
      metadata_order: { categories: keys },
    }),
  };
}

const metadataJson = (key: string, attribute: CategoryAttribute) => ({
  key,
  name: attribute.name,
  type_name: attribute.type,
  required: attribute.required === true,
  multi_value: attribute.multiple === true,
  max_length: attribute.type === 'String' ? (attribute.maxLength ?? 254) : null,
  valid_values: attribute.choices ?? [],
});

const schemaTypes = { String: 'string', Integer: 'integer', Real: 'number', Boolean: 'boolean', Date: 'string' };
const fieldTypes = { String: 'text', Integer: 'integer', Real: 'number', Boolean: 'checkbox', Date: 'date' };

/** A form as the web interface draws it: values, options and a schema, by flat key. */
function formJson(category: Category, values: Record<string, unknown>) {
  const keys = attributeKeys(category);
  const schema = ([key, { name, type, required = false, maxLength, choices, multiple }]: (typeof keys)[number]) => {
    const one = {
      type: schemaTypes[type],
      ...(type === 'String' && { maxLength: maxLength ?? 254 }),
      ...(type === 'Date' && { format: 'date' }),
      ...(choices !== undefined && { enum: choices }),
    };
    const shape = multiple ? { type: 'array', items: one, maxItems: 50 } : one;
    return [key, { ...shape, readonly: false, required, title: name }];
  };
  const option = ([key, { name, type, choices, multiple }]: (typeof keys)[number]) => {
    const fieldType = choices === undefined ? fieldTypes[type] : 'select';
    const field = { hidden: false, hideInitValidationError: true, label: name, readonly: false };
    const shape = multiple ? { type: 'array', items: { type: fieldType } } : { type: fieldType };
    return [key, { ...field, ...shape }];
  };
  return {
    data: Object.fromEntries(keys.map(([key]) => [key, values[key] ?? null])),
    options: { fields: Object.fromEntries(keys.map(option)), form: { renderForm: true } },
    schema: { type: 'object', title: category.name, properties: Object.fromEntries(keys.map(schema)) },
  };
}
