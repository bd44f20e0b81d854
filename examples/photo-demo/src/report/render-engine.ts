/** What computed all this, under which terms, and where the threshold comes from. */

import type { CalibratedThreshold, EngineInfo } from 'isoface';
import type { ComparedPhotos, Decision } from '../compare-photos.ts';
import { escapeHtml } from './escape-html.ts';

/** Renders engine, licences, warnings and calibration. */
export function renderEngine({ info, decision }: ComparedPhotos): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Pack', info.pack],
    ['Runs on', info.executionProvider],
    ['Detector input', `${info.detectionSize} pixels`],
    ['Embedding', `${info.dimension ?? 0} numbers, contract ${info.contract?.slice(0, 16) ?? 'none'}…`],
    [
      'Versions',
      Object.entries(info.versions)
        .map((entry) => entry.join(' '))
        .join(', '),
    ],
    ['Threshold', describeProvenance(info, decision)],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const models = info.models.map(
    ({ id, task, license, bytes }) =>
      `<tr><th scope="row">${escapeHtml(id)}</th><td>${task}</td><td>${(bytes / 1e6).toFixed(1)} MB</td><td>${escapeHtml(license.spdx)}</td><td>${license.commercialUse}</td></tr>`,
  );
  const warnings = info.warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('');
  return `<section aria-labelledby="engine"><h2 id="engine">The engine</h2><dl>${list}</dl>
<table><thead><tr><th scope="col">model</th><th scope="col">task</th><th scope="col">size</th><th scope="col">licence</th><th scope="col">commercial use</th></tr></thead><tbody>${models.join('')}</tbody></table>
${warnings === '' ? '' : `<details><summary>Remarks of the engine (${info.warnings.length})</summary><ul>${warnings}</ul></details>`}</section>`;
}

function describeProvenance({ thresholds, flipAveraging }: EngineInfo, { threshold, fmr }: Decision): string {
  if (threshold === undefined) return 'none: this pack has not been calibrated';
  if (fmr === undefined) return `${threshold}, chosen by hand`;
  const rows = thresholds.filter((row) => row.flipAveraging === flipAveraging);
  const exact = rows.find((row) => Math.abs(row.fmr / fmr - 1) < 1e-9);
  const value = `${threshold.toFixed(4)} for FMR ${fmr.toExponential()}`;
  return exact === undefined ? `${value}, interpolated between calibrated rates` : `${value}: ${describeMeasurement(exact)}`;
}

function describeMeasurement({ ci95, pairs, dataset }: CalibratedThreshold): string {
  const [low, high] = ci95.map((rate) => rate.toExponential(1));
  return `measured on ${pairs.toLocaleString('en')} pairs of strangers of ${dataset}, 95 % interval of the rate ${low} to ${high}`;
}
