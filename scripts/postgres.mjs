// A PostgreSQL server with pgvector for the tests.
//
//   node scripts/postgres.mjs
//
// makes sure that there is one, as far as this machine allows: as root on Debian and its relatives the packages are installed; where the distribution
// has no pgvector for its server, it is compiled from Debian's sources into node_modules/.cache, and the system stays as it is. Nothing fails if it
// cannot be had: the tests then talk to an embedded server instead. ISOFACE_POSTGRES names a folder with the server's programs, or is `none`.
//
// `startPostgres` starts a cluster of its own in a temporary folder, on a Unix socket, as a user without rights.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = join(ROOT, 'node_modules/.cache/isoface-pgvector');
const INSTALL_MS = 300_000;
const START_MS = 60_000;
/** Suites that have the sources of pgvector, oldest first: a build must suit the server that is there. */
const SOURCE_SUITES = ['trixie'];

/**
 * The server that tests would use, or undefined.
 *
 * @returns {{ bin: string, major: string, vector: 'installed' | 'built' | undefined } | undefined}
 */
export function findPostgres({ env = process.env, cache = CACHE } = {}) {
  if (env.ISOFACE_POSTGRES === 'none') return undefined;
  const found = folders(env)
    .filter((bin) => ['initdb', 'postgres', 'pg_config'].every((name) => existsSync(join(bin, name))))
    .map((bin) => {
      const major = /\d+/.exec(config(bin, '--version'))?.[0] ?? '';
      const isInstalled = existsSync(join(config(bin, '--sharedir'), 'extension/vector.control'));
      return { bin, major, vector: isInstalled ? 'installed' : existsSync(join(cache, major, 'vector.so')) ? 'built' : undefined };
    });
  return found.find(({ vector }) => vector !== undefined) ?? found[0];
}

function folders(env) {
  if (env.ISOFACE_POSTGRES) return [env.ISOFACE_POSTGRES];
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return [...versions.map((version) => join(base, version, 'bin')), ...(env.PATH ?? '').split(':').filter(Boolean)];
}

function config(bin, option) {
  return execFileSync(join(bin, 'pg_config'), [option], { encoding: 'utf8' }).trim();
}

/** {@link findPostgres} after installing what is missing. */
export async function ensurePostgres() {
  if (process.env.ISOFACE_POSTGRES !== undefined) return findPostgres();
  const isDebian = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  const isComplete = () => findPostgres()?.vector !== undefined;
  if (isComplete() || !isDebian) return findPostgres();
  await run('apt-get', ['update']);
  if (findPostgres() === undefined) await run('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql']);
  const major = findPostgres()?.major;
  if (major === undefined) return undefined;
  if (!isComplete()) await run('apt-get', ['install', '-y', '--no-install-recommends', `postgresql-${major}-pgvector`]);
  for (const suite of SOURCE_SUITES) if (!isComplete()) await buildVector(findPostgres(), suite);
  return findPostgres();
}

/** Compiles pgvector from the sources of a newer Debian, with lists and folders of its own, so that the system's package sources stay as they are. */
async function buildVector({ bin, major }, suite) {
  const folder = mkdtempSync(join(tmpdir(), 'isoface-pgvector-'));
  try {
    console.error(`Compiling pgvector for PostgreSQL ${major} …`);
    for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, name), { recursive: true });
    const mirror = findMirror();
    if (mirror === undefined) return;
    writeFileSync(
      join(folder, 'sources.list'),
      `deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main\n`,
    );
    const options = Object.entries({
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::Cache': folder,
      'Dir::Cache::archives': join(folder, 'archives'),
      'APT::Sandbox::User': 'root',
    }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const steps = async () =>
      (await run('apt-get', [...options, 'update'])) &&
      (await run('apt-get', [...options, 'source', '--download-only', 'pgvector'], folder)) &&
      (await run('tar', ['xf', only(folder, '.orig.tar.gz')], folder)) &&
      (await fetchHeaders(folder, bin, major));
    if (!(await steps())) return;
    if (!hasCompiler() && !(await run('apt-get', ['install', '-y', '--no-install-recommends', 'gcc', 'libc6-dev']))) return;
    const sources = join(
      folder,
      readdirSync(folder).find((name) => /^pgvector-[\d.]+$/.test(name)),
    );
    const version = /default_version = '([\d.]+)'/.exec(readFileSync(join(sources, 'vector.control'), 'utf8'))[1];
    const files = readdirSync(join(sources, 'src')).filter((name) => name.endsWith('.c'));
    const objects = files.map((name) => join(sources, 'src', name));
    const include = existsSync(join(folder, 'include'))
      ? join(folder, 'include', config(bin, '--includedir-server'))
      : config(bin, '--includedir-server');
    const flags = ['-shared', '-fPIC', '-O2', '-ftree-vectorize', '-fassociative-math', '-fno-signed-zeros', '-fno-trapping-math'];
    if (!(await run('cc', [...flags, '-I', include, ...objects, '-o', join(folder, 'vector.so')]))) return;
    const target = join(CACHE, major);
    mkdirSync(target, { recursive: true });
    copyFileSync(join(sources, 'vector.control'), join(target, 'vector.control'));
    copyFileSync(join(sources, 'sql/vector.sql'), join(target, `vector--${version}.sql`));
    // Last: by this file a build is known to be complete.
    copyFileSync(join(folder, 'vector.so'), join(target, 'vector.so'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where this machine has its own packages of Debian from: the sources of other releases lie there too. */
function findMirror() {
  const format = '$(ORIGIN) $(CODENAME) $(REPO_URI)';
  const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], { encoding: 'utf8' });
  return /^Debian [a-z]+ (\S+)$/m.exec(targets)?.[1];
}

function hasCompiler() {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, 'cc')));
}

