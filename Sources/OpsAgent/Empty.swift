// Replaced by the contents of this room.
