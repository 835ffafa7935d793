import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../lib/child';
import { linkFor, signAs } from '../lib/signer';
import { onStage, say, seconds } from './stage';

const anna = 'anna.alpha@example.com';
const evidence = path.resolve(__dirname, '..', '..', 'bin', 'core-signature-evidence.js');

interface Line {
  envelope: string;
  archive: {
    items: { role: string; id: string; name: string; outcome: string; sha256: string }[];
    package: { name: string; manifestSha256: string };
    verification: { conclusion: string; decision: string };
  };
}

/** A contract is signed, verified, packed and filed; Node-RED is killed while it is being filed; the package is checked offline. */
export const archive = (): Promise<boolean> =>
  onStage('10 - File the signed contract', async (stage) => {
    const { envelope } = await stage.post('/matters', [
      ['name', 'Service agreement'],
      ['key', 'DEMO-3'],
      ['matter', 'M-2041'],
      ['signer', anna],
    ]);
    say(`the contract is out: envelope ${envelope}`);
    await signAs(await linkFor(stage.sandbox.url, anna, envelope), 'Anna Alpha');
    say(`${anna} has signed`);
    await stage.runtime.end('SIGKILL');
    say('Node-RED is killed (SIGKILL) before it has filed everything');
    await stage.boot();
    const line = await until(
      'the archived message',
      () => stage.lines<Line>('archive.jsonl').find((one) => one.envelope === envelope),
      {
        child: stage.runtime,
      },
    );
    const { items, verification } = line.archive;
    for (const { role, name, outcome } of items) say(`filed ${role}: ${name} (${outcome})`);

    const zip = items.find(({ role }) => role === 'package');
    const file = path.join(stage.runtime.userDir, 'archive', zip?.id ?? '');
    const trust = path.join(stage.runtime.userDir, 'sandbox-ca.pem');
    writeFileSync(trust, await (await fetch(`${stage.sandbox.url}/sandbox/ca.pem`)).text());
    const verify = [evidence, 'verify', file, '--trust', trust, '--json'];
    const { stdout } = spawnSync(process.execPath, verify, { encoding: 'utf8' });
    const checked = JSON.parse(stdout) as { verdict: string; filesVerified: number };
    say(`core-signature-evidence verify: ${checked.verdict}, ${checked.filesVerified} files`);
    const result = {
      envelope,
      package: line.archive.package.name,
      conclusion: verification.conclusion,
      verdict: checked.verdict,
      filed: items.map(({ role, name }) => ({ role, name })),
      emitted: stage.lines<Line>('archive.jsonl').length,
      seconds: seconds(),
    };
    console.log(JSON.stringify(result));
    return items.length === 3 && result.emitted === 1 && checked.verdict === 'VALID';
  });
