/** Models as text for people. */

import type { ModelLicense, ModelManifest } from '@isoface/core';

/** `1.4 MB`. */
export function describeBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Licence with what it says about commercial use. */
export function describeLicense({ spdx, commercialUse }: ModelLicense): string {
  const terms = { allowed: 'commercial use allowed', prohibited: 'NO commercial use', unstated: 'commercial use not stated' }[
    commercialUse
  ];
  return `${spdx}, ${terms}`;
}

/** The columns of a model in a list. */
export function describeModel({ id, task, file, license }: ModelManifest): string[] {
  return [id, task, describeBytes(file.bytes), describeLicense(license)];
}
