/** What a face does in one frame: numbers for head pose, eyes, mouth and distance. */

import type { TrackedFace } from '../../engine/face-engine.ts';
import type { Pose } from '../../quality/estimate-pose.ts';

/** Numbers of one face in one frame. */
export interface FaceSignals {
  /** Signs as in {@link Pose}: yaw positive when the nose points to the right of the image, pitch when it points up. */
  readonly pose: Pose;
  /**
   * Mean eye aspect ratio of both eyes: height of the opening by its width; about 0.3 open, below 0.15 closed. Absent where there are only five landmarks.
   *
   * @see Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016.
   */
  readonly eyeAspectRatio?: number | undefined;
  /** Width of the mouth in distances between the outer eye corners, both measured along the face. Grows with a smile. Absent with five landmarks. */
  readonly mouthWidthRatio?: number | undefined;
  /** Distance of the eye centres by the width of the frame, corrected for yaw. Grows as the face comes closer. */
  readonly closeness: number;
}

/** Size of the frame, pixels of the source. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** A face as the signals need it. */
export type SignalFace = Pick<TrackedFace, 'box' | 'landmarks' | 'landmarks68' | 'mesh'>;
