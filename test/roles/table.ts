import {
  anyone,
  caller,
  keyChangers,
  keyEnders,
  keyReaders,
  keyRotators,
  may,
  mayOrOwner,
  mayOrPeople,
  mayOrThatUser,
  members,
  noting,
  people,
  type Rule,
  thatUser,
  theObject,
} from './rules.ts'

type Rows = Readonly<Record<string, Rule>>

const of = (type: string, fields: Rows): Rows =>
  Object.fromEntries(Object.entries(fields).map(([field, rule]) => [`${type}.${field}`, rule]))

/** Fields that are open to every caller who can read the object. */
const open = (fields: string): Rows => Object.fromEntries(fields.split(' ').map((field) => [field, theObject()]))

/** A page of objects: the list that it is a page of was asked for with a rule of its own. */
const page = (name: string, counted = false): Rows => ({
  ...of(`${name}Connection`, open(counted ? 'edges pageInfo totalCount' : 'edges pageInfo')),
  ...of(`${name}Edge`, open('cursor node')),
})

const KEY_FIELDS: Rows = {
  ...open('id kind name description status organization project grants createdAt expiresAt expiringSoon warnBefore'),
  ...open('secrets metadata revokedAt revocationReason'),
  createdBy: mayOrOwner('keys:operator'),
  lastUsedAt: mayOrOwner('keys:operator'),
  lastUsedFrom: mayOrOwner('keys:manager'),
  allowedIps: mayOrOwner('keys:manager'),
  history: may('audit:viewer'),
}

/** Who may read an object at all, by its type. Types that are not here are part of the object that they are shown in. */
export const OBJECTS: Rows = {
  Organization: members(),
  Project: members(),
  Module: noting(members(), 'of the root organization that defined it, or of one below that'),
  Member: may('members:viewer'),
  User: noting(mayOrThatUser('members:viewer'), 'by id; name and id are also shown where the user owns a key'),
  Invitation: may('members:manager'),
  ApiKey: keyReaders(),
  PersonalAccessKey: keyReaders(),
  Key: keyReaders(),
  AuditEvent: noting(may('audit:viewer'), 'events about keys also through the subscription keyEvents, by its own rule'),
  ExpiryWarning: noting(keyReaders(), 'of the key that it warns of'),
  NotificationRoute: may('keys:viewer'),
  NotificationDelivery: may('keys:viewer'),
  Session: thatUser(),
}

