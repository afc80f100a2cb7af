import type { Contract, Route } from '../security/contract';

/** Things that one POST makes and whose own path then names them. */
export interface Resource {
  /** Path of the collection: POST makes one, GET lists them where it exists. */
  readonly collection: string;
  readonly create: Route;
  readonly list: Route | undefined;
  /** The parameter that names one, and the routes that take it. */
  readonly param: string;
  readonly read: Route | undefined;
  readonly remove: Route | undefined;
  /** Everything else that can be done to one. */
  readonly uses: readonly Route[];
}

/** Paths that end with a parameter but have no POST of their collection: what makes such things. */
export const MADE_OTHERWISE: Readonly<Record<string, string>> = {
  '/v1/admin/apps/{appId}/licenses/by-key/{key}': 'another name of a licence',
  '/v1/admin/apps/{appId}/sessions/{sessionId}': 'made by a sign-in of a client',
  '/v1/admin/apps/{appId}/users/{userId}/variables/{name}': 'made by PUT of the same path',
  '/v1/auth/sessions/{signInId}': 'made by a sign-in of a seller',
  '/v1/client/files/{fileId}': 'another path of the files of an application',
  '/v1/files/download/{fileId}': 'another path of the files of an application',
  '/v1/admin/users/{userId}': 'another path of the users of an application',
};

const ITEM = /^(.*)\/\{(\w+)\}$/;

/** All resources of the document: a POST collection with routes below `collection/{param}`. */
export function resourcesOf({ routes }: Contract): Resource[] {
  const find = (key: string) => routes.find((route) => route.key === key);
  return itemPaths(routes).flatMap((path): Resource[] => {
    const [, collection, param] = ITEM.exec(path)!;
    const create = find(`POST ${collection}`);
    if (!create) return [];
    const [read, remove] = [find(`GET ${path}`), find(`DELETE ${path}`)];
    const uses = routes.filter(
      (route) =>
        (route.path === path || route.path.startsWith(`${path}/`)) &&
        route.params.at(-1) === param &&
        route !== read &&
        route !== remove,
    );
    const list = find(`GET ${collection}`);
    return [{ collection: collection!, create, list, param: param!, read, remove, uses }];
  });
}

/** Paths with a name of one thing at the end that nothing here knows how to make. */
export function unknownItems(contract: Contract): string[] {
  return itemPaths(contract.routes).filter((path) => {
    const [, collection] = ITEM.exec(path)!;
    const made = contract.routes.some(({ key }) => key === `POST ${collection}`);
    return !made && MADE_OTHERWISE[path] === undefined;
  });
}

function itemPaths(routes: readonly Route[]): string[] {
  const paths = routes.map(({ path }) => path).filter((path) => ITEM.test(path));
  return [...new Set(paths)];
}

/** The id in the answer of a creation. @throws when it holds none */
export function madeId({ create, param }: Resource, body: { data?: unknown }): string {
  const data = (Array.isArray(body.data) ? body.data[0] : body.data) as
    { readonly [key: string]: unknown } | undefined;
  const id = data?.['id'] ?? data?.[param];
  if (typeof id === 'string') return id;
  throw new Error(`${create.key}: neither data.id nor data.${param} in ${JSON.stringify(body)}`);
}
