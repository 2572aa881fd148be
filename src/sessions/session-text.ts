import { hash, randomBytes } from 'node:crypto'

/** 256 random bits in base64url: the token of a session, or a sign-in code. */
const SHAPE = /^[A-Za-z0-9_-]{43}$/

/** Creates a token of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** Whether a text has the form of a token. No look-up is made for any other. */
export const isToken = (text: string): boolean => SHAPE.test(text)

/** What the database stores of a token: its SHA-256 in hex. A look-up by it compares no secret text. */
export const hashToken = (token: string): string => hash('sha256', token, 'hex')
