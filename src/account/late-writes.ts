// Watches what the account sets in OpenNebula: what a call has set whose answer was lost, and what is set in its place
// since, is written down (ec2/core/late-writes.ts).
import type { Account } from '../ec2/core/account.ts'
import type { OneWriter } from '../ec2/core/documents.ts'
import { mayTakeEffect } from '../ec2/core/failures.ts'
import { isSettled, type LateWrite, lateWrite, lateWrites, settingLock, settled } from '../ec2/core/late-writes.ts'
import type { Task } from '../ec2/core/tasks.ts'
import { limits } from '../limits.ts'
import type { Settings, WriteCall } from '../opennebula/calls/common.ts'
import type { Changed } from '../opennebula/one.ts'
import type { Locks } from './locks.ts'
import type { TaskStore } from './task-store.ts'

export class LateWrites {
  readonly #tasks: TaskStore
  readonly #locks: Locks
  /** Whether there may be any; undefined until somebody has looked. */
  #some: boolean | undefined

  constructor(tasks: TaskStore, locks: Locks) {
    this.#tasks = tasks
    this.#locks = locks
  }

  /**
   * To be called before a change: what it finds, and writes back with what it changes, is as it was set last.
   * @param round has those of the tasks reconciled whose turn it is
   */
  async setAgain(round: (isDue: (task: Task) => boolean) => Promise<void>): Promise<void> {
    if (this.#open().some(isSettled)) await round(({ kind }) => kind === lateWrites.kind)
  }

  /** A client whose changes are watched. */
  watching(one: OneWriter, account: Account): OneWriter {
    const send = <T>(
      calls: readonly WriteCall[],
      sending: () => Promise<T>,
      isDone: (answer: T, index: number) => boolean,
    ) => this.#send(calls, sending, isDone, account)
    const watched: Pick<OneWriter, 'call' | 'multicall' | 'changeAndRead'> = {
      call: call =>
        send(
          [call],
          () => one.call(call),
          () => true,
        ),
      multicall: calls =>
        send(
          calls,
          () => one.multicall(calls),
          (answer, index) => answer[index]?.error === undefined,
        ),
      changeAndRead: <T>(calls: readonly WriteCall[], read: Parameters<typeof one.changeAndRead<T>>[1]) =>
        send(
          calls,
          () => one.changeAndRead(calls, read),
          ({ errors }: Changed<T>) => errors.length === 0,
        ),
    }
    return new Proxy(one, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(name in watched ? watched : target, name)
        if (typeof member !== 'function') return member
        // A client's own members know it by `this`
        return (...args: readonly unknown[]): unknown => Reflect.apply(member, target, args)
      },
    })
  }

  async #send<T>(
    calls: readonly WriteCall[],
    sending: () => Promise<T>,
    isDone: (answer: T, index: number) => boolean,
    account: Account,
  ): Promise<T> {
    const setting = calls.flatMap(({ sets }, index) => (sets ? [{ ...sets, index }] : []))
    if (setting.length === 0) return sending()
    // Who sets something again must not do so behind this call, with what was there before
    return this.#locks.hold(this.#locksOf(setting), async () => {
      try {
        const answer = await sending()
        this.#settle(
          setting.filter(({ index }) => isDone(answer, index)),
          account,
        )
        return answer
      } catch (error) {
        if (mayTakeEffect(error)) this.#remember(setting, account)
        throw error
      }
    })
  }

  #locksOf(setting: readonly Settings[]): string[] {
    const open = new Set(this.#open().map(settingLock))
    const names = setting.flatMap(({ kind, id, again }) => (again ? [] : settingLock({ object: kind, number: id })))
    return names.filter(name => open.has(name))
  }

  #settle(setting: readonly Settings[], account: Account): void {
    const changed = this.#open().flatMap(task => {
      const after = setting.reduce((before, set) => settled(before, set) ?? before, task)
      return after === task ? [] : [after]
    })
    this.#tasks.add(account, changed)
  }

  #remember(setting: readonly Settings[], account: Account): void {
    const room = Math.max(0, limits.lateWrites.most - this.#open().length)
    this.#tasks.add(account, setting.flatMap(set => lateWrite(set) ?? []).slice(0, room))
    this.#some = undefined
  }

  #open(): LateWrite[] {
    if (this.#some === false) return []
    const open = this.#tasks.of<LateWrite>(lateWrites)
    this.#some = open.length > 0
    return open
  }
}
