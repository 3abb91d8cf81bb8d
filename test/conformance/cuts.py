"""How frames are cut into segments. TCP has no frames: the same bytes must mean the same, however they arrive.

Each cut takes a list of frames and gives pairs: what to call it, and the segments.
"""

BYTEWISE_MAX = 400  # bytes of a run of frames that is also sent byte by byte
HEADER_BYTES_MAX = 14


def whole(frames):
    """All in one segment, each frame merged with its neighbours."""
    yield "in one segment", [b"".join(frames)]


def framewise(frames):
    yield "frame by frame", list(frames)


def bytewise(frames):
    data = b"".join(frames)
    if len(data) <= BYTEWISE_MAX:
        yield "byte by byte", [data[at : at + 1] for at in range(len(data))]


def headerwise(frames):
    """Each frame cut at one position of its header; its rest is merged with the first bytes of the next."""
    longest = max(map(len, frames))
    for position in range(1, min(HEADER_BYTES_MAX + 1, longest)):
        segments = [b""]
        for frame in frames:
            segments[-1] += frame[:position]
            segments.append(frame[position:])
        yield f"cut behind byte {position} of each frame", [segment for segment in segments if segment]


def chopped(size):
    def cut(frames):
        data = b"".join(frames)
        yield f"in segments of {size} bytes", [data[at : at + size] for at in range(0, len(data), size)]

    return cut


SMALL = (whole, framewise, bytewise)
HEADERS = (*SMALL, headerwise)
ONCE = (whole,)
