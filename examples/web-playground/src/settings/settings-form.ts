/** The form beside the pictures. */

import { readWanted, type Wanted } from '../decision/settle-decision.ts';
import { createElement } from '../dom/create-element.ts';
import { getElement } from '../dom/get-element.ts';
import { type EngineSettings, listDetectionSizes, readEngineSettings } from './engine-settings.ts';

/** What the form asks for. */
export interface SettingsForm {
  engine(): EngineSettings;
  wanted(): Wanted;
}

/** What happens when the user changes something. */
export interface SettingsFormOptions {
  /** Another engine is wanted. */
  readonly onEngine: (settings: EngineSettings) => void;
  /** Another threshold is wanted; no engine is needed for that. */
  readonly onDecision: () => void;
}

const ENGINE_FIELDS: readonly string[] = ['pack', 'provider', 'detectionSize', 'flipAveraging'];
const DECISION_FIELDS: readonly string[] = ['fmr', 'threshold'];

/** Binds the form to the page. */
export function createSettingsForm({ onEngine, onDecision }: SettingsFormOptions): SettingsForm {
  const form = getElement('settings', HTMLFormElement);
  const sizes = getElement('detection-size', HTMLSelectElement);
  const sizeHint = getElement('detection-size-hint', HTMLElement);
  const ownThreshold = getElement('own-threshold', HTMLElement);
  const engine = (): EngineSettings => readEngineSettings(new FormData(form));

  const offerSizes = (): void => {
    const offered = listDetectionSizes(String(new FormData(form).get('pack')));
    const chosen = sizes.value;
    sizes.replaceChildren(
      createElement('option', { value: '' }, 'As calibrated'),
      ...offered.map((size) => createElement('option', { value: size }, `${size} pixels`)),
    );
    sizes.value = offered.includes(Number(chosen)) ? chosen : '';
    sizes.disabled = offered.length === 0;
    sizeHint.textContent =
      offered.length === 0 ? 'The detector of this pack takes one size.' : 'Larger finds smaller faces and takes longer.';
  };
  const showLayers = (): void => {
    const shown = new FormData(form).getAll('show');
    for (const layer of ['boxes', 'landmarks-5', 'landmarks-68']) document.body.classList.toggle(`hide-${layer}`, !shown.includes(layer));
  };

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', ({ target }) => {
    const { name } = target as HTMLInputElement;
    if (name === 'pack') offerSizes();
    if (name === 'fmr') ownThreshold.hidden = new FormData(form).get('fmr') !== 'own';
    if (name === 'show') showLayers();
    if (ENGINE_FIELDS.includes(name)) onEngine(engine());
    if (DECISION_FIELDS.includes(name)) onDecision();
  });
  offerSizes();
  showLayers();
  ownThreshold.hidden = new FormData(form).get('fmr') !== 'own';
  return { engine, wanted: () => readWanted(new FormData(form)) };
}
