import express, { Router } from 'express';
import type { Sandbox } from '../context';
import { otdsRoutes } from './content-server/auth';
import { contentServer } from './content-server/content-server';
import { contentMetadata } from './core-content/metadata';
import { contentStorage } from './core-content/storage';
import { timeStampAuthority } from './tsa/tsa';
import { uploads } from './upload/upload';
import { webDav } from './webdav/webdav';

/** The base paths of a Content Server: the one of today's installations and the two of older ones. */
const contentServerPaths = ['/cs/cs/api', '/otcs/cs/api', '/otcs/cs.exe/api'];

/**
 * The content repositories and the time-stamping authority. Contents are streamed to disk, so this comes before all
 * parsers that read a body whole.
 */
export function repositories(sandbox: Sandbox): Router {
  const router = Router();
  router.use(contentServerPaths, contentServer(sandbox));
  router.use('/css', contentStorage(sandbox));
  router.use('/cms', contentMetadata(sandbox));
  router.use(webDav(sandbox));
  router.use(uploads(sandbox));
  router.use('/tsa', timeStampAuthority(sandbox));
  const otds = Router();
  otds.use(express.json({ limit: '64kb' }));
  otdsRoutes(sandbox, otds);
  router.use('/otdsws', otds);
  return router;
}
