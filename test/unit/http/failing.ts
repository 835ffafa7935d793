import { inspect } from 'node:util';
import { expect } from 'chai';
import { SignatureError } from '../../../dist/lib/errors';

/** The error a promise is rejected with; fails when it is not one of ours. */
export async function failing(promise: Promise<unknown>): Promise<SignatureError> {
  const thrown = await promise.then(
    (value) => expect.fail(`should have failed, gave ${inspect(value)}`),
    (error: unknown) => error,
  );
  expect(thrown, inspect(thrown)).to.be.instanceOf(SignatureError);
  return thrown as SignatureError;
}

/** Every way in which a flow could look into an error. */
export const everythingIn = (error: unknown): string =>
  [
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error as object)),
    inspect(error, { depth: 10, showHidden: true }),
    String((error as Error).stack),
  ].join('\n');
