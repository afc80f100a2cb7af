import type { Wire } from '../wire';
import { authonDispatch } from './authon-dispatch';
import { authonRest } from './authon-rest';
import { tki } from './tki';

/** Every wire of the server; a new one is one file beside this and one line here. */
export const wires: readonly Wire[] = [authonDispatch, authonRest, tki];
