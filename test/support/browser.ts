import { existsSync } from 'node:fs';
import { type Browser, chromium as playwright } from 'playwright-core';

/**
 * Switches of our own. Those that come with the bundled Chromium are not used: they are made for cloud functions, run
 * everything in one process (which dies when a context is closed) and switch off web security, which pages must live with.
 */
const switches = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
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
      return { browser: await playwright.launch({ executablePath: await candidate(), args: switches }) };
    } catch (thrown) {
      tried.push((thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0] ?? '');
    }
  }
  return {
    browser: undefined,
    why: `No Chromium can be started here: the one from npm lacks system libraries, and there is none at CHROMIUM_PATH or /usr/bin/chromium. (${tried.join(' | ')})`,
  };
}

type Candidate = () => Promise<string>;

function candidates(): Candidate[] {
  const installed = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const fromNpm: Candidate = async () => (await import('@sparticuz/chromium')).default.executablePath();
  const fromSystem = installed
    .filter((file): file is string => file !== undefined && existsSync(file))
    .map(
      (file): Candidate =>
        async () =>
          file,
    );
  return process.env.CHROMIUM_PATH ? [...fromSystem, fromNpm] : [fromNpm, ...fromSystem];
}
