import { existsSync } from 'node:fs';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Switches without which a headless Chromium asks the network for this and that. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium: the one from npm, or an installed one where its system libraries are missing.
 *
 * @returns undefined with a sentence that says why when there is none
 */
export async function launchBrowser(): Promise<{ browser: Browser } | { browser: undefined; why: string }> {
  const tried: string[] = [];
  for (const candidate of candidates()) {
    try {
      const { executablePath, args } = await candidate();
      return { browser: await playwright.launch({ executablePath, args: [...new Set([...args, ...quiet])] }) };
    } catch (thrown) {
      tried.push((thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0] ?? '');
    }
  }
  return {
    browser: undefined,
    why: `No Chromium can be started here: the one from npm lacks system libraries, and there is none at CHROMIUM_PATH or /usr/bin/chromium. (${tried.join(' | ')})`,
  };
}

type Candidate = () => Promise<{ executablePath: string; args: string[] }>;

function candidates(): Candidate[] {
  const installed = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const fromNpm: Candidate = async () => {
    const { default: bundled } = await import('@sparticuz/chromium');
    return { executablePath: await bundled.executablePath(), args: bundled.args };
  };
  const fromSystem = installed
    .filter((file): file is string => file !== undefined && existsSync(file))
    .map(
      (executablePath): Candidate =>
        async () => ({ executablePath, args: ['--headless'] }),
    );
  return process.env.CHROMIUM_PATH ? [...fromSystem, fromNpm] : [fromNpm, ...fromSystem];
}
