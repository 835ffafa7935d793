import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Blob, CmsInstance, ContentNode, PathResource } from './ecm/model';
import type {
  ApiToken,
  Attachment,
  AuditEvent,
  Delivery,
  DeliveryAttempt,
  DocumentRecord,
  EventRecord,
  Mail,
  Member,
  Team,
  Template,
  Webhook,
} from './model';
import type { MessagingJob, Phone, PhoneNotification, PushCall, PushMessage, Subscription } from './push/model';

/** Objects of one kind, in the order in which they were made. */
export class Collection<T extends { uuid: string }> {
  readonly #items = new Map<string, T>();
  readonly #changed = new Set<string>();

  /** Marks an object as new or changed; it reaches the disk with the next commit. */
  put(item: T): T {
    this.#items.set(item.uuid, item);
    this.#changed.add(item.uuid);
    return item;
  }

  get(uuid: string): T | undefined {
    return this.#items.get(uuid);
  }

  delete(uuid: string): void {
    if (this.#items.delete(uuid)) this.#changed.add(uuid);
  }

  /** All objects, oldest first. */
  all(): T[] {
    return [...this.#items.values()];
  }

  /** All objects for which `keep` holds, newest first, as the lists of the API want them. */
  newest(keep: (item: T) => boolean = () => true): T[] {
    return this.all().filter(keep).reverse();
  }

  /** Deletes the oldest objects beyond so many. */
  keepLatest(count: number): void {
    for (const uuid of this.#items.keys()) {
      if (this.#items.size <= count) return;
      this.delete(uuid);
    }
  }

  /** Takes in what was on disk. */
  load(items: T[]): void {
    for (const item of items) this.#items.set(item.uuid, item);
  }

  /** Hands over the changes since the last call: the object, or undefined when it is gone. */
  takeChanges(): [string, T | undefined][] {
    const changes = [...this.#changed].map((uuid): [string, T | undefined] => [uuid, this.#items.get(uuid)]);
    this.#changed.clear();
    return changes;
  }

  clear(): void {
    for (const uuid of this.#items.keys()) this.#changed.add(uuid);
    this.#items.clear();
  }
}

/**
 * The sandbox's memory. Reads are plain objects; writes go to SQLite in one transaction per `commit()`, which every
 * request makes before it is answered. The write-ahead log without a sync per commit survives the end of the process,
 * which is what a sandbox needs; only a power cut may cost the last moments.
 */
export class Store {
  readonly teams = new Collection<Team>();
  readonly members = new Collection<Member>();
  readonly apiTokens = new Collection<ApiToken>();
  readonly documents = new Collection<DocumentRecord>();
  readonly attachments = new Collection<Attachment>();
  readonly events = new Collection<EventRecord>();
  readonly deliveries = new Collection<Delivery>();
  readonly attempts = new Collection<DeliveryAttempt>();
  readonly webhooks = new Collection<Webhook>();
  readonly templates = new Collection<Template>();
  readonly mails = new Collection<Mail>();
  readonly auditEvents = new Collection<AuditEvent>();
  readonly phones = new Collection<Phone>();
  readonly subscriptions = new Collection<Subscription>();
  readonly pushMessages = new Collection<PushMessage>();
  readonly notifications = new Collection<PhoneNotification>();
  readonly pushCalls = new Collection<PushCall>();
  readonly messagingJobs = new Collection<MessagingJob>();
  readonly contentNodes = new Collection<ContentNode>();
  readonly blobs = new Collection<Blob>();
  readonly cmsInstances = new Collection<CmsInstance>();
  readonly pathResources = new Collection<PathResource>();
  /** Single values: clock offset, faults, keys. */
  readonly settings = new Collection<{ uuid: string; value: unknown }>();

  #closed = false;
  readonly #db: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;

  /**
   * @param folder data folder; made when missing
   * @throws when the folder is not writable or the database is damaged
   */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#db = new DatabaseSync(join(folder, 'sandbox.sqlite'));
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
    this.#db.exec('CREATE TABLE IF NOT EXISTS object (kind TEXT, uuid TEXT, json TEXT, UNIQUE (kind, uuid))');
    this.#upsert = this.#db.prepare(
      'INSERT INTO object (kind, uuid, json) VALUES (?, ?, ?) ON CONFLICT (kind, uuid) DO UPDATE SET json = excluded.json',
    );
    this.#remove = this.#db.prepare('DELETE FROM object WHERE kind = ? AND uuid = ?');
    const select = this.#db.prepare('SELECT json FROM object WHERE kind = ? ORDER BY rowid');
    for (const [kind, collection] of this.#collections()) {
      collection.load(select.all(kind).map((row) => JSON.parse(String(row.json))));
    }
  }

  /** Writes all changes since the last commit, in one transaction. After closing there is nothing to write any more. */
  commit(): void {
    if (this.#closed) return;
    const changes = this.#collections().flatMap(([kind, collection]) =>
      collection.takeChanges().map(([uuid, item]) => ({ kind, uuid, item })),
    );
    if (changes.length === 0) return;
    this.#db.exec('BEGIN IMMEDIATE');
    for (const { kind, uuid, item } of changes) {
      if (item === undefined) this.#remove.run(kind, uuid);
      else this.#upsert.run(kind, uuid, JSON.stringify(item));
    }
    this.#db.exec('COMMIT');
  }

  /** Reads a single value, or undefined. The caller knows its shape. */
  setting<T>(name: string): T | undefined {
    return this.settings.get(name)?.value as T | undefined;
  }

  set(name: string, value: unknown): void {
    this.settings.put({ uuid: name, value });
  }

  /** Forgets everything, on disk too. */
  clear(): void {
    for (const [, collection] of this.#collections()) collection.clear();
    this.commit();
  }

  close(): void {
    this.commit();
    this.#closed = true;
    this.#db.close();
  }

  #collections(): [string, Collection<{ uuid: string }>][] {
    return Object.entries(this).filter((entry): entry is [string, Collection<{ uuid: string }>] => {
      return entry[1] instanceof Collection;
    });
  }
}
