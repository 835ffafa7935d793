import type { Sandbox } from '../../context';
import { freshTag } from '../answer';
import type { ContentNode, RecordDetails } from '../model';
import { classifications, fileStatuses, holds, recordsClassifications } from './catalog';
import { classificationIds } from './create';
import { csTime } from './json';
import { bodyOf, csError, formOf, type Routes } from './service';
import { checkChangeable, nodeOf, touch } from './tree';

/** Classifications, records classifications, record details and holds. */
export function recordRoutes(sandbox: Sandbox, routes: Routes): void {
  routes
    .add('get', '/v1/nodes/:id/classifications', 'record', ({ params }) => {
      const { classifications: ids } = nodeOf(sandbox, params.id);
      return { status: 200, body: { data: classifications.filter(({ id }) => ids.includes(id)) } };
    })
    .add('post', '/v1/nodes/:id/classifications', 'record', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      checkChangeable(node);
      // What was there is replaced, not added to.
      touch(sandbox, node, { classifications: classificationIds(bodyOf(formOf(call)).class_id) });
      return { status: 200, body: { data: {} } };
    })
    .add('get', '/v1/nodes/:id/rmclassifications', 'record', ({ params }) => {
      const node = nodeOf(sandbox, params.id);
      const data = node.record === null ? [] : [recordJson(node.record)];
      const token = node.record?.token ?? emptyToken(node);
      return { status: 200, body: { rm_metadataToken: token, canFinalize: data.length > 0, data } };
    })
    .add('post', '/v1/nodes/:id/rmclassifications', 'record', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const given = bodyOf(formOf(call));
      checkToken(node, given.rm_metadataToken);
      const known = recordsClassifications.find(({ id }) => String(id) === String(given.class_id));
      if (known === undefined)
        throw csError(400, `The records classification ${String(given.class_id)} does not exist.`);
      checkChangeable(node);
      const record: RecordDetails = {
        classification: known.id,
        fileNumber: `${known.id}-${node.uuid}`,
        fileStatus: 'ACTIVE',
        official: false,
        rsi: known.rsi,
        essential: known.essential,
        storage: null,
        recordDate: sandbox.clock.now(),
        token: freshTag(),
      };
      touch(sandbox, node, { record });
      return { status: 200, body: { rm_metadataToken: record.token, data: {} } };
    })
    .add('put', '/v1/nodes/:id/rmclassifications', 'record', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const given = bodyOf(formOf(call));
      if (node.record === null) throw csError(400, 'The item has no records classification.');
      if (given.rm_metadataToken === undefined) throw csError(400, 'The rm_metadataToken is required.');
      checkToken(node, given.rm_metadataToken);
      const fileStatus = given.file_status === undefined ? node.record.fileStatus : String(given.file_status);
      if (!fileStatuses.includes(fileStatus)) throw csError(400, `The file status ${fileStatus} does not exist.`);
      if (node.record.official && given.official === false) {
        throw csError(403, `The item '${node.name}' is an official record and cannot be changed.`);
      }
      const text = (name: 'rsi' | 'essential' | 'storage', old: string | null) =>
        given[name] === undefined ? old : String(given[name]);
      const record: RecordDetails = {
        ...node.record,
        fileStatus,
        official: node.record.official || given.official === true || given.official === 'true',
        rsi: text('rsi', node.record.rsi),
        essential: text('essential', node.record.essential),
        storage: text('storage', node.record.storage),
        token: freshTag(),
      };
      touch(sandbox, node, { record });
      return { status: 200, body: { rm_metadataToken: record.token, data: {} } };
    })
    .add('get', '/v1/nodes/:id/holds', 'record', ({ params }) => {
      const { holds: ids } = nodeOf(sandbox, params.id);
      return { status: 200, body: { data: holds.filter(({ id }) => ids.includes(id)).map(holdJson) } };
    })
    .add('post', '/v1/nodes/:id/holds', 'record', (call) => {
      const node = nodeOf(sandbox, call.params.id);
      const id = bodyOf(formOf(call)).hold_id;
      const hold = holds.find((one) => String(one.id) === String(id));
      if (hold === undefined) throw csError(400, `The hold ${String(id)} does not exist.`);
      if (node.holds.includes(hold.id)) throw csError(400, 'The item is already under this hold.');
      touch(sandbox, node, { holds: [...node.holds, hold.id] });
      return { status: 200, body: { data: {} } };
    })
    .add('get', '/v2/hold', 'record', ({ query }) => {
      const wanted = query.get('holdname')?.toLowerCase();
      const found = holds.filter(({ name }) => wanted === undefined || name.toLowerCase() === wanted);
      return { status: 200, body: { results: { data: { holds: found.map(holdJson) } } } };
    });
}

const holdJson = ({ id, name }: { id: number; name: string }) => ({ id, name, HoldID: id, HoldName: name });

const recordJson = (record: RecordDetails) => ({
  rmclassification_id: record.classification,
  file_number: record.fileNumber,
  rsi: record.rsi,
  record_date: csTime(record.recordDate),
  file_status: record.fileStatus,
  official: record.official,
  storage: record.storage,
  essential: record.essential,
});

const emptyToken = (node: ContentNode): string => `none-${node.uuid}`;

/** The optimistic lock. @throws ApiError 409 when somebody else was faster */
function checkToken(node: ContentNode, token: unknown): void {
  if (token !== undefined && token !== (node.record?.token ?? emptyToken(node))) {
    throw csError(409, 'The record details have been changed by another user. Read them again.');
  }
}
