import { parentPort, workerData } from 'node:worker_threads';
import { migrations } from './migrations';
import { runBatch, toRefusal } from './sqlite-batch';
import { SqliteDatabase } from './sqlite-database';
import { openFile, writeBackup } from './sqlite-open';
import type { Call, FromWorker, ToWorker, WorkerTask } from './sqlite-protocol';
import { isUnhurried, verbNames } from './verbs';

/** How long calls that are in no hurry wait for others to share a commit with. */
const patienceMs = 10;

/** The thread that owns a SQLite connection, with the verbs beside it: a slow disk never holds the runtime up. */

// The only warning expected here is that of node:sqlite being experimental, on Node.js 22.
process.removeAllListeners('warning');

const task = workerData as WorkerTask;
const answer = (message: FromWorker) => parentPort?.postMessage(message);

if (task.task === 'serve') serve(task);
else backup(task);

function serve(options: Extract<WorkerTask, { task: 'serve' }>): void {
  let db: SqliteDatabase;
  try {
    db = openFile({ ...options, migrations: options.migrations ?? migrations });
  } catch (thrown) {
    answer({ kind: 'refused', refusal: toRefusal(thrown, options.file) });
    return;
  }
  const queue: Call[] = [];
  let closing = false;
  let running = false;
  let patience: NodeJS.Timeout | undefined;
  let patienceIsOver = false;

  const isTime = (): boolean =>
    queue.length > 0 && (closing || patienceIsOver || queue.some(({ verb }) => !isUnhurried(verb)));

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (isTime()) {
      clearTimeout(patience);
      patience = undefined;
      patienceIsOver = false;
      const { answers, changed } = await runBatch(db, options.file, queue);
      answer({ kind: 'answers', answers, changed });
      // Lets calls in that arrived meanwhile, so that they share the next transaction.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
    if (queue.length > 0) {
      patience ??= setTimeout(() => {
        patienceIsOver = true;
        void run();
      }, patienceMs);
    } else if (closing) {
      db.close();
      parentPort?.close();
    }
  };

  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'close') closing = true;
    else queue.push(...message.calls);
    void run();
  });
  answer({ kind: 'ready', verbs: verbNames });
}

function backup({ file, target }: Extract<WorkerTask, { task: 'backup' }>): void {
  try {
    const db = SqliteDatabase.open(file, { readOnly: true, busyTimeoutMs: 10_000 });
    try {
      writeBackup(db, target);
    } finally {
      db.close();
    }
    answer({ kind: 'ready', verbs: verbNames });
  } catch (thrown) {
    answer({ kind: 'refused', refusal: toRefusal(thrown, target) });
  }
}
