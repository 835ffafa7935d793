/** `npm run chaos`: generated faults against real processes, judged by what the service itself says in the end. */
import { parseOptions, usage } from './options';
import { session } from './session';

async function main(): Promise<void> {
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(process.argv.slice(2), Date.now());
  } catch (thrown) {
    console.error(`${(thrown as Error).message}\n\n${usage}`);
    process.exit(2);
  }
  console.log(`seed ${options.seed}, ${options.ledger}, ${options.runtimes} Node-RED`);
  const summary = await session(options, (line) => console.log(line));
  console.log(JSON.stringify(summary));
  process.exit(summary.lost + summary.duplicates + summary.wrong > 0 ? 1 : 0);
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exit(1);
});
