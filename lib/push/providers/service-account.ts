/** The key file of a Google service account. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { SignatureError } from '../../errors';
import { checked } from '../checked';
import { isSafeServiceUrl } from '../push-hosts';

export interface ServiceAccount {
  projectId: string;
  clientEmail: string;
  keyId?: string;
  privateKey: KeyObject;
  tokenUrl: string;
}

const filled = z.string({ error: 'is missing. Paste the whole key file' }).trim().min(1, 'is empty');

const schema = z.object(
  {
    type: z.literal('service_account', {
      error:
        'must be "service_account". Create a key under Project settings, Service accounts, in the Firebase console',
    }),
    project_id: filled,
    private_key_id: z.string().optional(),
    // Pasted through an environment variable, line breaks often arrive as backslash and n.
    private_key: filled.transform((pem) => pem.replaceAll('\\n', '\n')),
    client_email: filled.pipe(z.email('is not an e-mail address')),
    token_uri: z
      .string()
      .refine(isSafeServiceUrl, 'is not an https address')
      .default('https://oauth2.googleapis.com/token'),
  },
  { error: 'is not the JSON of a service account' },
);

/**
 * Reads a service account.
 *
 * @param value text of the key file, or the parsed object
 * @throws SignatureError BAD_CONFIG naming the field; nothing of the file is repeated
 */
export function parseServiceAccount(value: unknown): ServiceAccount {
  const name = 'serviceAccount';
  const account = checked(schema, typeof value === 'string' ? fromJson(value) : value, {
    code: 'BAD_CONFIG',
    name,
    prefix: name,
  });
  return {
    projectId: account.project_id,
    clientEmail: account.client_email,
    privateKey: rsaKey(account.private_key),
    tokenUrl: account.token_uri,
    ...(account.private_key_id && { keyId: account.private_key_id }),
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new SignatureError(
      'BAD_CONFIG',
      text.trim() === ''
        ? 'serviceAccount is empty. Paste the key file of the service account.'
        : 'serviceAccount is not JSON. Paste the whole key file, from the first to the last brace.',
      { field: 'serviceAccount' },
    );
  }
}

function rsaKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // The same message: it must not quote the key.
  }
  throw new SignatureError(
    'BAD_CONFIG',
    'serviceAccount.private_key is not an RSA private key. Paste the whole key file, line breaks included.',
    { field: 'serviceAccount.private_key' },
  );
}
