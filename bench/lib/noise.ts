/** How long the machine itself holds up an event loop that has nothing to do. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serveTasks } from './helper';

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
serveTasks({}, async () => ({ max: delay.max / 1e6 }));
