import type { ClientFacts } from './ladder';

type Listed = NonNullable<ClientFacts['blacklisted']>;

/**
 * Early facts of a client whose licence belongs to one application and who named another: what either
 * of them objects to holds.
 */
export function withNamed(own: ClientFacts, named: ClientFacts): ClientFacts {
  const status = named.app.status === 'PAUSED' ? 'PAUSED' : own.app.status;
  return {
    ...own,
    app: { ...own.app, status },
    blacklisted: eitherListed(own.blacklisted!, named.blacklisted!),
    // Both are judged by the same lists, where they are judged.
    network: own.network ?? named.network,
  };
}

function eitherListed(own: Listed, named: Listed): Listed {
  return {
    ip: own.ip ?? named.ip,
    hwid: own.hwid ?? named.hwid,
    username: own.username ?? named.username,
    key: own.key ?? named.key,
  };
}
