/** Finding the folder or business workspace to file in. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { type NameRules, pathNames } from '../names';
import { isGood, noContainer, readAs } from '../remote';
import type { Container, ContainerRoot, ContainerSpec } from '../types';
import { contentServerFault } from './faults';
import { type ContentServerNodes, type NodeProperties, nodesIn, volumeType } from './nodes';

export const rules: NameRules = { service: 'Content Server', longest: 248, unit: 'characters', forbidden: /:/ };

const service = 'Content Server';
const workspaceTypes = z.object({
  results: z.array(
    z.object({
      data: z.object({
        properties: z.object({ wksp_type_id: z.union([z.number(), z.string()]), wksp_type_name: z.string() }),
      }),
    }),
  ),
});

/** Nicknames hold no other characters than these on every version. */
export const nicknameOf = (key: string): string => key.replace(/[^\p{L}\p{N}_]/gu, '_').slice(0, 248);

export class ContentServerContainers {
  /** @param root node from which paths go down; default the enterprise volume */
  constructor(
    private readonly nodes: ContentServerNodes,
    private readonly root: string | undefined,
  ) {}

  /** @throws SignatureError NO_CONTAINER, NAME_NOT_ALLOWED, FORBIDDEN */
  async resolve(spec: ContainerSpec): Promise<Container> {
    const names = pathNames(spec.path, rules);
    let at = await this.#start(spec);
    for (const name of names) {
      const next = await this.nodes.child(at.id, name);
      if (next === null && spec.create === false) throw noContainer(service, JSON.stringify(spec.path));
      at = next ?? (await this.nodes.folder(at.id, name));
    }
    return { id: at.id, name: at.name };
  }

  async #start(spec: ContainerRoot): Promise<NodeProperties> {
    switch (spec.by) {
      case 'path':
        return this.root === undefined
          ? this.nodes.volume(volumeType.enterprise)
          : must(await this.nodes.read(this.root), `root ${this.root}`);
      case 'id':
        return must(await this.nodes.read(spec.id), `node ${JSON.stringify(spec.id)}`);
      case 'nickname':
        return must(await this.nodes.byNickname(spec.nickname), `nickname ${JSON.stringify(spec.nickname)}`);
      case 'businessObject':
        return must(await this.#byBusinessObject(spec), `a workspace for ${spec.system} ${spec.type} ${spec.id}`);
      case 'workspace':
        return this.#byName(spec.type, spec.name);
    }
  }

  /** Leading zeros of the object's id count. */
  async #byBusinessObject(spec: Extract<ContainerRoot, { by: 'businessObject' }>): Promise<NodeProperties | null> {
    const [system, type, id] = [spec.system, spec.type, spec.id].map(encodeURIComponent);
    const path = `v2/externalsystems/${system}/botypes/${type}/boids/${id}`;
    const answer = await this.nodes.session.get(path, {}, [404]);
    if (answer.status === 404 || answer.status === 400) return null;
    if (!isGood(answer)) throw contentServerFault(answer, this.nodes.session.options);
    return nodesIn(answer)[0] ?? null;
  }

  async #byName(type: string, name: string): Promise<NodeProperties> {
    const query = {
      where_workspace_type_id: /^\d+$/.test(type) ? type : await this.#typeId(type),
      where_name: name,
      expanded_view: true,
      fields: 'properties',
      action: 'properties-',
    };
    const answer = await this.nodes.session.get('v2/businessworkspaces', query, [404]);
    if (!isGood(answer) && answer.status !== 404) throw contentServerFault(answer, this.nodes.session.options);
    const found = isGood(answer) ? nodesIn(answer).filter((node) => node.name === name) : [];
    if (found.length > 1) {
      throw new SignatureError(
        'BAD_INPUT',
        `container: ${found.length} workspaces of this type are called ${JSON.stringify(name)}. Name it by id or business object.`,
        { field: 'container' },
      );
    }
    return must(found[0] ?? null, `workspace ${JSON.stringify(name)}`);
  }

  async #typeId(name: string): Promise<string> {
    const answer = await this.nodes.session.get('v2/businessworkspacetypes');
    if (!isGood(answer)) throw contentServerFault(answer, this.nodes.session.options);
    const types = readAs(workspaceTypes, answer.data, service).results.map(({ data }) => data.properties);
    const found = types.find(({ wksp_type_name }) => wksp_type_name === name);
    if (found === undefined) throw noContainer(service, `workspace type ${JSON.stringify(name)}`);
    return String(found.wksp_type_id);
  }
}

function must(node: NodeProperties | null, what: string): NodeProperties {
  if (node === null) throw noContainer(service, what);
  return node;
}
