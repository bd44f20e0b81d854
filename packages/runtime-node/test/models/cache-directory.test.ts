import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { defaultCacheDirectory } from '../../src/models/cache-directory.ts';

const home = (): string => '/home/ada';
const homeless = (): string => {
  throw new Error('ENOENT');
};

it.each<readonly [string, Parameters<typeof defaultCacheDirectory>[0], string]>([
  ['~/.cache on Linux', { env: {}, platform: 'linux', home }, '/home/ada/.cache/isoface'],
  ['XDG_CACHE_HOME', { env: { XDG_CACHE_HOME: '/xdg' }, platform: 'linux', home }, '/xdg/isoface'],
  ['~/.cache when XDG_CACHE_HOME is relative', { env: { XDG_CACHE_HOME: 'xdg' }, platform: 'linux', home }, '/home/ada/.cache/isoface'],
  ['~/.cache when XDG_CACHE_HOME is empty', { env: { XDG_CACHE_HOME: '' }, platform: 'linux', home }, '/home/ada/.cache/isoface'],
  ['~/Library/Caches on macOS', { env: { XDG_CACHE_HOME: '/xdg' }, platform: 'darwin', home }, '/home/ada/Library/Caches/isoface'],
  ['LOCALAPPDATA on Windows', { env: { LOCALAPPDATA: '/AppData/Local' }, platform: 'win32', home }, '/AppData/Local/isoface'],
  ['AppData without LOCALAPPDATA', { env: {}, platform: 'win32', home }, '/home/ada/AppData/Local/isoface'],
  ['ISOFACE_CACHE first', { env: { ISOFACE_CACHE: '/mine', XDG_CACHE_HOME: '/xdg' }, platform: 'linux', home }, '/mine'],
  ['a relative ISOFACE_CACHE', { env: { ISOFACE_CACHE: 'mine' }, platform: 'linux', home }, resolve('mine')],
  ['the temporary directory without a home', { env: {}, platform: 'linux', home: homeless }, join(tmpdir(), 'isoface-cache')],
])('the cache is in %s', (_, surroundings, directory) => {
  expect(defaultCacheDirectory(surroundings)).toBe(directory);
});
