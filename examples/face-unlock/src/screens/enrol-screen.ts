/** An enrolment: camera, poses, progress; or why there was none. */

import type { EnrolPose, EnrolUnlockEvent } from 'isoface';
import type { Notice } from '../app/notice.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import type { Announcer } from '../live/announcer.ts';
import { createLiveStage } from '../live/live-stage.ts';
import { formatNumber } from '../text/format.ts';
import { createNoticeBox } from './notice-box.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** The screen and what moves it on. */
export interface EnrolScreen extends Screen {
  readonly video: HTMLVideoElement;
  show(event: EnrolUnlockEvent): void;
}

/** What the screen shows and does. */
export interface EnrolScreenOptions {
  readonly showOverlay: boolean;
  readonly announcer: Announcer;
  readonly onCancel: () => void;
}

const POSES: readonly EnrolPose[] = ['straight', 'left', 'right'];

/** Creates the screen of a running enrolment. */
export function createEnrolScreen(words: Words, { showOverlay, announcer, onCancel }: EnrolScreenOptions): EnrolScreen {
  const { texts, language } = words;
  const { enrol } = texts;
  const stage = createLiveStage(words, showOverlay);
  const progress = createElement('progress', { max: POSES.length, value: 0, 'aria-label': enrol.progress });
  const count = createElement('p', { class: 'muted' });
  const pose = createElement('p', { class: 'pose', 'data-part': 'pose' });
  const steps = POSES.map((name) => createElement('li', { 'data-pose': name }, enrol.poseNames[name]));
  const whole = (value: number): string => formatNumber(value, language, 0);
  const screen = createScreen(
    'enrol',
    enrol.title,
    [
      pose,
      ...stage.elements,
      createElement('ol', { class: 'poses' }, ...steps),
      progress,
      count,
      createActions(createButton(texts.buttons.cancel, onCancel)),
      stage.figures,
    ],
    stage.close,
  );
  return {
    ...screen,
    video: stage.video,
    show(event) {
      if (event.type === 'frame') {
        const { advice, face } = event;
        stage.show(event);
        const calm = face === undefined ? texts.live.lookingForFace : texts.live.allWell;
        const said = advice === undefined ? calm : texts.advice[advice];
        // The pose may ask for the same.
        stage.advise(said === pose.textContent ? '' : said, advice === undefined && face !== undefined);
        if (advice !== undefined) announcer.say(said);
      } else if (event.type === 'pose') {
        const { pose: name, done, total } = event;
        progress.max = total;
        progress.value = done;
        setText(count, enrol.poseOf(whole(Math.min(done + 1, total)), whole(total)));
        setText(pose, enrol.poses[name]);
        announcer.sayNow(`${enrol.poseOf(whole(Math.min(done + 1, total)), whole(total))}: ${enrol.poses[name]}`);
        const current = POSES.indexOf(name);
        for (const [i, item] of steps.entries()) {
          item.classList.toggle('is-done', i < current);
          if (i === current) item.setAttribute('aria-current', 'step');
          else item.removeAttribute('aria-current');
          const itsName = enrol.poseNames[POSES[i] ?? name];
          setText(item, i < current ? enrol.poseDone(itsName) : itsName);
        }
      }
    },
  };
}

/** What the screen shows and does once the enrolment has ended without one. */
export interface EnrolEndedOptions {
  readonly notice: Notice;
  readonly onRetry: () => void;
  readonly onBack: () => void;
  /** Absent where nothing is stored that could be in the way. */
  readonly onDelete?: (() => void) | undefined;
}

/** Creates the screen of an enrolment that ended without one; the camera is off. */
export function createEnrolEndedScreen(words: Words, { notice, onRetry, onBack, onDelete }: EnrolEndedOptions): Screen {
  const { texts } = words;
  return createScreen('enrol', texts.enrol.title, [
    createNoticeBox(notice, words),
    createActions(
      createButton(texts.buttons.retry, onRetry, 'primary'),
      createButton(texts.buttons.back, onBack),
      onDelete && createButton(texts.buttons.deleteData, onDelete, 'danger'),
    ),
  ]);
}
