const CONFIG = '@LATCHKEY_CONFIG@';
const SIGNATURE = '@LATCHKEY_SIGNATURE@';

/**
 * A script with its configuration in it. Both places are filled in one pass, so nothing that was
 * filled in is looked at again.
 * @throws Error when the script has not exactly one of each place
 */
export function filledIn(script: string, config: string, signature: string): string {
  const places = script.match(/@LATCHKEY_(CONFIG|SIGNATURE)@/g) ?? [];
  if ([...places].sort().join() !== `${CONFIG},${SIGNATURE}`) {
    throw new Error('the template of the script lacks its places');
  }
  return script.replace(/@LATCHKEY_(CONFIG|SIGNATURE)@/g, (place) =>
    place === CONFIG ? config : signature,
  );
}
