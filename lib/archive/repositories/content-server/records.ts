/** Records management of Content Server: classification, official status, holds. Each step looks first, so it can be repeated. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { isGood, readAs } from '../remote';
import type { RecordOptions } from '../types';
import { contentServerFault } from './faults';
import type { ContentServerSession } from './session';

const id = z.union([z.number(), z.string()]);
const state = z.object({
  rm_metadataToken: z.string().nullish(),
  data: z
    .array(
      z.object({
        rmclassification_id: id.nullish(),
        official: z.boolean().nullish(),
        file_status: z.string().nullish(),
      }),
    )
    .nullish(),
});
const holdList = z.object({
  results: z.union([
    z.array(z.unknown()),
    z.object({ data: z.object({ holds: z.array(z.unknown()) }) }).transform(({ data }) => data.holds),
  ]),
});
const holdEntry = z
  .union([
    z
      .object({ data: z.object({ hold: z.object({ HoldID: id, HoldName: z.string() }) }) })
      .transform(({ data }) => data.hold),
    z.object({ HoldID: id, HoldName: z.string() }),
  ])
  .nullable()
  .catch(null);

export class ContentServerRecords {
  constructor(private readonly session: ContentServerSession) {}

  /** @throws SignatureError RETENTION, FORBIDDEN, UNKNOWN_TYPE (hold), REFUSED */
  async declare(node: string, options: RecordOptions): Promise<void> {
    const path = `v1/nodes/${node}/rmclassifications`;
    if (options.classification !== undefined) {
      const { data } = await this.#read(path);
      const wanted = options.classification;
      if (!data?.some((entry) => String(entry.rmclassification_id) === wanted)) {
        await this.#body('POST', path, { class_id: Number(wanted), apply_to_sub_items: false });
      }
    }
    if (options.official === true || options.fileStatus !== undefined) {
      const now = await this.#read(path);
      const status = options.fileStatus ?? 'ACTIVE';
      const official = options.official ?? now.data?.[0]?.official ?? false;
      const isSet = now.data?.some((entry) => (entry.official ?? false) === official && entry.file_status === status);
      if (!isSet) {
        // The token is the optimistic lock: a change in between makes this fail, and the repeat reads anew.
        await this.#body('PUT', path, {
          rm_metadataToken: now.rm_metadataToken ?? undefined,
          file_status: status,
          official,
        });
      }
    }
    if (options.hold !== undefined) await this.#hold(node, options.hold);
  }

  async #read(path: string): Promise<z.infer<typeof state>> {
    const answer = await this.session.get(path, {}, [404]);
    if (!isGood(answer)) throw contentServerFault(answer, this.session.options);
    return readAs(state, answer.data, 'Content Server');
  }

  async #body(method: 'POST' | 'PUT', path: string, body: unknown): Promise<void> {
    const answer = await this.session.body(method, path, body);
    if (!isGood(answer)) throw contentServerFault(answer, this.session.options);
  }

  async #hold(node: string, hold: string): Promise<void> {
    const number = /^\d+$/.test(hold) ? hold : await this.#holdByName(hold);
    const answer = await this.session.body('POST', `v1/nodes/${node}/holds`, { hold_id: Number(number) });
    if (isGood(answer) || /already/i.test(JSON.stringify(answer.data ?? ''))) return;
    throw contentServerFault(answer, this.session.options);
  }

  async #holdByName(name: string): Promise<string> {
    const answer = await this.session.get('v2/hold', { holdname: name }, [404]);
    const entries = isGood(answer) ? readAs(holdList, answer.data, 'Content Server').results : [];
    const found = entries.map((entry) => holdEntry.parse(entry)).find((entry) => entry?.HoldName === name);
    if (found != null) return String(found.HoldID);
    throw new SignatureError(
      'UNKNOWN_TYPE',
      `record.hold: there is no hold ${JSON.stringify(name)} in Content Server.`,
      {
        field: 'record.hold',
      },
    );
  }
}
