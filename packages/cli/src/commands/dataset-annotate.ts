/** `isoface dataset annotate`: light, pose, occlusion, size and blur of the faces of a data set. */

import { join, parse } from 'node:path';
import { OCCLUSION_CLASSES } from '@isoface/core/evaluation';
import {
  type AnnotatedDataset,
  annotateDataset,
  type EntryAnnotation,
  openFaceAnnotator,
  readDatasetIndex,
  STRATUM_CLASSES,
  sizeClassOf,
} from '@isoface/evaluation';
import type { Command } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { countOf } from '../output/face-text.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';
