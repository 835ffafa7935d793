import type { Sandbox } from '../../context';
import type { ContentNode } from '../model';
import { categories, classifications, recordsClassifications } from './catalog';

export const enterpriseVolume = 2000;
export const categoryVolume = 2003;
export const classificationVolume = 2050;

interface Seed {
  id: number;
  parent: number;
  type: number;
  name: string;
  workspaceType?: number;
  businessObject?: { system: string; type: string; id: string };
  nickname?: string;
}

const seeds: readonly Seed[] = [
  { id: enterpriseVolume, parent: -1, type: 141, name: 'Enterprise' },
  { id: categoryVolume, parent: -1, type: 133, name: 'Categories' },
  { id: classificationVolume, parent: -1, type: 198, name: 'Classification Volume' },
  { id: 110, parent: classificationVolume, type: 196, name: 'Business' },
  { id: 220, parent: classificationVolume, type: 196, name: 'Records' },
  { id: 2100, parent: enterpriseVolume, type: 0, name: 'Human Resources' },
  { id: 2110, parent: 2100, type: 0, name: 'Employee Files' },
  { id: 2200, parent: enterpriseVolume, type: 0, name: 'Legal', nickname: 'legal' },
  { id: 2210, parent: 2200, type: 0, name: 'Matters' },
  { id: 2300, parent: enterpriseVolume, type: 0, name: 'Sales' },
  {
    id: 4001,
    parent: 2110,
    type: 848,
    name: '4711 Anna Berger',
    workspaceType: 21,
    businessObject: { system: 'SAP', type: 'EMPLOYEE', id: '4711' },
  },
  {
    id: 4002,
    parent: 2110,
    type: 848,
    name: '4712 Ben Ortiz',
    workspaceType: 21,
    businessObject: { system: 'SAP', type: 'EMPLOYEE', id: '4712' },
  },
  {
    id: 4101,
    parent: 2210,
    type: 848,
    name: 'M-2026-001 Acme Framework',
    workspaceType: 22,
    businessObject: { system: 'SAP', type: 'KNA1', id: '100045' },
  },
  { id: 4102, parent: 2210, type: 848, name: 'M-2026-002 Globex Lease', workspaceType: 22 },
];

/** Fills an empty Content Server with volumes, folders, workspaces, categories and classifications. */
export function seedContentServer({ store, clock }: Sandbox): void {
  const now = clock.now();
  const listed: Seed[] = [
    ...seeds,
    ...categories.map(({ id, name }) => ({ id, parent: categoryVolume, type: 131, name })),
    ...classifications.map(({ id, name }) => ({ id, parent: 110, type: 199, name })),
    ...recordsClassifications.map(({ id, name }) => ({ id, parent: 220, type: 551, name })),
  ];
  for (const { id, parent, type, name, workspaceType, businessObject, nickname } of listed) {
    store.contentNodes.put({
      ...emptyNode(String(id), parent, type, name, now),
      workspaceType: workspaceType ?? null,
      businessObjects: businessObject === undefined ? [] : [businessObject],
      nickname: nickname ?? null,
    });
  }
}

/** A node with nothing in it. */
export function emptyNode(uuid: string, parent: number, type: number, name: string, now: number): ContentNode {
  return {
    uuid,
    parent,
    type,
    name,
    description: '',
    createdAt: now,
    modifiedAt: now,
    externalCreateDate: null,
    versions: [],
    categories: {},
    classifications: [],
    nickname: null,
    record: null,
    holds: [],
    workspaceType: null,
    businessObjects: [],
  };
}
