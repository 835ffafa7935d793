import type { Context } from 'mocha';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser';

/** Kinds of screen that pages are looked at with. */
export const screens = {
  desktop: { viewport: { width: 1400, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} satisfies Record<string, BrowserContextOptions>;

export interface VisitOptions extends BrowserContextOptions {
  /** Paths of requests that may be refused (4xx), because the test wants to see the refusal. */
  refused?: RegExp;
}

/** A person with a browser, in whose pages nothing may fail: any exception or console error is kept as a fault. */
export class Visitor {
  readonly #faults: string[] = [];
  #browser: Browser | undefined;

  /** Starts the browser; for `before`. Without one on this machine the tests are skipped, and it is said why. */
  async start(test: Context): Promise<void> {
    const why = await this.launch();
    if (why === undefined) return;
    console.log(`    ${why}`);
    test.skip();
  }

  /** Starts the browser. @returns a sentence that says why there is none, or nothing */
  async launch(): Promise<string | undefined> {
    const launched = await launchBrowser();
    if (!launched.browser) return launched.why;
    this.#browser = launched.browser;
    return undefined;
  }

  /** Opens a page with a fresh profile, in English unless told otherwise. */
  async visit(url: string, { refused, ...options }: VisitOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error('The browser is not started.');
    const context = await this.#browser.newContext({
      ...screens.desktop,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.#faults.push(`${page.url()}: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url: source } = message.location();
      const isRefusal = /status of 4\d\d/.test(message.text()) && refused?.test(new URL(source, url).pathname);
      if (!isRefusal && !source.endsWith('/favicon.ico')) this.#faults.push(`${source}: ${message.text()}`);
    });
    await page.goto(url);
    return page;
  }

  /** For `afterEach`: closes all pages. @throws Error that tells what failed in them */
  async leave(): Promise<void> {
    await Promise.all(this.#browser?.contexts().map((context) => context.close()) ?? []);
    this.check();
  }

  /** For `afterEach` where pages stay open. @throws Error that tells what failed in them */
  check(): void {
    const faults = this.#faults.splice(0);
    if (faults.length > 0) throw new Error(`Pages failed:\n${faults.join('\n')}`);
  }

  /** For `after`. */
  async end(): Promise<void> {
    await this.#browser?.close();
  }
}
