// Import this before everything else. Outside production mode graphql-js looks for a second copy of itself at each check of a
// type, which was a seventh of an execution.
process.env.NODE_ENV ??= 'production'
