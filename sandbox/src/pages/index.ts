import { join } from 'node:path';
import express, { type Response, type Router } from 'express';
import { pdfjsFolder } from '../pdf/pdfjs';
import { phoneManifest } from './manifest';
import { contentSecurityPolicy, type PagePolicy } from './security';

const staticFolder = join(__dirname, 'static');

/** The pages: path, file, and what they may beyond the strict policy. */
const pages: { path: string; file: string; policy: PagePolicy }[] = [
  { path: '/', file: 'inbox.html', policy: {} },
  { path: '/sign/:token', file: 'sign.html', policy: { embeddable: true } },
  { path: '/phone', file: 'phone.html', policy: { reachesOut: true } },
  { path: '/filed', file: 'filed.html', policy: {} },
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
  for (const { path, file, policy } of pages) {
    router.get(path, (_request, response) => {
      response.set('Content-Security-Policy', contentSecurityPolicy(policy));
      protect(response);
      response.set('Cache-Control', 'no-store');
      response.sendFile(file, { root: staticFolder });
    });
  }
  router.get('/phone.webmanifest', (request, response) => {
    protect(response);
    response
      .type('application/manifest+json')
      .send(JSON.stringify(phoneManifest(String(request.query.name ?? 'Phone'))));
  });
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
