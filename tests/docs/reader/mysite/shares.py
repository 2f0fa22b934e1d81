"""A gate of the reader's."""


def only_from_here(event, request):
    return None
