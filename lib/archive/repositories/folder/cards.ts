/** Index cards: one small JSON file per idempotency key that says what is filed under it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { codeOf, replaceFile, writeTemporary } from './disk';

const value = z.union([z.string(), z.number(), z.boolean()]);

const card = z.object({
  key: z.string(),
  /** From the root, with `/`. */
  document: z.string(),
  sha256: z.string(),
  size: z.number(),
  mimeType: z.string(),
  /** Hashes of earlier contents, oldest first. */
  earlier: z.array(z.object({ sha256: z.string(), size: z.number() })).default([]),
  metadata: z
    .object({
      type: z.string().optional(),
      aspects: z.array(z.string()).optional(),
      attributes: z.record(z.string(), z.union([value, z.array(value)])),
      description: z.string().optional(),
      createdOn: z.string().optional(),
      classifications: z.array(z.string()).optional(),
    })
    .optional(),
  /** Present when declared. */
  record: z
    .object({
      classification: z.string().optional(),
      official: z.boolean().optional(),
      fileStatus: z.string().optional(),
      retainUntil: z.string().optional(),
      hold: z.string().optional(),
    })
    .optional(),
});

export type Card = z.infer<typeof card>;

export class Cards {
  /**
   * @param directory of the cards
   * @param temporary on the same file system
   */
  constructor(
    private readonly directory: string,
    private readonly temporary: string,
  ) {}

  /** @throws SignatureError REMOTE_FAULT when the card cannot be read */
  async read(key: string): Promise<Card | null> {
    const text = await fs.readFile(this.#file(key), 'utf8').catch((thrown) => {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    });
    if (text === null) return null;
    const parsed = card.safeParse(parsedJson(text));
    if (!parsed.success || parsed.data.key !== key) {
      throw new SignatureError(
        'REMOTE_FAULT',
        `The index card ${path.basename(this.#file(key))} of the folder is damaged. Restore it from a backup.`,
      );
    }
    return parsed.data;
  }

  /** The card of the key under which a document was filed last, or declared a record. */
  async ownerOf(document: string): Promise<Card | null> {
    const key = await fs.readFile(this.#pointer(document), 'utf8').catch((thrown) => {
      if (codeOf(thrown) === 'ENOENT') return null;
      throw thrown;
    });
    return key === null ? null : this.read(key);
  }

  async write(next: z.input<typeof card>): Promise<void> {
    // A declared record stays the owner, whoever adopts the same document later.
    const owner = await this.ownerOf(next.document);
    if (owner?.record === undefined && owner?.key !== next.key) {
      await replaceFile(await writeTemporary(this.temporary, next.key), this.#pointer(next.document));
    }
    await replaceFile(await writeTemporary(this.temporary, `${JSON.stringify(next, null, 2)}\n`), this.#file(next.key));
  }

  #file(key: string): string {
    return path.join(this.directory, `${shortHash(key)}.json`);
  }

  #pointer(document: string): string {
    return path.join(this.directory, 'by-document', shortHash(document));
  }
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40);

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
