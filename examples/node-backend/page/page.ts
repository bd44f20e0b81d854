/** Faces are looked at here and compared in the server. */

import { createFaceEngine, isFaceError, openCamera, type WebFaceEngine } from 'isoface';
import { enrol, fetchContract, forget, verify } from './face-api.ts';
import { getElement } from './get-element.ts';
import { readFace } from './read-face.ts';

const status = getElement('status', HTMLElement);
const controls = getElement('controls', HTMLFieldSetElement);
const person = getElement('person', HTMLInputElement);
const file = getElement('photo', HTMLInputElement);
const cameraButton = getElement('camera', HTMLButtonElement);
const shootButton = getElement('shoot', HTMLButtonElement);
const video = getElement('video', HTMLVideoElement);
const preview = getElement('preview', HTMLImageElement);
const enrolButton = getElement('enrol', HTMLButtonElement);
const verifyButton = getElement('verify', HTMLButtonElement);
const forgetButton = getElement('forget', HTMLButtonElement);
const result = getElement('result', HTMLElement);

let photo: Blob | undefined;
let camera: MediaStream | undefined;

try {
  const server = await fetchContract();
  const engine = await createFaceEngine({ pack: server.pack });
  if (engine.info.contract !== server.contract) throw new Error('Page and server have different models. Build the page again.');
  listen(engine);
  controls.disabled = false;
  status.textContent = `Ready: ${engine.info.pack}, ${engine.info.executionProvider}.`;
  document.body.dataset['state'] = 'ready';
} catch (error) {
  status.textContent = describe(error);
  document.body.dataset['state'] = 'failed';
}

function listen(engine: WebFaceEngine): void {
  file.addEventListener('change', () => usePhoto(file.files?.[0]));
  act(cameraButton, async () => {
    camera ??= await openCamera();
    video.srcObject = camera;
    video.hidden = false;
    shootButton.hidden = false;
    await video.play();
    return 'The camera is on.';
  });
  act(shootButton, async () => {
    usePhoto(await shoot());
    return 'Photo taken; the camera is off.';
  });
  act(enrolButton, async () => {
    const { isNew } = await enrol(person.value, await readFace(engine, choosePhoto()));
    return isNew ? 'Enrolled.' : 'Enrolled one more photo.';
  });
  act(verifyButton, async () => {
    const { match, similarity, threshold, fmr } = await verify(person.value, await readFace(engine, choosePhoto()));
    result.dataset['match'] = String(match);
    result.dataset['similarity'] = String(similarity);
    return `${match ? 'Match' : 'No match'}: similarity ${similarity.toFixed(4)}, threshold ${threshold.toFixed(4)} for FMR ${fmr}.`;
  });
  act(forgetButton, async () => {
    await forget(person.value);
    return 'Forgotten.';
  });
}

/** Runs something at a click and shows how it went; one thing at a time. */
function act(button: HTMLButtonElement, run: () => Promise<string>): void {
  button.addEventListener('click', async () => {
    controls.disabled = true;
    result.textContent = '…';
    document.body.dataset['state'] = 'busy';
    try {
      result.textContent = await run();
    } catch (error) {
      result.textContent = describe(error);
    }
    controls.disabled = false;
    document.body.dataset['state'] = 'ready';
  });
}

function choosePhoto(): Blob {
  if (photo === undefined) throw new Error('Choose a photo first.');
  return photo;
}

function usePhoto(next: Blob | undefined): void {
  URL.revokeObjectURL(preview.src);
  photo = next;
  preview.hidden = next === undefined;
  if (next !== undefined) preview.src = URL.createObjectURL(next);
  enrolButton.disabled = verifyButton.disabled = next === undefined;
  result.textContent = '';
}

/** The picture of the camera as a file; turns the camera off. */
async function shoot(): Promise<Blob> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  for (const track of camera?.getTracks() ?? []) track.stop();
  camera = undefined;
  video.hidden = shootButton.hidden = true;
  return canvas.convertToBlob({ type: 'image/png' });
}

function describe(error: unknown): string {
  if (isFaceError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
