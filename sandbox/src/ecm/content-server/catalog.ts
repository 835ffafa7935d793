/** What an administrator has set up: categories, classifications, workspace types, holds, external systems. */

export interface CategoryAttribute {
  id: number;
  name: string;
  type: 'String' | 'Integer' | 'Real' | 'Boolean' | 'Date';
  required?: boolean;
  multiple?: boolean;
  maxLength?: number;
  choices?: readonly string[];
  /** The set it belongs to; its keys are `{category}_{set}_{row}_{attribute}`. */
  set?: { id: number; name: string };
}

export interface Category {
  id: number;
  name: string;
  attributes: readonly CategoryAttribute[];
}

const parties = { id: 6, name: 'Parties' };

export const categories: readonly Category[] = [
  {
    id: 12508,
    name: 'Signed Document',
    attributes: [
      { id: 2, name: 'Status', type: 'String', required: true, choices: ['Draft', 'Final', 'Signed', 'Declined'] },
      { id: 3, name: 'Envelope', type: 'String', maxLength: 64 },
      { id: 4, name: 'Signed On', type: 'Date' },
      { id: 5, name: 'Verified', type: 'Boolean' },
      { id: 6, name: 'Signers', type: 'String', multiple: true, maxLength: 254 },
      { id: 7, name: 'SHA-256', type: 'String', maxLength: 64 },
      { id: 8, name: 'Pages', type: 'Integer' },
    ],
  },
  {
    id: 12600,
    name: 'Employee Document',
    attributes: [
      { id: 2, name: 'Personnel Number', type: 'String', required: true, maxLength: 20 },
      { id: 3, name: 'Document Type', type: 'String', required: true, choices: ['Contract', 'Amendment', 'Other'] },
      { id: 4, name: 'Valid Until', type: 'Date' },
    ],
  },
  {
    id: 12700,
    name: 'Contract',
    attributes: [
      { id: 2, name: 'Contract Number', type: 'String', required: true, maxLength: 40 },
      { id: 3, name: 'Counterparty', type: 'String', maxLength: 254 },
      { id: 4, name: 'Value', type: 'Real' },
      { id: 5, name: 'Effective Date', type: 'Date' },
      { id: 7, name: 'Name', type: 'String', maxLength: 254, set: parties },
      { id: 8, name: 'Role', type: 'String', maxLength: 64, set: parties },
    ],
  },
];

export interface Classification {
  id: number;
  name: string;
}

export const classifications: readonly Classification[] = [
  { id: 111, name: 'Contracts' },
  { id: 112, name: 'Personnel' },
];

export const recordsClassifications: readonly (Classification & { rsi: string; essential: string })[] = [
  { id: 222, name: 'Personnel Records', rsi: 'PERS-10', essential: 'NON-ESSENTIAL' },
  { id: 223, name: 'Contract Records', rsi: 'CONT-30', essential: 'VITAL' },
];

export const fileStatuses: readonly string[] = ['ACTIVE', 'CLOSED', 'SUPERSEDED', 'OBSOLETE'];

export const holds: readonly Classification[] = [
  { id: 13, name: 'Litigation Acme' },
  { id: 14, name: 'Audit 2026' },
];

export interface WorkspaceType {
  id: number;
  name: string;
  template: number;
  /** Node under which new workspaces are made. */
  location: number;
}

export const workspaceTypes: readonly WorkspaceType[] = [
  { id: 21, name: 'Employee File', template: 3021, location: 2110 },
  { id: 22, name: 'Matter', template: 3022, location: 2210 },
];

/** Business objects exist there, whether or not they have a workspace. */
export const externalSystems: readonly { name: string; types: Record<string, readonly string[]> }[] = [
  { name: 'SAP', types: { EMPLOYEE: ['4711', '4712', '4713'], KNA1: ['100045', '100046'] } },
];

export const typeNames: Readonly<Record<number, string>> = {
  0: 'Folder',
  131: 'Category',
  133: 'Categories Volume',
  141: 'Enterprise Workspace',
  144: 'Document',
  196: 'Classification Tree',
  198: 'Classification Volume',
  199: 'Classification',
  551: 'RM Classification',
  848: 'Business Workspace',
};

/** Types that hold other nodes. */
export const containerTypes: readonly number[] = [0, 133, 141, 196, 198, 848];
