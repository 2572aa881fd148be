import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { historyOf } from '../support/audit-chain.ts'
import { boot, type TestApp } from '../support/boot.ts'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly status: { readonly code?: number }
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
}

/** A collector that keeps what it receives. */
const startCollector = async () => {
  const spans: Span[] = []
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    bodies.push(body)
    if (request.url === '/v1/traces')
      for (const resource of JSON.parse(body).resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans)
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, spans, bodies, close: () => new Promise((resolve) => server.close(resolve)) }
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

describe('a service with an OpenTelemetry collector', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>
  let app: TestApp
  let events: Awaited<ReturnType<typeof historyOf>>
  beforeAll(async () => {
    collector = await startCollector()
    app = await boot({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app.ownerSecret}`,
        'content-type': 'application/json',
        'x-request-id': 'request-1',
        traceparent: `00-${TRACE}-${PARENT}-01`,
      },
      body: JSON.stringify({
        query: 'mutation Make($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
        variables: { input: { organizationId: app.organizationId, name: 'confidential', grants: [] } },
      }),
    })
    events = await historyOf(app.owner, app.organizationId)
    await app.close()
  })
  afterAll(() => collector.close())

  const spanOf = (name: string) => {
    const span = collector.spans.find((one) => one.name === name && one.traceId === TRACE)
    if (span === undefined) throw new Error(`no span ${name}: ${collector.spans.map((one) => one.name).join(', ')}`)
    return span
  }
  const attributeOf = (span: Span, key: string) =>
    Object.values(span.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0]

  it("sends the spans of a request as children of its caller's span", () => {
    const request = spanOf('POST /graphql')
    const operation = spanOf('mutation Make')
    const write = spanOf('database write')
    expect(request.parentSpanId).toBe(PARENT)
    expect(operation.parentSpanId).toBe(request.spanId)
    expect(write.parentSpanId).toBe(operation.spanId)
    expect(Number(attributeOf(request, 'http.response.status_code'))).toBe(200)
  })

  it('uses the request id of the audit event', () => {
    expect(attributeOf(spanOf('POST /graphql'), 'keyturn.request_id')).toBe('request-1')
    expect(attributeOf(spanOf('mutation Make'), 'keyturn.request_id')).toBe('request-1')
    expect(events.find((event) => event.type === 'KEY_CREATED' && event.targetName === 'confidential')?.requestId).toBe(
      'request-1',
    )
  })

  it('sends no secret, and no variables', () => {
    const sent = collector.bodies.join('\n')
    expect(sent).not.toContain(app.ownerSecret)
    expect(sent).not.toContain('confidential')
    expect(sent).not.toMatch(/kt_(?:ak|pk)_/)
  })
})

describe('an unavailable collector', () => {
  it('affects neither requests nor the stop', async () => {
    const app = await boot({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } })
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
    await app.close()
  })
})
