// `npm run demo`: a process without a person. `npm run demo -- escalation` shows another one.
import { archive } from './demo/archive';
import { contract } from './demo/contract';
import { escalation } from './demo/escalation';

/** Each prints a readable timeline, and one JSON object as its last line; false when that is not as promised. */
const demos: Record<string, () => Promise<boolean>> = { contract, escalation, archive };

const name = process.argv[2] ?? 'contract';
const demo = demos[name];
if (!demo) {
  console.error(`There is no demo "${name}". Choose from ${Object.keys(demos).join(', ')}.`);
  process.exit(2);
}
demo().then(
  (right) => process.exit(right ? 0 : 1),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
