import type { Wire } from '../wire';
import { authonDispatch } from './authon-dispatch';

/** Every wire of the server; a new one is one file beside this and one line here. */
export const wires: readonly Wire[] = [authonDispatch];
