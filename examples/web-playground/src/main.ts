/** The playground: puts the parts of the page together. */

import type { TrackedFace, WebFaceEngine } from 'isoface';
import { createCameraView } from './camera/camera-view.ts';
import { compareFaces, selectMatches } from './compare/compare-faces.ts';
import { createComparisonView } from './compare/comparison-view.ts';
import { findBestMatch } from './compare/find-best-match.ts';
import { groupPersons } from './compare/group-persons.ts';
import { type Decision, settleDecision } from './decision/settle-decision.ts';
import { createTabs } from './dom/create-tabs.ts';
import { getElement } from './dom/get-element.ts';
import { createErrorBox } from './engine/create-error-box.ts';
import { describeError } from './engine/describe-error.ts';
import { createEnginePanel } from './engine/engine-panel.ts';
import { createEngineSession } from './engine/engine-session.ts';
import { registerServiceWorker } from './offline/register-service-worker.ts';
import { listFaces } from './photos/list-faces.ts';
import { createPhotoDesk } from './photos/photo-desk.ts';
import { bindPhotoIntake } from './photos/photo-intake.ts';
import { createPhotosView } from './photos/photos-view.ts';
import { type EngineSettings, toEngineOptions } from './settings/engine-settings.ts';
import { createSettingsForm } from './settings/settings-form.ts';

/** Model files of this server, where it has them. */
const MODEL_BASE = new URL('models/', document.baseURI).href;

let engine: WebFaceEngine | undefined;

const panel = createEnginePanel();
const photosView = createPhotosView();
const drawComparison = createComparisonView();
const desk = createPhotoDesk(draw);
const form = createSettingsForm({ onEngine: openEngine, onDecision: draw });
const camera = createCameraView({ recognize });
const session = createEngineSession({
  onState(state) {
    panel.show(state);
    if (state.status === 'opening' && engine === undefined) return;
    engine = state.status === 'ready' ? state.engine : undefined;
    desk.useEngine(engine);
    camera.useEngine(engine);
  },
  onEvent(event) {
    panel.addEvent(event);
    if (event.type === 'restarted' && engine !== undefined) panel.showInfo(engine.info);
  },
});

bindPhotoIntake({
  onFiles: (files) => desk.add(files),
  onRemoveAll: () => desk.removeAll(),
  onError: (error) => getElement('photos-status', HTMLElement).replaceChildren(createErrorBox(describeError(error))),
});
createTabs(['photos', 'camera'], (name) => {
  if (name !== 'camera') camera.stop();
});
openEngine(form.engine());
if (import.meta.env.PROD) void registerServiceWorker();

function openEngine(settings: EngineSettings): void {
  void session.open(toEngineOptions(settings, MODEL_BASE));
}

/** Compares everything and draws it: fast enough to do so after every change. */
function draw(): void {
  const photos = desk.photos();
  const faces = listFaces(photos);
  const startedAt = performance.now();
  const pairs = compareFaces(faces.map(({ embedding }) => embedding));
  const matchMs = performance.now() - startedAt;
  const decision = decide();
  const matches = decision === undefined || 'error' in decision ? [] : selectMatches(pairs, decision.threshold);
  const persons = groupPersons(faces.length, matches);
  if (decision !== undefined) drawComparison({ faces, pairs, matches, decision, matchMs });
  photosView.draw(photos, (photoId, index) => persons[faces.findIndex((face) => face.photoId === photoId && face.index === index)]);
}

/** `undefined` while there is no engine. */
function decide(): Decision | { readonly error: unknown } | undefined {
  if (engine === undefined) return undefined;
  try {
    return settleDecision(engine.info, form.wanted());
  } catch (error) {
    return { error };
  }
}

function recognize({ embedding }: TrackedFace): string | undefined {
  const decision = decide();
  if (embedding === undefined || decision === undefined || 'error' in decision) return undefined;
  const faces = listFaces(desk.photos());
  const best = findBestMatch(
    embedding,
    faces.map((face) => face.embedding),
    decision.threshold,
  );
  return best && `matches ${faces[best.index]?.label} (${best.similarity.toFixed(3)})`;
}
