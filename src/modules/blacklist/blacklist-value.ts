import { CommonErrors, formProblem } from '../../kernel';
import { NetworkTextError, parseNetwork } from '../../platform/network';
import { BlacklistType, comparedForm } from './domain/blacklist';

/** A seller's value as it is compared: by text, or as a network. */
export interface ComparedValue {
  readonly valueKey: string;
  /** The addresses of an IP entry; null for every other type. */
  readonly network: string | null;
}

/** Longest compared form of a value, in characters. */
const VALUE_MAX = 256;

/** @throws INVALID_INPUT for what is no address, no network or nothing at all */
export function readValue(type: BlacklistType, value: string): ComparedValue {
  if (type === 'IP') {
    const { text } = networkOf(value.trim());
    return { valueKey: text, network: text };
  }
  const valueKey = comparedForm(type, value);
  const problem = formProblem(valueKey, VALUE_MAX);
  if (problem) throw invalid('value', problem);
  return { valueKey, network: null };
}

/** INVALID_INPUT that names a field. */
export function invalid(field: string, message: string) {
  return CommonErrors.INVALID_INPUT({
    message: `${field}: ${message}`,
    problems: [{ field, message }],
  });
}

function networkOf(text: string) {
  try {
    return parseNetwork(text);
  } catch (error) {
    if (error instanceof NetworkTextError) throw invalid('value', error.message);
    throw error;
  }
}
