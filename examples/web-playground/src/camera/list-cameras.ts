/** The cameras of this device. */

/** A camera to choose. */
export interface Camera {
  readonly deviceId: string;
  readonly label: string;
}

/** Lists the cameras; their names are known once one of them was allowed. */
export async function listCameras(): Promise<readonly Camera[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }, i) => ({ deviceId, label: label || `Camera ${i + 1}` }));
}
