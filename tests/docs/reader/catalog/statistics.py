"""How often things were seen."""


def views(app, start, end):
    return {}
