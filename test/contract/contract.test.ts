import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { checkExchanges } from '../../sandbox/test/contract';
import { recordingsFolder } from '../support/house';

/**
 * Every request the nodes made in this test run, every answer the sandbox gave and every callback it sent, held against
 * the API's description. The tiers before this one leave the recordings.
 */
describe('the API description (sandbox/openapi.json)', () => {
  const files = existsSync(recordingsFolder) ? readdirSync(recordingsFolder).sort() : [];

  before(function () {
    if (files.length > 0) return;
    console.log('    There are no recordings: run the tier "runtime" first, in the same call.');
    this.skip();
  });

  for (const file of files) {
    it(`holds for ${file.replace('.jsonl', '')}`, () => {
      const recording = path.join(recordingsFolder, file);
      expect(readFileSync(recording, 'utf8').trim(), 'the recording is empty').not.to.equal('');
      expect(checkExchanges(recording)).to.deep.equal([]);
    });
  }
});
