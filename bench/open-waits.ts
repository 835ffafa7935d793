import { mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { onTab, sandboxAccount, tab, waitFor } from '../test/support/flows';
import { startHelper } from './lib/helper';
import { type Bench, median } from './lib/row';
import { seededEnvelope, seedWaits } from './lib/seed';
import { inFolder, memoryMb, pause, startNodeRed } from './lib/stage';
import { signedWebhook, webhookPath } from './lib/webhooks';

const few = 10_000;
const many = 1_000_000;
const samples = 30;

/** Hears from the flow which envelopes came out of the wait. */
async function startListener(): Promise<{ url: string; heard(envelope: string): Promise<void>; end(): void }> {
  const waiting = new Map<string, () => void>();
  const server = http.createServer((request, response) => {
    request.resume();
    response.end();
    waiting.get((request.url ?? '').slice(1))?.();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    heard: (envelope) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${envelope} did not come out within a minute.`)), 60_000);
        waiting.set(envelope, () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    end: () => server.close().closeAllConnections(),
  };
}

interface Measured {
  startedMs: number;
  memory: number;
  emittedMs: number;
}

/** A runtime that finds so many waits in its ledger. */
async function measure(folder: string, count: number): Promise<Measured> {
  const userDir = path.join(folder, String(count));
  mkdirSync(userDir);
  const file = path.join(userDir, 'core-signature-ledger.sqlite');
  const deadline = Date.now() + 14 * 86_400_000;
  await seedWaits({ file, count, account: 'account', node: 'wait', lane: 'account', deadline });
  const service = await startHelper<{ url: string }>('service');
  const listener = await startListener();
  const flows = [
    tab(),
    sandboxAccount(),
    waitFor('wait', [['tell'], [], []]),
    onTab({
      id: 'tell',
      type: 'http request',
      name: '',
      method: 'GET',
      url: `${listener.url}/{{{envelope.id}}}`,
      ret: 'txt',
    }),
  ];
  const began = performance.now();
  const runtime = await startNodeRed(userDir, { flows, service: service.first.url });
  try {
    const emit = async (index: number): Promise<number> => {
      const envelope = seededEnvelope(Math.floor((index * count) / (samples + 3)) + 1);
      await fetch(`${service.first.url}/signed/${envelope}`, { method: 'POST' });
      const heard = listener.heard(envelope);
      const sent = performance.now();
      const answer = await fetch(runtime.url + webhookPath(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: signedWebhook(envelope),
      });
      if (answer.status !== 200) throw new Error(`The webhook was answered with ${answer.status}.`);
      await heard;
      return performance.now() - sent;
    };
    await emit(0);
    const startedMs = performance.now() - began;
    await emit(1);
    const times: number[] = [];
    for (let index = 2; index < samples + 2; index += 1) {
      times.push(await emit(index));
      await pause(100);
    }
    return { startedMs, memory: memoryMb(runtime.process.pid), emittedMs: median(times) };
  } finally {
    await runtime.end('SIGKILL');
    await service.end();
    listener.end();
  }
}

/** From ten thousand to a million open waits: memory, time from event to message, start. */
export const openWaits: Bench = () =>
  inFolder(async (folder) => {
    const small = await measure(folder, few);
    const large = await measure(folder, many);
    return [
      {
        bench: 'open-waits',
        what: 'more memory with 1 million than with 10 thousand',
        value: large.memory - small.memory,
        unit: 'MB',
        mark: { at: 60, best: 'low' },
        from: `${large.memory.toFixed(0)} / ${small.memory.toFixed(0)} MB`,
      },
      {
        bench: 'open-waits',
        what: 'event to emitted message',
        value: large.emittedMs / small.emittedMs,
        unit: '×',
        mark: { at: 1.5, best: 'low' },
        from: `${large.emittedMs.toFixed(1)} / ${small.emittedMs.toFixed(1)} ms`,
      },
      {
        bench: 'open-waits',
        what: 'longer from start to first message',
        value: (large.startedMs - small.startedMs) / 1000,
        unit: 's',
        mark: { at: 3, best: 'low' },
        from: `${(large.startedMs / 1000).toFixed(1)} / ${(small.startedMs / 1000).toFixed(1)} s`,
      },
    ];
  });
