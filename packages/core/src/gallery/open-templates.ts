/** Stored templates as they are searched. */

import type { GalleryHeader, StoredIdentity, StoredTemplate } from '../ports/gallery-store.ts';
import type { OpenTemplate } from './gallery-mirror.ts';
import type { Records } from './records.ts';
import { toSearchVector } from './search-vector.ts';

/** What the templates are opened with. */
export interface TemplateReader {
  readonly records: Records;
  readonly header: Pick<GalleryHeader, 'metric'>;
}

/** Opens one template of a person. */
export async function openTemplate(id: string, template: StoredTemplate, { records, header }: TemplateReader): Promise<OpenTemplate> {
  return { label: template.id, vector: toSearchVector(await records.openVector(id, template), header.metric) };
}

/** Opens all templates of a person. */
export function openTemplates({ id, templates }: StoredIdentity, reader: TemplateReader): Promise<OpenTemplate[]> {
  return Promise.all(templates.map((template) => openTemplate(id, template, reader)));
}
