/** Whether a body is a failure in the shape of a wire: the house's, or document 003's. */
export function isFailure(body: unknown): boolean {
  const { success, status_overview: overview } = (body ?? {}) as Record<string, unknown>;
  return success === false || overview === 'failed';
}

/** The same of a body as it was sent. */
export function isFailureText(text: string): boolean {
  return /^\{("success":false,|"message":"[^"]*","status_overview":"failed",)/.test(text);
}
