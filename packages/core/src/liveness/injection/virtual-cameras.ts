/** Names of cameras that are programs. */

/** One family of software cameras. */
interface VirtualCamera {
  /** How it is called in a message. */
  readonly name: string;
  readonly label: RegExp;
}

/**
 * Labels as browsers give them (`MediaStreamTrack.label`). All of them can be changed by whoever runs the program, and some of these programs only
 * pass a real camera on: a phone used as a camera, or a background that is blurred.
 */
const VIRTUAL_CAMERAS: readonly VirtualCamera[] = [
  { name: 'OBS Studio', label: /\bobs\b|obs[- ]?camera/ },
  { name: 'ManyCam', label: /manycam/ },
  { name: 'XSplit', label: /xsplit/ },
  { name: 'Snap Camera', label: /snap camera/ },
  { name: 'e2eSoft VCam or iVCam', label: /e2esoft|\bi?vcam\b/ },
  { name: 'DroidCam, which passes the camera of a phone on', label: /droidcam/ },
  { name: 'Iriun, which passes the camera of a phone on', label: /iriun/ },
  { name: 'EpocCam, which passes the camera of a phone on', label: /epoccam/ },
  { name: 'Camo, which passes the camera of a phone on', label: /\bcamo\b/ },
  { name: 'v4l2loopback', label: /v4l2 ?loopback|dummy video device|loopback/ },
  { name: "a browser's device for tests", label: /fake[_ -]?(?:device|video|camera)/ },
  { name: 'AlterCam', label: /altercam/ },
  { name: 'Animaze or FaceRig', label: /animaze|facerig/ },
  { name: 'CamTwist', label: /camtwist/ },
  { name: 'ChromaCam', label: /chromacam/ },
  { name: 'CyberLink YouCam', label: /youcam/ },
  { name: 'mmhmm', label: /mmhmm/ },
  { name: 'NDI', label: /\bndi\b|newtek/ },
  { name: 'NVIDIA Broadcast, which changes the pictures of a real camera', label: /nvidia broadcast/ },
  { name: 'PRISM Live Studio', label: /prism ?live/ },
  { name: 'SparkoCam', label: /sparkocam/ },
  { name: 'SplitCam', label: /splitcam/ },
  { name: 'Streamlabs', label: /streamlabs/ },
  { name: 'a capture of the screen', label: /screen[- ]?capture|uscreencapture/ },
  { name: 'Unity Video Capture', label: /unity video capture/ },
  { name: 'vMix', label: /vmix/ },
  { name: 'VTube Studio', label: /vtube/ },
  { name: 'Webcamoid', label: /webcamoid|akvcam/ },
  { name: 'Wirecast', label: /wirecast/ },
  { name: 'a software camera', label: /virtu[ae]l|仮想|虚拟|虛擬|가상|виртуальн/ },
];

/**
 * The software that a label names, for a message; `undefined` for labels of no known one and for an empty label, which browsers give before the
 * user has allowed the camera.
 */
export function findVirtualCamera(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  const folded = label.toLowerCase();
  return VIRTUAL_CAMERAS.find((camera) => camera.label.test(folded))?.name;
}
