import type { World } from '../world';
import { strikeApi } from './api';
import { strikeDatabase } from './database';
import { strikeEcm } from './ecm';
import type { Fault } from './fault';
import { strikeForged } from './forged';
import { strikeFull } from './full';
import { strikeKill } from './kill';
import { strikeLapse } from './lapse';
import { strikePause } from './pause';
import { strikePush } from './push';
import { strikeRedeploy } from './redeploy';
import { strikeSandbox } from './sandbox';
import { strikeWebhooks } from './webhooks';

/** Lets a fault happen; resolves when it is over, or when it waits at the other side for somebody to meet it. */
export function strike(world: World, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'webhooks':
      return strikeWebhooks(world, fault);
    case 'forged':
      return strikeForged(world, fault);
    case 'api':
      return strikeApi(world, fault);
    case 'push':
      return strikePush(world, fault);
    case 'ecm':
      return strikeEcm(world, fault);
    case 'kill':
      return strikeKill(world, fault);
    case 'lapse':
      return strikeLapse(world, fault);
    case 'pause':
      return strikePause(world, fault);
    case 'redeploy':
      return strikeRedeploy(world, fault);
    case 'database':
      return strikeDatabase(world, fault);
    case 'full':
      return strikeFull(world, fault);
    case 'sandbox':
      return strikeSandbox(world, fault);
  }
}
