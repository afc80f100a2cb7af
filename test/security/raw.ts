import { Agent, request } from 'node:http';

/** An answer to bytes that no polite client would send. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface RawOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Closes what `raw` kept open. */
export function hangUpRaw(): void {
  agent.destroy();
}

/**
 * One request whose path goes out as it is: `fetch` and `inject` would tidy `//`, `/./` and `%2e` up
 * before the server sees them. A connection that is cut counts as status 0.
 */
export function raw(
  url: string,
  method: string,
  path: string,
  { token, headers = {}, body }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = {
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  };
  return new Promise((resolve) => {
    const options = { hostname, port, method, path, agent, headers: sent };
    const asked = request(options, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (received += chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: received,
        }),
      );
    });
    asked.on('error', (error) => resolve({ status: 0, headers: {}, text: error.message }));
    asked.end(text);
  });
}

/** The answer without what differs between any two. */
export function plainText({ text }: { readonly text: string }): string {
  return text.replace(/"requestId":"[^"]*"/, '"requestId":"-"');
}
