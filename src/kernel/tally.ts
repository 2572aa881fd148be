/** Sums by name. A name whose sum is zero takes no memory. */
export class Tally {
  private readonly sums = new Map<string, number>()

  of(name: string): number {
    return this.sums.get(name) ?? 0
  }

  add(name: string, amount: number): void {
    const sum = this.of(name) + amount
    if (sum === 0) this.sums.delete(name)
    else this.sums.set(name, sum)
  }
}
