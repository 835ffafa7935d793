import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock';
import type { Store } from './store';

/** How long a file URL is valid: five minutes of virtual time. */
export const urlLifetimeMs = 5 * 60_000;

/** The sandbox's files, and the URLs under which anybody can fetch one for five minutes. */
export class Files {
  readonly #folder: string;

  constructor(
    folder: string,
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly baseUrl: () => string,
  ) {
    this.#folder = join(folder, 'files');
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Writes a file whole or not at all, and returns its SHA-256 in hex. `name` is one of ours: uuid and suffix. */
  async write(name: string, content: Uint8Array): Promise<string> {
    const path = this.#path(name);
    const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
    return createHash('sha256').update(content).digest('hex');
  }

  read(name: string): Promise<Buffer> {
    return readFile(this.#path(name));
  }

  /** Removes a file; one that is not there is fine. */
  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  /** Removes all files. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
  }

  /**
   * Makes a pre-signed URL.
   *
   * @param name the file
   * @param shownAs file name at the end of the URL, as a person should see it
   */
  url(name: string, shownAs: string): string {
    const expires = String(Math.floor((this.clock.now() + urlLifetimeMs) / 1000));
    const url = new URL(`/files/${name}/${encodeURIComponent(shownAs)}`, this.baseUrl());
    url.searchParams.set('Expires', expires);
    url.searchParams.set('Signature', this.#sign(name, expires));
    return url.href;
  }

  /** The same for a file that may not exist yet. */
  urlOrNull(name: string | null, shownAs: string): string | null {
    return name === null ? null : this.url(name, shownAs);
  }

  /** Whether a URL made by `url` may still be used: `ok`, `expired`, or `forged`. */
  check(name: string, expires: string, signature: string): 'ok' | 'expired' | 'forged' {
    const right = Buffer.from(this.#sign(name, expires));
    const given = Buffer.from(signature);
    if (right.length !== given.length || !timingSafeEqual(right, given)) return 'forged';
    return Number(expires) * 1000 > this.clock.now() ? 'ok' : 'expired';
  }

  #sign(name: string, expires: string): string {
    let key = this.store.setting<string>('files.key');
    if (key === undefined) {
      key = randomBytes(32).toString('hex');
      this.store.set('files.key', key);
    }
    return createHmac('sha256', key).update(`${name}\n${expires}`).digest('base64url');
  }

  #path(name: string): string {
    if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) throw new Error(`"${name}" is not a file name.`);
    return join(this.#folder, name);
  }
}
