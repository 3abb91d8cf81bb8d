"""Compares what clients were told with what may have happened. Every problem is one sentence."""


def check(publishers, subscribers, top, history, lossy, synced=False):
    """`top` and `history` are the epoch and offset, and the data by offset, of the stream at the end.

    `lossy`: it may have lost something, and subscribers may be told so; but nothing that was confirmed if it is
    `synced`.
    """
    problems = []
    stream = {}  # what anybody was told: data by epoch and offset
    for subscriber in subscribers:
        problems += _check_record(subscriber, stream, lossy)
        if subscriber.position != top:
            problems.append(f"{subscriber.name} is at {subscriber.position}, and the stream at {top}")
    for offset, data in history.items():
        _note(stream, (top[0], offset), data, "the history", problems)
    problems += _check_data(publishers, stream)
    problems += _check_confirmed(publishers, stream, history, synced or not lossy)
    return problems


def _note(stream, place, data, who, problems):
    if stream.setdefault(place, data) != data:
        problems.append(f"{who} has {data} at {place}, and others {stream[place]}")


def _check_record(subscriber, stream, lossy):
    """No gap, no duplicate, no other order, but where it was told of one."""
    problems = []
    epoch, offset = None, None
    for event in subscriber.record:
        if event[0] == "subscribed":
            _, told_epoch, told_offset, since, recovered = event
            if recovered and since[0] != told_epoch:
                problems.append(f"{subscriber.name} has recovered {since} in another epoch, {told_epoch}")
            if since and not recovered and not lossy:
                problems.append(f"{subscriber.name} has not recovered {since}, but nothing was forgotten")
            epoch, offset = told_epoch, since[1] if recovered else told_offset
        elif event[0] == "gap":
            if not lossy:
                problems.append(f"{subscriber.name} was told of a gap {event}, but nothing was forgotten")
            epoch, offset = event[1], event[2] - 1
        elif event[0] == "message":
            if event[1] != offset + 1:
                problems.append(f"{subscriber.name} got {event} behind {epoch} {offset}")
            offset = event[1]
            _note(stream, (epoch, offset), event[2], subscriber.name, problems)
    return problems


def _check_data(publishers, stream):
    """Nothing comes from nowhere or twice, and what one publisher was confirmed keeps its order."""
    problems = []
    order = {data: (publisher, number) for publisher in publishers for number, data in enumerate(publisher.sent)}
    seen = {}
    last = {}
    for (epoch, offset), data in sorted(stream.items()):
        if data not in order:
            problems.append(f"nobody has sent {data}, which is at {epoch} {offset}")
            continue
        if (epoch, data) in seen:
            problems.append(f"{data} is at {epoch} {seen[epoch, data]} and {offset}")
        seen[epoch, data] = offset
        publisher, number = order[data]
        if publisher.confirmed.get(data) != offset:
            continue  # it may have waited in a node that was stopped
        if number <= last.get((epoch, publisher.name), -1):
            problems.append(f"{data} at {epoch} {offset} comes behind a later one of {publisher.name}")
        last[epoch, publisher.name] = number
    return problems


def _check_confirmed(publishers, stream, history, keeps):
    """What was confirmed is where it was said to be, and still there if the stream keeps it."""
    problems = []
    places = {}
    for (_, offset), data in stream.items():
        places.setdefault(data, set()).add(offset)
    for publisher in publishers:
        for data, offset in publisher.confirmed.items():
            if data in places and offset not in places[data]:
                problems.append(f"{data} was confirmed at {offset}, and is at {places[data]}")
            if keeps and history.get(offset) != data:
                problems.append(f"{data} was confirmed at {offset}, where {history.get(offset)} is")
    return problems
