import { join } from 'node:path';
import express, { type Response, type Router } from 'express';
import { pdfjsFolder } from '../pdf/pdfjs';
import { contentSecurityPolicy } from './security';

const staticFolder = join(__dirname, 'static');

/** The pages: path and file. A page may be shown in another site's frame only where embedding is a feature. */
const pages = [
  { path: '/', file: 'inbox.html', embeddable: false },
  { path: '/sign/:token', file: 'sign.html', embeddable: true },
];

/** The parts of pdf.js the signing page loads. */
const pdfjsParts = ['legacy/build', 'cmaps', 'standard_fonts', 'wasm', 'iccs'];

/**
 * Serves the sandbox's pages, their scripts and styles, and pdf.js. Everything comes from this machine.
 *
 * @returns a router to be mounted at the root
 */
export function pagesRouter(): Router {
  const router = express.Router();
  for (const { path, file, embeddable } of pages) {
    router.get(path, (_request, response) => {
      response.set('Content-Security-Policy', contentSecurityPolicy({ embeddable }));
      protect(response);
      response.set('Cache-Control', 'no-store');
      response.sendFile(file, { root: staticFolder });
    });
  }
  for (const part of pdfjsParts) {
    router.use(`/assets/pdfjs/${part}`, express.static(join(pdfjsFolder, part), { index: false, maxAge: '1d' }));
  }
  router.use('/assets', express.static(join(staticFolder, 'assets'), { index: false, setHeaders: protect }));
  return router;
}

function protect(response: Response): void {
  response.set('X-Content-Type-Options', 'nosniff');
  response.set('Referrer-Policy', 'no-referrer'); // the address of a signing page is a secret
}
