/** Shows the engine: loading, facts, warnings, errors, events. */

import type { EngineEvent, EngineInfo } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { getElement } from '../dom/get-element.ts';
import { setText } from '../dom/set-text.ts';
import { formatBytes } from '../text/format-bytes.ts';
import { createErrorBox } from './create-error-box.ts';
import { describeEngineEvent } from './describe-engine-event.ts';
import { describeError } from './describe-error.ts';
import type { EngineState } from './engine-session.ts';
import { listEngineFacts } from './list-engine-facts.ts';
import type { ModelRow } from './opening-progress.ts';

/** Draws what it is told. */
export interface EnginePanel {
  show(state: EngineState): void;
  /** Draws the facts anew, for they change when the engine restarts. */
  showInfo(info: EngineInfo): void;
  addEvent(event: EngineEvent): void;
}

/** Binds the panel to the page. */
export function createEnginePanel(): EnginePanel {
  const status = getElement('engine-status', HTMLElement);
  const error = getElement('engine-error', HTMLElement);
  const progress = getElement('engine-progress', HTMLElement);
  const facts = getElement('engine-facts', HTMLElement);
  const warnings = getElement('engine-warnings', HTMLElement);
  const events = getElement('engine-events', HTMLElement);

  const showInfo = (info: EngineInfo): void => {
    facts.replaceChildren(
      ...listEngineFacts(info).flatMap(([label, value]) => [createElement('dt', {}, label), createElement('dd', {}, value)]),
    );
    warnings.replaceChildren(...info.warnings.map((text) => createElement('li', {}, text)));
  };
  return {
    showInfo,
    show(state) {
      document.body.dataset['engine'] = state.status;
      error.replaceChildren();
      if (state.status === 'opening') {
        facts.replaceChildren();
        warnings.replaceChildren();
        progress.replaceChildren(...state.progress.models.map(createProgressRow));
        setText(status, state.progress.step);
      } else if (state.status === 'ready') {
        const { info } = state.engine;
        progress.replaceChildren();
        showInfo(info);
        const provider = info.executionProvider === 'webgpu' ? 'WebGPU' : 'WebAssembly';
        setText(status, `Ready: ${info.pack} on ${provider}, opened in ${(state.openedInMs / 1000).toFixed(1)} s`);
      } else {
        progress.replaceChildren();
        error.replaceChildren(createErrorBox(describeError(state.error)));
        setText(status, 'The engine did not start');
      }
    },
    addEvent(event) {
      events.append(createElement('li', {}, `${new Date().toLocaleTimeString('en-GB')} ${describeEngineEvent(event)}`));
    },
  };
}

function createProgressRow({ model, source, loadedBytes, totalBytes }: ModelRow): HTMLElement {
  const text = `${model}: ${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)} (${source})`;
  return createElement('li', {}, createElement('label', {}, text, createElement('progress', { max: totalBytes, value: loadedBytes })));
}
