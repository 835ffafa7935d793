/** What people make in the service's own pages and flows only read: templates and teams. */
import { SignatureError } from '../errors';
import { type Api, parseAnswer } from './api';
import { type Team, type Template, teamSchema, templateSchema } from './models';

export class Templates {
  constructor(private readonly api: Api) {}

  list(signal?: AbortSignal): Promise<Template[]> {
    return this.api.collect('templates/', templateSchema, {}, signal);
  }

  /** @throws SignatureError UNKNOWN_TEMPLATE when it does not exist */
  async get(uuid: string, signal?: AbortSignal): Promise<Template> {
    const answer = await this.api.call('GET', path(uuid), { accept: [404], signal });
    if (answer.status !== 404) return parseAnswer(answer, templateSchema);
    throw new SignatureError(
      'UNKNOWN_TEMPLATE',
      `The template ${uuid} does not exist in this account. Choose another.`,
      {
        field: 'template',
        status: 404,
      },
    );
  }

  /** The URL by which a document refers to a template. */
  urlOf(uuid: string): string {
    return this.api.url(path(uuid));
  }
}

export class Teams {
  constructor(private readonly api: Api) {}

  list(signal?: AbortSignal): Promise<Team[]> {
    return this.api.collect('teams/', teamSchema, {}, signal);
  }
}

const path = (uuid: string): string => `templates/${encodeURIComponent(uuid)}/`;