/** Who may read each field, and do each thing. The schema has no field without a row here, and this no row without a field. */
export const TABLE: Rows = {
  ...of('Query', {
    viewer: caller(),
    node: theObject(),
    organization: theObject(),
    key: theObject(),
  }),
  ...of('Viewer', {
    ...open('kind user key organizations personalAccessKeys'),
    sessions: noting(theObject(), 'their own; none for a machine or a token'),
    grants: noting(members(), 'of the organization that is asked about'),
  }),

  ...of('Organization', {
    ...open('id name slug parent suborganizations projects modules'),
    policy: may('keys:viewer'),
    policyPreview: may('keys:manager'),
    members: may('members:viewer'),
    invitations: may('members:manager'),
    apiKeys: may('keys:viewer'),
    personalAccessKeys: may('keys:manager'),
    keys: may('keys:manager'),
    expiryWarnings: noting(may('keys:viewer'), 'about the keys that the caller may read'),
    auditEvents: may('audit:viewer'),
    auditCheckpoint: may('audit:manager'),
    auditRetention: may('audit:viewer'),
    auditVerification: may('audit:manager'),
    revocationRange: may('tokens:viewer'),
    notificationRoutes: may('keys:manager'),
  }),
  ...of('Project', open('id name slug organization')),
  ...of('Module', open('id name description builtIn')),
  ...of(
    'KeyPolicy',
    open('maximumLifetime defaultLifetime expiryRequired warnBefore maximumOverlap maximumActiveKeys'),
  ),
  ...of('KeyPolicy', open('accessTokenLifetime onRetiredSecretUse onLeak revokeUnusedAfter escalateWarnings')),
  ...of('KeyPolicyPreview', open('policy nonConformingKeys nonConformingKeyIds')),
  ...of('Grant', open('module role')),

  ...of('Member', open('id user organization grants inherited joinedAt')),
  ...of('User', { ...open('id name'), email: mayOrThatUser('members:viewer') }),
  ...of('Invitation', open('id email grants expiresAt acceptable')),

  ...of('Key', KEY_FIELDS),
  ...of('ApiKey', KEY_FIELDS),
  ...of('PersonalAccessKey', { ...KEY_FIELDS, owner: theObject() }),
  ...of('KeySecret', open('hint state createdAt validUntil lastUsedAt')),
  ...of('ExpiryWarning', open('id sequence key threshold expiresAt secondsLeft createdAt acknowledgedAt')),
  ...of('ExpiryWarning', { ...open('acknowledgedBy'), deliveries: may('keys:viewer') }),

  ...of('NotificationRoute', {
    ...open('id name organization channel types maximumThreshold project enabled disabledReason position createdAt'),
    ...open('deliveries'),
    target: may('keys:manager'),
  }),
  ...of('NotificationDelivery', {
    ...open('id route status attempts createdAt lastAttemptAt nextAttemptAt deliveredAt responseStatus error'),
    event: may('audit:viewer'),
  }),

  ...of('AuditEvent', {
    ...open(
      'id organizationId sequence type occurredAt actor credentialId tokenId targetId targetName details requestId previousHash hash',
    ),
    ipAddress: may('audit:manager'),
    userAgent: may('audit:manager'),
  }),
  ...of('Actor', open('kind id name')),
  ...of('AuditCheckpoint', open('sequence hash signedAt signature')),
  ...of('AuditRetention', open('keep state firstSequence base')),
  ...of('AuditBase', open('sequence hash signedAt signature')),
  ...of('AuditVerification', open('intact baseSequence checkedEvents firstBrokenSequence headHash')),

  ...of('Session', open('id createdAt lastUsedAt expiresAt ipAddress userAgent current')),

  ...of('Node', open('id')),
  ...of('PageInfo', open('hasNextPage hasPreviousPage startCursor endCursor')),
  ...page('Member'),
  ...page('Key', true),
  ...page('ApiKey', true),
  ...page('PersonalAccessKey', true),
  ...page('ExpiryWarning'),
  ...page('AuditEvent'),
  ...page('NotificationDelivery'),

  ...of('Mutation', {
    createOrganization: noting(
      may('members:manager'),
      'in the parent; a root organization: the owner of the server alone',
    ),
    updateKeyPolicy: may('keys:manager'),
    updateAuditRetention: may('audit:manager'),
    defineModule: may('members:manager'),
    createProject: may('members:manager'),

    inviteMember: noting(may('members:manager'), "grants at most the caller's own"),
    revokeInvitation: may('members:manager'),
    acceptInvitation: noting(
      anyone(),
      'with the invitation token; where there is an identity provider, after a sign-in with the invited address',
    ),
    updateMember: noting(may('members:manager'), "adds at most the caller's own grants; owners are changed by owners"),
    removeMember: noting(may('members:manager'), 'owners are removed by owners, and never the last one'),

    createApiKey: noting(may('keys:operator'), "grants at most the caller's own"),
    createPersonalAccessKey: noting(
      people(),
      "grants at most the caller's own; no wider addresses and no later expiry than the key used",
    ),
    updateKey: noting(keyChangers(), 'before and after'),
    rotateKey: noting(
      keyRotators(),
      'an expired key does not bring itself back, and no key gives itself a longer life',
    ),
    completeRotation: keyRotators(),
    cancelRotation: keyRotators(),
    suspendKey: keyEnders(),
    resumeKey: noting(keyEnders(), 'what a manager suspended is for managers to resume'),
    revokeKey: noting(keyEnders(), 'with descendants: over each of them'),
    revokeKeys: may('keys:manager'),
    revokeSecret: noting(anyone(), 'with the secret'),
    acknowledgeExpiryWarning: noting(keyReaders(), 'of the key that it warns of'),

    createNotificationRoute: noting(may('keys:manager'), 'and audit:viewer for events that are not about keys'),
    updateNotificationRoute: noting(may('keys:manager'), 'and audit:viewer for events that are not about keys'),
    deleteNotificationRoute: may('keys:manager'),
    sendTestNotification: may('keys:manager'),
    redeliverNotifications: may('keys:manager'),

    endSessions: noting(thatUser(), 'whose sessions they are'),

    exchangeKey: noting(anyone(), 'with the secret'),
    revokeAccessToken: noting(anyone(), 'with the token'),
  }),

  ...of('CreateOrganizationPayload', open('organization')),
  ...of('UpdateKeyPolicyPayload', open('organization')),
  ...of('UpdateAuditRetentionPayload', open('organization')),
  ...of('DefineModulePayload', open('module')),
  ...of('CreateProjectPayload', open('project')),
  ...of('InviteMemberPayload', open('invitation invitationToken expiresAt')),
  ...of('RevokeInvitationPayload', open('revokedInvitationId')),
  ...of('AcceptInvitationPayload', open('user personalAccessKey secret')),
  ...of('UpdateMemberPayload', open('member')),
  ...of('RemoveMemberPayload', open('removedMemberId revokedKeyIds createdApiKeyIds')),
  ...of('CreateApiKeyPayload', open('apiKey secret')),
  ...of('CreatePersonalAccessKeyPayload', open('personalAccessKey secret')),
  ...of('UpdateKeyPayload', open('key')),
  ...of('RotateKeyPayload', open('key secret previousSecretValidUntil')),
  ...of('KeyPayload', open('key revokedKeyIds')),
  ...of('RevokeKeysPayload', open('revokedCount')),
  ...of('RevokeSecretPayload', open('accepted')),
  ...of('AcknowledgeExpiryWarningPayload', open('expiryWarning')),
  ...of('CreateNotificationRoutePayload', open('route signingSecret')),
  ...of('UpdateNotificationRoutePayload', open('route signingSecret')),
  ...of('DeleteNotificationRoutePayload', open('deletedRouteId')),
  ...of('SendTestNotificationPayload', open('delivery')),
  ...of('RedeliverNotificationsPayload', open('route')),
  ...of('EndSessionsPayload', open('endedSessionIds')),
  ...of('AccessToken', open('accessToken tokenType expiresIn scope')),
  ...of('RevokeAccessTokenPayload', open('accepted')),

  ...of('Subscription', {
    expiryWarnings: noting(mayOrPeople('keys:viewer'), 'a warning reaches those who may read the key'),
    keyEvents: noting(may('keys:viewer'), 'events about personal keys reach those who may read them'),
    revocations: may('tokens:viewer'),
  }),
  ...of('Revocation', open('sequence keyId tokenId revokedAt')),
  ...of('RevocationRange', open('after head')),
}
