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
.core-signature .form-row.core-signature-check > .core-signature-hint { flex-basis: calc(100% - 21px); margin-left: 21px; }
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
.core-signature .form-row:has(> .core-signature-week) { align-items: flex-start; }
.core-signature .form-row:has(> .core-signature-week) > label { line-height: 28px; }
.core-signature .core-signature-week { display: flex; flex-direction: column; gap: 4px; }
.core-signature .core-signature-day { display: flex; align-items: center; gap: 8px; }
.core-signature .core-signature-day-name { flex: 0 0 96px; line-height: 28px; }
.core-signature .core-signature-spans { display: flex; flex-wrap: wrap; gap: 4px 16px; min-height: 28px; line-height: 28px; }
.core-signature .core-signature-span { display: inline-flex; align-items: center; gap: 4px; }
.core-signature .core-signature-span input { width: 56px; height: 28px; margin: 0; padding: 2px 4px; text-align: center; }
.core-signature .core-signature-state[data-state=bad] { color: var(--red-ui-text-color-error); }
.core-signature .core-signature-state[data-state=good] { color: var(--red-ui-text-color-success); }
.core-signature .core-signature-step { position: relative; }
.core-signature .core-signature-step-number { position: absolute; top: 6px; left: -24px; width: 20px; font-weight: 600; text-align: center;
  color: var(--red-ui-secondary-text-color); }
.core-signature .core-signature-warnings { margin: 4px 0 12px; padding-left: 12px; border-left: 3px solid var(--red-ui-text-color-warning); list-style: none; }
.core-signature .core-signature-firings { margin: 4px 0 4px 20px; font-size: 12px; line-height: 18px; color: var(--red-ui-secondary-text-color); list-style: none; }
.core-signature .core-signature-firings + .core-signature-unit { margin-left: 20px; font-size: 12px; }
.core-signature .core-signature-timeline svg { display: block; width: 100%; max-width: 760px; margin: 0 auto; height: auto; overflow: visible; }
.core-signature .core-signature-timeline text { font-size: 11px; fill: var(--red-ui-secondary-text-color); }
.core-signature .core-signature-timeline text.number { font-weight: 600; fill: var(--red-ui-primary-background); }
.core-signature .core-signature-timeline line { stroke: var(--red-ui-secondary-text-color); stroke-width: 1; }
.core-signature .core-signature-timeline line.axis { stroke-width: 2; stroke: var(--red-ui-form-input-border-color); }
.core-signature .core-signature-timeline .day-off { fill: var(--red-ui-secondary-border-color); opacity: .45; }
.core-signature .core-signature-timeline circle { fill: var(--red-ui-primary-text-color); stroke: var(--red-ui-primary-background); stroke-width: 1.5; }
.core-signature .core-signature-timeline circle.replace, .core-signature .core-signature-timeline circle.cancel { fill: var(--red-ui-text-color-error); }
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
