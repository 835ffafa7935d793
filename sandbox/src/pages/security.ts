/** What a page may do that others may not. */
export interface PagePolicy {
  /** Other sites may show it in a frame. */
  embeddable?: boolean;
  /** It talks to other servers and shows their pictures. */
  reachesOut?: boolean;
}

/**
 * The content security policy of a page: only files from here, no inline script, no inline style.
 * `wasm-unsafe-eval` is for pdf.js, which decodes some picture formats in WebAssembly.
 */
export function contentSecurityPolicy({ embeddable = false, reachesOut = false }: PagePolicy): string {
  const outside = reachesOut ? ' https: http:' : '';
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self'",
    `img-src 'self' data: blob:${outside}`,
    "font-src 'self' data:",
    `connect-src 'self'${outside}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(embeddable ? [] : ["frame-ancestors 'none'"]),
  ].join('; ');
}
