/** How a loader signs its user in [seed 000, «Builder API»]. */
export const AUTH_TYPES = ['login', 'license', 'both'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** What a loader is written in and runs on; `cpp` is the documents' one, for Windows. */
export const LANGUAGES = ['cpp', 'cpp-linux', 'python', 'javascript', 'powershell'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Kind {
  /** File of the template, as `GET /v1/builder/status` names it. */
  readonly template: string;
  /** End of the name of a finished loader. */
  readonly suffix: string;
  /** Where the configuration goes: into a section of an executable, or between the lines of a text. */
  readonly form: 'executable' | 'script';
}

/** A record without a default: a new language does not build until everything is known of it. */
export const KINDS: Readonly<Record<Language, Kind>> = {
  cpp: { template: 'loader_cpp.exe', suffix: '_loader.exe', form: 'executable' },
  'cpp-linux': { template: 'loader_cpp_linux.elf', suffix: '_loader', form: 'executable' },
  python: { template: 'loader_python.py', suffix: '_loader.py', form: 'script' },
  javascript: { template: 'loader_javascript.cjs', suffix: '_loader.js', form: 'script' },
  powershell: { template: 'loader_powershell.ps1', suffix: '_loader.ps1', form: 'script' },
};

const STEM_MAX = 64;
/** Windows takes such a name for a device, whatever stands behind the dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)\./i;

/**
 * Name of a finished loader: `My App Loader` gives `My_App_Loader_loader.exe` [seed 000]. Whatever
 * the title holds, the name holds ASCII letters, digits, `_`, `-` and single dots, and begins with a
 * letter or digit: it is no path, no hidden file, no device, and nothing a header could be broken with.
 */
export function loaderFileName(title: string, language: Language): string {
  const stem = title
    .normalize('NFKC')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^[._-]+/, '')
    .slice(0, STEM_MAX)
    .replace(DEVICE, '$1_');
  return `${stem === '' ? 'app' : stem}${KINDS[language].suffix}`;
}
