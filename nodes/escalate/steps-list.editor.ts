import type { Say } from '../editor/texts.editor';
import { fieldsOf, freshId, newRow, type Row } from './step-fields.editor';
import { StepForm } from './step-form.editor';

const list = () => $('#core-signature-steps');

function forms(): StepForm[] {
  const found: StepForm[] = [];
  list()
    .editableList('items')
    .each((_index, item) => {
      const form = $(item).data('stepForm');
      if (form instanceof StepForm) found.push(form);
    });
  return found;
}

/** The rows as they stand in the list. */
export const readSteps = (): Row[] => forms().map((form) => form.read());

/** A row without an id is known by its position; it keeps that name when it is moved. */
const named = (row: Row, index: number): Row => (fieldsOf(row).id === '' ? { ...row, id: `s${index + 1}` } : row);

const idsOf = (rows: readonly Row[]): string[] => rows.map((row) => fieldsOf(row).id);

/**
 * Fills the list. A new ladder starts with one reminder.
 *
 * @param changed called after every change in the list
 */
export function showSteps(say: Say, rows: readonly Row[], changed: () => void): void {
  const update = () => {
    for (const [index, form] of forms().entries()) form.number(index + 1);
    changed();
  };
  list().editableList<Row>({
    addItem: (container, _index, row) => {
      const isNew = row.when === undefined;
      new StepForm(say, container, isNew ? newRow(freshId(idsOf(readSteps()))) : (row as Row), update);
      // The list itself knows the row only after this has returned.
      queueMicrotask(update);
    },
    removeItem: update,
    sortItems: update,
    addButton: say('button.addStep'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  for (const row of rows.length > 0 ? rows.map(named) : [{}]) list().editableList('addItem', row);
}
