/** The app with a script behind it instead of isoface: `?NAME` names the script. */

import { createApp } from '../../src/app/create-app.ts';
import { createScriptedParts } from './scripted-parts.ts';
import { SCRIPTS } from './scripts.ts';

const script = SCRIPTS[location.search.slice(1)];
if (script === undefined) throw new Error(`There is no script "${location.search}".`);
createApp(createScriptedParts(script));
