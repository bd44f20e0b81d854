/** Ways for photos to come in: chosen, dropped, pasted, or the demo photos. */

import { getElement } from '../dom/get-element.ts';
import { DEMO_PHOTOS } from './demo-photo-names.ts';

/** What happens with what comes in. */
export interface PhotoIntakeOptions {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onRemoveAll: () => void;
  /** The demo photos did not come. */
  readonly onError: (error: unknown) => void;
}

/** Binds all ways to the page. */
export function bindPhotoIntake({ onFiles, onRemoveAll, onError }: PhotoIntakeOptions): void {
  const input = getElement('photo-files', HTMLInputElement);
  const zone = getElement('drop-zone', HTMLElement);
  const demoButton = getElement('load-demo-photos', HTMLButtonElement);
  const take = (files: Iterable<File> | null | undefined): void => {
    const list = Array.from(files ?? []);
    if (list.length > 0) onFiles(list);
  };

  input.addEventListener('change', () => {
    take(input.files);
    // So that the same file can be chosen again.
    input.value = '';
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData?.files));
  getElement('remove-photos', HTMLButtonElement).addEventListener('click', onRemoveAll);

  // A photo that is dropped beside the zone must not replace the page.
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.toggle('is-over', event.dataTransfer?.types.includes('Files') ?? false);
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) zone.classList.remove('is-over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    take(event.dataTransfer?.files);
  });

  demoButton.addEventListener('click', async () => {
    demoButton.disabled = true;
    try {
      take(await Promise.all(DEMO_PHOTOS.map(loadDemoPhoto)));
    } catch (error) {
      onError(error);
    } finally {
      demoButton.disabled = false;
    }
  });
}

async function loadDemoPhoto(name: string): Promise<File> {
  const response = await fetch(new URL(`demo-photos/${name}`, document.baseURI));
  if (!response.ok || !response.headers.get('content-type')?.startsWith('image/')) {
    throw new Error(`The demo photo ${name} is not on this server (${response.status}).`);
  }
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}
