import type { Locator, Page } from 'playwright-core';
import { measureContrasts } from './contrast';
import { shownText } from './text';
import type { VisitOptions, Visitor } from './visitor';

interface EditorNode {
  id: string;
  type: string;
  name?: string;
  validationErrors?: string[];
}

/** The part of the editor's API that tests look at. */
interface EditorApi {
  nodes: {
    node(id: string): (Record<string, unknown> & { id: string; type: string }) | null;
    eachNode(each: (node: EditorNode) => void): void;
    eachConfig(each: (node: EditorNode) => void): void;
    createCompleteNodeSet(options?: { credentials: boolean }): object[];
    dirty(): boolean;
  };
  workspaces: { active(): string | undefined };
  actions: { invoke(action: string): void };
  editor: { editConfig(name: string, type: string, id: string): void };
  sidebar: { help: { show(type: string): void } };
}
declare const RED: EditorApi;

/** The choice in the editor's settings, where Node-RED 5 keeps it. */
const theme = (origin: string, value: string) => ({ origin, localStorage: [{ name: 'view-dark-theme', value }] });

/** The editor as a person uses it; API calls of its own only where a person would see the same. */
export class Editor {
  private constructor(readonly page: Page) {}

  /** Opens the editor and waits until it can be worked with. */
  static async open(
    visitor: Visitor,
    url: string,
    { dark = false, ...options }: VisitOptions & { dark?: boolean } = {},
  ): Promise<Editor> {
    const storageState = { cookies: [], origins: [theme(new URL(url).origin, dark ? 'dark' : 'light')] };
    const page = await visitor.visit(url, { storageState, ...options });
    await page.addStyleTag({
      content: '*, ::before, ::after { transition: none !important; animation: none !important }',
    });
    await page.locator(".red-ui-palette-node[data-palette-type='send-envelope']").waitFor();
    await page.waitForFunction(() => Boolean(RED.workspaces.active()));
    return new Editor(page);
  }

