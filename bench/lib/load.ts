/** The load generator: keep-alive connections that post one webhook after the other, in a process of its own. */
import { serveTasks } from './helper';
import { openKeepAlive } from './keep-alive';
import { webhook } from './webhooks';

export interface LoadTask {
  /** Taken in turn. */
  urls: string[];
  connections: number;
  seconds: number;
  /** Number of the measurement, so that no two share an event. */
  run: number;
}

export interface LoadResult {
  perSecond: number;
  /** Milliseconds of each answer. */
  times: number[];
  /** Answers other than 2xx, and requests without one. */
  failed: number;
}

async function load({ urls, connections, seconds, run }: LoadTask): Promise<LoadResult> {
  const targets = urls.map((url) => new URL(url));
  const times: number[] = [];
  let failed = 0;
  let index = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  const connection = async (number: number): Promise<void> => {
    const target = targets[number % targets.length];
    if (!target) return;
    const client = openKeepAlive(target);
    while (performance.now() < end) {
      const body = webhook(run, index);
      index += 1;
      const sent = performance.now();
      const status = await client.post(body);
      times.push(performance.now() - sent);
      if (status < 200 || status >= 300) failed += 1;
    }
    client.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => connection(number)));
  return { perSecond: times.length / ((performance.now() - began) / 1000), times, failed };
}

serveTasks({}, load);
