import { createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** The Firebase project of the sandbox. */
export const projectId = 'sandbox-project';
export const clientEmail = `sender@${projectId}.iam.gserviceaccount.com`;

const keySchema = z.object({ id: z.string(), privateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----') });
type Key = z.infer<typeof keySchema>;

/**
 * The service account by which clients authenticate. It is made when first asked for and kept in a file, so that a
 * reset of the sandbox leaves it as it was pasted into a client.
 */
export class FcmAccount {
  #key: Promise<Key> | undefined;

  /** @param folder made when needed */
  constructor(private readonly folder: string) {}

  /**
   * The key file as Google gives it out.
   *
   * @param baseUrl of the sandbox, which is its own token endpoint
   */
  async file(baseUrl: string) {
    const { id, privateKey } = await this.#open();
    return {
      type: 'service_account',
      project_id: projectId,
      private_key_id: id,
      private_key: privateKey,
      client_email: clientEmail,
      client_id: '100000000000000000001',
      auth_uri: `${baseUrl}/fcm/auth`,
      token_uri: `${baseUrl}/fcm/token`,
    };
  }

  /** The key that checks assertions. */
  async publicKey(): Promise<KeyObject> {
    return createPublicKey((await this.#open()).privateKey);
  }

  #open(): Promise<Key> {
    this.#key ??= this.#read();
    return this.#key;
  }

  async #read(): Promise<Key> {
    const file = join(this.folder, 'service-account-key.json');
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return keySchema.parse(JSON.parse(text));
    const { privateKey } = await promisify(generateKeyPair)('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const key = { id: randomBytes(20).toString('hex'), privateKey };
    await mkdir(this.folder, { recursive: true });
    await writeFile(`${file}.tmp`, JSON.stringify(key), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    return key;
  }
}
