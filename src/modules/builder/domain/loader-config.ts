import { parseUrl } from '../../../kernel';
import type { AuthType } from './languages';

/** What a finished loader knows. All of it may be read by everybody who has the loader. */
export interface LoaderConfig {
  readonly appId: string;
  /** The publishable key of the application. */
  readonly apiKey: string;
  /** Address of this server, without a slash at the end. */
  readonly apiUrl: string;
  readonly title: string;
  readonly authType: AuthType;
  /** File to fetch after signing in. */
  readonly fileId?: string | undefined;
}

/** Whose key signs configurations: a context of the key ring. */
export const LOADER_SIGNER = 'loader-config';

const VERSION = 1;

/**
 * The one spelling of a configuration: JSON of printable ASCII without quotes, backticks, backslashes,
 * dollar and at signs in its values. So it means the same between quotes of C++, Python (raw),
 * JavaScript (`String.raw`) and PowerShell, and no title can end the text it stands in.
 */
export function configText(config: LoaderConfig): string {
  const { appId, apiKey, apiUrl, title, authType, fileId } = config;
  const fields = { appId, apiKey, apiUrl, title, authType, ...(fileId ? { fileId } : {}) };
  const members = Object.entries(fields).map(([name, value]) => `"${name}":"${escaped(value)}"`);
  return `{"v":${VERSION},${members.join(',')}}`;
}

/** Everything but the harmless characters as `\uXXXX`, which JSON reads as the same text. */
function escaped(text: string): string {
  return text.replace(
    /[^ !#%&()*+,\-./0-9:;<=>?A-Z[\]^_a-z{|}~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const URL_MAX = 512;
/** Host and path; the rest of what an address may hold has no place before `/v1`. */
const PLAIN_URL = /^https?:\/\/[A-Za-z0-9.\-:[\]]+(\/[A-Za-z0-9._~%/-]*)?$/;

/** An address as a loader takes it: normalised, without a slash at the end; null when it is none. */
export function plainApiUrl(text: string): string | null {
  const url = parseUrl(text)?.href.replace(/\/+$/, '');
  return url !== undefined && url.length <= URL_MAX && PLAIN_URL.test(url) ? url : null;
}
