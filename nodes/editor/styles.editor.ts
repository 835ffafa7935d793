const styleId = 'core-signature-dialog-style';

/**
 * Layout of our dialogs. Colours come from the editor's theme only, so that light and dark both work. The theme's own
 * secondary text is too faint for small print in Node-RED 4 (contrast 3.5), so quiet text is mixed from the primary one.
 */
const css = `
.core-signature { --core-signature-quiet: color-mix(in srgb, var(--red-ui-primary-text-color) 86%, var(--red-ui-primary-background)); }
.core-signature .form-row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-bottom: 10px; }
.core-signature .form-row > label:first-child { flex: 0 0 136px; width: 136px; margin: 0; overflow-wrap: break-word; hyphens: auto; }
.core-signature .form-row > input:not([type=hidden], [type=checkbox], .core-signature-number), .core-signature .form-row > select, .core-signature .form-row > textarea,
.core-signature .form-row > div, .core-signature .form-row > .red-ui-typedInput-container
  { flex: 1 1 0; width: auto !important; min-width: 0; margin: 0; }
.core-signature .form-row > input.core-signature-number, .core-signature .form-row > select.core-signature-narrow
  { flex: 0 0 auto; width: 96px !important; }
.core-signature .form-row > button { flex: 0 0 auto; }
.core-signature .core-signature-unit { color: var(--core-signature-quiet); }
.core-signature .form-row > .core-signature-hint
  { flex: 1 0 calc(100% - 144px); margin-left: 144px; color: var(--core-signature-quiet); font-size: 12px; line-height: 16px; }
.core-signature .form-row > .core-signature-hint:empty { display: none; }
.core-signature .form-row > .core-signature-hint[data-state=bad] { color: var(--red-ui-text-color-error); }
.core-signature .form-row > .core-signature-hint[data-state=good] { color: var(--red-ui-text-color-success); }
.core-signature .core-signature-check { margin-left: 144px; }
.core-signature .form-row.core-signature-check > input[type=checkbox] { width: auto; margin: 0; }
.core-signature .form-row.core-signature-check > label { flex: 1; width: auto; margin: 0; }
.core-signature .form-row.core-signature-check > .core-signature-hint { flex-basis: 100%; margin-left: 21px; }
.core-signature .form-row > input[readonly] { color: var(--red-ui-form-text-color); }
.core-signature fieldset.core-signature-choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 4px 12px;
  flex: 1 1 0; min-width: 0; margin: 0; padding: 0; border: 0; }
.core-signature fieldset.core-signature-choices label { display: flex; align-items: center; gap: 6px; width: auto; margin: 0; }
.core-signature fieldset.core-signature-choices input { width: auto; margin: 0; }
.core-signature h4 { margin: 18px 0 10px; padding-top: 10px; border-top: 1px solid var(--red-ui-secondary-border-color);
  font-size: 13px; font-weight: 600; color: var(--core-signature-quiet); }
.core-signature details.core-signature-section { margin-top: 12px; border-top: 1px solid var(--red-ui-secondary-border-color); }
.core-signature details.core-signature-section > summary { padding: 8px 2px; cursor: pointer; font-size: 13px; font-weight: 600;
  color: var(--core-signature-quiet); }
.core-signature summary:focus-visible { outline: 1px solid var(--red-ui-form-input-focus-color); }
.core-signature .core-signature-list { flex: 1 0 100% !important; }
.core-signature .core-signature-list li { padding-top: 8px; }
.core-signature .core-signature-list .form-row { margin-bottom: 6px; }
.core-signature .core-signature-list .form-row > label:first-child { flex-basis: 92px; width: 92px; }
.core-signature .core-signature-list .form-row > label.core-signature-inline { flex: 0 0 auto; width: auto; margin: 0 0 0 4px; }
.core-signature .core-signature-list .red-ui-typedInput-container.core-signature-short { flex: 0 1 120px; }
.core-signature .core-signature-list summary { padding: 2px 0 6px; cursor: pointer; font-size: 12px; color: var(--core-signature-quiet); }
.core-signature .core-signature-list .core-signature-hint { flex-basis: calc(100% - 100px); margin-left: 100px; }
.core-signature textarea { height: auto; resize: vertical; }
.core-signature textarea.core-signature-secret { -webkit-text-security: disc; }
.core-signature [hidden] { display: none !important; }
`;

/** Puts the layout into the page, once however many dialogs use it. */
export function installStyles(): void {
  if (document.getElementById(styleId)) return;
  const style = document.createElement('style');
  style.id = styleId;
  style.textContent = css;
  document.head.append(style);
}
