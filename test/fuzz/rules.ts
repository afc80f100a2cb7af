/**
 * Rules that no schema can say: `route field` (or `type` and field on `POST /v1`) → why good-looking
 * data is refused there with 400. A refusal of anything else that the schema allows is a finding:
 * either the schema is too wide, or the rule belongs here.
 */
const BEYOND_THE_SCHEMA: Readonly<Record<string, string>> = {
  'POST /v1/admin/apps/{appId}/blacklist value': 'of type IP it must be an address',
  'POST /v1/admin/blacklist value': 'of type IP it must be an address',
  'POST /api/tki/blacklist value': 'of type ip it must be an address',
  'POST /api/tki/blacklist expires_at': 'must lie ahead',
  'POST /api/license/auth data.hwid': 'needed as long as the seller asks for it',
  'POST /api/license/auth data.ip': 'must be host, host:port or an IPv6 address',
  'POST /api/tki/products/{appId}/licenses expire_date': 'must be a day that exists',
  'PATCH /api/tki/products/{appId}/licenses/{licenseId} expire_date': 'must be a day that exists',
  'POST /v1/admin/apps/{appId}/webhooks url': 'must be an address that this server may reach',
  'PATCH /v1/admin/apps/{appId}/webhooks/{webhookId} url': 'the same',
  'POST /v1/admin/apps/{appId}/users expiresAt': 'goes without durationType',
  'POST /v1/admin/apps/{appId}/blacklist expiresAt': 'must lie ahead',
  'POST /v1/admin/blacklist expiresAt': 'must lie ahead',
  'POST /v1/auth/tokens expiresAt': 'must lie ahead',
  'POST /v1 check_blacklist ip': 'must be an address, of either version',
  'POST /v1/builder/build apiUrl': 'host and path alone, of at most 512 characters',
  'POST /v1 file fileId': 'this or a name must be sent',
  'PATCH /v1/admin/apps/{appId} vpnBlock': 'needs the list of the operator',
  'PUT /v1/admin/apps/{appId} vpnBlock': 'needs the list of the operator',
};

/** The fields of a refusal that only the schema could justify. */
export function unjustified(name: string, errors: readonly { readonly field: string }[]): string[] {
  return errors.map(({ field }) => field).filter((field) => !BEYOND_THE_SCHEMA[`${name} ${field}`]);
}
