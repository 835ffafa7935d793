export { eventHash } from './events/hash';
export { type RunningSandbox, type SandboxOptions, startSandbox } from './server';
