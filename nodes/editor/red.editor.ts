/**
 * The part of Node-RED's editor API and of its jQuery that the dialogs use, as types.
 *
 * Source: Node-RED documentation, "Creating Nodes" and "API Reference / UI". The editor itself provides both at run time.
 */

/** A node as the editor hands it to `oneditprepare`, `oneditsave` and validators. */
export interface DialogNode {
  id: string;
  type: string;
  _def?: { category?: string; defaults?: Record<string, { value?: unknown }> };
  [property: string]: unknown;
}

export interface TypedInputOption {
  value: string;
  label: string;
}

/** A type offered by a typed input: the name of a built-in one, or an own one under a built-in's name. */
export type TypedInputType = string | { value: string; label: string; icon?: string; options?: TypedInputOption[] };

export interface EditableListOptions<Row> {
  addItem(container: JQuery, index: number, row: Partial<Row>): void;
  removable?: boolean;
  sortable?: boolean;
  addButton?: boolean | string;
  height?: number | 'auto';
  /** Called after a row has been removed or moved. */
  removeItem?(row: Partial<Row>): void;
  sortItems?(items: JQuery): void;
}

declare global {
  interface JQuery {
    readonly length: number;
    readonly [index: number]: HTMLElement;
    val(): string | null | undefined;
    val(value: string): this;
    text(value: string): this;
    attr(name: string): string | undefined;
    attr(name: string, value: string): this;
    prop(name: string): unknown;
    prop(name: string, value: unknown): this;
    data(name: string): unknown;
    data(name: string, value: unknown): this;
    toggle(visible: boolean): this;
    toggleClass(name: string, on: boolean): this;
    addClass(name: string): this;
    append(content: JQuery | string): this;
    appendTo(target: JQuery | string): this;
    empty(): this;
    remove(): this;
    find(selector: string): JQuery;
    closest(selector: string): JQuery;
    next(selector: string): JQuery;
    is(selector: string): boolean;
    each(visit: (index: number, element: HTMLElement) => void): this;
    on(event: string, handler: (event: Event) => void): this;
    trigger(event: string): this;
    typedInput(options: { types: TypedInputType[]; typeField?: string; default?: string }): this;
    typedInput(method: 'type' | 'value'): string;
    typedInput(method: 'type' | 'value', value: string): this;
    typedInput(method: 'types', types: TypedInputType[]): this;
    editableList<Row>(options: EditableListOptions<Row>): this;
    editableList(method: 'addItem', row: object): this;
    editableList(method: 'items'): JQuery;
  }

  const $: {
    (target: string | Element | JQuery, attributes?: Record<string, string>): JQuery;
    ajax(request: {
      url: string;
      type: 'GET' | 'POST';
      contentType?: string;
      data?: string;
      dataType: 'json';
    }): PromiseLike<unknown>;
  };

  const RED: {
    _(key: string, values?: Record<string, string | number>): string;
    nodes: {
      registerType(type: string, definition: object): void;
      node(id: string): { changed?: boolean; [property: string]: unknown } | null;
    };
    editor: { getEditStack?(): { id: string }[]; validateNode(node: DialogNode): boolean };
    i18n: { lang?(): string };
    utils: { validateTypedProperty(value: string, type: string, options: { label?: string }): true | string };
    clipboard: { copyText(text: string, element?: JQuery, message?: string): boolean };
  };
}
