/** The licence of InsightFace's pretrained weights. */

import type { ModelLicense } from '@isoface/core';

/** The code of InsightFace is MIT, the published weights are for non-commercial research only. */
export const INSIGHTFACE_LICENSE: ModelLicense = {
  spdx: 'LicenseRef-InsightFace-NonCommercial',
  commercialUse: 'prohibited',
  notice: 'InsightFace publishes these weights for non-commercial research only; ask InsightFace for a commercial licence.',
};
