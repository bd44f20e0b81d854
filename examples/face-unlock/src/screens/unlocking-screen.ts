/** An attempt to unlock: camera, advice, challenge. */

import type { UnlockEvent } from 'isoface';
import { createButton } from '../dom/create-element.ts';
import type { Announcer } from '../live/announcer.ts';
import { createChallengePanel, describePrompt } from '../live/challenge-panel.ts';
import { createLiveStage } from '../live/live-stage.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** The screen and what moves it on. */
export interface UnlockingScreen extends Screen {
  readonly video: HTMLVideoElement;
  show(event: UnlockEvent): void;
}

/** What the screen shows and does. */
export interface UnlockingScreenOptions {
  readonly showOverlay: boolean;
  readonly announcer: Announcer;
  readonly onCancel: () => void;
}

/** Creates the screen. */
export function createUnlockingScreen(words: Words, { showOverlay, announcer, onCancel }: UnlockingScreenOptions): UnlockingScreen {
  const { texts } = words;
  const stage = createLiveStage(words, showOverlay);
  const panel = createChallengePanel(words);
  let prompted = '';
  const screen = createScreen(
    'unlocking',
    texts.unlocking.title,
    [panel.element, ...stage.elements, createActions(createButton(texts.buttons.cancel, onCancel)), stage.figures],
    stage.close,
  );
  return {
    ...screen,
    video: stage.video,
    show(event) {
      if (event.type === 'frame') {
        const { advice, face } = event;
        stage.show(event);
        const calm = face === undefined ? texts.live.lookingForFace : texts.live.checking;
        stage.advise(advice === undefined ? calm : texts.advice[advice], advice === undefined && face !== undefined);
        if (advice !== undefined) announcer.say(texts.advice[advice]);
      } else if (event.type === 'challenge') {
        panel.show(event.prompt);
        const asked = describePrompt(event.prompt, texts);
        // What is asked for has a time limit: it goes before advice.
        if (asked !== prompted) announcer.sayNow(asked);
        prompted = asked;
      }
    },
  };
}
