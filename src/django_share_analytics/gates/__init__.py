"""What every event passes before it is accepted: robots, other sites, too much, what is personal.

A gate is a function of an event and the request that brought it (``None``: no request did, as with
``track_share()`` in a command). It returns

- ``None``: let it pass;
- a reason, such as ``"bot"``: it is not recorded. The answer is a 202 that says so, and the reason
  is counted among :mod:`.outcomes`: up to 50 of ``a-z``, ``0-9`` and ``_``;
- an event of the same kind, with the same ``id``: that one goes on in its place, with less in it;

or raises :exc:`.exceptions.Throttled`. The setting ``GATES`` names them, in their order. Each is
called in the request: it waits for nothing and asks no database. One that fails is a 503.
"""
