/** The npm packages whose weights are converted. */
import type { FaceApiModelFiles } from '../src/tfjs/face-api-layers.ts';
import type { TfjsGraphModelFiles } from '../src/tfjs/parse-graph-model.ts';
/** Folder of `@vladmandic/face-api`. */
export declare const faceApiDir: string;
/** Folder of `@vladmandic/human`. It does not export its `package.json`, so this starts from `dist/human.node.js`. */
export declare const humanDir: string;
/** Files of a face-api network, e.g. `face_landmark_68`. */
export declare function readFaceApiModel(name: string): FaceApiModelFiles;
/** Files of a human network, e.g. `blazeface`. */
export declare function readHumanModel(name: string): TfjsGraphModelFiles;
