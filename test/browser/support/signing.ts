import type { Page } from 'playwright-core';

/** A signer at the signing page. Everything is found by role and label, as a screen reader would. */
export class SigningPage {
  constructor(readonly page: Page) {}

  /** The button in the bar below: "Next field" while something is missing, then "Sign" or "Approve". */
  get next() {
    return this.page.getByRole('region', { name: 'Progress' }).getByRole('button');
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  /** Fills in text fields and ticks check boxes by their labels. */
  async fillIn(values: Record<string, string | true>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      const field = this.page.getByLabel(label);
      if (value === true) await field.check();
      else await field.fill(value);
    }
  }

  /** Opens the sheet for the signature from the first place for it. */
  async openSignature(): Promise<void> {
    await this.page
      .getByRole('button', { name: /sign here/ })
      .first()
      .click();
    await this.dialog.waitFor();
  }

  /** Draws a signature with the pointer. */
  async draw(): Promise<void> {
    await this.openSignature();
    await this.dialog.getByRole('tab', { name: 'Draw' }).click();
    const box = await this.dialog.getByRole('img', { name: /Drawing area/ }).boundingBox();
    if (!box) throw new Error('There is nothing to draw on.');
    const { mouse } = this.page;
    const at = (t: number): [number, number] => [
      box.x + box.width * (0.1 + 0.7 * t + 0.06 * Math.sin(19 * t)),
      box.y + box.height * (0.5 - 0.3 * (1 - 0.7 * t) * Math.sin(16 * t + 0.6)),
    ];
    await mouse.move(...at(0));
    await mouse.down();
    for (let step = 1; step <= 60; step += 1) await mouse.move(...at(step / 60));
    await mouse.up();
    await this.dialog.getByRole('button', { name: 'Use signature' }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Types a signature. */
  async type(name: string): Promise<void> {
    await this.openSignature();
    await this.dialog.getByRole('tab', { name: 'Type' }).click();
    await this.dialog.getByLabel('Your name').fill(name);
    await this.dialog.getByRole('button', { name: 'Use signature' }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** Moves the focus with Tab until the element with that accessible name has it. */
  async tabTo(name: RegExp): Promise<void> {
    const seen: string[] = [];
    for (let presses = 0; presses < 60; presses += 1) {
      await this.page.keyboard.press('Tab');
      const focused = await this.page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
        return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
      });
      if (name.test(focused)) return;
      seen.push(focused.trim().slice(0, 40));
    }
    throw new Error(`Tab never reaches ${name}; it went ${seen.join(' → ')}`);
  }

  /** Waits for the closing screen. */
  async ended(title: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  /** Waits until the document's first page is drawn. */
  async drawn(): Promise<void> {
    await this.page.locator('canvas[data-drawn]').first().waitFor();
  }
}
