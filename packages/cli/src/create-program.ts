/** The commands and what all of them have in common. */

import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addCalibrateCommand } from './commands/calibrate.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addDatasetCommand } from './commands/dataset.ts';
import { addDetectCommand } from './commands/detect.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEmbedCommand } from './commands/embed.ts';
import { addEnrolCommand } from './commands/enrol.ts';
import { addEvalCommand } from './commands/eval.ts';
import { addGalleryCommand } from './commands/gallery.ts';
import { addIdentifyCommand } from './commands/identify.ts';
import { addLivenessCommand } from './commands/liveness.ts';
import { addModelsCommand } from './commands/models.ts';
import { addVerifyCommand } from './commands/verify.ts';
import type { RunCommand } from './session.ts';

/** Version of the command line. */
const VERSION: string = packageJson.version;

const HELP = `
Examples:
  isoface verify passport.jpg selfie.jpg          do two photos show the same person?
  isoface detect party.jpg --draw out             find faces and draw them into a copy
  isoface compare *.jpg                           every face against every other
  isoface embed ada.jpg --json > ada.json         keep a face as numbers, and later:
  isoface verify ada.json selfie.jpg
  isoface enrol ada ada1.jpg ada2.jpg --gallery people.gallery
  isoface identify door.jpg --gallery people.gallery
  isoface liveness selfie.jpg                     a face, or a picture of one?
  isoface eval verify --protocol all-vs-all --data photos --html report.html
  isoface models pull standard                    download the more accurate pack once
  isoface doctor                                  what runs on this machine

Exit codes:
  0    done; verify: the faces match; enrol: enrolled; identify: everybody was identified; liveness: all live
  1    verify: compared, no match; enrol: refused; identify: somebody is not in the gallery; liveness: not live, or no face;
       gallery remove, show: unknown name
  2    error: something could not be read, was not found or is not valid
  130  interrupted (Ctrl-C); 143 terminated, 141 the reader of the output went away

Environment:
  ISOFACE_GALLERY  gallery of enrol, identify and gallery, if --gallery is not given
  ISOFACE_MODELS   folder with model files under any names
  ISOFACE_CACHE    folder for downloaded models
  ISOFACE_DEBUG    1 prints the stack of an error

Nothing leaves this machine. The network is used for models, and never with --offline; and for a database that --gallery names.`;

/** Where texts of the parser go. */
export interface ParserOutput {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** Creates the parser with all commands. It throws instead of ending the process. */
export function createProgram(run: RunCommand, output: ParserOutput): Command {
  const program = new Command('isoface')
    .description('Face recognition on the command line: detect, embed, verify, enrol, identify, liveness.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput(output)
    .exitOverride()
    .showHelpAfterError('Run with --help to see what is possible.')
    .addHelpText('after', HELP);
  addDetectCommand(program, run);
  addEmbedCommand(program, run);
  addVerifyCommand(program, run);
  addCompareCommand(program, run);
  addEnrolCommand(program, run);
  addIdentifyCommand(program, run);
  addLivenessCommand(program, run);
  addGalleryCommand(program, run);
  addEvalCommand(program, run);
  addCalibrateCommand(program, run);
  addModelsCommand(program, run);
  addDatasetCommand(program, run);
  addDoctorCommand(program, run);
  return program;
}
