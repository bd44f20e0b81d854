/** Errors of the file system in few words. */

/** Why a file cannot be read, for the middle of a sentence. */
export function describeFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'the link leads in a circle';
    case 'ENOTDIR':
      return 'a part of its path is no folder';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    default:
      return code ?? message;
  }
}
