import type { Node, NodeAPI } from 'node-red';
import { SignatureError, toError } from '../errors';
import type { ValueType } from './config-fields';
import type { FlowMessage } from './handlers';

/**
 * Evaluates one typed input of a node's configuration against a message.
 *
 * @param field name of the field, for the error
 * @returns the value; `undefined` for an empty field and for a property that is not there
 * @throws SignatureError `BAD_INPUT` when the expression, JSON or context store fails
 */
export function evaluate(
  RED: NodeAPI,
  node: Node,
  message: FlowMessage,
  field: string,
  value: string,
  type: ValueType,
): Promise<unknown> {
  if (value === '') return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown) =>
      reject(new SignatureError('BAD_INPUT', `${field}: cannot be evaluated: ${toError(thrown).message}`, { field }));
    try {
      RED.util.evaluateNodeProperty(value, type, node, message, (error: Error | null, result: unknown) =>
        error ? fail(error) : resolve(result ?? undefined),
      );
    } catch (thrown) {
      fail(thrown);
    }
  });
}
