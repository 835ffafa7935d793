/**
 * A folder as repository, for those who have no other: documents lie under their names where people look for them, their
 * bytes once per content under `.archive/objects`, and what is known of them under `.archive/cards`.
 */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { SignatureError } from '../../../errors';
import { digestOfFile, sameDigest } from '../digest';
import { checkName, legalName, type NameRules, pathNames } from '../names';
import { place } from '../place';
import { noContainer, noSuchWay } from '../remote';
import type { ArchiveFile, ContainerSpec, Filed, Metadata, RecordOptions, Repository, UploadOptions } from '../types';
import { type Card, Cards } from './cards';
import { codeOf, diskFault, exists, linkNew, makeDirectory, replaceFile, writeTemporary } from './disk';
import { leadsOut, locked, noFolderAbove, notAFile, privatePart, reservedName } from './refusals';

export interface FolderSettings {
  kind: 'folder';
  /** Absolute path. Made on first use where the folder above is there; a longer chain is taken for a mistake. */
  folder: string;
}

const rules: NameRules = { service: 'the folder', longest: 240, unit: 'bytes', forbidden: /[<>:"|?*]/ };

/**
 * @param settings where the folder is
 * @returns a repository whose ids are paths from the folder, with `/`
 */
export function createFolderRepository(settings: FolderSettings): Repository {
  const root = path.resolve(settings.folder);
  const temporary = path.join(root, privatePart, 'tmp');
  const cards = new Cards(path.join(root, privatePart, 'cards'), temporary);
  const at = (id: string) => path.join(root, ...id.split('/'));

  const filedOf = (card: Card): Filed => ({
    id: card.document,
    name: path.posix.basename(card.document),
    key: card.key,
    size: card.size,
    version: String(card.earlier.length + 1),
    url: `file://${at(card.document)}`,
  });

  /** Stores the bytes once, whoever asks for them. */
  const store = async (file: ArchiveFile): Promise<string> => {
    const object = path.join(root, privatePart, 'objects', file.sha256.slice(0, 2), file.sha256);
    const present = await digestOfFile(object).catch(() => null);
    if (present !== null && sameDigest(present, file)) return object;
    const copy = await writeTemporary(temporary, { copyOf: file.path }, 0o444);
    await replaceFile(copy, object);
    return object;
  };

  const cardOf = (file: ArchiveFile, key: string, document: string): Card => ({
    key,
    document,
    sha256: file.sha256,
    size: file.size,
    mimeType: file.mimeType,
    earlier: [],
  });

  /**
   * Puts other bytes in the place of a document; the earlier ones stay among the objects. The card comes first: after a
   * crash in between, document and card differ and the caller does it again.
   */
  const replace = async (file: ArchiveFile, document: string, key: string): Promise<Filed> => {
    const own = await cards.read(key);
    if (own?.record !== undefined || (await cards.ownerOf(document))?.record !== undefined) throw locked(document);
    const before = await digestOfFile(at(document));
    await store({ ...file, path: at(document), ...before });
    const object = await store(file);
    const superseded = own ?? before;
    const earlier = own?.earlier ?? [];
    const card = {
      ...cardOf(file, key, document),
      earlier: sameDigest(superseded, file)
        ? earlier
        : [...earlier, { sha256: superseded.sha256, size: superseded.size }],
    };
    await cards.write(card);
    const link = path.join(temporary, randomUUID());
    await linkNew(object, link, temporary);
    await replaceFile(link, at(document));
    return filedOf(card);
  };

  /** @throws SignatureError NO_CONTAINER, NAME_NOT_ALLOWED (a link leads elsewhere, or it is our own part) */
  const assertInside = async (id: string): Promise<void> => {
    if (id.split('/')[0]?.toLowerCase() === privatePart) throw reservedName();
    const real = await fs.realpath(at(id)).catch(() => undefined);
    if (real === undefined || !(await fs.stat(real)).isDirectory())
      throw noContainer(rules.service, JSON.stringify(id));
    const top = await fs.realpath(root);
    if (real !== top && !real.startsWith(top + path.sep)) throw leadsOut();
  };

  /** @returns whether it was missing */
  const makeRoot = async (): Promise<boolean> => {
    if (await exists(root)) return false;
    if (!(await exists(path.dirname(root)))) throw noFolderAbove(root);
    await makeDirectory(root);
    return true;
  };

  /** What was filed below a folder that is gone must not go on in one of the same name. */
  const assertRoot = async (): Promise<void> => {
    if (!(await exists(root))) throw noContainer(rules.service, JSON.stringify(root));
  };

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw diskFault(thrown);
    }
  };

  const repository: Repository = {
    kind: 'folder',
    features: {
      versions: true,
      record: ['classification', 'official', 'fileStatus', 'retainUntil', 'hold'],
      containers: ['path'],
      types: false,
    },

    async test() {
      const made = await makeRoot();
      await fs.rm(await writeTemporary(temporary, 'test'));
      // A test leaves nothing behind; what somebody has put there meanwhile stays.
      const empty = made ? [temporary, path.dirname(temporary), root] : [];
      for (const directory of empty) await fs.rmdir(directory).catch(() => undefined);
    },

    async prepare({ name }) {
      checkName(name, rules);
    },

    nameFor: (title, room) => legalName(title, rules, room),

    async resolveContainer(spec: ContainerSpec) {
      if (spec.by !== 'path') throw noSuchWay(spec.by, rules.service);
      const names = pathNames(spec.path, rules);
      await makeRoot();
      for (let depth = 0; depth <= names.length; depth += 1) {
        const id = names.slice(0, depth).join('/');
        // Step by step, so that nothing is made on the other side of a link.
        if (spec.create !== false && !(await exists(at(id)))) await makeDirectory(at(id));
        await assertInside(id);
      }
      return { id: names.join('/'), name: names.at(-1) ?? path.basename(root) };
    },

    async find(_container, key) {
      const card = await cards.read(key);
      return card !== null && (await isFile(at(card.document))) ? filedOf(card) : null;
    },

    async upload(container, file, key, options: UploadOptions) {
      await assertRoot();
      if (options.replaces !== undefined) {
        return { ...(await replace(file, options.replaces.id, key)), how: 'versioned' };
      }
      const idOf = (name: string) => [container.id, name].filter(Boolean).join('/');
      const placed = await place(
        {
          rules,
          create: async (name) => {
            const object = await store(file);
            if (!(await linkNew(object, at(idOf(name)), temporary))) return 'taken';
            return filedOf(cardOf(file, key, idOf(name)));
          },
          occupant: async (name) => {
            const stats = await fs.lstat(at(idOf(name))).catch(ifMissing);
            return stats === null ? null : { id: idOf(name), name, key, size: stats.isFile() ? stats.size : -1 };
          },
          digest: (document) => digestOfFile(at(document.id)),
          addVersion: async (document) => {
            if (document.size === -1) throw notAFile(document.name);
            return replace(file, document.id, key);
          },
        },
        file,
        options.collision,
      );
      if (placed.how !== 'versioned') await cards.write(cardOf(file, key, placed.id));
      return placed;
    },

    readBack: (filed) => digestOfFile(at(filed.id)),

    async setMetadata(filed: Filed, metadata: Metadata) {
      await assertRoot();
      const card = await mustHave(cards, filed);
      const next = JSON.parse(JSON.stringify(metadata)) as Card['metadata'];
      if (card.record === undefined) await cards.write({ ...card, metadata: next });
      else if (JSON.stringify(card.metadata) !== JSON.stringify(next)) throw locked(filed.id);
    },

    async declareRecord(filed: Filed, options: RecordOptions) {
      await assertRoot();
      const card = await mustHave(cards, filed);
      await cards.write({ ...card, record: { ...card.record, ...options } });
    },

    async containers(parent = '') {
      const names = pathNames(parent, rules);
      // Before its first use there is nothing in it.
      if (names.length === 0 && !(await exists(root))) return [];
      await assertInside(names.join('/'));
      const entries = await fs.readdir(at(names.join('/')), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && entry.name !== privatePart)
        .map(({ name }) => ({ id: [...names, name].join('/'), name }));
    },
    types: async () => [],
    attributes: async () => [],
  };
  return {
    ...repository,
    test: () => guarded(repository.test),
    resolveContainer: (spec) => guarded(() => repository.resolveContainer(spec)),
    find: (...args) => guarded(() => repository.find(...args)),
    upload: (...args) => guarded(() => repository.upload(...args)),
    readBack: (filed) => guarded(() => repository.readBack(filed)),
    setMetadata: (...args) => guarded(() => repository.setMetadata(...args)),
    declareRecord: (...args) => guarded(() => repository.declareRecord(...args)),
    containers: (parent) => guarded(() => repository.containers(parent)),
  };
}

const isFile = (target: string): Promise<boolean> =>
  fs.lstat(target).then(
    (stats) => stats.isFile(),
    () => false,
  );

const ifMissing = (thrown: unknown): Stats | null => {
  if (codeOf(thrown) === 'ENOENT') return null;
  throw thrown;
};

async function mustHave(cards: Cards, filed: Filed): Promise<Card> {
  const card = await cards.read(filed.key);
  if (card !== null) return card;
  throw new SignatureError('REMOTE_FAULT', `The folder has lost the index card of ${filed.name}. Repeat the message.`);
}
