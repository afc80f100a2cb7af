/** An answer, its body parsed when it is JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers as a client would: unchecked
export interface Answer<T = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  /** The body as sent. */
  readonly text: string;
}

export interface RequestOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is instead of a JSON body. */
  readonly raw?: string | Uint8Array;
}

/** One request; never throws for a status. */
export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  { token, headers = {}, raw }: RequestOptions = {},
): Promise<Answer> {
  const hasBody = body !== undefined || raw !== undefined;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

/** `send` with the method in the name. */
export function http(url: string) {
  return {
    get: (path: string, options?: RequestOptions) => send(url, 'GET', path, undefined, options),
    post: (path: string, body?: unknown, options?: RequestOptions) =>
      send(url, 'POST', path, body, options),
    put: (path: string, body?: unknown, options?: RequestOptions) =>
      send(url, 'PUT', path, body, options),
    patch: (path: string, body?: unknown, options?: RequestOptions) =>
      send(url, 'PATCH', path, body, options),
    delete: (path: string, options?: RequestOptions) =>
      send(url, 'DELETE', path, undefined, options),
  };
}
