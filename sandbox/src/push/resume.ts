import type { Sandbox } from '../context';
import { scheduleDrop } from './phones/delivery';

/** Takes up after a restart what waits for phones. */
export function resumePush(sandbox: Sandbox): void {
  for (const message of sandbox.store.pushMessages.all()) scheduleDrop(sandbox, message);
}
