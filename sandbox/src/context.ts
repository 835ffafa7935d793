import type { Clock } from './clock';
import type { EcmFiles } from './ecm/files';
import type { Callbacks } from './events/callbacks';
import type { Faults } from './faults';
import type { Files } from './files';
import type { Jobs } from './jobs';
import type { SandboxCa } from './pdf';
import type { Push } from './push/push';
import type { Recorder } from './record';
import type { Store } from './store';

/** The parts of a running sandbox, handed to everything that works with it. */
export interface Sandbox {
  store: Store;
  clock: Clock;
  jobs: Jobs;
  faults: Faults;
  files: Files;
  callbacks: Callbacks;
  recorder: Recorder;
  ca: SandboxCa;
  push: Push;
  ecm: EcmFiles;
  /** Base URL without a slash at the end. */
  baseUrl: string;
}

/** Absolute URL of a resource of the API, for example `apiUrl(sandbox, 'documents', uuid)`. */
export function apiUrl(sandbox: Sandbox, ...path: string[]): string {
  return `${sandbox.baseUrl}/api/v1/${path.join('/')}/`;
}

/**
 * Finds the uuid in a reference to a resource, which is an absolute or a relative URL.
 *
 * @returns undefined for anything else, a bare uuid included
 */
export function referencedUuid(reference: string, resource: string): string | undefined {
  const path = URL.parse(reference, 'http://relative.invalid')?.pathname;
  return new RegExp(`^/api/v1/${resource}/([^/]+)/$`).exec(path ?? '')?.[1];
}
