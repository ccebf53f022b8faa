"""The domain, pure: same input, same output; no screen, no terminal, no network.

Its rooms, from those that everything uses to those that use everything:

- `samples`, `verdicts`, `codes`, `items`, `replies`, `calls`: a sample, what a check says of it,
  how samples are read from files and from models.
- `errors`, `options`, `progress`, `timestamps`, `json`, `text`, `stats`, `spending`: small, and
  they know little of the domain.
- `car`: catalogue, overlay, policy, values, and a simulated car that runs calls.
- `reading` finds out what a query means; `grammar` writes queries. Neither knows the other.
- `likeness`: near-duplicates and contrast. `review`: labels, their events, search.
- `checks`: the stages of verification, and the `Verifier` that runs them.
- `editing`, `judge`, `training`: changing samples, a model's opinion of them, and records.

The manual's page on the architecture follows a sample through them.
"""
