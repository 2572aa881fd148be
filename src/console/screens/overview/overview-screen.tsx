import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { useFeedState } from '../../data/use-live-events.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  ExpiringKeyFragmentDoc,
  IdleKeyFragmentDoc,
  type KeyFilter,
  OverviewDocument,
  OverviewFiguresDocument,
} from '../../generated/graphql.ts'
import { CreateKeyLink } from '../../keys/create-key-link.tsx'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card, PageHeader } from '../../ui/layout.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { Figures } from './figures.tsx'
import { IdleKeys, NextToExpire } from './key-lists.tsx'
import { NewestEvents } from './newest-events.tsx'
import { OpenWarnings } from './open-warnings.tsx'
import { RouteOffer } from './route-offer.tsx'
import { Timeline } from './timeline.tsx'
import { TIMELINE_DAYS } from './timeline-layout.ts'
import './overview.css'

const route = getRouteApi('/console/$organizationId/')
const HOUR_MS = 3_600_000
const UNUSED_DAYS = 90

/** What needs attention in the organization and everything below it. */
export const OverviewScreen = () => {
  const { organizationId } = route.useParams()
  const { organization } = usePlace()
  const { has, denied } = useRights()
  return (
    <>
      <PageHeader
        title="Overview"
        description={`What needs attention in ${organization.name} and everything below it.`}
        status={<LiveBadge />}
        actions={denied('keys', 'OPERATOR') === undefined && <CreateKeyLink organizationId={organizationId} />}
      />
      <RouteOffer organizationId={organizationId} />
      {has('keys', 'VIEWER') ? (
        <KeyOverview />
      ) : (
        <div className="overview__columns">
          <NoPermission grant="keys:viewer" what="the keys" />
          <NewestEvents organizationId={organizationId} />
        </div>
      )}
    </>
  )
}

const LiveBadge = () => {
  const state = useFeedState()
  if (state === 'off') return null
  return (
    <Badge tone={state === 'live' ? 'good' : 'neutral'} dot>
      {state === 'live' ? 'Live' : 'Connecting'}
    </Badge>
  )
}

/** The filters of the screen. To the hour, so that they do not change with each rendering. */
const useFilters = () => {
  const [now] = useState(() => Math.floor(Date.now() / HOUR_MS) * HOUR_MS)
  const at = (days: number) => new Date(now + days * 24 * HOUR_MS).toISOString()
  const everywhere = { includeSuborganizations: true }
  const active: KeyFilter = { ...everywhere, status: ['ACTIVE'] }
  const soon: KeyFilter = { ...everywhere, status: ['ACTIVE', 'SUSPENDED'], expiringBefore: at(TIMELINE_DAYS) }
  return {
    soon,
    active,
    unused: { ...active, unusedSince: at(-UNUSED_DAYS) },
    endless: { ...active, neverExpires: true },
  }
}

const useOverview = (organizationId: string) => {
  const { has } = useRights()
  const { soon, active, unused, endless } = useFilters()
  const isAll = has('keys', 'MANAGER')
  const shared = { organizationId, soon, unused, endless, isAll, isApi: !isAll }
  const { data, error, reload } = useData(
    OverviewDocument,
    { ...shared, usage: has('keys', 'OPERATOR') },
    { reach: 'below' },
  )
  // Counting reads every key that matches: the lists must not wait behind it.
  const counted = useData(OverviewFiguresDocument, { ...shared, active }, { pause: data === undefined, reach: 'below' })
  const found = data?.organization
  const figures = counted.data?.organization
  return {
    lists:
      found == null
        ? null
        : {
            soon: found.soonAll ?? found.soonApi,
            unused: found.unusedAll ?? found.unusedApi,
            endless: found.endlessAll ?? found.endlessApi,
          },
    figures: {
      active: (figures?.activeAll ?? figures?.activeApi)?.totalCount,
      expiring: (figures?.soonAll ?? figures?.soonApi)?.totalCount,
      unused: (figures?.unusedAll ?? figures?.unusedApi)?.totalCount,
      endless: (figures?.endlessAll ?? figures?.endlessApi)?.totalCount,
    },
    error,
    reload,
  }
}

const KeyOverview = () => {
  const { organizationId } = route.useParams()
  const { lists, figures, error, reload } = useOverview(organizationId)
  if (lists === null) return error === null ? <Skeleton lines={10} /> : <PartFailure error={error} onRetry={reload} />
  const expiring = lists.soon?.edges.map(({ node }) => readFragment(ExpiringKeyFragmentDoc, node)) ?? []
  const unused = lists.unused?.edges.map(({ node }) => readFragment(IdleKeyFragmentDoc, node)) ?? []
  const endless = lists.endless?.edges.map(({ node }) => readFragment(IdleKeyFragmentDoc, node)) ?? []
  const total = figures.expiring ?? 0
  return (
    <>
      <Figures organizationId={organizationId} {...figures} />
      <div className="overview__expiry">
        <Card
          title="Expires in the next 90 days"
          description={
            total > expiring.length ? `The first ${expiring.length} of ${total.toLocaleString('en')}.` : undefined
          }
        >
          {expiring.length === 0 ? (
            <EmptyState icon="clock" title="Nothing expires in the next 90 days" />
          ) : (
            <Timeline keys={expiring} />
          )}
        </Card>
        <Card flush title="Next to expire">
          {expiring.length === 0 ? (
            <p className="muted overview__none">None.</p>
          ) : (
            <NextToExpire keys={expiring} here={organizationId} />
          )}
        </Card>
      </div>
      <div className="overview__columns">
        <div className="overview__column">
          <OpenWarnings organizationId={organizationId} />
          <Card flush title="Unused for 90 days">
            {unused.length === 0 ? (
              <p className="muted overview__none">Every active key was used or created within 90 days.</p>
            ) : (
              <IdleKeys keys={unused} here={organizationId} />
            )}
          </Card>
          <Card flush title="Never expire">
            {endless.length === 0 ? (
              <p className="muted overview__none">Every active key has an expiry.</p>
            ) : (
              <IdleKeys keys={endless} here={organizationId} />
            )}
          </Card>
        </div>
        <div className="overview__column">
          <NewestEvents organizationId={organizationId} />
        </div>
      </div>
    </>
  )
}
