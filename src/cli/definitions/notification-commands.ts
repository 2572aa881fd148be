import type { Command } from 'commander'
import { durationOption, listOption } from '../options.ts'
import { EVENT_TYPES } from './api-values.ts'
import { choicesOption } from './choices.ts'
import { lazily } from './lazily.ts'

/** Commands for notification routes. */
export const defineNotificationCommands = (program: Command): void => {
  program.commandsGroup('Notifications:')
  const routes = program.command('notifications').description('manage notification routes')
  routes
    .command('list')
    .description('list the routes')
    .action(lazily(async () => (await import('../commands/notification-routes.ts')).listNotificationRoutes))
  routes
    .command('create')
    .description('create a route; the signing secret of a webhook is printed, this once')
    .argument('<name>')
    .option('--webhook <url>', 'send to a webhook, signed (Standard Webhooks)')
    .option('--slack <->', 'with "-": send to the incoming webhook of Slack whose URL is on standard input')
    .option('--pager-duty <->', 'with "-": send to PagerDuty with the routing key on standard input')
    .option('--email <address>', 'send to an address (repeatable)', listOption)
    .option('--key-owner', 'send by e-mail to the owner of the personal key concerned')
    .option('--key-managers', 'send by e-mail to the members with keys:manager')
    .addOption(choicesOption('--type <types>', 'types of events; default: those about the end of keys', EVENT_TYPES))
    .option(
      '--maximum-threshold <duration>',
      'of expiry warnings, send those of at most so long before the expiry',
      durationOption,
    )
    .option('--project <project>', 'send only events about keys of the project, by id or slug')
    .action(lazily(async () => (await import('../commands/notification-routes.ts')).createNotificationRoute))
  routes
    .command('test')
    .description('send a test notification')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/notification-routes.ts')).testNotificationRoute))
  routes
    .command('delete')
    .description('delete a route')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/notification-routes.ts')).deleteNotificationRoute))
}
