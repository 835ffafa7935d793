/** `npm run bench`: all benchmarks, or those named: `npm run bench -- intake send`. The method is in docs/performance.md. */
import { archive } from './archive';
import { growth } from './growth';
import { intake } from './intake';
import { type Bench, jsonOf, type Row, tableOf } from './lib/row';
import { openWaits } from './open-waits';
import { plain } from './plain';
import { postgres } from './postgres';
import { send } from './send';
import { startup } from './startup';
import { timers } from './timers';

const benches: Record<string, Bench> = {
  intake,
  send,
  startup,
  'open-waits': openWaits,
  timers,
  growth,
  archive,
  plain,
  postgres,
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in benches));
  if (unknown !== undefined) {
    console.error(`There is no benchmark "${unknown}". Choose from ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`${name} …`);
    const found = await bench();
    console.log(`${tableOf(found)}\n`);
    rows.push(...found);
  }
  console.log(tableOf(rows));
  console.log(jsonOf(rows));
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exit(1);
});
