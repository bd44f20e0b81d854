// @vladmandic/face-api on the wasm backend of TensorFlow.js.

import * as faceapi from '/lib/dist/face-api.esm.js';
import { imageOfFile } from './image-of-file.js';

/** @param {{ detector: 'ssdMobilenetv1' | 'tinyFaceDetector' }} options */
export async function createContender({ detector }) {
  const { tf, nets } = faceapi;
  tf.setWasmPaths('/tfjs/');
  if (tf.env().flagRegistry.CANVAS2D_WILL_READ_FREQUENTLY) tf.env().set('CANVAS2D_WILL_READ_FREQUENTLY', true);
  // The page is cross-origin isolated so that memory can be measured; threads would come with it.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  await Promise.all([nets[detector], nets.faceLandmark68Net, nets.faceRecognitionNet].map((net) => net.loadFromUri('/lib/model/')));
  const detectorOptions = detector === 'ssdMobilenetv1' ? new faceapi.SsdMobilenetv1Options() : new faceapi.TinyFaceDetectorOptions();
  const analyze = async (input) => {
    const faces = await faceapi.detectAllFaces(input, detectorOptions).withFaceLandmarks().withFaceDescriptors();
    return faces.filter(({ descriptor }) => descriptor.length > 0).length;
  };
  return {
    prepare: ({ canvas }) => canvas,
    analyze,
    analyzeFile: async (blob) => analyze(await imageOfFile(blob)),
    describe: () => ({
      backend: tf.getBackend(),
      simd: tf.env().get('WASM_HAS_SIMD_SUPPORT'),
      threads: 1,
      tfjs: tf.version_core ?? tf.version?.['tfjs-core'],
      'face-api': faceapi.version,
    }),
  };
}
