import type { Socket } from 'node:net';
import { CommonErrors } from '../../kernel';
import { isUploading } from './upload';

const REASONS = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Headers Too Large' } as const;

function statusOf(code: string | undefined): keyof typeof REASONS {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/** Answers bytes that are not a request: there is no route, no reply object, only the socket. */
export function refuseUnparsed(
  error: Error & { readonly code?: string },
  socket: Socket,
  requestId: string,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(error);
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return;
  const status = statusOf(error.code);
  const { code } = CommonErrors.MALFORMED_REQUEST;
  const { message } = CommonErrors.MALFORMED_REQUEST();
  const body = JSON.stringify({ success: false, message, code, requestId });
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