  /** Drags a node from the palette to a place in the workspace. @returns its id */
  async drag(type: string, to: { x: number; y: number }): Promise<string> {
    const known = await this.#ids(type);
    await this.page.fill('#red-ui-palette-search input', type.replaceAll('-', ' '));
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type='${type}']`);
    await entry.scrollIntoViewIfNeeded();
    const box = await entry.boundingBox();
    const chart = await this.page.locator('#red-ui-workspace-chart').boundingBox();
    if (!box || !chart) throw new Error(`${type} is not in the palette.`);
    const { mouse } = this.page;
    await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await mouse.down();
    await mouse.move(chart.x + to.x - 30, chart.y + to.y, { steps: 8 });
    await mouse.move(chart.x + to.x, chart.y + to.y, { steps: 4 });
    await mouse.up();
    await this.page.fill('#red-ui-palette-search input', '');
    const added = (await this.#ids(type)).find((id) => !known.includes(id));
    if (!added) throw new Error(`${type} was dragged, but is not in the workspace.`);
    return added;
  }

  #ids(type: string): Promise<string[]> {
    return this.page.evaluate((wanted) => {
      const ids: string[] = [];
      RED.nodes.eachNode(({ id, type }) => void (type === wanted && ids.push(id)));
      RED.nodes.eachConfig(({ id, type }) => void (type === wanted && ids.push(id)));
      return ids;
    }, type);
  }

  /** The id of the only node of a type. */
  async idOf(type: string): Promise<string> {
    const [id, ...more] = await this.#ids(type);
    if (!id || more.length > 0) throw new Error(`There are ${id ? more.length + 1 : 'no'} nodes of type ${type}.`);
    return id;
  }

  /** What the editor finds wrong in the nodes of all flows: those that have a red triangle. */
  complaints(): Promise<string[]> {
    return this.page.evaluate(() => {
      const complaints: string[] = [];
      const nodes: EditorNode[] = [];
      RED.nodes.eachNode((node) => void nodes.push(node));
      RED.nodes.eachConfig((node) => void nodes.push(node));
      for (const { id, validationErrors } of nodes)
        for (const complaint of validationErrors ?? []) complaints.push(`${id}: ${complaint}`);
      return complaints;
    });
  }

  /** Properties of a node as the editor has them; only what can be copied. */
  node(id: string): Promise<Record<string, unknown>> {
    return this.page.evaluate((wanted) => {
      const node: Record<string, unknown> = RED.nodes.node(wanted) ?? {};
      return Object.fromEntries(
        Object.entries(node).filter(([key, value]) => !key.startsWith('_') && typeof value !== 'function'),
      );
    }, id) as Promise<Record<string, unknown>>;
  }

  /** Opens the dialog of a flow node by a double click. */
  async openDialog(id: string): Promise<void> {
    const node = this.page.locator(`[id="${id}"] .red-ui-flow-node`).first();
    const ok = this.page.locator('#node-dialog-ok');
    // The editor takes two clicks within one millisecond, or far apart on a busy machine, for single ones; a person, who
    // needs longer than that, clicks again.
    for (let tries = 1; tries <= 4 && !(await ok.isVisible()); tries += 1) {
      await node.dblclick({ delay: 20, timeout: 5_000 }).catch(() => undefined);
      await ok.waitFor({ timeout: 4_000 }).catch(() => undefined);
    }
    await this.#dialogShown('#node-dialog-ok');
  }

  /** Opens the dialog of a configuration node. */
  async openConfig(id: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      RED.editor.editConfig('', RED.nodes.node(wanted)?.type ?? '', wanted);
    }, id);
    await this.#dialogShown('#node-config-dialog-ok');
  }

  /** Opens the dialog of a new configuration node from the dialog of a flow node. */
  async addConfig(property: string): Promise<void> {
    await this.page.selectOption(`#node-input-${property}`, '_ADD_');
    await this.page.locator(`[id="node-input-btn-${property}-edit"], #node-input-lookup-${property}`).first().click();
    await this.#dialogShown('#node-config-dialog-ok');
  }

  async #dialogShown(ok: string): Promise<void> {
    await this.page.locator(ok).waitFor();
    await this.page.locator('.core-signature').last().waitFor();
    // trays slide in; a picture taken on the way would be blurred
    const tray = await this.page.locator('.red-ui-tray').last().elementHandle();
    await tray?.waitForElementState('stable');
  }

  /** Presses the dialog's main button and waits until it is gone. */
  async ok(dialog: 'node' | 'node-config' = 'node'): Promise<void> {
    const trays = await this.page.locator('.red-ui-tray').count();
    await this.page.click(`#${dialog}-dialog-ok`);
    await this.page.waitForFunction((n) => document.querySelectorAll('.red-ui-tray').length < n, trays);
  }

  /** Leaves the dialog without saving. */
  async cancel(dialog: 'node' | 'node-config' = 'node'): Promise<void> {
    const trays = await this.page.locator('.red-ui-tray').count();
    await this.page.click(`#${dialog}-dialog-cancel`);
    await this.page.waitForFunction((n) => document.querySelectorAll('.red-ui-tray').length < n, trays);
  }

  /** Imports a shipped example through the menu, as a new user would. */
  async importExample(name: string): Promise<void> {
    const { page } = this;
    await page.click('#red-ui-header-button-sidemenu');
    await page.click('#menu-item-import');
    const dialog = page.locator('#red-ui-clipboard-dialog');
    await page.locator('#red-ui-clipboard-dialog-import-tabs').getByText('Examples', { exact: true }).click();
    await dialog.getByText('@signature-flows/node-red-core-signature').click();
    await dialog.getByText(name, { exact: true }).click();
    await page.click('#red-ui-clipboard-dialog-ok');
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Brings a flow's tab to the front. */
  async showTab(label: string): Promise<void> {
    await this.page.locator('#red-ui-workspace-tabs .red-ui-tab').getByText(label, { exact: true }).click();
    await this.page.locator('#red-ui-workspace-tabs .red-ui-tab.active').filter({ hasText: label }).waitFor();
  }

  /** Address of the picture on a node, once it is there. */
  async iconOf(id: string): Promise<string> {
    const icon = this.page.locator(`[id="${id}"] image.red-ui-flow-node-icon`);
    const address = await icon.evaluate((image: SVGImageElement) => image.href.baseVal);
    return new URL(address, this.page.url()).href;
  }

  /** Presses Deploy and waits until the runtime has the flows. */
  async deploy(): Promise<void> {
    const posted = this.page.waitForResponse(
      (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
    );
    await this.page.click('#red-ui-header-button-deploy');
    const answer = await posted;
    if (!answer.ok()) throw new Error(`The deploy was answered ${answer.status()}: ${await answer.text()}`);
    await this.page.waitForFunction(() => !RED.nodes.dirty());
  }

  /** Waits until the status under a node reads as wanted. */
  async statusOf(id: string, wanted: RegExp): Promise<void> {
    await this.page
      .locator(`[id="${id}"] .red-ui-flow-node-status-label`)
      .filter({ hasText: wanted })
      .waitFor({ state: 'attached' });
  }

  /** All flows as an export would have them. */
  exported(): Promise<string> {
    return this.page.evaluate(() => JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false })));
  }

  invoke(action: string): Promise<void> {
    return this.page.evaluate((name) => RED.actions.invoke(name), action);
  }

  /** Brings the debug messages to the front; in Node-RED 5 they are there from the start, and the action would hide them. */
  async showDebug(): Promise<void> {
    if (!(await this.page.locator('.red-ui-debug-content').first().isVisible()))
      await this.invoke('core:show-debug-tab');
  }

  /**
   * The visible field of a typed input, or any other field, by its label. On an invalid field the editor replaces the
   * label by the complaint, and ours start with the label.
   */
  field(label: string): Locator {
    const form = this.page.locator('.core-signature').last();
    const complaint = form.locator(`input:visible[aria-label^="${label}: "]`);
    return form.getByLabel(label, { exact: true }).or(complaint).first();
  }

  /** Properties whose fields are marked as invalid in the open dialog. */
  marked(): Promise<string[]> {
    return this.page.evaluate(() => {
      const form = [...document.querySelectorAll('.core-signature')].at(-1);
      const fields = [...(form?.querySelectorAll('.form-row [id]') ?? [])];
      return fields
        .filter(({ id }) => /^node-(config-)?input-/.test(id) && !id.endsWith('Type'))
        .filter((field) => field.matches('.input-error, :has(+ .red-ui-typedInput-container.input-error)'))
        .map(({ id }) => id.replace(/^node-(config-)?input-/, ''));
    });
  }

  /** Shows the help of a node type in the sidebar and gives back its text. */
  async help(type: string): Promise<string> {
    await this.page.evaluate((wanted) => RED.sidebar.help.show(wanted), type);
    const panel = this.page.locator('.red-ui-help:visible').last();
    await panel.filter({ hasText: type }).or(panel).locator('h3').first().waitFor();
    return shownText(panel);
  }

  /** Texts of the open dialog that come from a catalog, with their keys. */
  translated(): Promise<{ key: string; shown: string }[]> {
    return this.page.evaluate(() => {
      const form = [...document.querySelectorAll('.core-signature')].at(-1);
      return [...(form?.querySelectorAll('[data-i18n]') ?? [])].flatMap((element) =>
        (element.getAttribute('data-i18n') ?? '').split(';').map((part) => {
          const [, attribute, key = ''] = /^(?:\[(\w[\w-]*)\])?(?:.*:)?(.*)$/.exec(part) ?? [];
          const shown = attribute ? element.getAttribute(attribute) : element.textContent;
          return { key, shown: shown ?? '' };
        }),
      );
    });
  }

  /** All texts of the open dialog, hidden parts and attributes included. */
  everythingShown(): Promise<string> {
    return this.page.evaluate(() => {
      const form = [...document.querySelectorAll('.core-signature')].at(-1);
      const attributes = [...(form?.querySelectorAll('[placeholder], [title], [aria-label]') ?? [])].flatMap(
        (element) => ['placeholder', 'title', 'aria-label'].map((name) => element.getAttribute(name) ?? ''),
      );
      return [form?.textContent ?? '', ...attributes].join('\n');
    });
  }

  /** Whether the dialog's fields are dark. */
  isDark(): Promise<boolean> {
    return this.page.evaluate(() => {
      const field = [...document.querySelectorAll('.core-signature input[type=text]')].at(-1);
      const [red = 255] = (field ? getComputedStyle(field).backgroundColor : '').match(/\d+/g)?.map(Number) ?? [];
      return red < 100;
    });
  }

  /** Contrast of text and ground (WCAG 2, 1 to 21) for every visible text of the open dialog. */
  contrasts(): Promise<{ text: string; contrast: number }[]> {
    return this.page.evaluate(measureContrasts);
  }
}
