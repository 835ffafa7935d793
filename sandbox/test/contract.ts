/** Holds recordings of the sandbox against `sandbox/openapi.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

interface Schema {
  [key: string]: unknown;
  $ref?: string;
  nullable?: boolean;
  readOnly?: boolean;
  writeOnly?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
}
interface Content {
  content?: Record<string, { schema: Schema }>;
}
interface Operation {
  operationId: string;
  requestBody?: Content & { $ref?: string; required?: boolean };
  responses: Record<string, Content>;
}
interface PathItem {
  servers?: { url: string }[];
  [method: string]: unknown;
}
interface Spec {
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, Schema>; requestBodies: Record<string, Content> };
}
interface Exchange {
  kind: 'api' | 'callback';
  method: string;
  path: string;
  request: unknown;
  status: number | null;
  response: unknown;
}
type Direction = 'request' | 'response';

const spec = JSON.parse(readFileSync(join(__dirname, '..', 'openapi.json'), 'utf8')) as Spec;

const routes = Object.entries(spec.paths).map(([path, item]) => ({
  pattern: new RegExp(`^${item.servers ? '' : '/api/v1'}${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  // Where a fixed path and one with a parameter both fit, the fixed one is meant.
  parameters: path.split('{').length,
  item,
}));
routes.sort((a, b) => a.parameters - b.parameters);

const validators = { request: compiler('request'), response: compiler('response') };

/**
 * Holds every exchange of a recording (`--record`) against the contract: known path and method, known status, no field
 * that the contract does not know; in answers no field missing either, in requests none that is read-only.
 *
 * @param file recording, one exchange as JSON per line
 * @returns violations in plain words; none when all is well
 */
export function checkExchanges(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line, i) => {
    const exchange = JSON.parse(line) as Exchange;
    const name = `${i + 1}: ${exchange.method} ${exchange.path} ${exchange.status}`;
    return violations(exchange).map((text) => `${name}: ${text}`);
  });
}

function violations(exchange: Exchange): string[] {
  const { method, path, status, request, response } = exchange;
  if (exchange.kind === 'callback') {
    return check('response', { $ref: '#/components/schemas/EventCallback' }, request, 'callback');
  }
  const route = routes.find(({ pattern }) => pattern.test(path));
  const operation = route?.item[method.toLowerCase()] as Operation | undefined;
  if (!route || !operation) {
    return status === (route ? 405 : 404) ? [] : ['neither this path nor this method is in the contract'];
  }
  const code = String(status);
  const answer = operation.responses[code] ?? operation.responses[`${code[0]}XX`];
  if (!answer) return [`the status ${code} is not in the contract`];
  const schema = answer.content?.['application/json']?.schema;
  const problems = schema && typeof response === 'object' ? check('response', schema, response, 'answer') : [];
  if (status === null || status >= 400) return problems;
  return [...problems, ...requestViolations(operation, request)];
}

/** What was refused may have been wrong; what was taken must not be. */
function requestViolations(operation: Operation, request: unknown): string[] {
  const reference = operation.requestBody?.$ref?.split('/').pop();
  const body: Operation['requestBody'] = reference ? spec.components.requestBodies[reference] : operation.requestBody;
  const schema = body?.content?.['application/json']?.schema;
  const empty = request === null || (typeof request === 'object' && Object.keys(request ?? {}).length === 0);
  if (!schema) return empty ? [] : ['this operation takes no body'];
  return empty && body?.required !== true ? [] : check('request', schema, request, 'request');
}

function check(direction: Direction, schema: Schema, value: unknown, what: string): string[] {
  const validate = validators[direction](schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => {
    const detail = JSON.stringify(error.params);
    return `${what}${error.instancePath.replaceAll('/', '.')} ${error.message} ${detail}`;
  });
}

/** A compiler of schemas for one direction; compiled ones are kept. */
function compiler(direction: Direction): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('slug', /^[-a-zA-Z0-9_]+$/);
  ajv.addFormat('binary', true);
  const schemas = Object.entries(spec.components.schemas).map(([name, schema]) => [name, translate(schema, direction)]);
  ajv.addSchema({ $id: 'spec', components: { schemas: Object.fromEntries(schemas) } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema) => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key) ?? ajv.compile(translate(schema, direction));
    compiled.set(key, known);
    return known;
  };
}

/** Turns an OpenAPI 3.0 schema into strict JSON Schema: null where allowed, no other fields, in answers all fields. */
function translate(schema: Schema, direction: Direction): Schema {
  const { nullable, readOnly: _r, writeOnly: _w, properties, required = [], $ref, ...rest } = schema;
  if ($ref !== undefined) return { $ref: `spec${$ref}` };
  const result: Schema = { ...rest };
  for (const key of ['items', 'additionalProperties']) {
    if (typeof rest[key] === 'object') result[key] = translate(rest[key] as Schema, direction);
  }
  for (const key of ['allOf', 'oneOf']) {
    if (Array.isArray(rest[key])) result[key] = rest[key].map((part: Schema) => translate(part, direction));
  }
  if (properties) {
    const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
    const shown = Object.entries(properties).filter(([, property]) => property[hidden] !== true);
    result.properties = Object.fromEntries(shown.map(([name, property]) => [name, translate(property, direction)]));
    result.additionalProperties = false;
    // Answers are complete, except where the contract itself names what is required: errors and token answers.
    const all = shown.map(([name]) => name);
    const isAnswer = direction === 'response' && !('error' in properties);
    result.required = isAnswer ? all : required.filter((name) => all.includes(name));
  }
  return nullable === true ? { anyOf: [{ type: 'null' }, result] } : result;
}
