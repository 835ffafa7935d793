import { expect } from 'chai';
import { openRepository } from '../../../../dist/lib/archive/repositories/open';
import type { Filed, Repository } from '../../../../dist/lib/archive/repositories/types';
import { FakeContentServer } from './fakes/content-server';
import type { Incoming } from './fakes/server';
import { fileIn, scratch, tools } from './support';

/** The requests as OpenText's own client sends them: method, path, kind, body. */
const golden: Record<string, [call: string, kind: 'form' | 'none' | 'multipart', body: string]> = {
  R1: ['POST /cs/cs/api/v1/auth', 'form', 'username=user&password=secret'],
  R2: [
    'POST /cs/cs/api/v1/validation/nodes/names',
    'form',
    'body=%7B%22parent_id%22%3A+2000%2C+%22names%22%3A+%5B%22a.pdf%22%5D%7D',
  ],
  R3: [
    'POST /cs/cs/api/v2/nodes',
    'multipart',
    [
      '--<boundary>',
      'Content-Disposition: form-data; name="body"',
      '',
      '{"type": "144", "name": "a.pdf", "parent_id": "2000", "roles": {"categories": {"12508_2": "Draft", "12508_5": true, "12508_6": ["a", "b"]}, "classifications": {"create_id": [], "id": [111]}}, "external_create_date": "2026-01-15", "description": "d"}',
      '--<boundary>',
      'Content-Disposition: form-data; name="file"; filename="a.pdf"',
      'Content-Type: application/pdf',
      '',
      'bytes 1',
      '--<boundary>--',
      '',
    ].join('\r\n'),
  ],
  R4: [
    'POST /cs/cs/api/v2/nodes/4711/versions',
    'multipart',
    [
      '--<boundary>',
      'Content-Disposition: form-data; name="description"',
      '',
      '<description>',
      '--<boundary>',
      'Content-Disposition: form-data; name="file"; filename="a.pdf"',
      'Content-Type: application/pdf',
      '',
      'bytes 2',
      '--<boundary>--',
      '',
    ].join('\r\n'),
  ],
  R5: ['PUT /cs/cs/api/v2/nodes/4711/categories/12508', 'form', '12508_2=Final&12508_6=a&12508_6=b'],
  R6: [
    'POST /cs/cs/api/v1/nodes/4711/rmclassifications',
    'form',
    'body=%7B%22class_id%22%3A+222%2C+%22apply_to_sub_items%22%3A+false%7D',
  ],
  R7: [
    'PUT /cs/cs/api/v1/nodes/4711/rmclassifications',
    'form',
    'body=%7B%22rm_metadataToken%22%3A+%22token-1%22%2C+%22file_status%22%3A+%22ACTIVE%22%2C+%22official%22%3A+true%7D',
  ],
  R8: ['POST /cs/cs/api/v1/nodes/4711/holds', 'form', 'body=%7B%22hold_id%22%3A+13%7D'],
  R9: ['PUT /cs/cs/api/v2/nodes/4711/nicknames', 'form', 'nickname=env_1'],
  R10: ['GET /cs/cs/api/v2/nicknames/env_1/nodes', 'none', ''],
  R11: ['GET /cs/cs/api/v2/externalsystems/SAP/botypes/KNA1/boids/0000001', 'none', ''],
  R12: [
    'POST /cs/cs/api/v2/nodes',
    'form',
    'body=%7B%22parent_id%22%3A+2000%2C+%22type%22%3A+%220%22%2C+%22name%22%3A+%222026%22%2C+%22description%22%3A+%22%22%2C+%22roles%22%3A+%7B%7D%7D',
  ],
  R13: ['POST /cs/cs/api/v2/search', 'form', 'where=OTName%3A%22x%22&lookfor=complexQuery&within=all&page=1&limit=100'],
  R14: ['GET /cs/cs/api/v2/nodes/2000/nodes?where_name=a.pdf&limit=100&fields=properties', 'none', ''],
};

const textOf = ({ headers, body }: Incoming): string => {
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  const text = body.toString('utf8');
  return boundary === undefined
    ? text
    : text.replaceAll(boundary, '<boundary>').replace(/SHA-256 \w+/, '<description>');
};

describe('Content Server requests R1–R14', () => {
  const folder = scratch();
  let server: FakeContentServer;
  let repository: Repository;
  const container = { id: '2000' };
  const filed: Filed = { id: '4711', name: 'a.pdf', key: 'env_1' };
  const metadata = {
    attributes: { '12508_2': 'Draft', '12508_5': true, '12508_6': ['a', 'b'] },
    classifications: ['111'],
    createdOn: '2026-01-15',
    description: 'd',
  };

  beforeEach(async () => {
    server = await new FakeContentServer().start();
    const auth = { kind: 'password', username: 'user', password: 'secret' };
    repository = openRepository({ kind: 'content-server', url: `${server.url}/cs/cs/api`, auth }, tools());
    const file = fileIn(folder.path, 'bytes 1', 'a.pdf');
    await repository.upload(container, file, 'env_1', { collision: 'adopt', metadata });
  });
  afterEach(() => server.close());

  const doing: Record<string, () => Promise<unknown>> = {
    R4: () =>
      repository.upload(container, fileIn(folder.path, 'bytes 2', 'a.pdf'), 'env_1', {
        collision: 'adopt',
        replaces: filed,
      }),
    R5: () => repository.setMetadata(filed, { attributes: { '12508_2': 'Final', '12508_6': ['a', 'b'] } }),
    R6: () => repository.declareRecord(filed, { classification: '222' }),
    R7: () => repository.declareRecord(filed, { classification: '222', official: true }),
    R8: () => repository.declareRecord(filed, { hold: '13' }),
    R10: () => repository.find(container, 'env_1', 'a.pdf'),
    R11: () => repository.resolveContainer({ by: 'businessObject', system: 'SAP', type: 'KNA1', id: '0000001' }),
    R12: () => repository.resolveContainer({ by: 'path', path: '2026' }),
    R13: () => repository.containers(undefined, 'x'),
    R14: () => repository.resolveContainer({ by: 'path', path: 'a.pdf' }),
  };

  for (const [number, [call, kind, body]] of Object.entries(golden)) {
    it(number, async () => {
      await doing[number]?.();
      const found = server.seen.filter((one) => `${one.method} ${one.path}${one.search}` === call);
      const request = found.find((one) => kind === 'none' || textOf(one) === body);
      expect(found.map(textOf)).to.include(body);
      if (request === undefined) throw new Error('unreachable');
      const { headers } = request;
      if (kind === 'multipart') {
        expect(headers['content-type']).to.match(/^multipart\/form-data; boundary=/);
        expect(headers.accept).to.equal('*/*');
        expect(headers['content-length']).to.equal(String(request.body.length));
      } else {
        if (kind === 'form') expect(headers['content-type']).to.equal('application/x-www-form-urlencoded');
        expect(headers.accept).to.equal('application/json;charset=utf-8');
      }
      const ticket = number === 'R1' ? undefined : 'ticket-1';
      expect(headers.otcsticket).to.equal(ticket);
      expect(headers.llcookie).to.equal(ticket);
      expect(headers.cookie).to.equal(ticket && 'otcsticket=ticket-1; LLCookie=ticket-1');
    });
  }
});
