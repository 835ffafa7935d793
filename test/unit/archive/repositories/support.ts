import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FilingItem, FilingProgress } from '../../../../dist/lib/archive/repositories/file';
import type { ArchiveFile } from '../../../../dist/lib/archive/repositories/types';
import type { SignatureError } from '../../../../dist/lib/errors';
import { VirtualPace } from '../../http/virtual-pace';

export const tools = () => ({ userAgent: 'test', pace: new VirtualPace({ jump: true }) });

/** A folder that is removed after each test. */
export function scratch(): { readonly path: string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'repositories-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() {
      return folder;
    },
  };
}

export function fileIn(folder: string, content: string | Buffer, name = 'contract.pdf'): ArchiveFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const where = path.join(folder, `source-${sha256.slice(0, 12)}`);
  writeFileSync(where, content);
  return { path: where, size: Buffer.byteLength(content), sha256, name, mimeType: 'application/pdf' };
}

export const itemOf = (file: ArchiveFile, more: Partial<FilingItem> = {}): FilingItem => ({
  container: { by: 'path', path: 'Contracts/2026' },
  file,
  key: 'sig_env-1_signed',
  collision: 'adopt',
  ...more,
});

/** The error a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<SignatureError> {
  try {
    await promise;
  } catch (thrown) {
    return thrown as SignatureError;
  }
  throw new Error('nothing was thrown');
}

export class Crash extends Error {}

/** Durable notes that crash after, or before, the given one is kept. */
export class Notes {
  kept: FilingProgress = {};
  count = 0;

  constructor(
    private readonly crashAt = 0,
    private readonly when: 'before' | 'after' = 'after',
  ) {}

  readonly note = async (progress: FilingProgress): Promise<void> => {
    this.count += 1;
    if (this.count === this.crashAt && this.when === 'before') throw new Crash();
    this.kept = JSON.parse(JSON.stringify(progress));
    if (this.count === this.crashAt) throw new Crash();
  };
}
