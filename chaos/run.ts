import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evidence, Finding } from './evidence';
import { heal } from './heal';
import { judge } from './invariants/judge';
import { absorbedPushes } from './invariants/pushes';
import { Log } from './log';
import { marksOf, observe } from './observe';
import { play } from './play';
import type { Schedule } from './schedule';
import { timelineOf } from './timeline';
import { Watch } from './watch';
import type { World } from './world';

export interface RunResult {
  findings: Finding[];
  /** Empty when nothing was found and nobody asked. */
  timeline: string;
  /** Notifications that were repeated without anybody noticing. */
  absorbed: number;
  /** See `setDraftsApart`. */
  drafts: number;
  seconds: number;
}

/** One run: the schedule happens, everything heals, the evidence is judged. */
export async function runOnce(world: World, schedule: Schedule, verbose: boolean): Promise<RunResult> {
  const began = performance.now();
  const log = new Log();
  const watch = new Watch(world);
  const marks = marksOf(world);
  world.proxy.passages.splice(0);
  const afterwards = await play(world, schedule, log, watch);
  const restless = await heal(world, schedule, afterwards, log, watch);
  const evidence = await observe(world, schedule, afterwards, restless, marks, watch);
  const findings = judge(evidence);
  const sources = { log: log.entries, passages: world.proxy.passages, offsets: world.sandbox.offsets };
  const timeline = verbose || findings.length > 0 ? timelineOf(evidence, findings, sources) : '';
  if (findings.length > 0) keep(world, evidence);
  return {
    findings,
    timeline,
    absorbed: absorbedPushes(evidence),
    drafts: evidence.drafts,
    seconds: (performance.now() - began) / 1000,
  };
}

/** Everything that was seen, for a closer look. */
function keep(world: World, evidence: Evidence): void {
  const file = path.join(world.folder, `run-${evidence.schedule.run}.json`);
  const plain = { ...evidence, secrets: [], orderedAt: [...evidence.orderedAt], refused: [...evidence.refused] };
  writeFileSync(file, JSON.stringify(plain, null, 1));
}
