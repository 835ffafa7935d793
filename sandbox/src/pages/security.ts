/**
 * The content security policy of a page: only files from here, no inline script, no inline style.
 * `wasm-unsafe-eval` is for pdf.js, which decodes some picture formats in WebAssembly.
 *
 * @param page `embeddable`: other sites may show it in a frame
 */
export function contentSecurityPolicy(page: { embeddable: boolean }): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(page.embeddable ? [] : ["frame-ancestors 'none'"]),
  ].join('; ');
}
