/** Suite `threads`: which threads and which processors serve best. */

import { choosePacks } from '../../run/choose-packs.ts';
import type { NotMeasured, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import { defaultThreads } from '../concurrency/pool-under-test.ts';
import { measureThreads } from './measure-threads.ts';
import { canBindProcesses, listProcessors } from './processor-list.ts';
import { defaultSetting, listSettings } from './thread-grid.ts';
import type { ThreadsPiece } from './thread-sample.ts';
import { keyOfSetting } from './thread-setting.ts';
import { reportThreads } from './threads-report.ts';

/** Throughput, latency, CPU time and memory over threads of the pool, threads inside a model run, spinning and processor affinity. */
export const threadsSuite: Suite<ThreadsPiece> = {
  name: 'threads',
  title: 'Threads and processors',
  description: 'threads of the pool, threads inside a model run, spinning, processor affinity: the best setting beside the default',
  minutes: { whole: 4.5, quick: 0.35 },
  async plan(options, signal) {
    const { packs, notMeasured: missingPacks } = await choosePacks(options);
    const { runtimes, notMeasured: missingRuntimes } = await chooseRuntimes(options, ['node-cpu'], signal);
    const processors = await listProcessors();
    const canBind = await canBindProcesses(processors, signal);
    const usual = defaultSetting(defaultThreads());
    const grid = listSettings({ processors, defaultThreads: usual.threads, canBind, quick: options.quick });
    const others = grid.filter((setting) => keyOfSetting(setting) !== keyOfSetting(usual));
    const unbound: NotMeasured[] = canBind
      ? []
      : [
          {
            name: 'processor affinity',
            reason: 'There is no taskset here, or it may not bind processes; on Linux it comes with util-linux.',
          },
        ];
    const measured = options.quick && options.packs === undefined ? packs.slice(0, 1) : packs;
    const leftOut = packs
      .slice(measured.length)
      .map((pack) => ({ name: `pack ${pack}`, reason: '--quick measures one pack; name others with --pack.' }));
    return {
      pieces: runtimes.flatMap(() =>
        measured.map((pack) => ({
          name: `node-cpu-${pack}`,
          measure: (context) =>
            measureThreads({ pack, modelsDir: options.modelsDir, processors, settings: [usual, ...others], minRounds: 3 }, context),
        })),
      ),
      notMeasured: [...missingPacks, ...leftOut, ...missingRuntimes, ...unbound],
    };
  },
  report: reportThreads,
};