/** Headers of the server, unpacked without being installed: the package would bring a newer server along. */
async function fetchHeaders(folder, bin, major) {
  if (existsSync(join(config(bin, '--includedir-server'), 'postgres.h'))) return true;
  const headers = join(folder, 'headers');
  mkdirSync(headers);
  return (
    (await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', `postgresql-server-dev-${major}`], headers)) &&
    (await run('dpkg', ['-x', only(headers, '.deb'), join(folder, 'include')]))
  );
}

function only(folder, ending) {
  return join(folder, readdirSync(folder).find((name) => name.endsWith(ending)) ?? ending);
}

/**
 * Starts a cluster of its own. It ends with `stop`, or with this process.
 *
 * @returns {Promise<{ host: string, port: number, user: string, password: string, major: string, stop(): Promise<void> } | undefined>} undefined where
 * there is no server with pgvector; a server that does not start is an error.
 */
export async function startPostgres() {
  const found = findPostgres();
  if (found?.vector === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'isoface-postgres-'));
  const user = unprivileged();
  try {
    chmodSync(folder, 0o755);
    const bin = found.vector === 'built' ? relocate(found, join(folder, 'server')) : found.bin;
    const home = join(folder, 'home');
    mkdirSync(home);
    const password = 'kept out of messages';
    writeFileSync(join(home, 'password'), password);
    // All of it, so that the server's shell can remove it.
    if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
    const options = { cwd: home, ...user, stdio: 'pipe' };
    const data = join(home, 'data');
    const create = [
      '-D',
      data,
      '-U',
      'isoface',
      '--auth=scram-sha-256',
      `--pwfile=${join(home, 'password')}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ];
    execFileSync(join(bin, 'initdb'), [...create, '--no-sync'], options);
    const settings = Object.entries({
      listen_addresses: '',
      unix_socket_directories: home,
      fsync: 'off',
      max_connections: '40',
      shared_buffers: '128MB',
      maintenance_work_mem: '256MB',
      autovacuum: 'off',
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // The shell ends the server as soon as its own input ends, which happens however this process ends.
    const script = '"$@" < /dev/null & pid=$!; read _; kill -INT $pid; wait $pid; rm -rf "$ISOFACE_FOLDER"';
    const server = spawn('/bin/sh', ['-c', script, 'sh', join(bin, 'postgres'), '-D', data, ...settings], {
      cwd: home,
      ...user,
      env: { ...process.env, ISOFACE_FOLDER: folder },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    await untilReady(server);
    const stop = async () => {
      if (server.exitCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.stdin.end();
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    };
    return { host: home, port: 5432, user: 'isoface', password, major: found.major, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The server refuses to run as root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'));
  const [, , uid, gid] = line.find(([name]) => name === 'postgres') ?? line.find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
}

/** A server finds its folders from where its program is: a copy of the program among links to the rest has an extension more than the system's. */
function relocate({ bin, major }, folder) {
  const paths = { bin, lib: config(bin, '--pkglibdir'), share: config(bin, '--sharedir') };
  const inside = (path) => join(folder, path);
  mkdirSync(inside(paths.bin), { recursive: true });
  for (const name of ['initdb', 'postgres']) copyFileSync(join(bin, name), inside(join(bin, name)));
  mkdirSync(inside(paths.lib), { recursive: true });
  for (const name of readdirSync(paths.lib)) {
    if (name !== 'vector.so' && !existsSync(inside(join(paths.lib, name))))
      symlinkSync(join(paths.lib, name), inside(join(paths.lib, name)));
  }
  cpSync(paths.share, inside(paths.share), { recursive: true });
  for (const name of readdirSync(join(CACHE, major))) {
    copyFileSync(
      join(CACHE, major, name),
      name === 'vector.so' ? inside(join(paths.lib, name)) : inside(join(paths.share, 'extension', name)),
    );
  }
  return inside(paths.bin);
}

function untilReady(server) {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (reason) => {
      clearTimeout(timer);
      server.stdin.end();
      reject(new Error(`The PostgreSQL server did not start: ${reason}.\n${log}`));
    };
    const timer = setTimeout(() => fail('it took too long'), START_MS);
    const endEarly = () => fail('it ended');
    server.once('exit', endEarly);
    server.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-4_000);
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      server.removeListener('exit', endEarly);
      resolve();
    });
  });
}

/** Runs a command with its output on standard error. True if it succeeded. */
function run(command, args, cwd = ROOT) {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 2, 2], timeout: INSTALL_MS });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await ensurePostgres();
  const missing = found === undefined ? 'No PostgreSQL server was found' : 'The PostgreSQL server that was found has no pgvector';
  if (found?.vector === undefined) console.log(`${missing}: the tests talk to an embedded one instead.`);
  else console.log(`PostgreSQL ${found.major} in ${found.bin}, pgvector ${found.vector}`);
}
