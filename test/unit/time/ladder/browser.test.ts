import path from 'node:path';
import vm from 'node:vm';
import { expect } from 'chai';
import { buildSync } from 'esbuild';

const lib = path.join(__dirname, '../../../../dist/lib/time');

describe('ladders in a browser', () => {
  it('are planned without anything of Node.js', () => {
    const { outputFiles, metafile } = buildSync({
      stdin: {
        contents: `
          export { parseCalendar } from './calendar/config.js';
          export { createCalendar } from './calendar/working-hours.js';
          export { parseLadder } from './ladder/steps.js';
          export { planLadder } from './ladder/plan.js';
          export { z } from 'zod';`,
        resolveDir: lib,
      },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'time',
      target: 'es2022',
    });
    expect(Object.keys(metafile.inputs).filter((name) => name.startsWith('node:'))).to.deep.equal([]);
    const plan = vm.runInNewContext(
      `${outputFiles[0]!.text}
      const hours = { mon: [['08:00', '17:00']] };
      const calendar = time.createCalendar(time.parseCalendar({ zone: 'Europe/Berlin', hours }));
      const step = { when: { amount: { unit: 'working', length: '1 h' } }, action: 'remind' };
      const steps = time.parseLadder([step], time.z.string());
      JSON.stringify(time.planLadder({ steps, start: Date.UTC(2027, 0, 1), calendar }).firings);`,
      { Intl, URL },
    );
    expect(JSON.parse(plan)[0].at).to.equal(Date.UTC(2027, 0, 4, 8));
  });

  it('need no schema library for the plan alone', () => {
    const { metafile } = buildSync({
      entryPoints: [path.join(lib, 'ladder/plan.js'), path.join(lib, 'calendar/working-hours.js')],
      bundle: true,
      write: false,
      metafile: true,
      outdir: '.',
    });
    expect(Object.keys(metafile.inputs).filter((name) => /zod/.test(name))).to.deep.equal([]);
  });
});
