// Without this V8 collects old objects only once the heap is two to three times as large as what lives in it: 100,000 keys in use
// take 90 MB more. The collections take no measurable part of the processor time.
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--heap-growing-percent=30')
