import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SignatureError } from '../../../errors';

const node = z.object({ id: z.string() });
/** A flow file is a list of nodes; what the admin API gives has it under `flows`. */
const flowFile = z.union([z.array(node), z.object({ flows: z.array(node) })]);

/**
 * The ids of all nodes in flow files of Node-RED.
 *
 * @throws SignatureError `BAD_INPUT` naming the file
 */
export function nodesIn(files: readonly string[]): Set<string> {
  return new Set(files.flatMap(read));
}

function read(file: string): string[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new SignatureError('BAD_INPUT', `--flows: the file ${file} cannot be read as JSON.`, { field: 'flows' });
  }
  const parsed = flowFile.safeParse(content);
  if (!parsed.success) {
    throw new SignatureError('BAD_INPUT', `--flows: the file ${file} is not a flow file of Node-RED.`, {
      field: 'flows',
    });
  }
  return (Array.isArray(parsed.data) ? parsed.data : parsed.data.flows).map(({ id }) => id);
}

/** Whether a node exists. A node in a subflow is called after the instance and itself: `instance-node`. */
export const isKnown = (id: string, known: ReadonlySet<string>): boolean =>
  known.has(id) || (id.includes('-') && id.split('-').every((part) => known.has(part)));
